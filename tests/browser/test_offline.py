"""Without a network: a province taken along is searched, a page seen before is shown and says its age."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from geodata.text import fold
from mapapp import create_app
from mapapp.settings import Settings
from tests.browser.conftest import BROWSER, HIGH_SCHOOL, PHONE, TWINS, Visiting
from tests.browser.test_accessibility import violations
from tests.conftest import scratch
from tests.databases import DatabaseLike
from tests.serving import Running, serving

pytestmark = pytest.mark.browser

WORDS = [
    "Trường Cao đẳng Đà Nẵng",
    "THUỴ  Điển – thụy",
    "cù-lao\u00a0chàm",
    "Đặng Ðức",
    "Ba\u0300 Ri\u0323a",
    "A1/B2_c",
    "ﬁ ①",
]


@pytest.fixture
def server(database_like: DatabaseLike) -> Iterator[Running]:
    """A site of one test, which the test may stop."""
    settings = Settings(database_url=database_like(BROWSER), data=scratch(), secret_key="k" * 40)
    with serving(create_app(settings)) as running:
        yield running


def installed(page: Page) -> None:
    """The worker is there and answers for this page."""
    page.wait_for_function("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)")


def test_a_province_taken_along_is_searched_after_the_server_stopped(page: Page, server: Running) -> None:
    page.goto(server.address + "/offline")
    installed(page)
    page.get_by_label("Tỉnh, thành phố").select_option(label="Thành phố Đà Nẵng")
    page.get_by_role("button", name="Tải gói").click()
    expect(page.locator("#pack-said")).to_contain_text("Đã tải")
    page.goto(server.address + f"/?q={fold(TWINS[0]).replace(' ', '+')}")
    expect(page.locator(".card")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    server.stop()

    page.goto(server.address + "/nearby")  # never seen: the offline page answers
    expect(page.locator("#age")).to_contain_text("Kết quả từ gói đã tải")
    expect(page.locator("#kept")).to_contain_text("Không có mạng")
    page.locator("#q").fill("cu lao cham")
    expect(page.locator("#results .card")).to_have_count(1)
    expect(page.locator("#results")).to_contain_text(HIGH_SCHOOL)
    page.locator("#q").fill("song sinh")
    expect(page.locator("#results .card")).to_have_count(2)
    page.locator("#q").fill("xyzzyqwv")
    expect(page.locator("#results .card")).to_have_count(0)
    assert violations(page) == []

    page.goto(server.address + f"/?q={fold(TWINS[0]).replace(' ', '+')}")  # seen before: shown with its age
    expect(page.locator("#kept")).to_contain_text("đây là bản đã lưu lúc")
    expect(page.locator(".card")).to_have_count(1)


def test_a_page_that_came_from_the_server_says_nothing_of_age(page: Page, server: Running) -> None:
    page.goto(server.address + "/about")
    installed(page)
    page.reload()
    expect(page.locator("#kept")).to_be_hidden()
    expect(page.locator("html")).not_to_have_attribute("data-kept-at", "")


def test_packs_can_be_removed(page: Page, server: Running) -> None:
    page.goto(server.address + "/offline")
    page.get_by_label("Tỉnh, thành phố").select_option(label="Thành phố Đà Nẵng")
    page.get_by_role("button", name="Tải gói").click()
    expect(page.locator("#packs li")).to_have_count(1)
    page.get_by_role("button", name="Xóa gói").click()
    expect(page.locator("#packs li")).to_have_count(0)
    expect(page.locator("#count")).to_contain_text("Chưa có gói nào")


def test_scripts_fold_as_the_server_does(visiting: Visiting) -> None:
    with visiting(PHONE) as visit:
        page = visit.open("/offline")
        module = page.locator("script[src*='/js/offline.js']").get_attribute("src")
        assert module
        folded = page.evaluate(
            "([module, words]) => import(module).then(({ fold }) => words.map(fold))",
            [module.replace("offline.js", "offline-search.js"), WORDS],
        )
        assert folded == [fold(word) for word in WORDS]
