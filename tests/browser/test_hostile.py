"""Names from the register are text wherever they appear: list, notes on the map, suggestions, page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOSTILE, Visit, show_map

pytestmark = pytest.mark.browser

FRAGMENT = "<img src=x onerror=alert(1)>"


def assert_harmless(page: Page) -> None:
    assert page.title() != "pwned"
    assert page.locator("img[src=x]").count() == 0


def test_a_hostile_name_is_text_in_the_list_and_on_its_page(visit: Visit) -> None:
    page = visit.open("/?q=pwned")
    expect(page.locator(".card h3")).to_contain_text(FRAGMENT)
    expect(page.locator(".card h3")).to_contain_text("{{ 7*7 }}")
    assert_harmless(page)
    page.locator(".card h3 a").click()
    expect(page.locator("h1")).to_contain_text(FRAGMENT)
    page.wait_for_load_state("networkidle")
    assert_harmless(page)


def test_a_hostile_name_is_text_on_the_map(visit: Visit) -> None:
    page = visit.open("/?q=pwned")
    show_map(page)
    page.locator(".mark-icon").press("Enter")
    note = page.locator(".leaflet-popup .note-title")
    expect(note).to_contain_text(HOSTILE.split("\u202e", maxsplit=1)[0].strip())
    assert_harmless(page)


def test_a_hostile_name_is_text_in_the_suggestions(visit: Visit) -> None:
    page = visit.open()
    page.locator("#q").press_sequentially("pwned", delay=10)
    expect(page.get_by_role("option").first).to_contain_text(FRAGMENT)
    assert_harmless(page)


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "{{7*7}}", "'\"><svg onload=alert(1)>", "\u202eabc"])
def test_hostile_words_come_back_as_words(visit: Visit, query: str) -> None:
    page = visit.open()
    page.fill("#q", query)
    page.press("#q", "Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#q")).to_have_value(query)
    assert page.locator("svg[onload]").count() == 0


@pytest.mark.parametrize(
    "fragment", ["#map=99/99/999", "#map=1e9/0/0", "#map=</script>", "#map=5/NaN/1", "#" + "9" * 5000]
)
def test_a_nonsense_view_shows_the_whole_result(at_desk: Visit, fragment: str) -> None:
    page = at_desk.open("/" + fragment)
    show_map(page)
    expect(page.locator(".mark-icon").first).to_be_visible()
