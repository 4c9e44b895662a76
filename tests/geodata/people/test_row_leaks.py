"""The ways in which row-level security leaks, tried as the web's role: pooled connections, guessed tokens, owners."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.cluster import Cluster
from geodata.engine import make_engine
from geodata.people.acting import act_under, rehearse
from geodata.people.sessions import end_all
from geodata.people.tokens import token_hash
from geodata.roles import OF_PEOPLE, Role, is_guarded
from tests.geodata.people.guarded import ELSEWHERE, HERE, SAY, Guarded, effect, rows, tried


def test_a_token_does_not_stay_on_a_pooled_connection(guarded: Guarded) -> None:
    token = guarded.token("approver")
    session = guarded.web()
    with session:
        act_under(session, token)
        assert session.scalar(text("SELECT acting_person()")) is not None
        session.commit()
    with guarded.web() as after:
        assert after.scalar(text("SELECT acting_person()")) is None
    with guarded.web() as failed:
        act_under(failed, token)
        with pytest.raises(DBAPIError):
            failed.execute(text("SELECT 1/0"))
    with guarded.web() as after:
        assert after.scalar(text("SELECT acting_person()")) is None


def test_setting_anything_but_a_token_opens_nothing(guarded: Guarded) -> None:
    one = guarded.institutions(ELSEWHERE)[0]
    token = guarded.token("other")
    near = [token_hash(token).hex(), token[:-1], f"{token} ", token.swapcase()]
    guesses = [*near, ELSEWHERE, "*", "other", "signer", "1", "\\x00", "' OR 1=1"]
    with guarded.as_("approver") as session:
        for guess in guesses:
            with tried(session):
                session.execute(text("SELECT set_config('mapapp.token', :t, true)"), {"t": guess})
                assert session.scalar(text("SELECT acting_person()")) is None, guess
                assert effect(session, SAY, id=one) == 0


@pytest.mark.parametrize(
    "table",
    ["person_session", "person_right", "person_invitation", "recovery_code", "sign_in_event", "publication_permit"],
)
def test_the_webs_role_neither_sees_nor_makes_people_rights_and_sessions(guarded: Guarded, table: str) -> None:
    for session in (guarded.as_("national"), guarded.as_("national", reading=True)):
        with session:
            for statement in (f"SELECT * FROM {table}", f"DELETE FROM {table}", f"UPDATE {table} SET person_id = 1"):
                with tried(session), pytest.raises(DBAPIError, match="permission denied"):
                    session.execute(text(statement))


def test_secrets_of_people_are_seen_by_the_door_alone(guarded: Guarded) -> None:
    with guarded.as_("national", reading=True) as session:
        for column in ("password_hash", "totp_secret", "oidc_subject"):
            with tried(session), pytest.raises(DBAPIError, match="permission denied"):
                session.execute(text(f"SELECT {column} FROM person"))
        assert session.scalar(text("SELECT name FROM person WHERE login = 'other'")) == "other"


def test_the_owner_is_held_too_but_for_a_policy_of_its_own(guarded: Guarded) -> None:
    with guarded.owner() as session:
        unforced = session.scalars(
            text(
                "SELECT DISTINCT tablename FROM pg_policies JOIN pg_class ON relname = tablename"
                " WHERE NOT (relrowsecurity AND relforcerowsecurity)"
            )
        ).all()
        views = session.scalars(
            text(
                "SELECT relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace"
                " WHERE relkind IN ('v', 'm') AND nspname = 'public' AND pg_get_userbyid(relowner) = current_user"
                " AND NOT coalesce(array_to_string(reloptions, ','), '') LIKE '%security_invoker=true%'"
            )
        ).all()
        loose = session.scalars(
            text(
                "SELECT proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace"
                " WHERE prosecdef AND nspname = 'public' AND pg_get_userbyid(proowner) = current_user"
                " AND NOT coalesce(array_to_string(proconfig, ','), '') LIKE '%path=pg_catalog, public, pg_temp%'"
            )
        ).all()
    assert (list(unforced), list(views), list(loose)) == ([], [], [])


def test_every_table_of_facts_and_of_staged_work_guards_its_rows(guarded: Guarded) -> None:
    guards = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    with guarded.owner() as session:
        guarded_tables = set(session.scalars(text(guards)))
        named = "institution_id|predecessor_id|run_id|person_id|proposal_id"
        asked = (
            "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            f" AND column_name ~ '^({named})$'"
        )
        tables = set(session.scalars(text(asked)))
    assert tables - guarded_tables - set(OF_PEOPLE) == set()


def test_a_role_that_signs_in_by_itself_cannot_be_left_for_the_owners(guarded: Guarded, cluster: Cluster) -> None:
    """As in a private cluster. Where the owner's URL is all there is, the web takes a role on and may put it off."""
    name = make_url(guarded.url).database or ""
    engine = make_engine(cluster.database_url(name, role=Role.WEB))
    with Session(engine) as session:
        assert is_guarded(session)
        for owner in ("mapapp", "postgres", Role.DOOR):
            with tried(session), pytest.raises(DBAPIError, match="permission denied"):
                session.execute(text(f"SET ROLE {owner}"))
        session.execute(text("SET ROLE NONE"))
        assert is_guarded(session)
    engine.dispose()


def test_a_rehearsal_may_be_made_and_never_committed(guarded: Guarded) -> None:
    one, other = guarded.institutions(HERE)[0], guarded.institutions(ELSEWHERE)[0]
    with guarded.as_("steward") as session:
        session.begin_nested()
        rehearse(session)
        assert effect(session, SAY, id=one) == 1
        assert effect(session, SAY, id=other) == 0
        session.execute(text(SAY), {"id": one})
        with pytest.raises(DBAPIError, match="never committed"):
            session.commit()
    with guarded.as_("steward") as session:
        inner = session.begin_nested()
        rehearse(session)
        session.execute(text(SAY), {"id": one})
        inner.rollback()
        session.commit()
    with guarded.owner() as session:
        said = "SELECT count(*) FROM identifier WHERE institution_id = :id AND value = 'THU.NGHIEM'"
        assert (session.scalar(text(said), {"id": one}), rows(session, "rehearsal")) == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        *("DELETE FROM rehearsal", "INSERT INTO rehearsal VALUES ('1')", "TRUNCATE campus"),
        "UPDATE role_act SET act = act",
    ],
)
def test_the_guards_themselves_are_out_of_reach(guarded: Guarded, statement: str) -> None:
    with guarded.as_("both") as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(statement))


def test_an_ended_session_ends_at_once_everywhere(guarded: Guarded) -> None:
    token = guarded.token("approver")
    with guarded.web() as session:
        act_under(session, token)
        person = session.scalar(text("SELECT acting_person()"))
        assert person is not None
        session.rollback()
        with guarded.door() as door:
            end_all(door, person, at=datetime.now(UTC))
            door.commit()
        assert session.scalar(text("SELECT acting_person()")) is None


def test_nobody_acts_in_the_name_of_another(guarded: Guarded) -> None:
    with guarded.as_("both") as session:
        me = session.scalar(text("SELECT acting_person()"))
        drafted = (
            "INSERT INTO proposal (kind, state, reason, drafted_by_id, provinces, asked, changes, institutions)"
            " VALUES ('edit', 'draft', '', :who, ARRAY[:p], '{}', '[]', '{}')"
        )
        assert effect(session, drafted, who=me, p=HERE) == 1
        assert effect(session, drafted, who=me, p=ELSEWHERE) == 0
        with tried(session), pytest.raises(DBAPIError):
            session.execute(text(drafted), {"who": me + 1, "p": HERE})
