"""The steward's desk in a browser: a file's whole way with and without scripts, and no accessibility rule broken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from geodata.vocabulary import Role
from mapapp import create_app
from mapapp.settings import Settings
from tests.browser.conftest import BROWSER, DESK, PHONE, Visit, Visiting
from tests.browser.looks import LOOK, looks
from tests.browser.test_accessibility import violations
from tests.conftest import scratch
from tests.databases import DatabaseLike, opened
from tests.geodata.imports import variants
from tests.people import PASSWORD, a_person
from tests.serving import serving

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Desk:
    """A running site of its own, under the roles of the web, where `lan` prepares and `minh` approves."""

    address: str


@pytest.fixture
def desk(database_like: DatabaseLike) -> Iterator[Desk]:
    url = database_like(BROWSER)
    app = create_app(Settings(database_url=url, data=scratch(), secret_key="k" * 40))
    with opened(url) as engine, Session(engine) as session:
        at = datetime.now(UTC)
        a_person(session, Role.NATIONAL_STEWARD, login="lan", at=at, password=PASSWORD)
        a_person(session, Role.APPROVER, login="minh", at=at, password=PASSWORD)
        session.commit()
    with serving(app) as running:
        yield Desk(running.address)


@pytest.fixture
def site(desk: Desk) -> str:
    """The address that visits of this test go to."""
    return desk.address


@pytest.fixture(scope="module")
def the_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list with something of everything: new, swapped, wrong."""
    rows = [*variants.with_cells(0, lat="106,1684", lon="20,4231")]
    rows[3] = [*rows[3][:2], "Lâu đài", *rows[3][3:]]
    path = tmp_path_factory.mktemp("lists") / "danh-sach-2026.xlsx"
    path.write_bytes(variants.a_workbook(rows))
    return path


def come_in(page: Page, desk: Desk, login: str = "lan", language: str = "") -> None:
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{desk.address}{language}/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("form.form button").click()
    page.wait_for_url("**/steward/waiting")
    page.goto(f"{desk.address}{language}/steward/imports")


def send(page: Page, file: Path, decision: str = "") -> None:
    page.set_input_files("#file", file)
    page.locator("#decision").fill(decision)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    page.wait_for_url(re.compile(r"/steward/imports/\d+$"), timeout=PATIENCE_MS)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.wait_for_url(re.compile(r"/steward/imports/\d+$"), timeout=PATIENCE_MS)


def test_a_file_goes_its_whole_way(at_desk: Visit, visiting: Visiting, desk: Desk, the_list: Path) -> None:
    page = at_desk.page
    come_in(page, desk)
    send(page, the_list)
    assert violations(page) == []
    expect(page.locator(".tile.bad strong")).to_have_text("1")
    page.get_by_role("link", name="Xem trước các thay đổi").click()
    page.locator(".map.alive .mark-icon").first.wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="Về bản kiểm tra").click()
    propose(page)
    assert violations(page) == []
    with visiting(DESK) as second:
        approve(second.page, desk, page.url)
        assert violations(second.page) == []


def propose(page: Page) -> None:
    page.get_by_role("button", name="Gửi đề xuất công bố").click()
    page.wait_for_url(re.compile(r"/steward/proposals/\d+$"), timeout=PATIENCE_MS)


def approve(page: Page, desk: Desk, proposal: str) -> None:
    """The second person approves and publishes."""
    come_in(page, desk, "minh")
    page.goto(proposal)
    page.get_by_role("button", name="Phê duyệt").click()
    page.get_by_role("button", name="Công bố").click()
    expect(page.get_by_text("Đã công bố").first).to_be_visible(timeout=PATIENCE_MS)


def test_a_question_is_asked_accessibly_and_its_answer_listed(
    on_phone: Visit, visiting: Visiting, desk: Desk, tmp_path: Path
) -> None:
    page = on_phone.page
    come_in(page, desk)
    for name, rows in (
        ("a.xlsx", variants.SCHOOLS),
        ("b.xlsx", variants.with_cells(1, name="Trường Trung cấp Minh họa Đường Thủyy")),
    ):
        (tmp_path / name).write_bytes(variants.a_workbook(rows))
        page.goto(f"{desk.address}/steward/imports")
        send(page, tmp_path / name, decision="12/QĐ-UBND")
        if name == "a.xlsx":
            propose(page)
            with visiting(DESK) as second:
                approve(second.page, desk, page.url)
    page.get_by_role("link", name="Trả lời 1 câu hỏi").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("radio", name=re.compile("Là cơ sở Trường Trung cấp")).check()
    press(page, "Ghi nhớ và tính lại")
    expect(page.locator(".tile.bad strong")).to_have_text("0")
    page.goto(f"{desk.address}/steward/answers")
    expect(page.get_by_role("checkbox")).to_have_count(1)
    assert violations(page) == []


@pytest.mark.parametrize(LOOK, looks(pair=1))
def test_no_page_of_the_desk_breaks_a_rule_or_scrolls_sideways(
    visiting: Visiting, desk: Desk, the_list: Path, viewport: dict[str, int], scheme: str, language: str
) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        page = visit.open(f"{language}/sign-in")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        come_in(page, desk, language=language)
        assert violations(page) == []
        page.set_input_files("#file", the_list)
        page.locator("form.form button").click()
        page.wait_for_url(re.compile(r"/steward/imports/\d+$"), timeout=PATIENCE_MS)
        report = page.url.removeprefix(desk.address)
        people = (f"{language}/account", f"{language}/account/second-factor")
        for path in (report, f"{report}/changes", f"{report}/questions", f"{language}/steward/answers", *people):
            visit.open(path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


def test_without_scripts_the_page_of_a_job_follows_by_itself(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    rows = variants.with_cells(0, name="Trường Cao đẳng Minh họa Giấy Bút Mực Thước")
    (tmp_path / "khong-kich-ban.xlsx").write_bytes(variants.a_workbook(rows))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    come_in(page, desk)
    send(page, tmp_path / "khong-kich-ban.xlsx")
    expect(page.locator("h1")).to_contain_text("khong-kich-ban.xlsx")
    page.get_by_role("link", name="Xem trước các thay đổi").click()
    expect(page.locator("figure.map img")).to_be_visible()
    context.close()


def test_a_refused_file_is_explained_where_its_job_was(at_desk: Visit, desk: Desk, tmp_path: Path) -> None:
    file, word = variants.refused()["bom-nen.xlsx"]
    (tmp_path / file.name).write_bytes(file.data)
    page = at_desk.page
    come_in(page, desk)
    page.set_input_files("#file", tmp_path / file.name)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.get_by_role("alert")).to_contain_text(word, timeout=PATIENCE_MS)
    assert violations(page) == []
