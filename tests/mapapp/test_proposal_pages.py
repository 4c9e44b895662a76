"""What is shown of changes: every page of the desk in both languages, their history to people and to machines."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata.proposals.refusals import PublicationUnderWay
from tests.builders import publish
from tests.mapapp.desk import HCMC, a_closure, a_school, lan, minh, newest, through

__all__ = ["lan", "minh"]  # fixtures that live beside what people do with them


EVENTS = ("rename", "merge", "split", "close", "suspend", "stop_enrolment", "reopen", "declare_complete")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_answer_in_both_languages_and_are_kept_by_nobody(
    lan: FlaskClient, register: Session, prefix: str
) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    a_closure(lan, register, school)
    record = f"/steward/institutions/{school.id}"
    paths = [record, *(f"{record}/{event}" for event in EVENTS), "/steward/proposals", "/steward/proposals?over=1"]
    paths += ["/steward/provinces", f"/steward/provinces/{HCMC}/declare", f"/steward/proposals/{newest(register).id}"]
    for path in paths:
        answer = lan.get(prefix + path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path
    for path in (f"/institutions/{school.id}/history", "/stewardship", f"/planner/units/{HCMC}"):
        assert lan.get(prefix + path).status_code == 200, path


def test_unknown_numbers_and_events_are_not_found(lan: FlaskClient, register: Session) -> None:
    for path in ("/steward/proposals/999", "/steward/institutions/vkhongco", "/steward/institutions/x/dance"):
        assert lan.get(path).status_code == 404, path


def test_while_something_is_published_the_page_says_so_instead_of_a_preview(
    lan: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    page = f"/steward/proposals/{a_closure(lan, register, school)}"
    assert "Người dùng sẽ thấy gì khác" in lan.get(page).text

    def busy(*_: object, **__: object) -> None:
        raise PublicationUnderWay("bận", "busy")

    monkeypatch.setattr("mapapp.proposal_preview.outcome", busy)
    told = lan.get(page)
    assert (told.status_code, "Đang có một lần công bố khác" in told.text) == (200, True)
    assert "Giải thể" in told.text


def test_machines_read_the_history_without_persons(lan: FlaskClient, minh: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    register.commit()
    through(lan, minh, a_closure(lan, register, school))
    answer = lan.get("/api/v1/institutions/CDD0201/history")
    told = answer.json or {}
    assert [(step["release"], step["by"], step["decision"]) for step in told["steps"]] == [
        (2, "edit", "7/QĐ-UBND"),
        (1, "edit", None),
    ]
    closed = next(one for one in told["steps"][0]["changes"] if one["identity"] == ["status"])
    assert [(row["value"], row["valid_to"]) for row in closed["before"]] == [("active", None)]
    assert [(row["value"], row["valid_from"]) for row in closed["after"]] == [
        ("active", "2010-01-01"),
        ("closed", "2026-09-01"),
    ]
    assert not any(word in answer.text for word in ("lan", "minh", "Người soạn", "Người duyệt"))
    then = lan.get("/api/v1/institutions/CDD0201/history?release=1").json or {}
    assert [step["release"] for step in then["steps"]] == [1]
