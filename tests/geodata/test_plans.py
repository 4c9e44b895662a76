"""The questions asked most use their index, however large the register grows."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from string import digits
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Engine, event, literal, text
from sqlalchemy.orm import Session

from geodata import institutions, records
from geodata.clusters import clusters
from geodata.counting import counted
from geodata.engine import make_sessions
from geodata.filters import InstitutionFilter, conditions
from geodata.geometry import VIETNAM, BBox, LonLat
from geodata.releases import moment, summary
from geodata.search import Reading, beginning
from geodata.suggestions import listing
from tests.databases import MIGRATED, DatabaseLike, Prepared

TODAY = date(2026, 6, 1)
HERE = LonLat(105.8, 21)
STATES = text(
    """
    INSERT INTO institution_state (institution_id, campus_id, is_main, release_from, name, name_folded, search_text,
        place_text, type, ownership, status, data_status, training_levels, occupations, identifiers, province_code,
        location_precision, geom, feature)
    SELECT 'v' || i, 'v' || i || '.1', true, 1, 'Trường ' || i, 'truong ' || translate(md5(i::text), '0123456789',
            'ghijklmnop'), 'mh ' || i, 'tinh ' || i % 34,
        'college', 'public', 'active', 'illustrative', '{college}', '{}', ARRAY['MH.' || i], (i % 34)::text, 'address',
        ST_SetSRID(ST_MakePoint(102 + random() * 8, 8 + random() * 15), 4326),
        '{"properties": {"as long as they are": "' || repeat(md5(i::text), 40) || '"}}'
    FROM generate_series(1, :size) AS i
    """
)
SEEN_PAGES = text("SELECT relpages, relallvisible FROM pg_class WHERE oid = 'institution_state'::regclass")


def register_of(size: int) -> Prepared:
    def fill(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO release (id, kind, published_by, reason) VALUES (1, 'demo', 't', 't')")
            )
            connection.execute(text("INSERT INTO register_head (release_id) VALUES (1)"))
            connection.execute(STATES, {"size": size})
            connection.execute(text("ANALYZE institution_state"))

    return Prepared(f"plans_{size}", fill, over=MIGRATED)


SIZES = [pytest.param(60_000), pytest.param(1_000_000, marks=pytest.mark.long)]


@pytest.fixture(scope="module", params=SIZES)
def large(request: pytest.FixtureRequest, database_like: DatabaseLike) -> Iterator[Session]:
    sessions = make_sessions(database_like(register_of(request.param)), statement_timeout_ms=0)
    seen_by_everybody(sessions.kw["bind"])
    with sessions() as session:
        yield session
    sessions.kw["bind"].dispose()


def seen_by_everybody(engine: Engine) -> None:
    """Mark the pages of the states as seen by all: an index alone tells only of such.

    VACUUM leaves out what a transaction that is open anywhere in the cluster might not see, which other tests' may be
    while a connection begins: it is asked again until nothing is left out.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(100):
            connection.execute(text("VACUUM institution_state"))
            pages, seen = connection.execute(SEEN_PAGES).one()
            if seen >= 0.99 * pages > 0:
                return
            sleep(0.2)
    raise AssertionError(f"{seen} of {pages} pages could be marked as seen by all")


@contextmanager
def plans(session: Session) -> Iterator[list[str]]:
    """The plans of the SELECTs on the states that run inside."""
    asked: list[tuple[str, Any]] = []

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *others: Any) -> None:
        if "FROM institution_state" in statement:
            asked.append((statement, parameters))

    engine = session.get_bind()
    found: list[str] = []
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    for statement, parameters in asked:
        explained = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
        found.append("\n".join(row[0] for row in explained))


def test_the_nearest_ten_come_from_the_spatial_index(large: Session) -> None:
    with plans(large) as seen:
        page = institutions.nearest(large, HERE, everywhere(large), None, limit=10, offset=0)
    assert len(page) == 10
    assert len(seen) == 1
    assert all("ix_institution_state_geog" in plan and "Seq Scan" not in plan for plan in seen), seen


def everywhere(session: Session) -> list[Any]:
    return conditions(session, InstitutionFilter(on=TODAY, near=HERE), moment(session, TODAY))


def test_a_code_comes_from_its_index(large: Session) -> None:
    with plans(large) as seen:
        assert records.the_state(large, "MH.777", moment(large, TODAY)).institution_id == "v777"
    assert all("Seq Scan on institution_state" not in plan for plan in seen), seen


def test_words_come_from_the_text_index(large: Session) -> None:
    own_word = hashlib.md5(b"4242", usedforsecurity=False).hexdigest().translate(str.maketrans(digits, "ghijklmnop"))
    with plans(large) as seen:
        page = institutions.search(large, InstitutionFilter(on=TODAY, q=f"truong {own_word}"), limit=5)
    assert [item.id for item in page.items] == ["v4242"]
    assert all("Seq Scan" not in plan for plan in seen), seen


def test_a_city_on_the_map_comes_from_the_spatial_index(large: Session) -> None:
    with plans(large) as seen:
        clusters(large, InstitutionFilter(on=TODAY), bbox=BBox(105.8, 20.9, 105.9, 21.0), zoom=12)
    placed = [plan for plan in seen if "geom IS NOT NULL" in plan]
    assert placed
    assert all("ix_institution_state_geom" in plan for plan in placed), placed


ALONE = "Index Only Scan using ix_institution_state_main"


def test_the_whole_country_is_gathered_from_the_narrow_index_alone(large: Session) -> None:
    with plans(large) as seen:
        clusters(large, InstitutionFilter(on=TODAY, types=("college",)), bbox=VIETNAM, zoom=5)
    placed = [plan for plan in seen if "geom IS NOT NULL" in plan]
    assert len(placed) == 1
    assert ALONE in placed[0]


def test_numbers_of_the_country_come_from_the_narrow_index_alone(large: Session) -> None:
    everyone, at = InstitutionFilter(on=TODAY, types=("college",), ownerships=("public",)), moment(large, TODAY)
    with plans(large) as seen:
        summary(large, at)
        institutions.by_type(large, everyone)
        counted(large, everyone, conditions(large, everyone, at), at)
    assert len(seen) == 3
    assert all(ALONE in plan for plan in seen), seen


def test_a_list_by_name_is_read_in_order_from_the_narrow_index(large: Session) -> None:
    with plans(large) as seen:
        page = institutions.search(large, InstitutionFilter(on=TODAY, types=("college",)), limit=20)
    assert len(page.items) == 20
    listed = [plan for plan in seen if "feature" in plan or ("Limit" in plan and "Aggregate" not in plan)]
    assert listed
    assert all("ix_institution_state_main" in plan and "Sort Key: institution_state" not in plan for plan in listed), (
        seen
    )


def test_names_that_begin_so_are_a_range_of_the_narrow_index(large: Session) -> None:
    at, wanted = moment(large, TODAY), InstitutionFilter(on=TODAY, q="trường c")
    reading = Reading(beginning("truong ab"), literal(0), literal("name"))
    with plans(large) as seen:
        assert listing(large, wanted, at, reading, ranked=False, limit=8)
    assert len(seen) == 1
    assert "ix_institution_state_main" in seen[0]
    assert re.search(r"Index Cond: .*name_folded >= 'truong ab'.* AND .*name_folded < 'truong ab\{'", seen[0]), seen[0]
