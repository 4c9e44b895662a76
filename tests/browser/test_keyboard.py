"""The whole way without a mouse: search, filter, result, page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HIGH_SCHOOL, Visit

pytestmark = pytest.mark.browser

MOST_TABS = 40


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(":focus").evaluate("(element, selector) => element.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {MOST_TABS} tabs")


def test_search_filter_result_and_page_by_keyboard(visit: Visit) -> None:
    page = visit.open()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    tab_to(page, "#q")
    page.keyboard.type("cu lao cham")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    if page.locator(".filters > summary").is_visible():
        tab_to(page, ".filters > summary")
        page.keyboard.press("Enter")
    tab_to(page, ".facet[data-facet=type] summary")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=type][value=vocational_high_school]")
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("type=vocational_high_school"))
    expect(page.locator("input[name=type][value=vocational_high_school]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".facet[data-facet=type] summary")).to_be_focused()
    tab_to(page, ".card a")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(HIGH_SCHOOL)


def test_every_stop_of_the_keyboard_shows_where_it_is(at_desk: Visit) -> None:
    page = at_desk.open("/?q=song+sinh")
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.locator(":focus").evaluate(
            "element => { const style = getComputedStyle(element); return style.outlineStyle + style.outlineWidth }"
        )
        assert outline == "solid3px", page.locator(":focus").evaluate("element => element.outerHTML")[:200]
