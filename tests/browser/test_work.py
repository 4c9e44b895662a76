"""The work-lists in a browser: no accessibility rule broken, nothing scrolls sideways, places by keys and click."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from geodata import api_clients, error_reports
from geodata.missed_queries import keep
from geodata.people.sessions import open_session
from geodata.vocabulary import MissedKind, ReportedField, Role
from mapapp import create_app
from mapapp.settings import Settings
from tests.browser.conftest import BROWSER, DESK, PHONE, Visit, Visiting
from tests.browser.test_accessibility import violations
from tests.builders import AnInstitution, an_institution, publish
from tests.conftest import scratch
from tests.databases import DatabaseLike, opened
from tests.people import a_person
from tests.serving import serving

pytestmark = pytest.mark.browser

LISTS = ("", "/unplaced", "/approximate", "/unconfirmed", "/duplicates", "/reports", "/missed")


@dataclass(frozen=True)
class Desk:
    """A running site, the session of a national steward, and the form that places a school."""

    address: str
    steward: str
    placing: str


def a_school(name: str) -> AnInstitution:
    since = date(2010, 1, 1)
    return an_institution(name, status=[("active", (since, None))], province="79", commune="26740", address="Số 1")


def waiting(session: Session) -> AnInstitution:
    """Something on every list; the school that has no coordinates."""
    one, twin = a_school("Trường Cao đẳng Chưa Có Chỗ"), a_school("Trường Cao đẳng Chưa Có Chỗ")
    publish(session, one, twin, data_status="illustrative")
    now = datetime.now(UTC)
    for field, promised_on in ((ReportedField.NAME, date(2026, 1, 5)), (ReportedField.CAMPUS, date(2099, 1, 5))):
        draft = error_reports.Draft(one.id, field, "Trường đã chuyển sang đường khác.", contact="nguoi-dan@example.vn")
        error_reports.send(session, draft, at=now, promised_on=promised_on)
    keep(session, {(now.date(), MissedKind.SEARCH, "cao dang khong co that"): 4})
    asked = {"contact": "ky-thuat@example.vn", "purpose": "Đối chiếu văn bằng của thí sinh"}
    api_clients.request(session, name="Cổng tuyển sinh", **asked)
    used = api_clients.request(session, name="Phần mềm quản lý đào tạo", **asked).id
    api_clients.approve(session, used, api_clients.Hand("mai", now), per_minute=600)
    return one


@pytest.fixture(scope="module")
def desk(database_like: DatabaseLike) -> Iterator[Desk]:
    url = database_like(BROWSER)
    with opened(url) as engine, Session(engine) as session:
        school = waiting(session)
        person = a_person(session, Role.NATIONAL_STEWARD, name="Cán bộ Thử", at=datetime.now(UTC))
        token = open_session(session, person.id, at=datetime.now(UTC), agent="tests")
        session.commit()
    app = create_app(Settings(database_url=url, data=scratch(), secret_key="k" * 40))
    placing = f"/steward/waiting/place/{school.id}/{school.id}.1"
    with serving(app) as running:
        yield Desk(running.address, token, placing)


@pytest.fixture(scope="module")
def site(desk: Desk) -> str:
    """The address that visits of this module go to."""
    return desk.address


def come_in(visit: Visit, desk: Desk) -> None:
    visit.page.context.add_cookies([{"name": "person", "value": desk.steward, "url": desk.address}])


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"), [(PHONE, "light", ""), (DESK, "dark", "/en")], ids=["phone-vi", "desk-dark-en"]
)
def test_no_list_breaks_a_rule_or_scrolls_sideways(
    visiting: Visiting, desk: Desk, viewport: dict[str, int], scheme: str, language: str
) -> None:
    with visiting(viewport, color_scheme=scheme) as visit:
        come_in(visit, desk)
        paths = [*(f"/steward/waiting{one}" for one in LISTS), desk.placing]
        paths += ["/steward/clients", "/steward/clients?state=active"]
        for path in paths:
            page = visit.open(language + path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


def test_a_site_is_placed_by_candidate_keys_and_click(visiting: Visiting, desk: Desk) -> None:
    with visiting(DESK) as visit:
        come_in(visit, desk)
        page = visit.open(desk.placing)
        lat, lon = page.locator("#lat"), page.locator("#lon")
        page.locator("figure.map.alive").wait_for()
        page.get_by_role("button", name="Đặt dấu ở giữa bản đồ").press("Enter")
        expect(page.get_by_role("button", name="Địa điểm đang đặt")).to_be_focused()
        middle = lat.input_value()
        page.keyboard.press("ArrowDown")
        assert float(lat.input_value()) < float(middle)
        page.get_by_role("button", name="Dùng điểm đại diện của Phường Sài Gòn").press("Enter")
        expect(page.locator("#precision")).to_have_value("commune")
        first = lat.input_value(), lon.input_value()
        page.get_by_role("button", name="Địa điểm đang đặt").focus()
        page.keyboard.press("Shift+ArrowUp")
        assert float(lat.input_value()) > float(first[0])
        assert lon.input_value() == first[1]
        expect(page.locator("#precision")).to_have_value("address")
        moved = lat.input_value()
        page.locator("#map_placing").click(position={"x": 60, "y": 200})
        assert lat.input_value() != moved
        page.get_by_role("button", name="Lập đề xuất").click()
        page.wait_for_url("**/steward/proposals/*")
        expect(page.get_by_text("Bản nháp")).to_be_visible()
