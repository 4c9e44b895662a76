"""Near me: the position is asked for on click only; without it, a typed place does the same."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, TWINS, Visiting

pytestmark = pytest.mark.browser

DA_NANG = {"latitude": 16.067812345, "longitude": 108.220812345}


def test_the_position_gives_a_list_nearest_first(visiting: Visiting) -> None:
    with visiting(PHONE, geolocation=DA_NANG, permissions=["geolocation"]) as visit:
        page = visit.open()
        page.get_by_role("link", name="Tìm gần tôi").click()
        expect(page).to_have_url(re.compile(r"/nearby\?lat=16\.0678&lon=108\.2208"))
        expect(page.locator(".origin")).to_contain_text("vị trí của bạn", ignore_case=True)
        assert page.locator(".card h3").first.inner_text() in TWINS
        expect(page.locator(".card .distance").first).to_contain_text("đường chim bay")


def test_the_position_is_not_asked_for_before_the_click(visiting: Visiting) -> None:
    with visiting(PHONE) as visit:
        visit.page.add_init_script(
            "navigator.geolocation.getCurrentPosition = () => { document.documentElement.dataset.asked = 'yes'; }"
        )
        page = visit.open()
        assert page.get_attribute("html", "data-asked") is None
        page.get_by_role("link", name="Tìm gần tôi").click()
        assert page.get_attribute("html", "data-asked") == "yes"


@pytest.mark.parametrize(
    ("code", "said"), [(1, "Bạn chưa cho phép dùng vị trí"), (2, "không xác định được vị trí"), (3, "không xác định")]
)
def test_a_refused_or_missing_position_is_explained(visiting: Visiting, code: int, said: str) -> None:
    with visiting(PHONE) as visit:
        visit.page.add_init_script(
            "navigator.geolocation.getCurrentPosition = (found, failed) => "
            f"failed({{ code: {code}, PERMISSION_DENIED: 1 }})"
        )
        page = visit.open("/nearby")
        page.get_by_role("link", name="Dùng vị trí của tôi").click()
        expect(page.locator(".near-note")).to_contain_text(said)
        expect(page.locator("#q")).to_be_focused()


def test_a_typed_place_is_an_origin_too(visiting: Visiting) -> None:
    with visiting(PHONE) as visit:
        page = visit.open("/nearby")
        page.fill("#q", "phuong hai chau")
        page.press("#q", "Enter")
        expect(page.locator(".origin")).to_contain_text("Hải Châu")
        expect(page.locator(".card .distance").first).to_be_visible()
