"""Reporting an error: a form without account or script, a ticket, a promise kept, and nothing for spammers."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from apiflask import APIFlask
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, sessionmaker

from geodata import error_reports, report_senders
from geodata.engine import make_engine
from geodata.models import ErrorReport, ReportSalt, ReportSender
from geodata.vocabulary import ErrorReportState, ReportedField
from mapapp import create_app
from mapapp.cli import main
from mapapp.report_view import FIELD, STATE
from tests.builders import AnInstitution, an_institution, publish
from tests.databases import UNITS, DatabaseLike
from tests.mapapp.conftest import NOW, NOWHERE

WRONG = "Số điện thoại đã đổi.\nSố mới ghi trên cổng trường."


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def app(web_connection: Connection, clock: Hands) -> APIFlask:
    """The application with a secret and a clock of the test."""
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    return create_app(replace(NOWHERE, secret_key="k" * 40), sessions, clock)


@pytest.fixture
def school(register: Session) -> AnInstitution:
    school = an_institution(
        "Trường Cao đẳng Một",
        attributes=[("telephone", "024 0000 0000", (None, None))],
        codes=[("CDT0101", (None, None))],
        licences=[("1/2020/GCNĐKHĐ-TCGDNN", (None, None))],
        programmes=[("6510202", "college", (None, None))],
    )
    publish(register, school)
    return school


def stamp_of(page: str) -> str:
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    assert found
    return found[1]


def fill(client: FlaskClient, clock: Hands, school: AnInstitution, **changes: str) -> dict[str, str]:
    """The form of the institution, opened, and filled in by a person who takes a minute."""
    stamp = stamp_of(client.get(f"/institutions/{school.id}/report").text)
    clock.wait(minutes=1)
    return {"stamp": stamp, "field": "telephone", "message": WRONG, "contact": "", "nickname": "", **changes}


def reports(register: Session) -> list[ErrorReport]:
    register.expire_all()
    return list(register.scalars(select(ErrorReport)))


def test_a_report_is_kept_and_leads_to_its_ticket(
    client: FlaskClient, clock: Hands, register: Session, school: AnInstitution
) -> None:
    form = fill(client, clock, school, contact="nguoi.bao@example.vn")
    sent = client.post(f"/institutions/{school.id}/report", data=form)
    assert sent.status_code == 303, sent.text
    (report,) = reports(register)
    assert sent.headers["Location"] == f"/reports/{report.ticket}"
    assert (report.institution_id, report.field, report.message) == (school.id, "telephone", WRONG)
    page = client.get(sent.headers["Location"])
    assert "Đã nhận, đang chờ xem xét" in page.text
    assert "chậm nhất ngày 04/12/2026" in page.text  # ten working days after Sunday 22/11/2026
    assert "Số mới ghi trên cổng" not in page.text
    assert "nguoi.bao" not in page.text
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "ETag" not in page.headers


def test_every_statement_of_the_page_leads_to_its_field(client: FlaskClient, school: AnInstitution) -> None:
    text = client.get(f"/institutions/{school.id}").text
    ways = {html.unescape(way) for way in re.findall(r'class="wrong[^"]*" rel="nofollow" href="([^"]+)"', text)}
    fields = {re.search(r"field=(\w+)", way)[1] for way in ways}  # type: ignore[index]
    assert {"name", "identifier", "type", "ownership", "status", "telephone", "programme", "licence"} <= fields
    for way in ways:
        page = client.get(way).text
        chosen = re.findall(r'<option value="(\w+)" selected>', page)
        assert chosen == [re.search(r"field=(\w+)", way)[1]]  # type: ignore[index]
    assert any("item=6510202" in way for way in ways)


def test_the_form_speaks_english_too(client: FlaskClient, clock: Hands, school: AnInstitution) -> None:
    form = fill(client, clock, school)
    sent = client.post(f"/en/institutions/{school.id}/report", data=form)
    assert sent.headers["Location"].startswith("/en/reports/")
    assert "waiting to be looked into" in client.get(sent.headers["Location"]).text


def test_a_code_leads_to_the_form_as_well(client: FlaskClient, school: AnInstitution) -> None:
    assert "Trường Cao đẳng Một" in client.get("/institutions/CDT0101/report").text
    assert client.get("/institutions/nobody/report").status_code == 404


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"message": ""}, "điều gì sai"),
        ({"message": " \n\t "}, "điều gì sai"),
        ({"message": "a" * 2001}, "2.000 ký tự"),
        ({"field": ""}, "chọn thông tin"),
        ({"field": "password"}, "chọn thông tin"),
        ({"contact": "c" * 201}, "200 ký tự"),
        ({"item": "i" * 101}, "100 ký tự"),
        ({"nickname": "bot"}, "Ô ẩn"),
        ({"stamp": ""}, "quá lâu"),
        ({"stamp": "1700000000.abc"}, "quá lâu"),
        ({"stamp": "١٢٣.ش"}, "quá lâu"),
        ({"stamp": "9" * 30 + ".x"}, "quá lâu"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_the_reason(
    client: FlaskClient, clock: Hands, register: Session, school: AnInstitution, changes: dict[str, str], told: str
) -> None:
    form = fill(client, clock, school, **changes)
    back = client.post(f"/institutions/{school.id}/report", data=form)
    assert back.status_code == 400
    assert told in back.text
    assert reports(register) == []
    if form["message"] == WRONG:
        assert "Số mới ghi trên cổng" in back.text


def test_a_form_sent_at_once_is_a_programs_and_passes_the_second_time(
    client: FlaskClient, clock: Hands, register: Session, school: AnInstitution
) -> None:
    stamp = stamp_of(client.get(f"/institutions/{school.id}/report").text)
    form = {"stamp": stamp, "field": "name", "message": WRONG}
    clock.wait(seconds=1)
    back = client.post(f"/institutions/{school.id}/report", data=form)
    assert (back.status_code, reports(register)) == (400, [])
    clock.wait(seconds=30)
    again = client.post(f"/institutions/{school.id}/report", data={**form, "stamp": stamp_of(back.text)})
    assert again.status_code == 303


def test_a_stamp_serves_one_institution_for_a_day(
    client: FlaskClient, clock: Hands, register: Session, school: AnInstitution
) -> None:
    other = an_institution("Trường Khác")
    publish(register, other)
    form = fill(client, clock, school)
    assert client.post(f"/institutions/{other.id}/report", data=form).status_code == 400
    clock.wait(hours=25)
    assert client.post(f"/institutions/{school.id}/report", data=form).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_forms_of_other_sites_are_refused(
    client: FlaskClient, clock: Hands, school: AnInstitution, headers: dict[str, str], status: int
) -> None:
    form = fill(client, clock, school)
    assert client.post(f"/institutions/{school.id}/report", data=form, headers=headers).status_code == status


def test_one_sender_has_a_limit_by_the_hour(
    client: FlaskClient, clock: Hands, register: Session, school: AnInstitution
) -> None:
    form = fill(client, clock, school)
    where = f"/institutions/{school.id}/report"
    sent = [client.post(where, data=form).status_code for _ in range(report_senders.MOST_AN_HOUR)]
    assert sent == [303] * report_senders.MOST_AN_HOUR
    refused = client.post(where, data=form)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert "Số mới ghi trên cổng" in refused.text
    other = client.post(where, data=form, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 303
    clock.wait(hours=1)
    assert client.post(where, data=form).status_code == 303


def test_all_senders_together_have_a_limit(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_senders, "MOST_AN_HOUR_FROM_ALL", 2)
    allowed = [report_senders.may_send(session, f"203.0.113.{number}", NOW) for number in range(3)]
    assert allowed == [True, True, False]


def test_addresses_are_hashed_under_a_salt_that_lasts_a_day(session: Session) -> None:
    report_senders.may_send(session, "203.0.113.9", NOW)
    first = session.scalars(select(ReportSender.sender)).one()
    assert b"203" not in first
    assert first == report_senders.hashed(session, "203.0.113.9", NOW.date())
    report_senders.may_send(session, "203.0.113.9", NOW + timedelta(days=1))
    session.expire_all()
    second = session.scalars(select(ReportSender.sender)).one()
    assert second != first
    assert session.scalars(select(ReportSalt.day)).all() == [NOW.date() + timedelta(days=1)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.8", False),
        ("", "nonsense", True),
    ],
)
def test_a_household_counts_as_one(one: str, other: str, same: bool) -> None:
    assert (report_senders.network(one) == report_senders.network(other)) is same


def test_promises_count_working_days() -> None:
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert error_reports.promised(friday, 1) == date(2026, 11, 23)
    assert error_reports.promised(saturday, 1) == date(2026, 11, 23)
    assert error_reports.promised(friday, 5) == date(2026, 11, 27)


@pytest.mark.parametrize("ticket", ["r23456789bx", "nonsense", "R2%00", "%F0%9F%98%80", "a" * 3000])
def test_unknown_tickets_are_not_found(client: FlaskClient, register: Session, ticket: str) -> None:
    answer = client.get(f"/reports/{ticket}")
    assert answer.status_code == 404


def test_written_text_stays_text(client: FlaskClient, clock: Hands, register: Session, school: AnInstitution) -> None:
    form = fill(
        client, clock, school, message="<script>alert(1)</script> {{ 7*7 }}\x00\u202e", contact='"><b>', field=""
    )
    back = client.post(f"/institutions/{school.id}/report", data=form).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}</textarea>" in back
    assert 'value="&#34;&gt;&lt;b&gt;"' in back


def test_the_operator_lists_and_answers(database_like: DatabaseLike) -> None:
    url = database_like(UNITS)
    environment = {"DATABASE_URL": url}

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, words, env=environment)
        return done.exit_code, done.output

    assert run("reports", "list") == (0, "No reports are new.\n")
    app = create_app(replace(NOWHERE, database_url=url, secret_key="k" * 40), None, lambda: NOW)
    school = an_institution()
    operator = make_engine(url)
    with Session(operator) as session:
        publish(session, school)
        session.commit()
    operator.dispose()
    with app.extensions["mapapp.writing_sessions"]() as session:
        draft = error_reports.Draft(school.id, ReportedField.PROGRAMME, WRONG, "6510202", "a@example.vn")
        ticket = error_reports.send(session, draft, at=NOW, promised_on=date(2026, 12, 4))
        session.commit()
    code, told = run("reports", "list")
    assert code == 0
    assert f"{ticket}  new  until 2026-12-04  {school.id}  programme (6510202)" in told
    assert "    Số mới ghi trên cổng trường.\n    contact: a@example.vn" in told
    assert run("reports", "answer", ticket, "--state", "accepted", "--text", "Cảm ơn bạn.")[0] == 0
    code, refused = run("reports", "answer", ticket, "--state", "rejected", "--text", "Không.")
    assert (code, "answered already" in refused) == (1, True)
    assert run("reports", "answer", "r1", "--state", "rejected", "--text", "Không.")[0] == 1
    assert run("reports", "answer", ticket, "--state", "new", "--text", "x")[0] == 2
    page = app.test_client().get(f"/reports/{ticket}").text
    assert "Đã tiếp nhận, sẽ sửa trong lần công bố tới" in page
    assert "Cảm ơn bạn." in page
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[sessions].kw["bind"].dispose()


def test_every_field_and_state_has_a_label() -> None:
    assert {field.value for field in ReportedField} == set(FIELD)
    assert {state.value for state in ErrorReportState} == set(STATE)


def test_times_are_kept_with_their_zone(session: Session) -> None:
    assert report_senders.may_send(session, "203.0.113.9", datetime(2026, 11, 22, 23, 59, tzinfo=UTC))
    assert session.scalars(select(ReportSender.hour)).one() == datetime(2026, 11, 22, 23, tzinfo=UTC)
