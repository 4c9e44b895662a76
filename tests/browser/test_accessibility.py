"""axe-core (WCAG 2.0 to 2.2, A and AA) finds nothing on any public page, at both widths, light and dark, vi and en."""

from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Visiting, show_map
from tests.browser.looks import LOOK, in_turn

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "/",
    "/?q=song+sinh",
    "/?q=xyzzyqwv",
    "/nearby",
    "/nearby?place=phuong+hai+chau",
    "/about",
    "/stewardship",
    "/docs",
    "/data",
    "/ogc?f=html",
    "/ogc/collections/institutions/items?f=html",
    "/no-such-page",
]

widths = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


AT_REST = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    await Promise.allSettled(document.getAnimations().map(one => one.finished));
}"""


BROKEN = """async (rules) => {
    const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    return found.violations;  // what passes is ten times as much, and takes as long to bring here
}"""


def violations(page: Page) -> list[str]:
    """One line per rule broken, with the first element that breaks it; once nothing moves or fades any more."""
    page.evaluate(AT_REST)
    page.evaluate(AXE.read_text())  # past the page's own content security policy, which stays in force for the page
    found = page.evaluate(BROKEN, RULES)
    return [f"{rule['id']}: {rule['nodes'][0]['html']} ({rule['nodes'][0]['failureSummary']})" for rule in found]


@pytest.mark.parametrize(("path", *LOOK), in_turn(PAGES))
def test_no_page_breaks_a_rule_or_scrolls_sideways(
    visiting: Visiting, path: str, viewport: dict[str, int], scheme: str, language: str
) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        page = visit.open(language + path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        visit.faults = [fault for fault in visit.faults if "404" not in fault]  # the page that does not exist


@widths
@schemes
def test_an_institution_breaks_no_rule(visiting: Visiting, viewport: dict[str, int], scheme: str) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        page = visit.open("/?q=minh+hoa&training_level=college")
        page.locator(".card a").first.click()
        page.wait_for_load_state("networkidle")
        assert violations(page) == []


@widths
@schemes
def test_open_suggestions_filters_and_map_break_no_rule(
    visiting: Visiting, viewport: dict[str, int], scheme: str
) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        page = visit.open()
        page.locator("#q").press_sequentially("minh hoa", delay=10)
        expect(page.get_by_role("option").first).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        if page.locator(".filters > summary").is_visible():
            page.locator(".filters > summary").click()
        page.locator(".facet[data-facet=type] summary").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        show_map(page)
        page.locator(".mark-icon.cluster").first.press("Enter")
        page.wait_for_load_state("networkidle")
        assert violations(page) == []


VIEWS = ["6/16.011/105.793", "7/10.203/106.557", "8/10.161/106.85", "9/20.843/105.644", "10/21.03/105.677"]
"""Zoom, latitude and longitude with many signs, some of them below the map's buttons."""

SQUARES = """() => [...document.querySelectorAll(".live .mark-icon")].map((sign) => sign.getBoundingClientRect())
    .map(({ left, top, right, bottom }) => [left, top, right, bottom])"""


@pytest.mark.parametrize("view", VIEWS)
def test_every_sign_that_takes_the_focus_can_be_seen_and_touched(visiting: Visiting, view: str) -> None:
    with visiting(PHONE) as visit:
        page = visit.open(f"/#map={view}")
        show_map(page)
        assert page.locator(".mark-icon[tabindex='0']").count() > 0
        assert violations(page) == []
        squares = page.evaluate(SQUARES)
        assert not [(one, two) for one, two in combinations(squares, 2) if meet(one, two)]


def meet(one: list[float], two: list[float]) -> bool:
    """Whether two rectangles (left, top, right, bottom) share more than a rounded pixel."""
    across = min(one[2], two[2]) - max(one[0], two[0])
    down = min(one[3], two[3]) - max(one[1], two[1])
    return across > 1 and down > 1


@widths
@pytest.mark.parametrize("path", ["/?q=song+sinh", "/nearby?place=phuong+hai+chau"])
def test_controls_are_large_enough_for_a_finger(visiting: Visiting, viewport: dict[str, int], path: str) -> None:
    with visiting(viewport) as visit:
        page = visit.open(path)
        controls = page.locator("button:visible, .button:visible, input:not([type=hidden]):visible, summary:visible")
        for control in controls.all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 44, control.evaluate("element => element.outerHTML")[:200]
