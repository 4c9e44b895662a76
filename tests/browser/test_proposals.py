"""The pages of proposals in a browser: no accessibility rule broken, nothing scrolls sideways, all by keyboard."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.people.sessions import open_session
from geodata.vocabulary import Role
from mapapp import create_app
from mapapp.settings import Settings
from tests.browser.conftest import BROWSER, DESK, PHONE, Visit, Visiting
from tests.browser.looks import LOOK, looks
from tests.browser.test_accessibility import violations
from tests.builders import AnInstitution, an_institution, publish
from tests.conftest import scratch
from tests.databases import DatabaseLike, opened
from tests.people import a_person
from tests.serving import serving

pytestmark = pytest.mark.browser

PROVINCE = "79"


@dataclass(frozen=True)
class Office:
    """A running site of its own, the tokens of two people, two schools to merge, and the number of one's reporter."""

    address: str
    steward: str
    approver: str
    one: AnInstitution
    other: AnInstitution
    reporter: int


@pytest.fixture(scope="module")
def office(database_like: DatabaseLike) -> Iterator[Office]:
    url = database_like(BROWSER)
    with opened(url) as engine, Session(engine, expire_on_commit=False) as session:
        one, other = a_school("Trường Cao đẳng Thử Một", 0), a_school("Trường Cao đẳng Thử Hai", 1)
        publish(session, one, other, data_status="illustrative")
        steward, approver = token(session, Role.PROVINCIAL_STEWARD), token(session, Role.APPROVER)
        reporter = a_person(session, (Role.REPORTER, one.id), name="Người báo cáo Thử", at=datetime.now(UTC)).id
        session.commit()
    app = create_app(Settings(database_url=url, data=scratch(), secret_key="k" * 40))
    with serving(app) as running:
        yield Office(running.address, steward, approver, one, other, reporter)


def a_school(name: str, number: int) -> AnInstitution:
    since = date(2017, 6, 1)
    return an_institution(
        name,
        status=[("active", (date(2010, 1, 1), None))],
        licences=[(f"9{number}/2017/GCNĐKHĐ-THỬ", (since, None))],
        programmes=[("6510202", "college", (since, None)), ("6480201", "college", (since, None))],
        province=PROVINCE,
        at=LonLat(106.68 + number / 20, 10.8),
        address="Số 1, đường Thử nghiệm",
    )


def token(session: Session, role: Role) -> str:
    now = datetime.now(UTC)
    person = a_person(session, (role, PROVINCE), name="Cán bộ Thử", at=now)
    return open_session(session, person.id, at=now, agent="tests")


@pytest.fixture(scope="module")
def site(office: Office) -> str:
    """The address that visits of this module go to."""
    return office.address


def come_in(visit: Visit, office: Office, who: str) -> None:
    visit.page.context.add_cookies([{"name": "person", "value": who, "url": office.address}])


def look(visit: Visit, path: str, width: int) -> None:
    """The page breaks no rule and does not scroll sideways."""
    page = visit.open(path)
    assert violations(page) == [], path
    assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(LOOK, looks(pair=0))
def test_no_page_breaks_a_rule_or_scrolls_sideways(
    visiting: Visiting, office: Office, viewport: dict[str, int], scheme: str, language: str
) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        come_in(visit, office, office.steward)
        record = f"/steward/institutions/{office.one.id}"
        paths = [record, *(f"{record}/{event}" for event in ("rename", "merge", "split", "declare_complete"))]
        paths += ["/steward/proposals", "/steward/provinces", "/stewardship", f"/institutions/{office.one.id}/history"]
        paths += ["/steward/reports?year=2024", "/steward/reports", f"/steward/reports/{office.one.id}/2026"]
        paths += ["/steward/people", f"/steward/people/{office.reporter}"]
        for path in paths:
            look(visit, language + path, viewport["width"])


def told(visit: Visit, school: AnInstitution) -> tuple[str, int]:
    """What the public sees: the verdict on a school on the day of the merger, and how often the list has it."""
    page = visit.open(f"/verify?code={school.id}&on=2026-09-01")
    verdict = page.locator("#verdict-title").inner_text()
    found = page.context.request.get(f"{visit.site}/api/v1/institutions?q={school.name}&on=2026-09-01").json()
    return verdict, [one["id"] for one in found["features"]].count(school.id)


def test_a_merger_is_drafted_by_keyboard_and_its_preview_is_readable(visiting: Visiting, office: Office) -> None:
    with visiting(PHONE) as visit:
        before = told(visit, office.one)
        come_in(visit, office, office.steward)
        page = visit.open(f"/steward/institutions/{office.one.id}/merge")
        page.locator("#into").focus()
        page.keyboard.type(office.other.id)
        while page.evaluate("document.activeElement.name") != "effective":
            page.keyboard.press("Tab")
        page.locator("#effective").fill("2026-09-01")
        page.locator("#decision").focus()
        page.keyboard.type("12/QĐ-UBND")
        page.keyboard.press("Enter")
        page.wait_for_url("**/steward/proposals/*")
        expect(page.get_by_role("heading", name="Trả lời xác minh")).to_be_visible()
        expect(page.locator(".comparison").first).to_contain_text("Đã sáp nhập")
        expect(page.locator("main")).to_contain_text("Cơ sở đã được cơ sở khác kế thừa → Trường Cao đẳng Thử Hai")
        expect(page.locator("main")).to_contain_text("Cơ sở đang hoạt động")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        press(page, "Đề xuất")
        address = page.url.removeprefix(office.address)
    with visiting(DESK) as visit:
        come_in(visit, office, office.approver)
        page = visit.open(address)
        press(page, "Phê duyệt")
        press(page, "Công bố")
        expect(page.locator(".desk-head .tag")).to_have_text("Đã công bố")
        assert violations(page) == []
        after = told(visit, office.one)
        assert (before[1], after[1]) == (1, 0), "no longer in the list and on the map"
        assert before[0] != after[0]
        assert "kế thừa" in after[0]
        look(visit, f"/institutions/{office.one.id}/history", DESK["width"])
        expect(visit.page.locator("main")).to_contain_text("12/QĐ-UBND")


def test_two_sides_of_a_record_are_brought_together_by_keyboard(visiting: Visiting, office: Office) -> None:
    with visiting(PHONE) as visit:
        come_in(visit, office, office.steward)
        page = visit.open(f"/steward/institutions/{office.other.id}")
        page.evaluate("document.querySelector('[name=base]').value = '1'")  # opened before the school was published
        page.locator("#name-official").fill("Trường Cao đẳng Của Tôi")
        page.locator("#effective").press("Enter")
        expect(page.get_by_role("heading", name="Hồ sơ đã được người khác thay đổi trong khi bạn sửa")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        expect(page.locator("#name-official")).to_have_value("Trường Cao đẳng Của Tôi")
        take = page.get_by_role("button", name=re.compile("Lấy giá trị này ?: Tên chính thức, Của người khác"))
        take.press("Enter")
        expect(page.locator("#name-official")).to_have_value(office.other.name)
        expect(page.locator("#name-official")).to_be_focused()
        visit.faults = [fault for fault in visit.faults if "409" not in fault]
