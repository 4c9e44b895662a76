"""Loading and clearing the illustrative dataset: the same every time, all or nothing."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geodata import demo, registry_ids
from geodata.demo import filling
from geodata.models import InstitutionName
from geodata.releases import PUBLISHED_FACTS, as_of, moment
from tests.builders import an_institution, publish
from tests.geodata.demo.reading import SIZE, one, rows

TABLES = ("institution", *(model.__tablename__ for model in PUBLISHED_FACTS), "report", "institution_state", "release")
STATES = (
    "SELECT md5(string_agg(md5(concat_ws('|', institution_id, campus_id, is_main, valid_from, valid_to, search_text,"
    " status, geom, feature)), '' ORDER BY institution_id, campus_id, valid_from)) FROM institution_state"
)


def test_the_same_seed_and_number_give_the_same_rows_in_another_process_with_another_hash_seed(
    empty: Session, units_engine: Engine
) -> None:
    program = (
        "import sys; from sqlalchemy import text; from sqlalchemy.orm import Session; from geodata import demo;"
        "from geodata.engine import make_engine\n"
        "with Session(make_engine(sys.argv[1])) as session:\n"
        f"    print(demo.load(session, institutions=60).sha256, session.scalar(text({STATES!r})))"
    )
    url = units_engine.url.render_as_string(hide_password=False)
    there = subprocess.run(
        [sys.executable, "-c", program, url],
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland"},
        cwd=Path(demo.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    here = demo.load(empty, institutions=60)
    assert there == [here.sha256, one(empty, STATES)]


def test_another_seed_or_number_gives_other_rows(empty: Session) -> None:
    found = set()
    for institutions, seed in ((60, 1), (60, 2), (61, 1)):
        with empty.begin_nested() as attempt:
            found.add(demo.load(empty, institutions=institutions, seed=seed).sha256)
            attempt.rollback()
    assert len(found) == 3


def test_registry_ids_come_from_the_seed_and_are_well_formed(country: Session) -> None:
    ids = set(country.scalars(text("SELECT id FROM institution")))
    assert len(ids) == SIZE
    assert all(registry_ids.is_registry_id(id_) for id_ in ids)


def counts(session: Session) -> dict[str, int]:
    return {table: session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES}


@pytest.mark.parametrize("institutions", [0, 1, 2, 7])
def test_tiny_datasets_load(empty: Session, institutions: int) -> None:
    done = demo.load(empty, institutions=institutions)
    assert one(empty, "SELECT count(*) FROM institution") == institutions
    assert one(empty, "SELECT count(DISTINCT institution_id) FROM institution_state") == institutions
    assert one(empty, "SELECT release_id FROM register_head") == done.release


@pytest.mark.parametrize("institutions", [-1, demo.LARGEST + 1])
def test_impossible_sizes_are_refused(empty: Session, institutions: int) -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        demo.load(empty, institutions=institutions)


def test_units_are_loaded_when_there_are_none(session: Session) -> None:
    demo.load(session, institutions=1)
    assert one(session, "SELECT count(*) FROM administrative_unit WHERE level = 'province'") == 63 + 34


def test_a_second_load_is_refused_and_says_what_to_do(country: Session) -> None:
    before = counts(country)
    with pytest.raises(demo.AlreadyLoaded, match="demo clear"), country.begin_nested():
        demo.load(country, institutions=1)
    assert counts(country) == before


@pytest.mark.parametrize("large", [False, True])
def test_an_interrupted_load_leaves_nothing(empty: Session, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(filling, "LARGE", 1 if large else 1_000)
    before, schema = counts(empty), schema_of(empty)
    with pytest.raises(KeyboardInterrupt), empty.begin_nested():
        demo.load(empty, institutions=30, progress=interrupt)
    assert counts(empty) == before
    assert schema_of(empty) == schema


def test_a_large_load_leaves_every_constraint_and_index_in_place(
    empty: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "LARGE", 1)
    monkeypatch.setattr(filling, "CHUNK", 40)
    before, told = schema_of(empty), list[int]()
    done = demo.load(empty, institutions=100, progress=told.append)
    assert told == [40, 40, 20]
    assert schema_of(empty) == before
    assert done.rows["indicator_value"] < 100 * 25
    assert one(empty, "SELECT count(DISTINCT institution_id) FROM institution_state") == 100


def schema_of(session: Session) -> set[tuple[str, ...]]:
    constraints = rows(
        session,
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint",
    )
    indexes = rows(session, "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    return {tuple(row) for row in [*constraints, *indexes]}


def test_each_table_has_one_line_in_the_change_log_with_its_count_and_digest(country: Session) -> None:
    logged = {row.subject: row.after for row in rows(country, "SELECT subject, after FROM change_log")}
    assert {subject for subject, _ in logged.items()} >= {model.__tablename__ for model in PUBLISHED_FACTS}
    for table, after in logged.items():
        assert after["rows"] == one(country, f"SELECT count(*) FROM {table}"), table
        assert len(after["sha256"]) == 64
    assert one(country, "SELECT count(*) FROM change_log WHERE action <> 'bulk'") == 0


def test_clearing_ends_every_fact_and_keeps_the_history(country: Session) -> None:
    before = counts(country)
    done = demo.clear(country)
    assert not demo.is_loaded(country)
    assert one(country, "SELECT count(*) FROM institution_state WHERE release_to IS NULL") == 0
    assert counts(country) == {**before, "release": before["release"] + 1}
    before_it = moment(country, date(2026, 1, 1), done.release - 1)
    then = country.query(InstitutionName).where(as_of(InstitutionName, before_it))
    now = country.query(InstitutionName).where(as_of(InstitutionName, moment(country, date(2026, 1, 1))))
    assert then.count() > SIZE
    assert now.count() == 0


def test_clearing_what_is_not_there_is_refused(empty: Session) -> None:
    with pytest.raises(demo.NothingToClear), empty.begin_nested():
        demo.clear(empty)


def test_after_clearing_the_dataset_can_be_loaded_again_under_other_ids(country: Session) -> None:
    demo.clear(country)
    demo.load(country, institutions=SIZE)
    assert one(country, "SELECT count(*) FROM institution") == 2 * SIZE
    assert one(country, "SELECT count(DISTINCT institution_id) FROM institution_state WHERE release_to IS NULL") == SIZE
    assert one(country, "SELECT count(*) FROM authority") == 2 + 63 + 34


def test_real_institutions_are_left_alone(empty: Session) -> None:
    real = an_institution("Trường thử")
    publish(empty, real)
    state = f"SELECT feature FROM institution_state WHERE institution_id = '{real.id}' AND release_to IS NULL"
    feature = one(empty, state)
    demo.load(empty, institutions=20)
    assert one(empty, state) == feature
    demo.clear(empty)
    assert one(empty, state) == feature
    assert one(empty, "SELECT count(*) FROM institution_state WHERE release_to IS NULL") == 1
