"""Reports in the database itself: a reporter writes those of their own institution, and decides nothing."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.people import accounts
from geodata.vocabulary import Role
from tests.geodata.people.guarded import ELSEWHERE, HERE, Guarded, effect, tried

DRAFT = """
    INSERT INTO proposal (kind, state, reason, drafted_by_id, provinces, asked, changes, institutions, reports_on,
        period)
    VALUES ('report', 'draft', '', acting_person(), ARRAY[:province], '{}', CAST(:changes AS jsonb), ARRAY[:id], :id,
        :period) RETURNING id
"""
EDIT = """
    INSERT INTO proposal (kind, state, reason, drafted_by_id, provinces, asked, changes, institutions)
    VALUES ('edit', 'draft', '', acting_person(), ARRAY[:province], '{}', '[]', ARRAY[:id])
"""
CHANGE = '[{"about": "%s", "action": "add", "table": "%s", "after": {"institution_id": "%s", "period_id": "%s"}}]'
APPROVE = """
    UPDATE proposal SET state = 'approved', approved_by_id = acting_person() WHERE id = :number AND state = 'proposed'
"""


def own(guarded: Guarded) -> str:
    """The institution of the reporter."""
    with guarded.owner() as session:
        return str(session.scalar(text("SELECT institution_id FROM person_right WHERE role = 'reporter' LIMIT 1")))


def draft(session: Session, id: str, *, province: str = HERE, period: str = "2023", changes: str = "[]") -> int:
    return effect(session, DRAFT, id=id, province=province, period=period, changes=changes)


def test_a_reporter_writes_reports_of_the_own_institution_only(guarded: Guarded) -> None:
    mine = own(guarded)
    others = [id for id in (*guarded.institutions(HERE), *guarded.institutions(ELSEWHERE)) if id != mine]
    with guarded.as_("reporter") as session:
        assert draft(session, mine) == 1
        assert [draft(session, id) for id in others[:20]] == [0] * len(others[:20])
        assert effect(session, EDIT, id=mine, province=HERE) == 0
    with guarded.as_("auditor") as session:
        assert draft(session, mine) == 0


@pytest.mark.parametrize(
    "changes",
    [
        CHANGE % ("{id}", "campus", "{id}", "2022"),
        CHANGE % ("{other}", "indicator_value", "{id}", "2022"),
        CHANGE % ("{id}", "indicator_value", "{other}", "2022"),
        CHANGE % ("{id}", "indicator_value", "{id}", "2021"),
    ],
)
def test_a_report_says_nothing_but_figures_of_its_own(guarded: Guarded, changes: str) -> None:
    mine = own(guarded)
    told = changes.replace("{id}", mine).replace("{other}", guarded.institutions(ELSEWHERE)[0])
    with (
        guarded.as_("reporter") as session,
        tried(session),
        pytest.raises(DBAPIError, match="report_says_figures_only"),
    ):
        session.execute(text(DRAFT), {"id": mine, "province": HERE, "period": "2022", "changes": told})


def test_nobody_decides_who_may_only_write(guarded: Guarded) -> None:
    mine = own(guarded)
    with guarded.owner() as session:
        second = accounts.add(session, "reporter2", "reporter2", by="tests")
        at = datetime(2026, 1, 1, tzinfo=UTC)
        accounts.grant(session, second, Role.REPORTER, by="tests", at=at, institution=mine)
        session.commit()
    with guarded.as_("reporter") as session:
        given = {"id": mine, "province": HERE, "period": "2022", "changes": "[]"}
        number = session.scalar(text(DRAFT), given)
        session.execute(
            text(
                "INSERT INTO proposal_log (proposal_id, by_id, by_name, step, reason)"
                " VALUES (:number, acting_person(), 'reporter', 'drafted', '')"
            ),
            {"number": number},
        )
        propose = "UPDATE proposal SET state = 'proposed', proposed_by_id = acting_person() WHERE id = :number"
        session.execute(text(propose), {"number": number})
        session.commit()
    for login in ("reporter2", "steward", "auditor", "other", "nobody"):
        with guarded.as_(login) as session:
            assert effect(session, APPROVE, number=number) == 0, login
    with guarded.as_("other") as session:
        assert session.scalar(text("SELECT count(*) FROM proposal WHERE id = :n"), {"n": number}) == 0
    with guarded.as_("approver") as session:
        assert effect(session, APPROVE, number=number) == 1
    with guarded.as_("reporter") as session:
        withdraw = "UPDATE proposal SET state = 'withdrawn' WHERE id = :number"
        assert session.execute(text(withdraw), {"number": number}).rowcount == 1  # type: ignore[attr-defined]
        session.commit()
