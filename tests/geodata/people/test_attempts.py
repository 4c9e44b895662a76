"""Attempts at random at rows of another province, in SQL, as the application's role; and mistakes that they find."""

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from geodata.roles import Role
from tests.geodata.people.attempts import ADDED_ONCE, OF_THE_WHOLE, Outcome, Table, attempts, tables, theirs, tokens
from tests.geodata.people.guarded import ELSEWHERE, HERE, Guarded


@pytest.fixture(scope="module")
def known(guarded: Guarded) -> list[Table]:
    with guarded.owner() as session:
        return tables(session)


@pytest.fixture(scope="module")
def keys(guarded: Guarded) -> dict[str, str]:
    return tokens(guarded)


@pytest.fixture(scope="module")
def given(guarded: Guarded) -> dict[str, object]:
    return theirs(guarded)


def test_the_tables_of_facts_and_work_are_attempted(known: list[Table]) -> None:
    wanted = {"campus", "licence", "programme", "relation", "indicator_value", "report", "error_report", "change_log"}
    wanted |= {"import_run", "import_row", "import_job", "review_answer", "proposal", "proposal_log", "province_review"}
    wanted |= {"readiness_cell", "tile_point", *OF_THE_WHOLE, *ADDED_ONCE}
    assert wanted <= {table.name for table in known}


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.long)])
def test_no_attempt_in_sql_reaches_rows_of_another_province(
    guarded: Guarded, known: list[Table], keys: dict[str, str], given: dict[str, object], count: int
) -> None:
    seed = 20261122 + count
    chance = random.Random(seed)
    own, others = guarded.institutions(HERE), guarded.institutions(ELSEWHERE)
    done: list[Outcome] = []
    for sessions in (guarded.web, guarded.read):
        with sessions() as session:
            done += attempts(session, chance, count // 2, known, keys, given, own, others)
    print(f"{len(done)} attempts in SQL, seed {seed}, on {len(known)} tables, {len(keys)} tokens")  # noqa: T201
    assert len(done) == count
    assert Counter((one.statement, one.token) for one in done if one.reached) == {}


MISTAKES: Sequence[str] = (
    "ALTER POLICY changes ON campus USING (true) WITH CHECK (true)",
    "ALTER POLICY adds ON licence WITH CHECK (true)",
    "ALTER POLICY deletes ON programme USING (true)",
    "ALTER POLICY sees ON import_run USING (true)",
    "ALTER POLICY changes ON readiness_figure USING (cardinality(writable_provinces()) > 0) WITH CHECK (true)",
    "ALTER POLICY deletes ON stored_tile USING (cardinality(writable_provinces()) > 0)",
    "ALTER POLICY adds ON tile_point WITH CHECK (cardinality(writable_provinces()) > 0)",
    "ALTER TABLE institution_name DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE proposal_log DISABLE ROW LEVEL SECURITY",
    """
    CREATE OR REPLACE FUNCTION all_within(codes text[], allowed text[]) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS $$ SELECT cardinality(allowed) > 0 $$
    """,
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.split("\n")[0 if mistake[0] == "A" else 1])
def test_attempts_find_a_mistake_in_the_guards(
    guarded: Guarded, known: list[Table], keys: dict[str, str], given: dict[str, object], mistake: str
) -> None:
    named = [table for table in known if table.name in mistake] or known
    own, others = guarded.institutions(HERE), guarded.institutions(ELSEWHERE)
    with guarded.owner() as session:
        session.execute(text(mistake))
        session.execute(text(f"SET LOCAL ROLE {Role.WEB}"))
        done = list(attempts(session, random.Random(7), 150, named, keys, given, own, others))
        session.rollback()
    assert any(one.reached for one in done)
