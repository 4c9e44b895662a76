"""What waits for stewards, and what they do about it: each list, its counts, who may, and what comes of it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata import error_reports
from geodata.error_reports import Draft
from geodata.geometry import LonLat
from geodata.missed_queries import keep
from geodata.models import ErrorReport, MissedAnswer, NotDuplicate, Proposal, RecordConfirmation
from geodata.vocabulary import MissedKind, ReportedField, Role
from geodata.work import confirmations
from tests.builders import AnInstitution, an_institution, publish
from tests.geodata.people.guarded import ELSEWHERE, HERE, Guarded
from tests.mapapp.conftest import NOW
from tests.mapapp.desk import HANOI, HCMC, lan
from tests.people import a_person, form_token, sign_in

__all__ = ["lan"]  # a fixture that lives beside what people do with it

SAIGON = "26740"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def hoa(app: APIFlask, register: Session) -> FlaskClient:
    """A national steward at work."""
    return sign_in(app.test_client(), register, a_person(register, Role.NATIONAL_STEWARD, login="hoa"))


def a_school(name: str, **wanted: object) -> AnInstitution:
    given = {"status": [("active", (date(2010, 1, 1), None))], "province": HCMC, "at": LonLat(106.7, 10.8)}
    return an_institution(name, **{**given, **wanted})


def send(browser: FlaskClient, page: str, to: str, **given: str) -> str:
    answer = browser.post(to, data={"token": form_token(browser.get(page).text), **given}, follow_redirects=True)
    return answer.text


def counts(page: str) -> dict[str, str]:
    """{list: how much waits} of the tiles."""
    found = re.findall(r"<strong>([\d.]+)</strong> ([^<]+?)(?:<span|</a>)", page)
    return {label.strip(): number for number, label in found}


# -- counts ------------------------------------------------------------------------------------------------------------


def test_everything_that_waits_is_counted_for_ones_own_provinces(
    lan: FlaskClient, hoa: FlaskClient, register: Session
) -> None:
    publish(
        register,
        a_school("Trường Cao đẳng Một"),
        a_school("Trường Cao đẳng Không Chỗ", at=None),
        a_school("Trường Cao đẳng Thủ Đô", at=None, province=HANOI),
    )
    register.commit()
    own, country = lan.get("/steward/waiting").text, hoa.get("/steward/waiting").text
    assert (counts(own)["Chưa có tọa độ"], counts(country)["Chưa có tọa độ"]) == ("1", "2")
    assert "Hà Nội" not in re.split("<h2", own)[1]
    assert "Yêu cầu cấp khóa" in country
    assert "Yêu cầu cấp khóa" not in own
    assert 'Việc đang chờ <span class="count">1</span>' in lan.get("/steward/imports").text
    assert lan.get("/steward", follow_redirects=True).request.path == "/steward/waiting"


def test_a_list_goes_on_and_can_be_narrowed_to_a_province(hoa: FlaskClient, register: Session) -> None:
    schools = [a_school(f"Trường Cao đẳng Số {n:02}", at=None) for n in range(33)]
    publish(register, *schools, a_school("Trường Cao đẳng Thủ Đô", at=None, province=HANOI))
    register.commit()
    url, seen = "/steward/waiting/unplaced?province=79", []
    while url:
        page = hoa.get(url).text
        seen += re.findall(r"Trường Cao đẳng (?:Số \d\d|Thủ Đô)</bdi>", page)
        more = re.search(r'href="(/steward/waiting/unplaced\?[^"]*after=[^"]+)"', page)
        url = more[1].replace("&amp;", "&") if more else ""
    assert sorted(seen) == [f"Trường Cao đẳng Số {n:02}</bdi>" for n in range(33)]
    for nonsense in ("?after=~~", "?after=x", "?province=zz", "?after=%00~a~b"):
        assert hoa.get(f"/steward/waiting/unplaced{nonsense}").status_code in (200, 400), nonsense


# -- places ------------------------------------------------------------------------------------------------------------


def place_page(register: Session, browser: FlaskClient) -> str:
    """The address of the first form that the list of records without coordinates leads to."""
    found = re.search(r'href="(/steward/waiting/place/[^"]+)"', browser.get("/steward/waiting/unplaced").text)
    assert found
    return found[1]


def test_a_site_is_placed_by_a_proposal_that_another_person_approves(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Không Chỗ", at=None, commune=SAIGON)
    publish(register, school)
    register.commit()
    form = place_page(register, lan)
    page = lan.get(form).text
    assert "Dùng điểm đại diện của Phường Sài Gòn" in page
    near = lan.get(f"{form}?candidate={SAIGON}").text
    assert re.search(r'name="lat" value="10\.\d{6}"', near)
    assert '<option value="commune" selected>' in near
    drafted = send(lan, form, form, lat="10,7769", lon="106.7009", precision="address", reason="Theo địa chỉ")
    assert "Bản nháp" in drafted
    proposal = register.scalars(select(Proposal)).one()
    after = [change["after"] for change in proposal.changes if change["action"] == "add"]
    assert [one["location_precision"] for one in after] == ["address"]
    assert "Chưa có tọa độ" in lan.get("/steward/waiting").text, "nothing is written before somebody approves"


@pytest.mark.parametrize(
    ("lat", "lon", "why"),
    [("", "", "Hãy điền"), ("xyz", "106", "Không đúng định dạng"), ("48.8", "2.3", "ngoài Việt Nam")],
)
def test_no_place_and_places_abroad_are_refused(
    lan: FlaskClient, register: Session, lat: str, lon: str, why: str
) -> None:
    publish(register, a_school("Trường Cao đẳng Không Chỗ", at=None))
    register.commit()
    form = place_page(register, lan)
    refused = send(lan, form, form, lat=lat, lon=lon, precision="address")
    assert why in refused
    assert f'name="lat" value="{lat}"' in refused
    assert register.scalars(select(Proposal)).all() == []


# -- confirmation ------------------------------------------------------------------------------------------------------


def test_a_record_unchanged_for_a_year_waits_until_somebody_confirms_it(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Lâu Năm")
    publish(register, school)
    register.commit()
    assert "Lâu Năm" not in lan.get("/steward/waiting/unconfirmed").text
    register.execute(text("UPDATE release SET published_at = :at"), {"at": LONG_AGO})
    register.commit()
    assert "Lâu Năm" in lan.get("/steward/waiting/unconfirmed").text
    to = f"/steward/waiting/confirm/{school.id}"
    assert "đối chiếu với nguồn nào" in send(lan, "/steward/waiting/unconfirmed", to, source=" ")
    assert "Lâu Năm" not in send(lan, "/steward/waiting/unconfirmed", to, source="Công văn 12/CĐ")
    kept = register.scalars(select(RecordConfirmation)).one()
    assert (kept.institution_id, kept.confirmed_on, kept.source) == (school.id, NOW.date(), "Công văn 12/CĐ")


# -- duplicates --------------------------------------------------------------------------------------------------------


def test_two_of_one_name_are_merged_or_told_apart_for_good(lan: FlaskClient, register: Session) -> None:
    one, other = (a_school("Trường Cao đẳng Đôi", at=LonLat(106.7, at)) for at in (10.7, 10.8))
    publish(register, one, other, a_school("Trường Cao đẳng Khác"))
    register.commit()
    page = lan.get("/steward/waiting/duplicates").text
    assert page.count("Cùng tên, cùng tỉnh") == 1
    first, second = sorted((one.id, other.id))
    assert f"/steward/institutions/{first}/merge?into={second}" in page
    form = lan.get(f"/steward/institutions/{first}/merge?into={second}").text
    assert f'value="Trường Cao đẳng Đôi ({second})"' in form
    apart = f"/steward/waiting/duplicates/{first}/{second}"
    assert "Hãy ghi vì sao" in send(lan, "/steward/waiting/duplicates", apart, reason="")
    assert "Cùng tên, cùng tỉnh" not in send(
        lan, "/steward/waiting/duplicates", apart, reason="Hai quyết định thành lập"
    )
    assert register.scalars(select(NotDuplicate.reason)).all() == ["Hai quyết định thành lập"]


def test_nonsense_about_a_pair_is_refused(lan: FlaskClient, register: Session) -> None:
    one = a_school("Trường Cao đẳng Một", codes=[("CDD0201", (None, None))])
    lost = a_school("Trường Cao đẳng Lạc", other_campuses=[LonLat(105.8, 21.0)], codes=[("CDD0202", (None, None))])
    publish(register, one, lost)
    register.commit()
    token = form_token(lan.get("/steward/waiting/duplicates").text)
    given = {"token": token, "reason": "Hai quyết định"}
    for pair, status in ((f"{one.id}/{one.id}", 400), (f"{one.id}/CDD0201", 400), (f"{one.id}/nobody", 404)):
        assert lan.post(f"/steward/waiting/duplicates/{pair}", data=given).status_code == status, pair
    assert lan.post(f"/steward/waiting/duplicates/CDD0201/{'x' * 70}", data=given).status_code == 404
    assert lan.post("/steward/waiting/confirm/a%00b", data=given).status_code == 400
    assert register.scalars(select(NotDuplicate)).all() == []


def test_a_pair_in_two_provinces_is_one_pair(lan: FlaskClient, hoa: FlaskClient, register: Session) -> None:
    codes = [("CDD0201", (None, None))]
    here, there = (
        a_school("Trường Cao đẳng Này", codes=codes),
        a_school("Trường Trung cấp Kia", codes=codes, province=HANOI),
    )
    publish(register, here, there, a_school("Trường Cao đẳng Không Rõ", province=None, at=None))
    register.commit()
    page = hoa.get("/steward/waiting").text
    assert counts(page)["Có thể trùng nhau"] == "1"
    assert 'Việc đang chờ <span class="count">2</span>' in page
    nowhere = hoa.get("/steward/waiting/unplaced?province=-").text
    assert "Không Rõ" in nowhere
    assert "Không Rõ" not in lan.get("/steward/waiting/unplaced?province=-").text
    assert "không trùng" not in lan.get("/steward/waiting/duplicates").text.lower(), (
        "only who may edit both tells them apart"
    )


# -- reports -----------------------------------------------------------------------------------------------------------


def reported(register: Session, school: AnInstitution, promised_on: date) -> str:
    draft = Draft(school.id, ReportedField.NAME, "Tên đã đổi", contact="nguoi-dan@example.vn")
    ticket = error_reports.send(register, draft, at=NOW - timedelta(days=9), promised_on=promised_on)
    register.commit()
    return ticket


def test_a_report_is_accepted_into_a_change_that_keeps_its_number(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    ticket = reported(register, school, NOW.date() - timedelta(days=1))
    page = lan.get("/steward/waiting/reports").text
    assert all(told in page for told in ("Tên đã đổi", "nguoi-dan@example.vn", "21/11/2026 (quá hạn)"))
    assert "1 quá hạn trả lời" in lan.get("/steward/waiting").text
    to = f"/steward/waiting/reports/{ticket}"
    assert "câu trả lời công khai" in send(lan, "/steward/waiting/reports", to, act="accept", text=" ")
    form = lan.post(to, data={"token": form_token(page), "act": "accept", "text": "Cảm ơn, đang sửa."})
    assert form.headers["Location"] == f"/steward/institutions/{school.id}?report={ticket}"
    assert "đã có người trả lời" in send(lan, "/steward/waiting", to, act="close", text="Không.")
    answered = register.scalars(select(ErrorReport)).one()
    assert (answered.state, answered.answered_by, answered.answer) == ("accepted", "lan", "Cảm ơn, đang sửa.")
    assert ticket not in lan.get("/steward/waiting/reports").text
    record = lan.get(form.headers["Location"]).text
    assert f'<input type="hidden" name="report" value="{ticket}">' in record
    base = re.search(r'name="base" value="(\d+)"', record)
    assert base
    values = {"base": base[1], "report": ticket, "name.official": "Trường Cao đẳng Mới"}
    send(lan, "/steward/waiting", f"/steward/institutions/{school.id}", **values)
    proposal = register.scalars(select(Proposal)).one()
    closed = lan.get("/steward/waiting/reports?all=1").text
    assert ticket in closed
    assert f'href="/steward/proposals/{proposal.id}"' in closed


def test_reports_of_other_provinces_are_not_shown_or_answered(
    lan: FlaskClient, hoa: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Thủ Đô", province=HANOI, at=None)
    publish(register, school)
    ticket = reported(register, school, NOW.date())
    assert ticket not in lan.get("/steward/waiting/reports?province=01").text
    data = {"token": form_token(lan.get("/steward/waiting").text), "act": "close", "text": "Không."}
    assert lan.post(f"/steward/waiting/reports/{ticket}", data=data).status_code == 403
    assert ticket in hoa.get("/steward/waiting/reports?province=01").text
    assert hoa.post("/steward/waiting/reports/rkhongco", data=data).status_code == 404


def test_another_day_is_promised_with_a_reason_and_the_day_before_is_kept(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Hai")
    publish(register, school)
    ticket = reported(register, school, date(2026, 11, 25))
    lists, to = "/steward/waiting/reports", f"/steward/waiting/reports/{ticket}/promise"
    why = "Chờ nhà trường gửi quyết định."
    for day, reason in (("2026-11-25", why), ("2026-11-21", why), ("2027-12-31", why), ("", why), ("2026-12-10", " ")):
        assert "ngày hẹn mới" in send(lan, lists, to, promised_on=day, reason=reason).lower()
    assert "Đã đổi ngày hẹn" in send(lan, lists, to, promised_on="2026-12-10", reason=why)
    send(lan, lists, to, promised_on="2026-12-15", reason="Trường xin thêm thời gian.")
    moved = error_reports.promises(register, [ticket])[ticket]
    assert [(one.before.day, one.promised_on.day) for one in moved] == [(25, 10), (10, 15)]
    shown = lan.get(f"/reports/{ticket}").text
    for told in ("15/12/2026", "từ 25/11/2026 sang 10/12/2026", "từ 10/12/2026 sang 15/12/2026", why):
        assert told in shown
    assert f"25/11/2026 ({why})" in lan.get(lists).text
    send(lan, lists, f"/steward/waiting/reports/{ticket}", act="close", text="Không.")
    assert "đã có người trả lời" in send(lan, "/steward/waiting", to, promised_on="2026-12-20", reason=why)
    with pytest.raises(DBAPIError, match="append-only"):
        register.execute(text("DELETE FROM error_report_promise"))


# -- words -------------------------------------------------------------------------------------------------------------


def test_words_in_vain_are_dealt_with_and_come_back(lan: FlaskClient, hoa: FlaskClient, register: Session) -> None:
    day = NOW.date()
    keep(register, {(day, MissedKind.SEARCH, "cao dang abc"): 3, (day, MissedKind.SEARCH, "mot lan"): 1})
    register.commit()
    page = hoa.get("/steward/waiting/missed").text
    assert "cao dang abc" in page
    assert "mot lan" not in page
    given = {"words": "cao dang abc", "kind": "search", "note": "Thêm tên tắt"}
    assert "cao dang abc" not in send(hoa, "/steward/waiting/missed", "/steward/waiting/missed", **given)
    refused = lan.post("/steward/waiting/missed", data={"token": form_token(lan.get("/account").text), **given})
    assert refused.status_code == 403
    keep(register, {(day + timedelta(days=1), MissedKind.SEARCH, "cao dang abc"): 2})
    register.commit()
    assert "cao dang abc" in hoa.get("/steward/waiting/missed").text
    assert register.scalars(select(MissedAnswer.note)).all() == ["Thêm tên tắt"]


# -- every page, both languages; the database -------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_answer_in_both_languages_and_are_kept_by_nobody(
    lan: FlaskClient, register: Session, prefix: str
) -> None:
    publish(register, a_school("Trường Cao đẳng Không Chỗ", at=None))
    register.commit()
    lists = ("", "/unplaced", "/approximate", "/unconfirmed", "/duplicates", "/reports", "/missed")
    paths = [f"/steward/waiting{one}" for one in lists] + [place_page(register, lan)]
    for path in paths:
        answer = lan.get(prefix + path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path
    assert lan.get("/steward/waiting/dances").status_code == 404
    assert lan.get(f"{paths[-1]}x").status_code == 404


def test_the_database_refuses_decisions_about_other_provinces(guarded: Guarded) -> None:
    own, other = guarded.institutions(HERE)[0], guarded.institutions(ELSEWHERE)[0]
    tried = text("INSERT INTO not_duplicate (one_id, other_id, reason, by_id) VALUES (:one, :other, 'x', :me)")
    with guarded.as_("steward") as session:
        me = session.scalar(text("SELECT acting_person()"))
        confirm = text(
            "INSERT INTO record_confirmation (institution_id, confirmed_on, source, by_id)"
            " VALUES (:id, '2026-01-01', 'x', :me)"
        )
        for statement, given in (
            (confirm, {"id": other, "me": me}),
            (confirm, {"id": own, "me": me + 1}),
            (tried, {"one": min(own, other), "other": max(own, other), "me": me}),
        ):
            with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
                session.execute(statement, given)
        session.execute(confirm, {"id": own, "me": me})
        assert confirmations.version(session) > 0
        session.rollback()
    with guarded.web() as session:
        assert confirmations.version(session) == 0
