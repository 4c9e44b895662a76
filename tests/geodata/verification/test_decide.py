"""Questions to a register in the database, answered."""

from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from geodata import verification
from geodata.releases import UnknownRelease
from geodata.verification import Answer, Decision, Question, Shelf, Why
from tests.builders import ALWAYS, AnInstitution, Span, an_institution, publish

ON = date(2024, 5, 10)
SINCE_2017: Span = (date(2017, 3, 1), None)


def a_school(**wanted: object) -> AnInstitution:
    """A college with code CDD0215, licensed since 2017 for one occupation at college level."""
    given = {
        "status": [("active", (date(2010, 1, 1), None))],
        "codes": [("CDD0215", ALWAYS)],
        "licences": [("197/2017/GCNĐKHĐ-TCDN", SINCE_2017)],
        "programmes": [("6480201", "college", SINCE_2017)],
    }
    return an_institution(**{**given, **wanted})


def ask(session: Session, code: str = "CDD0215", action: str = "operate", *, on: date = ON, **more: str) -> Decision:
    question, day = verification.parse({"code": code, "action": action, **more, "on": on.isoformat()}, today=ON)
    return verification.decide(session, question, on=day, max_age_days=20_000)


def why(decision: Decision) -> list[Why]:
    return [reason.why for reason in decision.reasons]


@pytest.mark.parametrize("code", ["CDD0215", "cdd0215", "197/2017/GCNĐKHĐ-TCDN", "{id}"])
def test_code_licence_number_and_registry_id_all_find_the_school(session: Session, code: str) -> None:
    school = a_school()
    publish(session, school)
    found = ask(session, code.format(id=school.id))
    assert (found.answer, found.institution and found.institution.id) == (Answer.AUTHORISED, school.id)
    assert found.licences == ("197/2017/GCNĐKHĐ-TCDN",)


def test_former_code_and_former_name_find_the_school(session: Session) -> None:
    school = a_school(
        names=[("Trường Trung cấp Cũ", (None, date(2018, 1, 1))), ("Trường Cao đẳng Mới", (date(2018, 1, 1), None))],
        codes=[("TCD0215", (None, date(2018, 1, 1))), ("CDD0215", (date(2018, 1, 1), None))],
    )
    publish(session, school)
    assert ask(session, "TCD0215").answer is Answer.AUTHORISED
    by_name = ask(session, "", name="truong trung cap cu")
    assert by_name.institution is not None
    assert (by_name.answer, by_name.institution.name) == (Answer.AUTHORISED, "Trường Cao đẳng Mới")


def test_the_bearer_of_the_day_answers_for_a_code_that_was_given_anew(session: Session) -> None:
    before = a_school(codes=[("CDD0215", (None, date(2020, 1, 1)))])
    after = a_school(codes=[("CDD0215", (date(2020, 1, 1), None))])
    publish(session, before, after)
    found = [ask(session, on=day).institution for day in (date(2019, 12, 31), date(2020, 1, 1))]
    assert [one and one.id for one in found] == [before.id, after.id]


def test_a_shared_code_is_ambiguous_until_the_name_tells(session: Session) -> None:
    publish(session, a_school(name="Trường Cao đẳng Một"), a_school(name="Trường Cao đẳng Hai"))
    shared = ask(session)
    assert shared.answer is Answer.AMBIGUOUS
    assert [one.institution.name for one in shared.candidates] == ["Trường Cao đẳng Hai", "Trường Cao đẳng Một"]
    assert ask(session, name="Trường Cao đẳng Hai").answer is Answer.AUTHORISED
    assert why(ask(session, name="Trường Cao đẳng Ba")) == [Why.NOBODY_KNOWN_BY_THIS]


def test_code_and_name_of_different_schools_answer_for_neither(session: Session) -> None:
    publish(session, a_school(), an_institution("Trường Cao đẳng Khác"))
    found = ask(session, name="Trường Cao đẳng Khác")
    assert (found.answer, why(found)) == (Answer.UNKNOWN_CODE, [Why.CODE_AND_NAME_DISAGREE])


def test_real_college_without_licences_is_not_recorded(session: Session) -> None:
    publish(
        session, an_institution("Trường Cao đẳng Lý Tự Trọng", codes=[("CDD0203", ALWAYS)]), data_status="unverified"
    )
    found = ask(session, "CDD0203", "train", occupation="6480201", training_level="college", on=date(2019, 6, 30))
    assert (found.answer, found.data_status) == (Answer.NOT_RECORDED, "unverified")
    assert Why.NOT_DECLARED_COMPLETE in why(found)


def test_missing_evidence_counts_only_where_the_record_is_declared_complete(session: Session) -> None:
    publish(session, a_school(complete=[(date(2020, 1, 1), date(2024, 1, 1))]))
    answers = {
        day: ask(session, action="train", occupation="6480299", on=day).answer
        for day in (date(2019, 12, 31), date(2020, 1, 1), date(2023, 12, 31), date(2024, 1, 1))
    }
    assert [answer.value for answer in answers.values()] == [
        "not_recorded",
        "not_authorised",
        "not_authorised",
        "not_recorded",
    ]


def test_merger_leads_to_the_school_that_exists_and_keeps_the_records(session: Session) -> None:
    first, second, third = (a_school(codes=[(f"CDD000{n}", ALWAYS)]) for n in (1, 2, 3))
    first = a_school(
        codes=[("CDD0001", ALWAYS)],
        status=[("active", (None, date(2018, 1, 1))), ("merged", (date(2018, 1, 1), None))],
    )
    steps = [("merge", first, second, date(2018, 1, 1)), ("absorb", second, third, date(2021, 1, 1))]
    publish(session, first, second, third, relations=steps)
    before, between, after = (ask(session, "CDD0001", on=date(year, 6, 1)) for year in (2017, 2019, 2022))
    assert before.answer is Answer.AUTHORISED
    assert [one.institution.id for one in between.successors] == [second.id]
    assert after.answer is Answer.MERGED_INTO
    assert [(one.institution.id, one.continues) for one in after.successors] == [(second.id, False), (third.id, True)]
    assert [one.id for one in after.records_held_by] == [third.id]


def test_answers_of_an_earlier_release_stay_what_they_were(session: Session) -> None:
    earlier = publish(session, a_school())
    publish(session, a_school())
    question = Question("CDD0215")
    assert verification.decide(session, question, on=ON, release=earlier.id).answer is Answer.AUTHORISED
    assert verification.decide(session, question, on=ON).answer is Answer.AMBIGUOUS
    with pytest.raises(UnknownRelease):
        verification.decide(session, question, on=ON, release=99)


def test_days_long_after_the_publication_are_beyond_the_register(session: Session) -> None:
    published = publish(session, a_school()).published_at.date()
    question, much_later = Question("CDD0215"), date(published.year + 2, 1, 1)
    assert verification.decide(session, question, on=published).answer is Answer.AUTHORISED
    found = verification.decide(session, question, on=much_later)
    assert (found.answer, why(found)) == (Answer.REGISTER_STALE, [Why.REGISTER_TOO_OLD])


def test_an_empty_register_knows_nothing(session: Session) -> None:
    found = verification.decide(session, Question("CDD0215"), on=ON)
    assert (found.answer, why(found), found.release) == (Answer.REGISTER_STALE, [Why.NOTHING_PUBLISHED], 0)


def test_a_thousand_questions_take_as_many_statements_as_one(session: Session) -> None:
    schools = [a_school(codes=[(f"CDD{number:04}", ALWAYS)]) for number in range(30)]
    publish(session, *schools)
    asked = [(Question(f"CDD{number % 40:04}"), ON) for number in range(1000)]
    statements: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda _c, _cur, sql, *_: statements.append(sql))
    found = verification.decide_many(session, asked)
    assert len(statements) <= 4
    assert [one.answer for one in found[:40]] == [Answer.AUTHORISED] * 30 + [Answer.UNKNOWN_CODE] * 10


def test_a_shelf_answers_alike_without_asking_again(session: Session) -> None:
    publish(session, a_school())
    shelf, asked = Shelf(), Question("CDD0215", verification.Action.AWARD, "6480201")
    release = verification.decide(session, asked, on=ON, shelf=shelf).release
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda _c, _cur, sql, *_: statements.append(sql))
    again = verification.decide(session, asked, on=ON, release=release, shelf=shelf)
    assert statements == []
    assert again == verification.decide(session, asked, on=ON)


def test_facts_name_their_source_and_what_they_rest_on(session: Session) -> None:
    publish(session, a_school(), data_status="illustrative")
    found = ask(session, action="train", occupation="6480201", training_level="college")
    assert {fact.kind for fact in found.facts} == {"status", "licence", "programme"}
    assert {(fact.origin.source, fact.origin.data_status) for fact in found.facts} == {("Test", "illustrative")}
    assert found.data_status == "illustrative"
