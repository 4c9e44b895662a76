"""Every page behind the sign-in, as the matrix of rights lists them: no accessibility rule broken, all unfolded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Literal

import pytest
from playwright.sync_api import Page

from mapapp import create_app
from mapapp.settings import Settings
from tests.browser.conftest import DESK, PHONE, Visiting
from tests.browser.test_accessibility import violations
from tests.conftest import scratch
from tests.geodata.people.guarded import HERE, Guarded, guarded
from tests.mapapp.test_rights import PRIVATE, made
from tests.serving import serving

__all__ = ["guarded"]  # a fixture that lives beside what it makes

pytestmark = pytest.mark.browser

EVENTS = ("rename", "merge", "split", "suspend", "stop_enrolment", "reopen", "declare_complete")
FILE = re.compile(r"\.\w+(\?|$)")
"""Addresses of files that are taken away, such as a template: no pages."""

UNFOLD = "document.querySelectorAll('main details').forEach((part) => { part.open = true; })"


@pytest.fixture(scope="module")
def site(guarded: Guarded) -> Iterator[str]:
    """The address of the site over the guarded database, asked under the web's own roles."""
    app = create_app(Settings(database_url=guarded.url, data=scratch() / "desk", secret_key="k" * 40))
    with serving(app) as running:
        yield running.address


def pages(given: dict[str, object]) -> list[str]:
    """Addresses of every private page, with each event's form."""
    asked = (one.way.removeprefix("GET ") for one in PRIVATE.values() if one.way.startswith("GET "))
    ways = [way.format(**given) for way in asked if not FILE.search(way)]
    record = f"/steward/institutions/{given['id']}"
    return [*ways, *(f"{record}/{event}" for event in EVENTS)]


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    viewport: dict[str, int]
    scheme: Literal["light", "dark"]

    def at(self, page: Page) -> None:
        page.set_viewport_size({"width": self.viewport["width"], "height": self.viewport["height"]})
        page.emulate_media(color_scheme=self.scheme)


LOOKS = tuple(Look(viewport, scheme) for viewport in (PHONE, DESK) for scheme in ("light", "dark"))


def too_wide(page: Page) -> list[str]:
    """The page scrolls sideways, and by what."""
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} px wide"] if width > (page.viewport_size or PHONE)["width"] else []


def broken(page: Page, looks: Sequence[Look]) -> list[str]:
    """What is wrong with a page in these looks; it is loaded once, and everything in it unfolded."""
    page.evaluate(UNFOLD)
    found = []
    for look in looks:
        look.at(page)
        found += [f"{look}: {one}" for one in (*violations(page), *too_wide(page))]
    return found


def examined(visiting: Visiting, guarded: Guarded, site: str, asked: Sequence[tuple[str, Sequence[Look]]]) -> list[str]:
    """What is wrong with any of the pages, each in its looks, as a national steward sees them."""
    wrong = []
    with visiting(PHONE) as visit:
        cookie = {"name": "person", "value": guarded.token("national"), "url": site}
        visit.page.context.set_default_timeout(30_000)
        visit.page.context.add_cookies([cookie])  # type: ignore[list-item]
        for path, looks in asked:
            page = visit.open(path)
            wrong += [f"{path} {one}" for one in broken(page, looks)]
    return wrong


def test_no_page_of_the_desk_breaks_a_rule(visiting: Visiting, guarded: Guarded, site: str) -> None:
    """Each page in one look and one language, taken in turn."""
    paths = pages(made(guarded, "steward", HERE))
    turns = cycle([(language, look) for look in LOOKS for language in ("", "/en")])
    asked = [(f"{language}{path}", [look]) for path, (language, look) in zip(paths, turns, strict=False)]
    assert len(asked) >= 15
    assert examined(visiting, guarded, site, asked) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "/en"], ids=["vi", "en"])
def test_no_page_of_the_desk_breaks_a_rule_in_any_look(
    visiting: Visiting, guarded: Guarded, site: str, language: str
) -> None:
    """Every page at both widths, light and dark."""
    asked = [(language + path, LOOKS) for path in pages(made(guarded, "steward", HERE))]
    print(f"{len(asked)} pages of the desk x {len(LOOKS)} looks, {language or 'vi'}")  # noqa: T201
    assert examined(visiting, guarded, site, asked) == []
