"""The way of a proposal in the register itself: previews that leave nothing, replanning, imports by two people."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.models import ChangeLog, Identifier, InstitutionAttribute, Proposal, Release, Source
from geodata.people.rights import Person
from geodata.proposals import drafting, path, publication, reading
from geodata.proposals.fields import field_of, fields, fields_of, holds
from geodata.proposals.outcome import outcome
from geodata.proposals.refusals import Faulty, MovedOn, NotAllowed, PublicationUnderWay, WrongStep
from geodata.releases import PUBLICATION_LOCK
from geodata.vocabulary import ProposalKind, Role, Wizard
from tests.builders import AnInstitution, an_institution, publish
from tests.geodata.proposals.conftest import APersonWith

TODAY = date(2026, 11, 22)


def a_school(name: str = "Trường Cao đẳng Một", **wanted: Any) -> AnInstitution:
    return an_institution(name, **{"status": [("active", (date(2010, 1, 1), None))], **wanted})


def an_edit(session: Session, person: Person, school: AnInstitution, **values: str) -> Proposal:
    given = {key.replace("__", "."): value for key, value in values.items()}
    return drafting.draft(
        session, person, ProposalKind.EDIT, {"institution": school.id, "values": given}, today=TODAY, reason="thử"
    )


def through(session: Session, proposal: Proposal, lan: Person, minh: Person) -> Proposal:
    path.propose(session, proposal, lan)
    path.approve(session, proposal, minh)
    return publication.publish(session, proposal, minh)


def test_a_preview_is_the_outcome_and_leaves_nothing(session: Session, lan: Person, minh: Person) -> None:
    school = a_school(codes=[("CDT2502", (None, None))], at=LonLat(106.7, 10.8))
    publish(session, school)
    counts = [session.scalar(select(func.count()).select_from(model)) for model in (Release, ChangeLog, Source)]
    values = {"institution": school.id}
    proposal = drafting.draft(
        session, lan, ProposalKind.ACT, values, wizard=Wizard.CLOSE, effective=date(2026, 9, 1), today=TODAY
    )
    foreseen = outcome(session, proposal, today=TODAY)
    after = [session.scalar(select(func.count()).select_from(model)) for model in (Release, ChangeLog, Source)]
    assert after == counts
    standing = {change.on: change.after for change in foreseen.map}
    told = {day: one.status if one else None for day, one in standing.items()}
    assert told == {date(2026, 8, 31): "active", date(2026, 9, 1): "closed"}
    assert [(one.on, one.after.answer.value) for one in foreseen.answers if one.differs] == [
        (date(2026, 9, 1), "closed")
    ]
    through(session, proposal, lan, minh)
    published = outcome_now(session, proposal)
    assert published == told


def test_a_preview_does_not_wait_for_somebody_elses_publication(session: Session, engine: Engine) -> None:
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PUBLICATION_LOCK})
        with pytest.raises(PublicationUnderWay):
            outcome(session, Proposal(), today=TODAY)


def outcome_now(session: Session, proposal: Proposal) -> dict[date, str]:
    rows = session.execute(
        text(
            "SELECT day, status FROM institution_state, unnest(ARRAY[date '2026-08-31', date '2026-09-01']) AS a (day)"
            " WHERE institution_id = :id AND release_to IS NULL AND (valid_from IS NULL OR valid_from <= day)"
            " AND (valid_to IS NULL OR valid_to > day)"
        ),
        {"id": proposal.institutions[0]},
    )
    return {row.day: row.status for row in rows}


def test_an_edit_of_another_field_hinders_nobody(session: Session, lan: Person, minh: Person) -> None:
    school = a_school()
    publish(session, school)
    first = an_edit(session, lan, school, attribute__website="mot.edu.vn")
    second = an_edit(session, lan, school, attribute__email="mot@mot.edu.vn")
    through(session, first, lan, minh)
    through(session, second, lan, minh)
    said = session.execute(
        select(InstitutionAttribute.kind, InstitutionAttribute.value).where(
            InstitutionAttribute.kind.in_(["website", "email"]), InstitutionAttribute.release_to.is_(None)
        )
    )
    assert {tuple(row) for row in said} == {("website", "mot.edu.vn"), ("email", "mot@mot.edu.vn")}


def test_an_edit_of_the_same_field_has_to_be_planned_again(session: Session, lan: Person, minh: Person) -> None:
    school = a_school(attributes=[("website", "cu.edu.vn", (None, None))])
    publish(session, school)
    first = an_edit(session, lan, school, attribute__website="mot.edu.vn")
    second = an_edit(session, lan, school, attribute__website="hai.edu.vn")
    through(session, first, lan, minh)
    with pytest.raises(MovedOn) as refused:
        path.propose(session, second, lan)
    assert {(one.table, one.release) for one in refused.value.moved} == {("institution_attribute", 2)}
    drafting.revise(session, second, lan, today=TODAY)
    through(session, second, lan, minh)
    row = select(InstitutionAttribute.value).where(
        InstitutionAttribute.kind == "website", InstitutionAttribute.release_to.is_(None)
    )
    assert session.scalars(row).all() == ["hai.edu.vn"]


def test_an_identifier_that_is_emptied_ends_on_its_day(session: Session, lan: Person, minh: Person) -> None:
    school = a_school(codes=[("CDT2502", (date(2015, 1, 1), None))])
    publish(session, school)
    values = {"institution": school.id, "values": {"identifier.code": ""}}
    day = date(2026, 7, 1)
    proposal = drafting.draft(session, lan, ProposalKind.EDIT, values, today=TODAY, effective=day)
    through(session, proposal, lan, minh)
    row = session.scalars(select(Identifier).where(Identifier.release_to.is_(None))).one()
    assert (row.value, row.valid_from, row.valid_to) == ("CDT2502", date(2015, 1, 1), day)


def test_an_edit_of_illustrative_data_stays_illustrative(session: Session, lan: Person, minh: Person) -> None:
    invented, real = a_school(), a_school("Trường Cao đẳng Hai")
    publish(session, invented, data_status="illustrative")
    publish(session, real)
    for school in (invented, real):
        through(session, an_edit(session, lan, school, attribute__website="mot.edu.vn"), lan, minh)
    told = session.scalars(select(Source.data_status).order_by(Source.id.desc()).limit(2)).all()
    assert told == ["official", "illustrative"]


def test_steps_are_taken_in_order_only(session: Session, lan: Person, minh: Person) -> None:
    school = a_school()
    publish(session, school)
    proposal = an_edit(session, lan, school, attribute__website="mot.edu.vn")
    for early in (path.approve, publication.publish):
        with pytest.raises(WrongStep):
            early(session, proposal, minh)
    path.propose(session, proposal, lan)
    with pytest.raises(WrongStep):
        path.propose(session, proposal, lan)
    path.withdraw(session, proposal, lan)
    with pytest.raises(WrongStep):
        path.approve(session, proposal, minh)
    assert [step.step for step in reading.steps(session, proposal)] == ["drafted", "proposed", "withdrawn"]


def test_without_a_known_province_only_the_country_may_act(session: Session, a_person: APersonWith) -> None:
    school = a_school()
    publish(session, school)
    local = a_person("ba", Role.PROVINCIAL_STEWARD, provinces=frozenset({"01"}))
    with pytest.raises(NotAllowed):
        an_edit(session, local, school, attribute__website="mot.edu.vn")


def test_a_past_that_was_followed_by_other_events_is_not_overwritten(
    session: Session, lan: Person, minh: Person
) -> None:
    school = a_school(
        status=[("active", (date(2010, 1, 1), date(2025, 1, 1))), ("suspended", (date(2025, 1, 1), None))]
    )
    publish(session, school)
    values = {"institution": school.id}
    with pytest.raises(Faulty) as refused:
        drafting.draft(
            session, lan, ProposalKind.ACT, values, wizard=Wizard.CLOSE, effective=date(2020, 1, 1), today=TODAY
        )
    assert [fault.field for fault in refused.value.faults] == ["effective"]


def test_every_fact_has_one_field_and_three_answers() -> None:
    for field in fields().values():
        assert field.owner, field.id
        assert field.change, field.id
        assert field.approve, field.id
        assert "approver" in {role.removesuffix("@country") for role in field.approve}
    assert field_of("campus", None, "geom").id == "campus.location"
    assert field_of("campus", None, "address").id == "campus.place"
    moved = {"about": "v", "action": "close", "table": "campus", "row_id": 1}
    place = {"campus_id": "v-1", "geom": "SRID=4326;POINT(1 2)", "address": "a", "location_precision": "address"}
    new = {**place, "geom": "SRID=4326;POINT(1 3)"}
    changes: list[dict[str, Any]] = [
        {**moved, "before": place},
        {"about": "v", "action": "add", "table": "campus", "after": new},
    ]
    assert [field.id for field in fields_of(changes)] == ["campus.location"]


def test_roles_hold_over_all_of_the_provinces_or_not_at_all(a_person: APersonWith) -> None:
    local = a_person("ba", Role.APPROVER, provinces=frozenset({"01", "79"}))
    asked = [{"01"}, {"01", "79"}, {"01", "48"}, set()]
    assert [holds(local, "approver", provinces, ["v"]) for provinces in asked] == [True, True, False, False]
    assert not holds(local, "approver@country", {"01"}, ["v"])
    country = a_person("tu", Role.APPROVER)
    assert [holds(country, "approver@country", provinces, ["v"]) for provinces in asked] == [True] * 4


def test_a_suspension_that_ended_by_itself_is_told_in_full(session: Session, lan: Person, minh: Person) -> None:
    school = a_school()
    publish(session, school)
    day, until = TODAY, TODAY + timedelta(days=30)
    values = {"institution": school.id, "until": until.isoformat()}
    proposal = drafting.draft(session, lan, ProposalKind.ACT, values, wizard=Wizard.SUSPEND, effective=day, today=TODAY)
    through(session, proposal, lan, minh)
    rows = session.execute(
        select(InstitutionAttribute.value, InstitutionAttribute.valid_from, InstitutionAttribute.valid_to)
        .where(InstitutionAttribute.kind == "status", InstitutionAttribute.release_to.is_(None))
        .order_by(InstitutionAttribute.valid_from)
    )
    assert [tuple(row) for row in rows] == [
        ("active", date(2010, 1, 1), day),
        ("suspended", day, until),
        ("active", until, None),
    ]
