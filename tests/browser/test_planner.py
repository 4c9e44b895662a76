"""The planner's pages in a real browser: no rule broken, by keyboard alone, light, one view for maps side by side."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Visit, Visiting
from tests.browser.looks import LOOK, in_turn
from tests.browser.test_accessibility import violations
from tests.browser.test_keyboard import tab_to
from tests.browser.test_weight import weight

pytestmark = pytest.mark.browser

MOST_SCRIPT_BYTES = 350 * 1024
FIRST_SCREEN = {"width": 1280, "height": 800}
MAP_PAGES = ["/planner", "/planner?units=commune", "/planner/access?training_level=college", "/planner/compare"]
PAGES = [
    *("/planner", "/planner/targets", "/planner/units/79", "/planner/access?training_level=college"),
    *("/planner/what-if", "/planner/compare", "/planner/reports", "/planner/reports?unit=01"),
]


def alive(page: Page) -> None:
    """Wait until every map of the page stands."""
    for figure in page.locator("figure.map[data-script]").all():
        expect(figure).to_have_class(re.compile("alive"))
    page.wait_for_load_state("networkidle")


def view_of(page: Page, place: int = 0) -> list[float]:
    """Latitude, longitude and zoom of a map."""
    found: list[float] = page.evaluate(
        """place => { const map = document.querySelectorAll("figure.map")[place].liveMap;
        const { lat, lng } = map.getCenter(); return [lat, lng, map.getZoom()] }""",
        place,
    )
    return found


@pytest.mark.parametrize(("path", *LOOK), in_turn(PAGES))
def test_no_page_breaks_a_rule_or_scrolls_sideways(
    visiting: Visiting, path: str, viewport: dict[str, int], scheme: str, language: str
) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        page = visit.open(language + path)
        alive(page)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_page_opened_at_a_fragment_stays_there(on_phone: Visit) -> None:
    last = on_phone.open("/planner/targets").locator("main h2[id]").last.get_attribute("id")
    on_phone.page.goto("about:blank")
    page = on_phone.open(f"/planner/targets#{last}")
    late = page.locator("script[src*='js/app']").evaluate("script => script.src + '#late'")
    page.evaluate("late => import(late)", late)  # after the browser has gone to the fragment for the last time
    assert page.evaluate("scrollY") > PHONE["height"]
    expect(page.locator(f'[id="{last}"]')).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/planner/targets", "/planner/what-if"])
def test_the_tab_of_a_page_is_in_view_on_a_phone(on_phone: Visit, path: str) -> None:
    page = on_phone.open(path)
    tab, tabs = (page.locator(f".planner-tabs {part}").bounding_box() for part in ("[aria-current]", "ul"))
    assert tab is not None
    assert tabs is not None
    assert tabs["x"] - 1 <= tab["x"]
    assert tab["x"] + tab["width"] <= tabs["x"] + tabs["width"] + 1  # parts of a px


@pytest.mark.parametrize("path", MAP_PAGES)
def test_scripts_stay_small(visiting: Visiting, path: str) -> None:
    with visiting(DESK) as visit:
        seen: list[Any] = []
        visit.page.on("requestfinished", lambda request: seen.append(request.response()))
        alive(visit.open(path))
        scripts = sum(size for kind, size in map(weight, seen) if kind == "script")
        assert 30_000 < scripts <= MOST_SCRIPT_BYTES


@pytest.mark.parametrize("path", ["/planner", "/planner/access?training_level=college"])
def test_the_map_is_in_the_first_screen(visiting: Visiting, path: str) -> None:
    for viewport, most in ((FIRST_SCREEN, 500), (PHONE, 730)):
        with visiting(viewport) as visit:
            box = visit.open(path).locator("figure.map").first.bounding_box()
            assert box is not None
            assert box["y"] < most, viewport


@pytest.mark.parametrize("path", MAP_PAGES)
def test_both_archipelagos_are_on_every_live_map(at_desk: Visit, path: str) -> None:
    page = at_desk.open(path)
    alive(page)
    for figure in page.locator("figure.map[data-script]").all():
        for name in ("Hoàng Sa", "Trường Sa"):
            expect(figure.locator(".live .zone-name", has_text=name)).to_be_visible()
    if page.locator("figure.map").count() == 1:
        for _ in range(3):
            page.locator(".map-buttons .zoom").first.click()
            page.wait_for_timeout(300)  # Leaflet's own animation
        corner = page.locator(".zones-apart")
        for name in ("Hoàng Sa", "Trường Sa"):
            drawn = page.locator(".live .zone-name", has_text=name)
            assert corner.get_by_text(name).is_visible() or drawn.is_visible()


def test_the_live_map_shows_what_table_and_api_say(at_desk: Visit) -> None:
    page = at_desk.open("/planner?indicator=teacher_digital_competence&period=2024")
    alive(page)
    drawn = page.locator(".live path.area").evaluate_all("areas => areas.map((one) => one.getAttribute('class'))")
    tones = [re.search(r"q\d|nodata|none", str(one))[0] for one in drawn]  # type: ignore[index]
    table = page.locator(".ranked tr[data-unit]").evaluate_all("rows => rows.map((row) => row.className.trim())")
    assert sorted(tones) == sorted(table)
    config = json.loads(page.locator("#planner-figure").get_attribute("data-config") or "{}")
    rows = {row["unit"]: row for row in page.request.get(at_desk.site + config["values"]).json()["rows"]}
    for row in page.locator(".ranked tr[data-unit]").all():
        value = rows[row.get_attribute("data-unit")]["value"]
        said = row.locator("[data-value]").get_attribute("data-value")
        assert (float(said) if said else None) == value


def test_layers_by_keyboard_stay_in_the_address(at_desk: Visit) -> None:
    page = at_desk.open("/planner")
    alive(page)
    tab_to(page, ".layers > summary")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=layer][value=college]")
    page.keyboard.press("Space")
    expect(page.locator(".map .mark-icon").first).to_be_visible()
    assert "layer=college" in page.url
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("layer=college&layer=intermediate_school"))
    assert "layer=college" in (page.locator(".sorts a").first.get_attribute("href") or "")
    assert violations(page) == []
    page.reload()
    alive(page)
    expect(page.locator(".map .mark-icon").first).to_be_visible()
    page.locator(".layers > summary").click()
    page.locator("input[name=layer][value=college]").uncheck()
    page.locator("input[name=layer][value=intermediate_school]").uncheck()
    expect(page.locator(".map .mark-icon")).to_have_count(0)
    assert "layer" not in page.url


def test_indicator_map_and_table_by_keyboard(at_desk: Visit) -> None:
    page = at_desk.open("/planner")
    alive(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    tab_to(page, "#planner-indicator")
    page.keyboard.press("ArrowDown")
    page.wait_for_url(re.compile("indicator="))
    alive(page)
    tab_to(page, "#map_planner")
    before = view_of(page)
    page.keyboard.press("+")
    page.wait_for_function("zoom => document.querySelector('figure.map').liveMap.getZoom() > zoom", arg=before[2])
    tab_to(page, ".ranked tbody a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/planner/units/"))


def test_an_occupation_is_found_by_its_name(at_desk: Visit) -> None:
    page = at_desk.open("/planner/access")
    alive(page)
    page.locator("#planner-occupation").press_sequentially("han", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"occupation=\d{7}"))
    expect(page.locator("#occupation-said")).to_contain_text(re.compile(r"\d{7}"))


def test_maps_side_by_side_move_together(at_desk: Visit) -> None:
    page = at_desk.open("/planner/compare")
    alive(page)
    start = view_of(page, 0)
    page.locator("#map_compare_one").focus()
    page.keyboard.press("+")
    page.wait_for_function("zoom => document.querySelectorAll('figure.map')[1].liveMap.getZoom() > zoom", arg=start[2])
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)  # Leaflet's own animation
    one, two, three = (view_of(page, place) for place in range(3))
    assert one == pytest.approx(two, abs=1e-6)
    assert one == pytest.approx(three, abs=1e-6)
    assert one[1] > start[1]
    page.locator("#map_compare_two").focus()
    page.keyboard.press("-")
    page.wait_for_function("zoom => document.querySelector('figure.map').liveMap.getZoom() < zoom", arg=one[2])


def test_the_view_of_the_map_is_kept_when_a_choice_changes(at_desk: Visit) -> None:
    page = at_desk.open("/planner#map=8/21.0/105.8")
    alive(page)
    assert view_of(page) == pytest.approx([21.0, 105.8, 8], abs=0.01)
    page.locator("#planner-period").select_option("2024")
    page.wait_for_url(re.compile("period=2024"))
    alive(page)
    assert view_of(page) == pytest.approx([21.0, 105.8, 8], abs=0.01)


def test_outlines_of_communes_on_request(at_desk: Visit) -> None:
    page = at_desk.open("/planner?units=commune&shapes=areas")
    alive(page)
    expect(page.locator(".live path.cell").first).to_be_attached()
    assert page.locator(".live path.cell").count() > 3_000
    expect(page.get_by_text("Ranh giới xấp xỉ: ô dựng từ")).to_be_visible()
    assert page.locator(".live path.spot").count() == 0


def test_pages_work_without_scripts(visiting: Visiting) -> None:
    with visiting(DESK, java_script_enabled=False) as visit:
        page = visit.open("/planner/access?training_level=college")
        page.locator("#radius").fill("50")
        page.get_by_role("button", name="Xem").click()
        expect(page).to_have_url(re.compile("radius_km=50"))
        expect(page.locator(".drawn svg path.dots").first).to_be_visible()
        page = visit.open("/planner?layer=college")
        expect(page.locator(".drawn svg path.area").first).to_be_visible()
