"""What the database itself refuses, whoever writes to it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.models import Campus, Identifier, Institution, InstitutionAttribute, InstitutionName, Release
from tests.builders import ALWAYS, AnInstitution, a_name, an_institution, days, publish


@pytest.fixture
def school(session: Session) -> AnInstitution:
    wanted = an_institution("Trường A", codes=[("CDD0001", ALWAYS)])
    publish(session, wanted)
    return wanted


def common(school: AnInstitution) -> dict[str, Any]:
    return {"institution_id": school.id, "release_from": 1, "source_id": 1}


def refused(session: Session, row: object, constraint: str) -> None:
    fact = row
    fact.source_id = session.scalar(text("SELECT max(id) FROM source"))  # type: ignore[attr-defined]
    fact.release_from = session.scalar(text("SELECT max(id) FROM release"))  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError, match=constraint), session.begin_nested():
        session.add(fact)


def test_two_official_names_on_one_day(session: Session, school: AnInstitution) -> None:
    refused(session, a_name("official", "Trường B", (date(2020, 1, 1), None), common(school)), "one_name_at_a_time")


def test_two_values_of_an_attribute_on_one_day(session: Session, school: AnInstitution) -> None:
    row = InstitutionAttribute(kind="status", value="closed", **days((date(2020, 1, 1), None)), **common(school))
    refused(session, row, "one_value_at_a_time")


@pytest.mark.parametrize(
    ("kind", "value"), [("type", "university"), ("status", "not_yet_open"), ("ownership", "khác"), ("colour", "red")]
)
def test_words_outside_the_vocabulary(session: Session, school: AnInstitution, kind: str, value: str) -> None:
    refused(session, InstitutionAttribute(kind=kind, value=value, **common(school)), "ck_institution_attribute")


def test_validity_that_runs_backwards(session: Session, school: AnInstitution) -> None:
    span = (date(2021, 1, 1), date(2020, 1, 1))
    row = InstitutionAttribute(kind="website", value="a.example", **days(span), **common(school))
    refused(session, row, "validity_runs_forward")


def test_an_identifier_of_another_shape(session: Session, school: AnInstitution) -> None:
    refused(session, Identifier(scheme="code", value="mã số", **common(school)), "value_shape")


@pytest.mark.parametrize(("precision", "geom"), [("address", None), ("province", "SRID=4326;POINT(105 21)")])
def test_a_point_without_a_precision_and_the_reverse(
    session: Session, school: AnInstitution, precision: str, geom: str | None
) -> None:
    row = Campus(campus_id="x", kind="site", location_precision=precision, geom=geom, **common(school))
    refused(session, row, "point_has_precision")


def test_a_registry_id_is_for_ever(session: Session, school: AnInstitution) -> None:
    for act in (delete(Institution), update(Institution).values(id="other")):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(act)


def test_a_published_fact_may_only_be_closed(session: Session, school: AnInstitution) -> None:
    own = InstitutionName.institution_id == school.id
    later = Release(id=2, kind="edit", published_by="tester", reason="test")
    session.add(later)
    session.flush()
    for act in (delete(InstitutionName).where(own), update(InstitutionName).where(own).values(text="Trường C")):
        with pytest.raises(DBAPIError, match="may only be closed"), session.begin_nested():
            session.execute(act)
    session.execute(update(InstitutionName).where(own).values(release_to=2))
    with pytest.raises(DBAPIError, match="may only be closed"), session.begin_nested():
        session.execute(update(InstitutionName).where(own).values(release_to=None))


def test_the_change_log_cannot_be_rewritten(session: Session, school: AnInstitution) -> None:
    for act in ("DELETE FROM change_log", "UPDATE change_log SET actor = 'someone else'"):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(act))
