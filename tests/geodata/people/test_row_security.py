"""Row-level security as the web's role meets it: the own province yes, others never."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.imports import run as runs
from geodata.imports.refusals import UnknownRun
from geodata.people import permits
from geodata.roles import is_guarded
from tests.geodata.people.guarded import ELSEWHERE, HERE, LIST, SAY, Guarded, effect, rows, tried

FACTS = ("institution_name", "identifier", "institution_attribute", "campus", "licence", "programme")
CLOSE = """
    UPDATE {table} SET release_to = (SELECT max(id) + 1 FROM release) WHERE institution_id = :id AND release_to IS NULL
"""


# -- own and other -----------------------------------------------------------------------------------------------------


def test_the_web_works_as_roles_that_the_policies_hold_for(guarded: Guarded) -> None:
    for sessions in (guarded.web, guarded.read, guarded.door):
        with sessions() as session:
            assert is_guarded(session)
    with guarded.owner() as session:
        assert not is_guarded(session)


def test_an_approver_writes_facts_of_the_own_province_only(guarded: Guarded) -> None:
    own, other = guarded.institutions(HERE)[0], guarded.institutions(ELSEWHERE)[0]
    with guarded.as_("approver") as session:
        for table in FACTS:
            closing = CLOSE.format(table=table)
            assert effect(session, closing, id=other) == 0, table
        assert effect(session, CLOSE.format(table="institution_name"), id=own) > 0
        assert (effect(session, SAY, id=own), effect(session, SAY, id=other)) == (1, 0)


@pytest.mark.parametrize("login", ["steward", "auditor", "nobody"])
def test_who_may_not_publish_writes_no_fact_anywhere(guarded: Guarded, login: str) -> None:
    with guarded.as_(login) as session:
        for province in (HERE, ELSEWHERE):
            one = guarded.institutions(province)[0]
            assert effect(session, CLOSE.format(table="institution_name"), id=one) == 0
            assert effect(session, SAY, id=one) == 0


def test_without_a_token_nothing_is_written_and_everything_public_is_read(guarded: Guarded) -> None:
    one = guarded.institutions(HERE)[0]
    for sessions in (guarded.web, guarded.read):
        with sessions() as session:
            assert rows(session, "institution_name") >= 300
            assert effect(session, SAY, id=one) == 0
            assert (rows(session, "import_run"), rows(session, "import_file"), rows(session, "person")) == (0, 0, 0)


def test_staging_refuses_rows_of_other_provinces_and_says_so(guarded: Guarded) -> None:
    number = guarded.stage("steward")
    with guarded.as_("steward", reading=True) as session:
        found = runs.find(session, number)
        assert found.provinces == [HERE]
        north, south = runs.rows_of(session, found)
    assert (north.outcome, south.outcome, south.changes) == ("created", "rejected", [])
    assert "other_province" in [one["code"] for one in south.findings]


def test_staged_work_of_others_is_not_seen_and_not_touched(guarded: Guarded) -> None:
    number = guarded.stage("other")
    with guarded.as_("steward") as session:
        for table, key in (("import_run", "id"), ("import_row", "run_id")):
            assert session.scalar(text(f"SELECT count(*) FROM {table} WHERE {key} = :n"), {"n": number}) == 0
            assert effect(session, f"DELETE FROM {table} WHERE {key} = :n", n=number) == 0
        assert effect(session, "UPDATE import_run SET state = 'refused' WHERE id = :n", n=number) == 0
        me = session.scalar(text("SELECT acting_person()"))
        made = (
            "INSERT INTO import_run (file_name, file_hash, file_format, state, actor, person_id)"
            " VALUES ('a', 'b', 'csv', 'staged', 'x', :who)"
        )
        assert (effect(session, made, who=me), effect(session, made, who=me + 1)) == (1, 0)
    with guarded.as_("national", reading=True) as session:
        assert session.scalar(text("SELECT count(*) FROM import_run WHERE id = :n"), {"n": number}) == 1


def test_a_file_of_others_is_not_read_even_by_its_hash(guarded: Guarded) -> None:
    number = guarded.stage("other", name="bi-mat.csv")
    with guarded.owner() as session:
        digest = runs.find(session, number).file_hash
    with guarded.as_("both") as session:
        asked = session.scalar(text("SELECT count(*) FROM import_file WHERE file_hash = :h"), {"h": digest})
        own = session.scalar(text("SELECT count(*) FROM import_run WHERE file_hash = :h"), {"h": digest})
        assert asked == own, "who staged the same file sees their own run of it, and nobody else's"


def test_the_whole_way_of_a_file_under_the_roles_of_the_web(guarded: Guarded) -> None:
    mine = "\n".join(LIST.splitlines()[:2]).replace("Phía Bắc", "Cả Đường")
    number = guarded.stage("steward", mine, "ca-duong.csv")
    with guarded.as_("other") as session, pytest.raises(UnknownRun):
        runs.publish(session, runs.find(session, number), actor="other")
    with guarded.publishing("approver") as session:
        published = runs.publish(session, runs.find(session, number), actor="approver")
        session.commit()
        assert published.release_id is not None
    with guarded.publishing("approver") as session:
        undone = runs.undo(session, runs.find(session, number), actor="approver")
        session.commit()
        assert undone.undo_release_id is not None


def test_a_right_over_two_provinces_is_needed_for_what_lies_in_two(guarded: Guarded) -> None:
    own, other = guarded.institutions(HERE)[1], guarded.institutions(ELSEWHERE)[1]
    relation = """
        INSERT INTO relation (kind, predecessor_id, successor_id, release_from, source_id)
        SELECT 'merge', :a, :b, max(release_from), max(source_id) FROM institution_name
    """
    with guarded.as_("approver") as session:
        assert effect(session, relation, a=own, b=other) == 0
        assert effect(session, relation, a=other, b=own) == 0
        assert effect(session, relation, a=own, b=guarded.institutions(HERE)[2]) == 1
    with guarded.as_("signer") as session:
        assert effect(session, relation, a=own, b=other) == 1


def test_a_campus_is_neither_taken_from_nor_put_into_another_province(guarded: Guarded) -> None:
    own, other = guarded.institutions(HERE)[0], guarded.institutions(ELSEWHERE)[0]
    put = """
        INSERT INTO campus (institution_id, campus_id, kind, province_code, location_precision, release_from, source_id)
        SELECT :id, 'x.9', 'site', :province, 'province', max(release_from), max(source_id) FROM institution_name
    """
    with guarded.as_("approver") as session:
        assert effect(session, put, id=own, province=HERE) == 1
        assert effect(session, put, id=own, province=ELSEWHERE) == 0
        assert effect(session, put, id=other, province=HERE) == 0
        assert effect(session, put, id=own, province=None) == 0


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM institution_state WHERE institution_id = 'x' AND release_to IS NULL",
        "SELECT count(*) FROM institution_state WHERE release_to IS NULL AND name_folded LIKE 'truong%'",
        "SELECT * FROM institution_state WHERE geom && ST_MakeEnvelope(105, 20, 106, 21, 4326) AND release_to IS NULL",
        "SELECT * FROM institution_name AS n JOIN campus AS c USING (institution_id) WHERE n.folded = 'x'",
    ],
)
def test_public_rows_are_read_by_the_same_plan_as_without_policies(guarded: Guarded, query: str) -> None:
    def plan(session: Session) -> list[str]:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        return list(session.scalars(text(f"EXPLAIN (COSTS OFF) {query}")))

    with guarded.owner() as owner, guarded.read() as reader:
        with tried(owner):
            for table in ("institution_state", "institution_name", "campus"):
                owner.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
            without = plan(owner)
        assert plan(reader) == without


# -- ways to write -----------------------------------------------------------------------------------------------------


COPY_ROW = """
    INSERT INTO {table} SELECT (jsonb_populate_record(fact, jsonb_build_object('row_id', 1000000000 + fact.row_id,
        'valid_from', '1900-01-01', 'valid_to', '1900-01-02'))).*
    FROM {table} AS fact WHERE institution_id = :id LIMIT 1
"""


VALUE = """
    UPDATE indicator_value SET release_to = (SELECT max(id) + 1 FROM release)
    WHERE report_id IN (SELECT id FROM report WHERE institution_id = :id) AND release_to IS NULL
"""


ATTEMPTS = (
    *(CLOSE.format(table=table) for table in FACTS),
    *(f"UPDATE {table} SET institution_id = :own WHERE institution_id = :id" for table in FACTS),
    *(f"DELETE FROM {table} WHERE institution_id = :id" for table in FACTS),
    *(COPY_ROW.format(table=table) for table in FACTS),
    SAY,
    VALUE,
    "UPDATE institution_state SET name = 'x' WHERE institution_id = :id",
    "DELETE FROM institution_state WHERE institution_id = :id",
    "UPDATE report SET state = 'draft' WHERE institution_id = :id",
    "UPDATE error_report SET state = 'rejected', answered_at = now() WHERE institution_id = :id",
    "UPDATE import_run SET provinces = ARRAY['01'] WHERE id = :run",
    "UPDATE import_row SET changes = '[]' WHERE run_id = :run",
    "DELETE FROM import_row WHERE run_id = :run",
    "UPDATE import_job SET actor = 'x' WHERE run_id = :run",
    "UPDATE review_answer SET withdrawn_at = now() WHERE run_id = :run",
)
"""Ways to write what belongs to the other province: an institution `id`, a run `run`."""


@pytest.mark.parametrize("statement", ATTEMPTS)
def test_each_attempt_is_refused_for_its_province_only(guarded: Guarded, statement: str) -> None:
    """The operator's same statement passes the policies, or meets the guard of facts that never change."""
    one = guarded.institutions(ELSEWHERE)[0]
    given = {"id": one, "own": one, "run": 1}
    refusal = ""
    with guarded.owner() as session, tried(session):
        try:
            session.execute(text(statement), given)
        except DBAPIError as error:
            refusal = str(error)
    assert "row-level security" not in refusal
    assert "permission denied" not in refusal


# -- what is made of everybody's facts ---------------------------------------------------------------------------------


OF_EVERYBODY = (
    "UPDATE readiness_figure SET reporting = 0",
    "DELETE FROM stored_tile",
    "UPDATE tile_point SET name = 'x'",
    "UPDATE register_head SET release_id = 1",
    "UPDATE release SET summary = '{}'",
)


@pytest.mark.parametrize("statement", OF_EVERYBODY)
def test_sums_tiles_and_releases_are_written_by_publications_only(guarded: Guarded, statement: str) -> None:
    for login in ("approver", "signer", "national", "nobody"):
        with guarded.publishing(login) as session:
            assert effect(session, statement) == 0, "who carries a permit and does not publish"
    with guarded.publishing("approver") as session:
        permits.show(session)
        assert effect(session, statement) > 0
        permits.hide(session)
        assert effect(session, statement) == 0
    with guarded.publishing("steward") as session:
        permits.show(session)
        assert effect(session, statement) == 0, "a permit gives no right"


def test_a_permit_is_good_for_its_person_and_time(guarded: Guarded) -> None:
    with guarded.door() as door:
        over = permits.issue(door, guarded.number("approver"), at=datetime.now(UTC) - permits.LASTS)
        others = permits.issue(door, guarded.number("other"), at=datetime.now(UTC))
        door.commit()
    for permit in (over, others, "x"):
        with guarded.as_("approver") as session:
            permits.carry(session, permit)
            permits.show(session)
            assert effect(session, "DELETE FROM stored_tile") == 0


def test_nobody_publishes_in_sql_without_a_permit(guarded: Guarded) -> None:
    mine = "\n".join(LIST.splitlines()[:2]).replace("Phía Bắc", "Không Phép")
    number = guarded.stage("steward", mine, "khong-phep.csv")
    with guarded.as_("approver") as session, pytest.raises(DBAPIError, match="row-level security"):
        runs.publish(session, runs.find(session, number), actor="approver")
