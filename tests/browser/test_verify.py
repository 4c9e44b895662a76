"""`/verify` in a real browser: asked by keyboard, every answer accessible, a sheet of paper that holds it all."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Visiting
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

MORE = ("offline", "clients")
CODES = [f"MH.{kind}.{number:06}" for number in range(1, 60) for kind in ("CD", "TC", "TT", "TX")]


def a_code(page: Page, site: str, wanted: str) -> str:
    """The first illustrative code that gets this answer today."""
    questions = [{"code": code} for code in CODES]
    found = page.request.post(f"{site}/api/v1/verify", data=questions).json()["answers"]
    return next(one["question"]["code"] for one in found if one["answer"] == wanted)


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    [(PHONE, "light", ""), (DESK, "dark", "/en")],
    ids=["phone-light-vi", "desk-dark-en"],
)
@pytest.mark.parametrize("wanted", ["authorised", "merged_into", "unknown_code", "form", "fault", "signature", *MORE])
def test_no_answer_breaks_a_rule(
    visiting: Visiting, viewport: dict[str, int], scheme: str, language: str, wanted: str
) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        plain = {"form": "", "fault": "?code=A&action=train", "signature": "/signature", "unknown_code": "?code=XX9"}
        plain |= {page: f"/{page}" for page in MORE}
        query = plain.get(wanted) if wanted in plain else f"?code={a_code(visit.page, visit.site, wanted)}"
        page = visit.open(f"{language}/verify{query}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_question_is_asked_by_keyboard(visiting: Visiting) -> None:
    with visiting(DESK) as visit:
        page = visit.open("/verify")
        page.locator("#code").focus()
        page.keyboard.type(a_code(page, visit.site, "authorised"))
        page.keyboard.press("Enter")
        expect(page.locator("[data-answer]")).to_have_attribute("data-answer", "authorised")
        assert re.search(r"[?&]on=\d{4}-\d\d-\d\d", page.url)


def test_the_sheet_prints_with_everything_that_counts_and_nothing_else(visiting: Visiting) -> None:
    with visiting(DESK) as visit:
        code = a_code(visit.page, visit.site, "authorised")
        page = visit.open(f"/verify?{urlencode({'code': code, 'on': '2024-05-10'})}")
        page.emulate_media(media="print")
        for kept in (".asked", ".state", ".reasons", ".stamp img", ".stamp dl"):
            expect(page.locator(kept)).to_be_visible()
        for left_out in ("form", "nav", ".actions"):
            expect(page.locator(left_out).first).to_be_hidden()
        assert page.locator(".stamp img").evaluate("image => image.complete && image.naturalWidth > 0")
