"""Random attempts at what belongs to another province: any guarded table, any way of writing, anybody's token.

The tables are read from the database, so that a table added later is attempted too.
"""

import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.models import Person
from geodata.people.sessions import open_session
from geodata.people.tokens import token_hash
from tests.geodata.people.guarded import ELSEWHERE, HERE, Guarded, tried

BELONGS = {
    "institution_id": "institution_id = :id",
    "predecessor_id": "(predecessor_id = :id OR successor_id = :id)",
    "report_id": "report_id IN (SELECT id FROM report WHERE institution_id = :id)",
    "run_id": "run_id = :run",
    "proposal_id": "proposal_id = :proposal",
    "province_code": "province_code = :province",
    "ticket": "ticket IN (SELECT ticket FROM error_report WHERE institution_id = :id)",
}
"""Whose a row is, by the column that says it; the first that a table has."""

OF_ITS_OWN = {"import_run": "id = :run", "proposal": "id = :proposal"}
OF_THE_WHOLE = {
    "readiness_figure": "cell_id IN (SELECT id FROM readiness_cell WHERE province_code = :province)",
    **dict.fromkeys(("readiness_stamp", "tile_gathering", "stored_tile", "tile_stamp"), "true"),
    **dict.fromkeys(("release", "register_head"), "true"),
}
"""What publications make of everything: nobody writes it directly, whatever they may publish."""

ADDED_ONCE = ("source", "decision", "indicator", "reporting_period")
"""What whoever publishes adds to and nobody alters."""

LOGINS = ("steward", "approver", "both", "auditor", "reporter", "nobody")
"""Whose rights, if any, are over the province of the others."""

GUARDED = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname"
COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name = ANY (:tables)
    ORDER BY table_name, ordinal_position
"""
UNSEEN = "SELECT tablename FROM pg_policies WHERE policyname = 'sees' AND qual <> 'true' ORDER BY tablename"


@dataclass(frozen=True)
class Table:
    """A guarded table: its columns with their types, which rows are the others', whether these may be seen."""

    name: str
    columns: Mapping[str, str]
    theirs: str
    secret: bool

    @property
    def place(self) -> str | None:
        """The column by which a row could be taken over."""
        return next((name for name in ("institution_id", "province_code") if name in self.columns), None)


@dataclass(frozen=True)
class Outcome:
    """One attempt: what was tried under whose token, and how many rows of the others it reached."""

    statement: str
    token: str
    reached: int


def tables(owner: Session) -> list[Table]:
    """Every guarded table whose rows belong to somebody, as the database has it."""
    names = list(owner.scalars(text(GUARDED)))
    secret = set(owner.scalars(text(UNSEEN)))
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in owner.execute(text(COLUMNS), {"tables": names}):
        columns.setdefault(table, {})[column] = kind
    found = []
    for name in names:
        by_column = (condition for column, condition in BELONGS.items() if column in columns[name])
        whole = "true" if name in ADDED_ONCE else OF_THE_WHOLE.get(name)
        theirs = OF_ITS_OWN.get(name) or whole or next(by_column, None)
        if theirs is not None:
            found.append(Table(name, columns[name], theirs, name in secret))
    return found


def tokens(guarded: Guarded) -> dict[str, str]:
    """Tokens of everybody here; and nothing, forged ones, and the others' own that expired, was ended or replaced."""
    found = {login: guarded.token(login) for login in LOGINS}
    found |= {"none": "", "place": ELSEWHERE, "star": "*", "forged": secrets.token_urlsafe(32)}
    with guarded.door() as session:
        person = session.scalar(select(Person.id).where(Person.login == "other"))
        assert person is not None
        found["expired"] = open_session(session, person, at=datetime.now(UTC) - timedelta(days=60), agent="tests")
        session.commit()
    for name, column in (("ended", "revoked_at"), ("replaced", "replaced_at")):
        found[name] = guarded.token("other")
        with guarded.owner() as session:
            ending = f"UPDATE person_session SET {column} = now() - interval '2 hours' WHERE token_hash = :hash"
            session.execute(text(ending), {"hash": token_hash(found[name])})
            session.commit()
    return found


def theirs(guarded: Guarded) -> dict[str, object]:
    """Work of the others that attempts are aimed at: a staged run, a proposal about it."""
    run = guarded.stage("other", name="cua-nguoi-khac.csv")
    drafted = """
        INSERT INTO proposal (kind, state, reason, drafted_by_id, provinces, asked, changes, institutions, run_id)
        VALUES ('import', 'draft', '', acting_person(), ARRAY[:place], '{}', '[]', '{}', :run) RETURNING id
    """
    logged = """
        INSERT INTO proposal_log (proposal_id, by_id, by_name, step, reason)
        VALUES (:proposal, acting_person(), 'other', 'drafted', '')
    """
    with guarded.as_("other") as session:
        proposal = session.scalar(text(drafted), {"place": ELSEWHERE, "run": run})
        session.execute(text(logged), {"proposal": proposal})
        session.commit()
    return {"run": run, "proposal": proposal, "province": ELSEWHERE, "here": HERE}


def attempts(
    session: Session,
    chance: random.Random,
    count: int,
    known: Sequence[Table],
    keys: Mapping[str, str],
    given: Mapping[str, object],
    own: Sequence[str],
    others: Sequence[str],
) -> Iterator[Outcome]:
    """So many attempts, each taken back; `given` names the others' work, `own` and `others` are institutions."""
    for _ in range(count):
        table = chance.choice(known)
        statement = a_statement(chance, table)
        name = chance.choice(list(keys))
        asked = {
            **given,
            "id": chance.choice(others),
            "own": chance.choice(own),
            "n": chance.randrange(10**9, 2 * 10**9),
        }
        yield Outcome(statement, name, reached(session, statement, asked, keys[name]))


def a_statement(chance: random.Random, table: Table) -> str:
    """One way of reaching rows of the others."""
    closing = ["close"] if "release_to" in table.columns else []
    ways = [
        "change",
        "delete",
        *([] if table.name in ADDED_ONCE else ["copy"]),
        *closing,
        *(["take", "give"] if table.place else []),
        *(["see"] if table.secret else []),
    ]
    way = chance.choice(ways)
    if way == "see":
        return f"SELECT * FROM {table.name} WHERE {table.theirs}"
    if way == "delete":
        return f"DELETE FROM {table.name} WHERE {table.theirs}"
    if way == "close":
        return f"UPDATE {table.name} SET release_to = release_from + 1 WHERE release_to IS NULL AND {table.theirs}"
    if way == "copy":
        return copying(chance, table)
    if way == "change":
        columns = chance.sample(list(table.columns), k=min(len(table.columns), chance.randint(1, 3)))
        said = ", ".join(f"{column} = {chance.choice([column, another(table, column)])}" for column in columns)
        return f"UPDATE {table.name} SET {said} WHERE {table.theirs}"
    mine, yours = (":own", ":id") if table.place == "institution_id" else (":here", ":province")
    if way == "take":
        return f"UPDATE {table.name} SET {table.place} = {mine} WHERE {table.theirs}"
    return f"UPDATE {table.name} SET {table.place} = {yours} WHERE {table.place} = {mine}"


def copying(chance: random.Random, table: Table) -> str:
    """A row of the others once more, under a number of its own."""
    key = next((name for name in ("row_id", "id") if name in table.columns), None)
    moved = ", 'valid_from', '1900-01-01', 'valid_to', '1900-01-02'" if "valid_from" in table.columns else ""
    over = f"jsonb_build_object('{key}', CAST(:n AS bigint){moved})" if key else "'{}'::jsonb"
    names = list(table.columns)
    chance.shuffle(names)
    columns = ", ".join(names)
    copied = ", ".join(f"(copied).{name}" for name in names)
    row = f"SELECT jsonb_populate_record(fact, {over}) AS copied FROM {table.name} AS fact WHERE {table.theirs} LIMIT 1"
    return f"INSERT INTO {table.name} ({columns}) SELECT {copied} FROM ({row}) AS one"


def another(table: Table, column: str) -> str:
    """Some value of the column's type."""
    kind = table.columns[column]
    values = {"text": "'x'", "character varying": "'x'", "date": "DATE '2026-01-01'", "boolean": "true"}
    values |= dict.fromkeys(("integer", "bigint", "smallint"), "1")
    return values.get(kind, "NULL")


def reached(session: Session, statement: str, given: Mapping[str, object], token: str) -> int:
    """Rows that the statement read or wrote under the token; 1 where something else than the policies stopped it, which
    is asked after them; 0 when it was refused. Nothing stays."""
    with tried(session):
        session.execute(text("SELECT set_config('mapapp.token', :t, true)"), {"t": token})
        try:
            return int(session.execute(text(statement), dict(given)).rowcount)  # type: ignore[attr-defined]
        except DBAPIError as error:
            return int(stopped_later(statement, str(getattr(error.orig, "sqlstate", ""))))


CONSTRAINTS = ("23502", "23503", "23505", "23514", "23P01")
"""Not null, foreign key, unique, check and exclusion."""


def stopped_later(statement: str, state: str) -> bool:
    """Whether the policies let a row through before the error: a new one, or one's own given away, as far as its
    constraints; of the others' rows anything but a refusal of the statement as such (class 42), a trigger for example.
    """
    theirs_already = statement.startswith(("UPDATE", "DELETE")) and not statement.endswith(OWN)
    return state[:2] != "42" if theirs_already else state in CONSTRAINTS


OWN = ("= :own", "= :here")
"""How statements end that begin with one's own rows."""
