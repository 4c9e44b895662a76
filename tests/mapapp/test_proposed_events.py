"""Events through the web: a merger from wizard to public answers, a new school, a list that is complete."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.models import Proposal, Release
from geodata.proposals.outcome import outcome
from geodata.vocabulary import Role
from tests.builders import publish
from tests.mapapp.desk import HANOI, HCMC, MERGER, a_school, lan, minh, newest, send, step, through
from tests.people import a_person, sign_in

__all__ = ["lan", "minh"]  # fixtures that live beside what people do with them


def test_a_merger_changes_map_answers_and_figures_as_foreseen(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    one, other = a_school("Trường Cao đẳng Một", "CDD0201"), a_school("Trường Cao đẳng Hai", "CDD0202")
    publish(register, one, other)
    register.commit()
    before = lan.get("/api/v1/verify?code=CDD0201&on=2026-09-01").json
    assert before is not None
    assert before["answer"] == "authorised"

    drafted = send(
        lan,
        f"/steward/institutions/{one.id}/merge",
        institutions=one.id,
        into="CDD0202",
        programmes="1",
        keeps_records="1",
        **MERGER,
    )
    assert drafted.status_code == 200, drafted.text
    number = newest(register).id
    assert drafted.request.path == f"/steward/proposals/{number}"
    assert "Cơ sở đã được cơ sở khác kế thừa → Trường Cao đẳng Hai" in drafted.text
    assert "Đã sáp nhập" in drafted.text
    assert re.search(r"Cơ sở đang hoạt động.*?<del>2</del>.*?<ins>1</ins>", drafted.text, re.S)
    assert register.scalars(select(Release.id)).all() == [1], "a preview leaves nothing behind"

    step(lan, number, "propose")
    step(minh, number, "approve")
    assert register.scalars(select(Release.id)).all() == [1]
    assert "Đã công bố" in step(minh, number, "publish").text
    answer = lan.get("/api/v1/verify?code=CDD0201&on=2026-09-01").json
    assert answer is not None
    assert answer["answer"] == "merged_into"
    assert [heir["id"] for heir in answer["successors"]] == [other.id]
    listed = lan.get("/api/v1/institutions?on=2026-09-01").json
    assert listed is not None
    assert [found["id"] for found in listed["features"]] == [other.id]
    history = lan.get(f"/institutions/{one.id}/history").text
    assert "12/QĐ-UBND" in history
    assert "hiệu lực từ 01/09/2026" in history
    assert "Người soạn" not in history
    assert "Người duyệt" not in history


def test_a_new_school_without_places_is_drafted_and_shown_in_its_province(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    one, other, third = a_school("Trường Một", "CDD0201"), a_school("Trường Hai", "CDD0202"), a_school("Trường Ba")
    publish(register, one, other, third)
    register.commit()
    why = {"effective": "2026-09-01", "decision": "12/QĐ-UBND", "reason": "Sắp xếp mạng lưới"}
    new = {"name": "Trường Chung\x00", "type": "college", "ownership": "public", "new_id": third.id}
    named = f"{one.id}\nCDD0202"
    drafted = send(lan, f"/steward/institutions/{one.id}/merge", institutions=named, **new, **why)
    assert drafted.status_code == 200, drafted.text
    proposal = newest(register)
    assert (proposal.provinces, third.id in proposal.institutions) == ([HCMC], False)
    step(lan, proposal.id, "propose")
    step(minh, proposal.id, "approve")
    assert "Đã công bố" in step(minh, proposal.id, "publish").text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_of_no_register_are_refused(lan: FlaskClient, register: Session, day: str) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    refused = send(lan, f"/steward/institutions/{school.id}/close", **{**MERGER, "effective": day})
    assert (refused.status_code, register.scalars(select(Proposal)).all()) == (400, [])
    assert "Năm phải từ 1900 đến 2200." in refused.text


def test_a_review_is_public_without_the_person(lan: FlaskClient, register: Session) -> None:
    publish(register, a_school("Trường Cao đẳng Một"))
    assert "chưa ghi nhận lần rà soát nào" in lan.get("/stewardship").text
    send(lan, "/steward/provinces", f"/steward/provinces/{HCMC}/review", owner="Sở GDĐT Thành phố")
    told = lan.get("/stewardship").text
    assert "rà soát ngày 22/11/2026" in told
    assert "hạn tiếp theo 22/11/2027" in told
    assert "Người soạn" not in told
    refused = send(lan, "/steward/provinces", f"/steward/provinces/{HANOI}/review", owner="Sở")
    assert refused.status_code == 403


def test_a_province_declares_its_list_complete(lan: FlaskClient, minh: FlaskClient, register: Session) -> None:
    one, other = a_school("Trường Cao đẳng Một", "CDD0201", programmes=[]), a_school("Trường Cao đẳng Hai", "CDD0202")
    publish(register, one, other)
    register.commit()
    asked = "/api/v1/verify?code=CDD0201&action=train&occupation=6510202&on=2026-11-22"
    assert (lan.get(asked).json or {})["answer"] == "not_recorded"
    page = f"/steward/provinces/{HCMC}/declare"
    drafted = send(lan, page, declared_by="Sở GDĐT Thành phố", effective="2026-11-01")
    assert "Sở GDĐT Thành phố" in drafted.text
    through(lan, minh, newest(register).id)
    assert (lan.get(asked).json or {})["answer"] == "not_authorised"


def test_a_merger_before_the_end_of_a_period_moves_the_figures_exactly_as_foreseen(
    planner: FlaskClient, network: Session
) -> None:
    lan = sign_in(planner, network, a_person(network, Role.NATIONAL_STEWARD, login="lan"))
    minh = sign_in(planner.application.test_client(), network, a_person(network, Role.APPROVER, login="minh"))
    asked = "/api/v1/institutions?type=college&ownership=public&status=active&on=2025-06-30&limit=2"
    one, other = (found["id"] for found in (lan.get(asked).json or {})["features"])
    before = covered(lan)
    given = {"institutions": one, "into": other, "effective": "2025-06-30", "decision": "12/QĐ-UBND"}
    send(lan, f"/steward/institutions/{one}/merge", **given)
    proposal = newest(network)
    foreseen = outcome(network, proposal, today=date(2026, 11, 22))
    moved = {
        change.before.indicator: (change.before.N, change.after.N)
        for change in foreseen.figures
        if change.before.unit == "" and change.before.N != change.after.N
    }
    assert moved, "a college that ended before the last day of the period is asked no more"
    assert set(moved.values()) <= {(before[id], before[id] - 1) for id in moved}
    assert covered(lan) == before
    through(lan, minh, proposal.id)
    after = covered(lan)
    assert {id: (before[id], after[id]) for id in moved} == moved


def covered(browser: FlaskClient) -> dict[str, int]:
    """{indicator of institutions: how many it applies to} in the whole country, in its latest period."""
    found = {}
    for row in (browser.get("/api/v1/indicators").json or {})["indicators"]:
        told = browser.get(f"/api/v1/overlays/{row['id']}?level=province&on=2025-07-01&format=json")
        if told.status_code == 200:
            found[row["id"]] = (told.json or {})["whole"]["N"]
    return found
