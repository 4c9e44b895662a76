"""From a result to a report with the keyboard alone, and the embedded map on another site."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, HIGH_SCHOOL, PHONE, Visit, Visiting
from tests.browser.test_accessibility import violations
from tests.browser.test_keyboard import tab_to
from tests.serving import answering

pytestmark = pytest.mark.browser


def test_from_search_to_a_ticket_by_keyboard(visit: Visit) -> None:
    page = visit.open("/?q=cu+lao+cham")
    page.locator(".card a").first.press("Enter")
    expect(page.locator("h1")).to_have_text(HIGH_SCHOOL)
    way = page.locator(".fact[data-field=type] .wrong")
    expect(way).to_have_accessible_name(re.compile("Báo sai thông tin ?: Loại cơ sở"))
    way.press("Enter")
    expect(page.get_by_label("Thông tin nào sai?")).to_have_value("type")
    assert violations(page) == []
    tab_to(page, "#message")
    page.keyboard.type("Đây là trường trung cấp, xem biển trước cổng.")
    page.wait_for_timeout(3_100)  # people take longer; the server asks for three seconds
    tab_to(page, ".form button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/reports/r[a-z0-9]{10}$"))
    expect(page.get_by_role("heading", level=2)).to_have_text("Đã nhận, đang chờ xem xét")
    assert violations(page) == []


def test_a_refused_form_keeps_the_words_and_breaks_no_rule(visiting: Visiting) -> None:
    with visiting(PHONE, color_scheme="dark") as visit:
        page = visit.open("/?q=cu+lao+cham")
        page.locator(".card a").first.click()
        page.get_by_role("link", name="Báo sai thông tin khác").click()
        page.get_by_label("Thông tin nào sai?").select_option("other")
        page.get_by_label("Điều gì sai").fill("Thiếu số nhà.")
        page.get_by_role("button", name="Gửi phiếu").click()
        expect(page.get_by_role("alert")).to_contain_text("Gửi nhanh quá")
        expect(page.get_by_label("Điều gì sai")).to_have_value("Thiếu số nhà.")
        assert violations(page) == []
        visit.faults = [fault for fault in visit.faults if "400" not in fault]  # that the form came back


@contextmanager
def another_site(page: str) -> Iterator[str]:
    """The address of a server of another origin whose every page is this one."""

    def answer(_environ: object, start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [page.encode()]

    with answering(answer) as running:
        yield running.address


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_snippet_shows_a_living_map_in_another_page(visiting: Visiting, viewport: dict[str, int]) -> None:
    with visiting(viewport) as visit:
        page = visit.open("/?q=song+sinh")
        page.get_by_text("Nhúng bản đồ này").click()
        snippet = page.get_by_label("Chép đoạn mã này").input_value()
        with another_site(f"<!doctype html><title>other site</title><link rel=icon href=data:,>{snippet}") as other:
            page.goto(other)
            frame = page.frame_locator("iframe")
            expect(frame.locator(".card")).to_have_count(2)
            frame.locator(".map.alive .mark-icon").first.wait_for()
            assert page.frames[1].evaluate("document.documentElement.scrollWidth <= innerWidth")
            visit.faults = [fault for fault in visit.faults if other not in fault]


def test_the_embedded_map_gathers_the_whole_country(visit: Visit) -> None:
    page = visit.open("/embed")
    page.locator(".map.alive .mark-icon.cluster").first.wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".map-message")).to_be_hidden()
    page.locator("[data-show]").first.click()
    page.locator(".map .mark-icon:not(.cluster)").first.wait_for()
    page.locator(".map .note-title").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/embed?q=song+sinh", "/offline", "/en/offline"])
def test_new_pages_break_no_rule(visit: Visit, path: str) -> None:
    page = visit.open(path)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
