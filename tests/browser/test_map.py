"""The map and the list are one; the map's signs have names and work by keyboard; both archipelagos are always there."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import DESK, HIGH_SCHOOL, PHONE, TWINS, Visit, Visiting, show_map

pytestmark = pytest.mark.browser


def inside(page: Page, inner: Locator, outer: str) -> bool:
    """Whether an element's box lies wholly within another's."""
    box, frame = inner.bounding_box(), page.locator(outer).bounding_box()
    assert box is not None
    assert frame is not None
    return (
        frame["x"] <= box["x"]
        and frame["y"] <= box["y"]
        and box["x"] + box["width"] <= frame["x"] + frame["width"]
        and box["y"] + box["height"] <= frame["y"] + frame["height"]
    )


@pytest.mark.parametrize("name", ["Quần đảo Hoàng Sa", "Quần đảo Trường Sa"])
def test_the_first_view_names_both_archipelagos(visit: Visit, name: str) -> None:
    page = visit.open()
    show_map(page)
    label = page.locator(".zone-name", has_text=name)
    expect(label).to_be_visible()
    assert inside(page, label, "#map_national")


@pytest.mark.parametrize("name", ["Quần đảo Hoàng Sa", "Quần đảo Trường Sa"])
def test_a_close_view_still_names_both_archipelagos(at_desk: Visit, name: str) -> None:
    page = at_desk.open()
    show_map(page)
    apart = page.locator(".zones-apart span", has_text=name)
    expect(apart).to_be_hidden()
    for _ in range(4):
        page.get_by_role("button", name="Phóng to", exact=True).click()
        page.wait_for_timeout(400)
    expect(apart).to_be_visible()
    assert inside(page, apart, "#map_national")


@pytest.mark.parametrize("name", ["Quần đảo Hoàng Sa", "Quần đảo Trường Sa"])
def test_the_archipelagos_are_there_when_no_data_comes(visiting: Visiting, name: str) -> None:
    with visiting(DESK) as visit:
        visit.page.route("**/api/v1/**", lambda route: route.fulfill(status=200, body="{}"))
        page = visit.open()
        expect(page.locator(".zone-name", has_text=name)).to_be_visible()


def test_the_outlines_say_that_they_are_approximate(visit: Visit) -> None:
    page = visit.open()
    show_map(page)
    expect(page.locator(".map-source")).to_contain_text("ranh giới xấp xỉ")
    assert page.locator("path.land").count() >= 34


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_along_the_lower_edge_of_a_small_map_lies_over_anything_else(
    visiting: Visiting, width: int, language: str
) -> None:
    with visiting({"width": width, "height": 900}) as visit:
        found = visit.page.request.get(f"{visit.site}/api/v1/institutions?q=cu+lao+cham").json()["features"]
        page = visit.open(f"{language}/institutions/{found[0]['id']}")
        page.locator("#institution-figure").scroll_into_view_if_needed()
        expect(page.locator(".map-source")).to_contain_text(":")
        expect(page.locator(".zones-apart span:visible")).to_have_count(2)
        parts = [page.locator(name) for name in (".zones-apart", ".map-source", ".leaflet-control-scale")]
        assert all(inside(page, part, "#institution-figure") for part in parts)
        assert [pair for pair in combinations(map(edges, parts), 2) if overlap(*pair)] == []


def edges(part: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of an element, in px."""
    box = part.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_outlines_that_never_came_do_not_stop_those_asked_for_since(visiting: Visiting) -> None:
    with visiting(DESK) as visit:
        late: list[Route] = []
        visit.page.route(re.compile("boundaries.*zoom="), lambda route: late.append(route))
        page = visit.page
        page.goto(visit.site)
        page.locator(".map.alive .mark-icon").first.wait_for()
        while "zoom=9" not in late[-1].request.url:
            page.get_by_role("button", name="Phóng to", exact=True).click()
            page.wait_for_timeout(400)
        coarse, fine = late[0], late[-1]
        coarse.fulfill(status=200, body="")
        page.wait_for_function("url => performance.getEntriesByName(url).length", arg=coarse.request.url)
        fine.continue_()
        expect(page.locator("path.land").first).to_be_attached()
        expect(page.locator(".map-message")).to_be_hidden()


def test_numbers_on_the_map_are_those_of_the_list(visit: Visit) -> None:
    page = visit.open("/?q=cu+lao+cham")
    number = page.locator(".card", has_text=HIGH_SCHOOL).get_attribute("data-number")
    show_map(page)
    sign = page.get_by_role("button", name=re.compile(f"{HIGH_SCHOOL}.*Số {number} trong danh sách"))
    expect(sign.locator("text")).to_have_text(number or "")


def test_the_list_points_at_the_map_and_the_map_at_the_list(at_desk: Visit) -> None:
    page = at_desk.open("/?q=cu+lao+cham")
    card = page.locator(".card", has_text=HIGH_SCHOOL)
    card.locator("a").focus()
    expect(page.locator(".mark-icon.raised")).to_have_count(1)
    page.locator("#q").focus()
    expect(page.locator(".mark-icon.raised")).to_have_count(0)
    page.get_by_role("button", name=re.compile(f"^{HIGH_SCHOOL}")).focus()
    expect(card).to_have_class(re.compile("hovered"))


def test_a_list_entry_is_shown_on_the_map(visit: Visit) -> None:
    page = visit.open("/?q=cu+lao+cham")
    card = page.locator(".card", has_text=HIGH_SCHOOL)
    card.get_by_role("button", name=re.compile("Xem trên bản đồ")).click()
    note = page.locator(".leaflet-popup", has_text=HIGH_SCHOOL).last  # an earlier one may still be fading
    expect(note).to_be_visible()
    expect(note.get_by_role("link", name=re.compile("Xem trang"))).to_be_visible()


def test_clusters_say_how_many_and_open_by_keyboard(at_desk: Visit) -> None:
    page = at_desk.open()
    show_map(page)
    cluster = page.get_by_role("button", name=re.compile(r"^\d+ cơ sở, phóng to$")).first
    cluster.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#map=([6-9]|1[0-9])"))
    page.wait_for_load_state("networkidle")
    expect(page.locator(".mark-icon:focus")).to_have_count(1)


def test_institutions_at_one_spot_open_as_a_list(visit: Visit) -> None:
    page = visit.open("/?q=song+sinh")
    show_map(page)
    page.get_by_role("button", name=re.compile("^2 cơ sở cùng một chỗ")).press("Enter")
    for name in TWINS:
        expect(page.locator(".leaflet-popup").get_by_role("link", name=name)).to_be_visible()


def test_the_address_keeps_the_view(at_desk: Visit) -> None:
    page = at_desk.open("/#map=9/16.0500/108.2000")
    show_map(page)
    page.locator(".map-buttons .zoom").first.click()
    expect(page).to_have_url(re.compile(r"#map=10/16\.0\d+/108\.[12]\d+"))


def test_a_moved_map_can_be_searched(at_desk: Visit) -> None:
    page = at_desk.open("/#map=9/16.0500/108.2000")
    show_map(page)
    page.wait_for_timeout(600)
    page.locator(".map-buttons .zoom").first.click()
    page.get_by_role("button", name="Tìm trong vùng này").click()
    expect(page).to_have_url(re.compile("bbox=10"))
    expect(page.locator(".card").first).to_be_visible()


def test_the_sheet_works_by_buttons_and_gives_focus_back(on_phone: Visit) -> None:
    page = on_phone.open()
    page.get_by_role("button", name="Xem bản đồ", exact=True).click()
    half = page.locator(".map-side").bounding_box()
    page.get_by_role("button", name="Mở rộng").click()
    full = page.locator(".map-side").bounding_box()
    assert half is not None
    assert full is not None
    assert full["height"] > half["height"]
    page.get_by_role("button", name="Về danh sách").click()
    expect(page.locator(".map-side")).to_be_hidden()
    expect(page.get_by_role("button", name="Xem bản đồ", exact=True)).to_be_focused()


def test_the_map_is_not_fetched_before_it_is_shown(on_phone: Visit) -> None:
    asked: list[str] = []
    on_phone.page.on("request", lambda request: asked.append(request.url))
    page = on_phone.open()
    assert not [url for url in asked if "leaflet.js" in url or "/clusters" in url]
    show_map(page)
    assert [url for url in asked if "leaflet.js" in url]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_without_scripts_and_on_paper_the_map_is_a_drawing(visiting: Visiting, viewport: dict[str, int]) -> None:
    with visiting(viewport, java_script_enabled=False) as visit:
        page = visit.open("/?q=song+sinh")
        drawing = page.locator("img.drawn")
        drawing.scroll_into_view_if_needed()
        expect(drawing).to_be_visible()
        expect(drawing).to_have_attribute("alt", re.compile("Hoàng Sa.*Trường Sa"))
        expect(page.locator(".card")).to_have_count(2)
        page.emulate_media(media="print")
        expect(drawing).to_be_visible()


def test_paper_shows_the_drawing_instead_of_the_live_map(at_desk: Visit) -> None:
    page = at_desk.open()
    show_map(page)
    page.emulate_media(media="print")
    expect(page.locator("img.drawn")).to_be_visible()
    expect(page.locator(".map .live")).to_be_hidden()
    expect(page.locator(".card").first).to_be_visible()


def test_paper_is_filled_and_only_what_is_short_stays_on_one_sheet(at_desk: Visit) -> None:
    found = at_desk.page.request.get(f"{at_desk.site}/api/v1/institutions?q=cu+lao+cham").json()["features"]
    page = at_desk.open(f"/institutions/{found[0]['id']}")
    page.emulate_media(media="print")
    for name, rule in (("main section", "auto"), (".fact", "avoid")):
        assert page.locator(name).first.evaluate("part => getComputedStyle(part).breakInside") == rule, name
