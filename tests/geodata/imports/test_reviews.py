"""Answers to "which of these?": they settle the row now, and the same row of the same source next time."""

import pytest
from sqlalchemy.orm import Session

from geodata.imports import reviews
from geodata.imports.reviews import InvalidAnswer, answer, questions, source_of
from geodata.imports.run import publish, recount, rows_of, undo
from geodata.models import ImportRow, ImportRun
from geodata.vocabulary import ReviewVerdict
from tests.geodata.imports.conftest import TODAY, Stager, a_csv

NAME = "Trường Cao đẳng Kỹ thuật Thử Nghiệm"
SCHOOL = (NAME, "Trường cao đẳng", "công lập", "Hà Nội", "CDD0199")
TYPED = (NAME.replace("Nghiệm", "Nghiệmm"), "Trường cao đẳng", "công lập", "Hà Nội", "")


@pytest.fixture
def known(session: Session, staged: Stager) -> str:
    """The id of the one school of the register."""
    run = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    return rows_of(session, run)[0].institution_id or ""


@pytest.fixture
def asked(staged: Stager, known: str) -> ImportRun:
    """A run with one question: is the misspelt name the school?"""
    return staged(a_csv(TYPED, name="so-bac-ninh-2026-09.csv"))


def the_row(session: Session, run: ImportRun) -> ImportRow:
    (row,) = rows_of(session, run)
    return row


def settle(session: Session, run: ImportRun, verdict: ReviewVerdict, **given: str) -> ImportRow:
    answer(session, run, the_row(session, run), verdict=verdict, by="chief", **given)
    recount(session, run, today=TODAY)
    return the_row(session, run)


def test_a_question_names_the_candidates_by_id(session: Session, asked: ImportRun, known: str) -> None:
    (question,) = questions(session, asked)
    assert question.candidates == (known,)
    assert question.found["code"] == "similar_name"


def test_the_chosen_institution_is_matched_and_remembered(
    session: Session, staged: Stager, asked: ImportRun, known: str
) -> None:
    row = settle(session, asked, ReviewVerdict.INSTITUTION, institution_id=known, reason="gõ nhầm")
    assert (row.outcome, row.institution_id, asked.counts["rejected"]) == ("updated", known, 0)
    assert "answered_by_review" in [found["code"] for found in row.findings]
    later = the_row(session, staged(a_csv((*TYPED[:2], "tư thục", *TYPED[3:]), name="so-bac-ninh-2026-10.csv")))
    assert (later.outcome, later.institution_id) == ("updated", known)


def test_another_source_is_asked_again(session: Session, staged: Stager, asked: ImportRun, known: str) -> None:
    settle(session, asked, ReviewVerdict.INSTITUTION, institution_id=known)
    elsewhere = the_row(session, staged(a_csv(TYPED, name="so-hai-phong.csv")))
    assert elsewhere.outcome == "rejected"


def test_a_new_one_is_created_once_and_found_afterwards(
    session: Session, staged: Stager, asked: ImportRun, known: str
) -> None:
    row = settle(session, asked, ReviewVerdict.NEW)
    assert (row.outcome, row.institution_id == known) == ("created", False)
    publish(session, asked, actor="officer")
    again = the_row(session, staged(a_csv(TYPED, name="so-bac-ninh-2026-11.csv")))
    assert (again.outcome, again.institution_id) == ("unchanged", row.institution_id)


def test_after_an_undo_the_new_one_is_new_again(session: Session, staged: Stager, asked: ImportRun) -> None:
    settle(session, asked, ReviewVerdict.NEW)
    undo(session, publish(session, asked, actor="officer"), actor="officer")
    again = the_row(session, staged(a_csv(TYPED, name="so-bac-ninh-2026-11.csv")))
    assert again.outcome == "created"


def test_two_rows_that_name_the_same_new_school_do_not_make_two(
    session: Session, staged: Stager, asked: ImportRun
) -> None:
    settle(session, asked, ReviewVerdict.NEW)
    run = staged(a_csv(TYPED, TYPED, name="so-bac-ninh-2026-11.csv"))
    assert [row.outcome for row in rows_of(session, run)] == ["created", "rejected"]


def test_a_refused_row_stays_refused_with_who_and_why(session: Session, staged: Stager, asked: ImportRun) -> None:
    settle(session, asked, ReviewVerdict.REJECT, reason="không thuộc tỉnh")
    later = the_row(session, staged(a_csv(TYPED, name="so-bac-ninh-2026-12.csv")))
    (found,) = [found for found in later.findings if found["code"] == "rejected_by_review"]
    assert (found["details"]["by"], found["details"]["reason"]) == ("chief", "không thuộc tỉnh")
    assert questions(session, asked) == []


def test_a_withdrawn_answer_asks_again(session: Session, staged: Stager, asked: ImportRun, known: str) -> None:
    settle(session, asked, ReviewVerdict.INSTITUTION, institution_id=known)
    (standing,) = reviews.standing_answers(session)
    assert reviews.withdraw(session, [standing.id]) == 1
    assert the_row(session, recount(session, asked, today=TODAY)).outcome == "rejected"


def test_an_answer_may_change_and_the_old_one_is_kept(session: Session, asked: ImportRun, known: str) -> None:
    row = the_row(session, asked)
    answer(session, asked, row, verdict=ReviewVerdict.NEW, by="one")
    answer(session, asked, row, verdict=ReviewVerdict.INSTITUTION, institution_id=known, by="two")
    assert [given.answered_by for given in reviews.standing_answers(session)] == ["two"]
    assert session.query(reviews.ReviewAnswer).count() == 2


def test_answers_to_no_question_are_refused(session: Session, staged: Stager, asked: ImportRun, known: str) -> None:
    with pytest.raises(InvalidAnswer):
        answer(session, asked, the_row(session, asked), verdict=ReviewVerdict.INSTITUTION, institution_id="v", by="x")
    plain = staged(a_csv(SCHOOL))
    with pytest.raises(InvalidAnswer):
        answer(session, plain, the_row(session, plain), verdict=ReviewVerdict.NEW, by="x")


@pytest.mark.parametrize("name", ["DS co so 2026-09.xlsx", "ds_co_so_2026_10 (2).csv", "Ds Cơ Sở.ods"])
def test_the_source_is_told_by_the_name_without_its_numbers(name: str) -> None:
    assert source_of(name) == "ds co so"
