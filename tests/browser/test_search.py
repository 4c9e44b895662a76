"""Finding an institution as a person does: words without accents, filters, pages, the way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import HIGH_SCHOOL, TWINS, Visit

pytestmark = pytest.mark.browser


def test_words_without_accents_find_the_name(visit: Visit) -> None:
    page = visit.open()
    page.fill("#q", "trung hoc nghe cu lao cham")
    page.press("#q", "Enter")
    expect(page).to_have_url(re.compile(r"\?q=trung\+hoc"))
    expect(page.locator(".card h3").first).to_have_text(HIGH_SCHOOL)


def test_a_result_opens_its_page(visit: Visit) -> None:
    page = visit.open("/?q=song+sinh+mot")
    page.locator(".card a", has_text=TWINS[0]).click()
    expect(page.locator("h1")).to_have_text(TWINS[0])
    expect(page.locator(".state h2")).to_be_visible()


def test_a_filter_acts_at_once_and_can_be_taken_off(at_desk: Visit) -> None:
    page = at_desk.open()
    everything = page.locator("#found-title").inner_text()
    page.locator(".facet[data-facet=type] summary").click()
    page.check("input[name=type][value=vocational_high_school]")
    expect(page).to_have_url(re.compile("type=vocational_high_school"))
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator("#found-title")).not_to_have_text(everything)
    page.keyboard.press("Escape")
    page.locator(".chips a").first.click()
    expect(page.locator("#found-title")).to_have_text(everything)
    expect(page.locator("input[name=type]:checked")).to_have_count(0)


def test_the_way_back_leads_through_the_questions(visit: Visit) -> None:
    page = visit.open()
    before = page.locator("#found-title").inner_text()
    page.fill("#q", "song sinh")
    page.press("#q", "Enter")
    expect(page.locator("#found-title")).to_have_text(re.compile("^2 "))
    page.go_back()
    expect(page.locator("#found-title")).to_have_text(before)
    expect(page.locator("#q")).to_have_value("")


def test_the_list_goes_on_and_its_numbers_too(visit: Visit) -> None:
    page = visit.open()
    page.locator(".pages a[rel=next]").click()
    expect(page.locator(".card").first).to_have_attribute("data-number", "21")
    expect(page.locator("#found-title")).to_be_focused()


def test_nothing_found_says_so_and_suggests_what_to_relax(visit: Visit) -> None:
    page = visit.open("/?q=song+sinh&type=vocational_high_school")
    expect(page.locator(".card")).to_have_count(0)
    page.locator(".empty a").first.click()
    expect(page.locator(".card").first).to_be_visible()


def test_suggestions_follow_the_combobox_pattern(visit: Visit) -> None:
    page = visit.open()
    box = page.get_by_role("combobox", name=re.compile("Tên trường"))
    box.press_sequentially("song sinh", delay=20)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "none")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value("song sinh")


def test_a_suggested_institution_leads_to_its_page(visit: Visit) -> None:
    page = visit.open()
    page.locator("#q").press_sequentially("song sinh hai", delay=20)
    page.get_by_role("option", name=re.compile(TWINS[1])).click()
    expect(page.locator("h1")).to_have_text(TWINS[1])


def test_a_suggested_place_lists_what_lies_there(at_desk: Visit) -> None:
    page = at_desk.open()
    page.locator("#q").press_sequentially("nam dinh", delay=20)
    page.get_by_role("option").filter(has_text="Địa danh").first.click()
    expect(page).to_have_url(re.compile("unit="))
    expect(page.locator(".chips a").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_a_page_in_the_other_language_asks_the_same_question(at_desk: Visit, path: str) -> None:
    page = at_desk.open(f"{path}?q=song+sinh")
    count = page.locator(".card").count()
    page.locator(".language").click()
    expect(page.locator("#q")).to_have_value("song sinh")
    expect(page.locator(".card")).to_have_count(count)
