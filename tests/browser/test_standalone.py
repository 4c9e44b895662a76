"""The exported map opens from a disk without a network, asks nobody for anything, and works by keyboard."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

OVERLAY = "/api/v1/overlays/teacher_digital_competence?period=2024&format=html"
VIEWS = {
    "province": "level=province",
    "commune": "level=commune&on=2025-07-01",
    "english": "level=province&lang=en",
    "institutions": "level=province&layer=college,vocational_centre",
}


@pytest.fixture(scope="module")
def saved(site: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The exported files on a disk."""
    folder = tmp_path_factory.mktemp("saved")
    for name, question in VIEWS.items():
        (folder / f"{name}.html").write_bytes(download(f"{site}{OVERLAY}&{question}"))
    return {name: folder / f"{name}.html" for name in VIEWS}


def download(address: str) -> bytes:
    """The file, asked for again while it is being made."""
    for _ in range(60):
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 503:
                    raise
            time.sleep(float(error.headers["Retry-After"]))
    raise TimeoutError(address)


@contextmanager
def opened(browser: Browser, file: Path, viewport: dict[str, int], **options: bool) -> Iterator[Page]:
    """The file in a browser without a network; any fault or request fails the test at the end."""
    context = browser.new_context(viewport=viewport, offline=True, **options)
    page, faults, asked = context.new_page(), [], []
    page.on("console", lambda said: faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    try:
        yield page
        assert faults == []
        assert asked == [file.as_uri()]
    finally:
        context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("view", VIEWS)
def test_it_draws_the_view_without_asking_anybody(
    browser: Browser, saved: dict[str, Path], view: str, viewport: dict[str, int]
) -> None:
    with opened(browser, saved[view], viewport) as page:
        drawn = page.locator(".folium-map path.area, .folium-map path.spot")
        assert drawn.count() == page.locator("tr[data-unit]").count() > 10
        for name in ("Hoàng Sa", "Trường Sa"):
            expect(page.locator(".folium-map .sign", has_text=name)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert "http://" not in saved[view].read_text().replace("http://www.w3.org/", "")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_it_breaks_no_rule_of_accessibility(browser: Browser, saved: dict[str, Path], viewport: dict[str, int]) -> None:
    with opened(browser, saved["english"], viewport) as page:
        assert violations(page) == []


def test_the_keyboard_shows_a_unit_on_the_map(browser: Browser, saved: dict[str, Path]) -> None:
    with opened(browser, saved["province"], DESK) as page:
        row = page.locator("tr[data-unit]").nth(3)
        row.get_by_role("button").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".leaflet-tooltip")).to_contain_text(row.locator(".name").inner_text())
        page.get_by_role("button", name="Phóng to").press("Enter")


def test_no_data_is_hatched_and_few_reports_are_dotted(browser: Browser, saved: dict[str, Path]) -> None:
    with opened(browser, saved["commune"], DESK) as page:
        fills = {shape.get_attribute("fill") for shape in page.locator("path.spot.nodata").all()}
        assert fills == {"url(#hatch)"}
        assert page.locator("pattern#hatch").count() == 1


def test_it_says_everything_without_scripts(browser: Browser, saved: dict[str, Path]) -> None:
    with opened(browser, saved["province"], PHONE, java_script_enabled=False) as page:
        expect(page.locator(".warning")).to_contain_text("minh họa")
        expect(page.locator("svg.overlay-map")).to_be_visible()
        assert page.locator("tr[data-unit]").count() == 34
        expect(page.get_by_text("Lần công bố", exact=False).first).to_be_visible()


def test_institutions_are_drawn_listed_and_switched(browser: Browser, saved: dict[str, Path]) -> None:
    with opened(browser, saved["institutions"], DESK) as page:
        signs, colleges = page.locator(".folium-map path.site"), page.locator(".folium-map path.site.college")
        assert signs.count() == page.locator("tr[data-site]").count() > colleges.count() > 0
        page.locator('[data-layer="college"]').uncheck()
        expect(colleges).to_have_count(0)
        page.locator("summary", has_text="Danh sách cơ sở").click()
        page.locator("tr[data-site]", has_text="Cao đẳng").first.get_by_role("button").click()
        expect(page.locator('[data-layer="college"]')).to_be_checked()
        expect(colleges).not_to_have_count(0)
