"""Every route and role, in the own province and in another: who gets in. Asked of the web under its own roles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from secrets import token_hex

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from geodata import api_clients, error_reports
from geodata.models import ImportJob, Person
from geodata.people import accounts
from geodata.people.rights import ACTS
from geodata.vocabulary import PersonAct, ReportedField, Role
from mapapp import create_app
from mapapp.settings import Settings
from tests.conftest import scratch
from tests.geodata.people.guarded import ELSEWHERE, HERE, Guarded

LETTERS = {
    "-": None,
    "0": "nobody",
    "P": "steward",
    "A": "approver",
    "U": "auditor",
    "R": "reporter",
    "N": "national",
    "S": "signer",
}
"""P, A, U: provincial steward, approver, auditor of one province; R: reporter of an institution there; N: national
steward; S: approver of the whole country; 0: signed in without any right; -: not signed in."""

READERS, OTHERS_READERS = "PAUNS", "NS"


@dataclass(frozen=True)
class Expected:
    """Who gets in, by letter, where it concerns the own province, and where another. `who` is the same for both."""

    way: str
    own: str
    other: str


def same(way: str, who: str) -> Expected:
    return Expected(way, who, who)


PRIVATE = {
    "steward.start": same("GET /steward", READERS + "R"),
    "steward.runs": same("GET /steward/imports", READERS),
    "steward.upload": same("POST /steward/imports", "PN"),
    "steward.blank": same("GET /steward/imports/template.xlsx", READERS),
    "steward.job": Expected("GET /steward/imports/jobs/{job}", READERS, OTHERS_READERS),
    "steward.report": Expected("GET /steward/imports/{run}", READERS, OTHERS_READERS),
    "steward.questions": Expected("GET /steward/imports/{run}/questions", READERS, OTHERS_READERS),
    "steward.answer": Expected("POST /steward/imports/{run}/questions", "PN", "N"),
    "steward.changes": Expected("GET /steward/imports/{run}/changes", READERS, OTHERS_READERS),
    "steward.changes_drawing": Expected("GET /steward/imports/{run}/changes.svg", READERS, OTHERS_READERS),
    "steward.commented_file": Expected("GET /steward/imports/{run}/report.csv", READERS, OTHERS_READERS),
    "steward.undo": Expected("POST /steward/imports/{run}/undo", "AS", "S"),
    "steward.recount": Expected("POST /steward/imports/{run}/recount", "PN", "N"),
    "steward.answers": same("GET /steward/answers", READERS),
    "steward.withdraw": same("POST /steward/answers", "PN"),
    "people.account": same("GET /account", "0PAURNS"),
    "people.change_password": same("POST /account/password", "0PAURNS"),
    "people.end_session": same("POST /account/sessions", "0PAURNS"),
    "people.second": same("GET /account/second-factor", "0PAURNS"),
    "people.enrol": same("POST /account/second-factor", ""),  # without the secret that the form carries, nobody
    "people.leave": same("POST /sign-out", "0PAURNS"),
    "proposals.listed": same("GET /steward/proposals", READERS),
    "proposals.provinces": same("GET /steward/provinces", READERS),
    "proposals.one": Expected("GET /steward/proposals/{proposal}", READERS, OTHERS_READERS),
    "proposals.act": Expected("POST /steward/proposals/{proposal}/approve", "AS", "S"),
    "proposals.propose_import": Expected("POST /steward/imports/{run}/propose", "PN", "N"),
    "proposals.record": same("GET /steward/institutions/{id}", READERS),
    "proposals.save": Expected("POST /steward/institutions/{id}", "PN", "N"),
    "proposals.wizard": same("GET /steward/institutions/{id}/close", READERS),
    "proposals.start_wizard": Expected("POST /steward/institutions/{id}/close", "PN", "N"),
    "proposals.review": Expected("POST /steward/provinces/{province}/review", "PN", "N"),
    "proposals.declare": same("GET /steward/provinces/{province}/declare", READERS),
    "work.start": same("GET /steward/waiting", READERS),
    "work.records": same("GET /steward/waiting/unplaced", READERS),
    "work.confirm": Expected("POST /steward/waiting/confirm/{id}", "PN", "N"),
    "work.place": Expected("GET /steward/waiting/place/{id}/{campus}", "PN", "N"),
    "work.propose_place": Expected("POST /steward/waiting/place/{id}/{campus}", "PN", "N"),
    "work.pairs": same("GET /steward/waiting/duplicates", READERS),
    "work.tell_apart": Expected("POST /steward/waiting/duplicates/{id}/{second}", "PN", "N"),
    "work.reports": same("GET /steward/waiting/reports", READERS),
    "work.answer": Expected("POST /steward/waiting/reports/{ticket}", "PN", "N"),
    "work.move_promise": Expected("POST /steward/waiting/reports/{ticket}/promise", "PN", "N"),
    "work.missed": same("GET /steward/waiting/missed", READERS),
    "work.handle_missed": same("POST /steward/waiting/missed", "N"),
    "clients.listed": same("GET /steward/clients", "N"),
    "clients.decide": same("POST /steward/clients/{client}/approve", "N"),
    "reports.listed": Expected("GET /steward/reports?province={province}", READERS + "R", OTHERS_READERS + "R"),
    "reports.remind": Expected("GET /steward/reports/remind.csv?province={province}", READERS, OTHERS_READERS),
    "reports.one": Expected("GET /steward/reports/{id}/2025", READERS + "R", OTHERS_READERS),
    "reports.save": Expected("POST /steward/reports/{id}/2025", "PRN", "N"),
    "reports.sheet": Expected("POST /steward/reports/{id}/2025/sheet", "PRN", "N"),
    "reports.act": Expected("POST /steward/reports/{id}/2025/propose", "PRN", "N"),
    "people_desk.listed": same("GET /steward/people", "PN"),
    "people_desk.new": same("GET /steward/people/new", "PN"),
    "people_desk.create": same("POST /steward/people", "PN"),
    "people_desk.one": Expected("GET /steward/people/{person}", "PN", "N"),
    "people_desk.grant": Expected("POST /steward/people/{person}/rights", "PN", "N"),
    "people_desk.end_right": Expected("POST /steward/people/{person}/rights/{right}/end", "PN", "N"),
    "people_desk.act": Expected("POST /steward/people/{person}/lock", "PN", "N"),
    "people_desk.invite": Expected("POST /steward/people/{person}/invite", "PN", "N"),
    "proposals.start_declaration": Expected("POST /steward/provinces/{province}/declare", "PN", "N"),
}
"""Hand-written, independently of `rights.ACTS`. A new private route fails the test until it stands here."""

OPEN_DOOR = {"people.sign_in", "people.enter", "people.oidc_start", "people.oidc_return", "people.invitation"}
OPEN_DOOR |= {"people.accept"}
PUBLIC_ROOMS = {
    *("api", "audit", "citizen", "crawlers", "data", "health", "installable", "maps", "metrics", "offline_list"),
    *("ogc", "openapi", "planner", "reconciliation", "static", "verifier", "verify"),
}
"""Rooms without any person: nobody is asked who they are there, which `test_public_rooms_…` holds them to."""


@pytest.fixture(scope="module")
def site(guarded: Guarded) -> Iterator[APIFlask]:
    app = create_app(Settings(database_url=guarded.url, data=scratch() / "rights", secret_key="k" * 40))
    app.extensions["mapapp.launch"] = lambda _job, _token: None
    yield app
    for name in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[name].kw["bind"].dispose()
    app.extensions["mapapp.door"].sessions.kw["bind"].dispose()


@pytest.fixture(scope="module")
def visitors(site: APIFlask, guarded: Guarded) -> dict[str, FlaskClient]:
    """By letter: a browser in which that person is signed in."""
    found = {}
    for letter, login in LETTERS.items():
        found[letter] = site.test_client()
        if login is not None:
            found[letter].set_cookie("person", guarded.token(login))
    return found


@pytest.fixture(scope="module")
def things(guarded: Guarded) -> dict[str, dict[str, object]]:
    """By province: what addresses name there."""
    return {"own": made(guarded, "steward", HERE), "other": made(guarded, "other", ELSEWHERE)}


def made(guarded: Guarded, login: str, province: str) -> dict[str, object]:
    run = guarded.stage(login, name=f"cua-{login}.csv")
    with guarded.as_(login) as session:
        job = ImportJob(act="stage", state="failed", actor=login, file_name="a.csv", run_id=run)
        session.add(job)
        session.flush()
        given = {"who": session.scalar(text("SELECT acting_person()")), "p": province}
        proposal = session.scalar(text(PROPOSAL), given)
        one, second = guarded.institutions(province)[:2]
        given = {"run": run, "job": job.id, "proposal": proposal, "province": province, "id": one, "second": second}
        given["client"] = api_clients.request(session, name="Máy", contact="a@example.vn", purpose="Kiểm tra").id
        given["campus"] = session.scalar(text("SELECT min(campus_id) FROM campus WHERE institution_id = :id"), given)
        draft = error_reports.Draft(one, ReportedField.NAME, "Tên đã đổi")
        given["ticket"] = error_reports.send(session, draft, at=datetime.now(UTC), promised_on=date(2026, 12, 1))
        session.commit()
    return given | reporter_of(guarded, one)


def reporter_of(guarded: Guarded, institution: str) -> dict[str, object]:
    """A person who is nothing but reporter of the institution, and the number of that right."""
    with guarded.owner() as session:
        person = accounts.add(session, f"{institution}{token_hex(3)}", "Người báo cáo", by="tests")
        at = datetime(2026, 1, 1, tzinfo=UTC)
        given = accounts.grant(session, person, Role.REPORTER, by="tests", at=at, institution=institution)
        session.commit()
        return {"person": person.id, "right": given.right.id}


PROPOSAL = """
    INSERT INTO proposal (kind, state, reason, drafted_by_id, provinces, asked, changes, institutions)
    VALUES ('edit', 'draft', '', :who, ARRAY[:p], '{"values": {}, "today": "2026-11-22"}', '[]', '{}') RETURNING id
"""


def got_in(answer: TestResponse) -> bool:
    """Whether the application went on with the request; a conflict or a faulty form is beyond the door."""
    if answer.status_code in (303, 302):
        return "/sign-in" not in answer.headers["Location"]
    return answer.status_code not in (401, 403, 404)


def ask(client: FlaskClient, way: str, given: dict[str, object]) -> TestResponse:
    verb, path = way.format(**given).split(" ")
    if verb == "GET":
        return client.get(path)
    token = re.search(r'name="token" value="([0-9a-f]{64})"', client.get("/account").text)
    return client.post(path, data={"token": token[1] if token else "0" * 64})


def private_routes(app: APIFlask) -> set[str]:
    names = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("en_")}
    return {name for name in names if name.partition(".")[0] not in PUBLIC_ROOMS} - OPEN_DOOR


def test_every_route_has_an_expected_answer(site: APIFlask) -> None:
    assert private_routes(site) - set(PRIVATE) == set(), "say in PRIVATE who may go there"
    assert set(PRIVATE) - private_routes(site) == set()


COMBINATIONS = [
    (route, letter, place)
    for route in PRIVATE
    for letter in LETTERS
    for place in ("own", "other")
    if route != "people.leave"
]


def test_the_matrix_has_so_many_combinations() -> None:
    assert len(COMBINATIONS) == (len(PRIVATE) - 1) * len(LETTERS) * 2
    print(f"{len(PRIVATE)} private routes x {len(LETTERS)} people x 2 places: {len(COMBINATIONS)} combinations")  # noqa: T201


@pytest.mark.parametrize("route", [route for route in PRIVATE if route != "people.leave"])
def test_who_gets_in(
    route: str, visitors: dict[str, FlaskClient], things: dict[str, dict[str, object]], site: APIFlask
) -> None:
    expected = PRIVATE[route]
    wrong = []
    for place, allowed in (("own", expected.own), ("other", expected.other)):
        for letter, client in visitors.items():
            answer = ask(client, expected.way, things[place])
            if got_in(answer) != (letter in allowed):
                wrong.append((place, letter, answer.status_code, answer.headers.get("Location")))
            assert answer.status_code < 500
            assert answer.headers["Cache-Control"] == "no-store"
    assert wrong == []


def test_signing_out_is_for_whoever_is_signed_in(site: APIFlask, guarded: Guarded) -> None:
    for letter, login in LETTERS.items():
        client = site.test_client()
        if login is not None:
            client.set_cookie("person", guarded.token(login))
        assert got_in(ask(client, PRIVATE["people.leave"].way, {})) == (letter in PRIVATE["people.leave"].own)


@pytest.mark.parametrize("path", ["/", "/planner", "/verify", "/data", "/about", "/api/v1/units/01"])
def test_public_rooms_answer_everybody_alike(path: str, visitors: dict[str, FlaskClient]) -> None:
    answers = {letter: client.get(path) for letter, client in visitors.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({answer.get_data() for answer in answers.values()}) == 1
    assert all("person=" not in str(answer.headers) for answer in answers.values())


ALLOWED = {
    Role.NATIONAL_STEWARD: "read_work stage edit propose answer_reports review_clients manage_users",
    Role.PROVINCIAL_STEWARD: "read_work stage edit propose answer_reports manage_reporters",
    Role.APPROVER: "read_work approve publish approve_report",
    Role.REPORTER: "report",
    Role.AUDITOR: "read_work read_audit",
}


def test_the_table_of_acts_is_as_decided_here_and_in_the_database(guarded: Guarded) -> None:
    assert {role: {act.value for act in acts} for role, acts in ACTS.items()} == {
        role: set(acts.split()) for role, acts in ALLOWED.items()
    }
    with guarded.owner() as session:
        stored = {tuple(row) for row in session.execute(text("SELECT role, act FROM role_act"))}
    assert stored == {(role.value, act.value) for role, acts in ACTS.items() for act in acts}
    assert {act for acts in ACTS.values() for act in acts} == set(PersonAct)


def test_a_writer_never_approves_and_an_approver_never_writes() -> None:
    writes, approves = {PersonAct.EDIT, PersonAct.PROPOSE, PersonAct.STAGE}, {PersonAct.APPROVE, PersonAct.PUBLISH}
    assert [role for role, acts in ACTS.items() if acts & writes and acts & approves] == []


def test_people_are_found_by_login(guarded: Guarded) -> None:
    with guarded.owner() as session:
        logins = set(session.scalars(select(Person.login)))
    assert {login for login in LETTERS.values() if login} <= logins
