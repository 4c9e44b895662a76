"""What a file stands on, a decision, a second person or neither, tells what it may change; the preview says so."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.imports.checks import explain
from geodata.imports.refusals import OtherStanding
from geodata.imports.run import publish, recount, rows_of
from geodata.models import Decision, ImportRun, InstitutionAttribute, InstitutionName, InstitutionState, Source
from tests.geodata.imports.conftest import HEADINGS, TODAY, Stager, a_csv, added_by, wanted_by

SCHOOL = ("Trường Cao đẳng Thử nghiệm", "Trường cao đẳng", "công lập", "Nam Định", "CDT2599")
PRIVATE = (*SCHOOL[:2], "tư thục", *SCHOOL[3:])
DECISION = "12/QĐ-SGDĐT"
TOLD = {"registered": "public", "of": "ownership", "decision": DECISION}


def data_status(session: Session) -> list[str]:
    return list(session.scalars(select(InstitutionState.data_status).where(InstitutionState.release_to.is_(None))))


def ownership(session: Session) -> list[str]:
    fact = InstitutionAttribute
    return list(session.scalars(select(fact.value).where(fact.kind == "ownership", fact.release_to.is_(None))))


def told(session: Session, run: ImportRun) -> list[tuple[str, list[str]]]:
    return [(row.outcome, [found["code"] for found in row.findings]) for row in rows_of(session, run)]


def test_a_decision_makes_data_official_and_raises_what_is_there(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="officer")
    run = publish(session, staged(a_csv(SCHOOL), decision=DECISION), actor="officer")
    assert run.counts["updated"] == 1
    assert list(session.scalars(select(Source.data_status).order_by(Source.id))) == ["unverified", "official"]
    decision = session.scalars(select(Decision)).one()
    assert (decision.number, run.decision_id) == (DECISION, decision.id)
    assert data_status(session) == ["official"]


def test_a_second_person_makes_data_official_too_and_the_preview_counts_it(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="operator")
    run = staged(a_csv(SCHOOL), approval=True)
    assert run.counts["updated"] == 1
    wanted = wanted_by(session, run)
    publish(session, run, actor="officer", approved=True)
    assert run.release_id is not None
    assert added_by(session, run.release_id) == wanted != []
    assert data_status(session) == ["official"]


@pytest.mark.parametrize("first", [{"decision": DECISION}, {"approval": True}])
def test_a_file_that_stands_on_nothing_may_not_change_official_data(
    session: Session, staged: Stager, first: dict[str, object]
) -> None:
    publish(session, staged(a_csv(SCHOOL), **first), actor="officer", approved="approval" in first)
    run = staged(a_csv(PRIVATE))
    assert told(session, run) == [("rejected", ["overrides_official"])]
    assert rows_of(session, run)[0].changes == []


def test_two_persons_may_change_what_two_persons_stood_by(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL), approval=True), actor="officer", approved=True)
    run = staged(a_csv(PRIVATE), approval=True)
    assert told(session, run) == [("updated", [])]
    publish(session, run, actor="officer", approved=True)
    assert (ownership(session), data_status(session)) == (["private"], ["official"])


def test_what_rests_on_a_decision_changes_before_everybodys_eyes(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL), decision=DECISION), actor="officer")
    run = staged(a_csv(PRIVATE), approval=True)
    assert told(session, run) == [("updated", ["changes_decided"])]
    assert rows_of(session, run)[0].findings[0]["details"] == TOLD
    assert "“công lập” theo quyết định 12/QĐ-SGDĐT" in explain(rows_of(session, run)[0].findings[0])[0]
    assert told(session, staged(a_csv(PRIVATE), decision="13/QĐ-SGDĐT", approval=True)) == [("updated", [])]


def test_a_finding_about_a_place_names_the_cell_that_differs(session: Session, staged: Stager) -> None:
    headings = (*HEADINGS, "Địa chỉ", "Vĩ độ", "Kinh độ")
    placed = (*SCHOOL, "12 Lê Lợi", "20,4231", "106,1684")
    publish(session, staged(a_csv(placed, headings=headings), decision=DECISION), actor="officer")
    for cells, found in (
        (("14 Lê Lợi", *placed[6:]), ("Địa chỉ", "12 Lê Lợi")),
        ((*placed[5:6], "20,4331", "106,1684"), ("Vĩ độ", "20.42310, 106.16840")),
    ):
        (row,) = rows_of(session, staged(a_csv((*SCHOOL, *cells), headings=headings), approval=True))
        assert [(one["column"], one["details"]["registered"]) for one in row.findings] == [found]


def test_spelling_of_names_is_left_to_decisions(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL), approval=True), actor="officer", approved=True)
    respelt = ("TRƯỜNG CAO ĐẲNG THỬ NGHIỆM", *SCHOOL[1:])
    assert told(session, staged(a_csv(respelt), approval=True)) == [("unchanged", ["spelled_differently"])]
    publish(session, staged(a_csv(respelt), decision=DECISION), actor="officer")
    current = select(InstitutionName.text).where(InstitutionName.release_to.is_(None))
    assert session.scalars(current).all() == [respelt[0]]


def test_a_preview_for_two_persons_is_not_published_by_one_where_that_differs(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="operator")
    run = staged(a_csv(SCHOOL), approval=True)
    with pytest.raises(OtherStanding, match="dòng 2"):
        publish(session, run, actor="operator")
    recount(session, run, approval=False, today=TODAY)
    assert publish(session, run, actor="operator").release_id is None


def test_nor_one_for_one_person_approved_where_that_differs(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="operator")
    run = staged(a_csv(PRIVATE))
    with pytest.raises(OtherStanding, match="dòng 2"):
        publish(session, run, actor="officer", approved=True)
    recount(session, run, approval=True, today=TODAY)
    publish(session, run, actor="officer", approved=True)
    assert data_status(session) == ["official"]


def test_published_by_whomever_new_schools_are_what_they_are_then(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL), approval=True), actor="operator")
    assert data_status(session) == ["unverified"]
