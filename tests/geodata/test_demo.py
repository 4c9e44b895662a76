"""The illustrative dataset: deterministic, shaped like the country, never mistakable, all or nothing."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geodata import demo, registry_ids
from geodata.demo import filling
from geodata.demo.cohort import Kind, kinds_of
from geodata.demo.words import POPULATION_THOUSANDS
from geodata.engine import make_engine
from geodata.models import InstitutionName
from geodata.names import searchable
from geodata.releases import PUBLISHED_FACTS, as_of, moment
from geodata.vocabulary import LocationPrecision
from tests.builders import an_institution, publish
from tests.geodata.conftest import prepare_units

SIZE = 300
TABLES = ("institution", *(model.__tablename__ for model in PUBLISHED_FACTS), "report", "institution_state", "release")
Prepared = Callable[[str, Callable[[Engine], None]], str]


def with_dataset(engine: Engine) -> None:
    prepare_units(engine)
    with Session(engine) as session:
        demo.load(session, institutions=SIZE)
        session.commit()


@pytest.fixture(scope="module")
def country_url(database_like: Prepared) -> str:
    return database_like("demo_country", with_dataset)


@pytest.fixture
def country(country_url: str) -> Iterator[Session]:
    """A register with SIZE illustrative institutions; what a test does to it is rolled back."""
    yield from _rolled_back(country_url)


@pytest.fixture
def empty(places: Session) -> Session:
    """A register with units and nothing else; what a test does to it is rolled back."""
    return places


def _rolled_back(url: str) -> Iterator[Session]:
    engine = make_engine(url, statement_timeout_ms=0)
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
    engine.dispose()


def counts(session: Session) -> dict[str, int]:
    return {table: session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES}


def one(session: Session, query: str) -> Any:
    return session.execute(text(query)).scalar_one()


def rows(session: Session, query: str) -> list[Any]:
    return list(session.execute(text(query)))


STATES = (
    "SELECT md5(string_agg(md5(concat_ws('|', institution_id, campus_id, is_main, valid_from, valid_to, search_text,"
    " status, geom, feature)), '' ORDER BY institution_id, campus_id, valid_from)) FROM institution_state"
)


# ---- the same every time -----------------------------------------------------------------------------------


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


# ---- shaped like the country -------------------------------------------------------------------------------


def test_the_default_size_has_the_countrys_kinds() -> None:
    kinds = np.bincount(kinds_of(demo.DEFAULT_INSTITUTIONS, demo.DEFAULT_SEED))
    assert (kinds[Kind.COLLEGE], kinds[Kind.INTERMEDIATE], kinds[Kind.CENTRE] + kinds[Kind.CONTINUING]) == (
        397,
        429,
        1060,
    )


@given(st.integers(0, 5_000), st.integers(0, 2**31))
def test_any_size_is_filled_in_the_countrys_proportions(count: int, seed: int) -> None:
    kinds = np.bincount(kinds_of(count, seed), minlength=4)
    assert kinds.sum() == count
    assert abs(kinds[Kind.COLLEGE] - count * 397 / 1886) <= 1
    assert abs(kinds[Kind.INTERMEDIATE] - count * 429 / 1886) <= 1


def test_provinces_get_their_part_by_population(empty: Session) -> None:
    found = filling.read_places(empty)
    share = np.diff(found.ladder, prepend=0.0)
    by_province = {code: float(share[found.former_province == code].sum()) for code in POPULATION_THOUSANDS}
    total = sum(POPULATION_THOUSANDS.values())
    assert len(by_province) == 63
    assert by_province == pytest.approx({code: people / total for code, people in POPULATION_THOUSANDS.items()})


def test_everything_that_befalls_institutions_happens_somewhere(country: Session) -> None:
    today = "coalesce(valid_from, '-infinity') <= '2026-11-22' AND coalesce(valid_to, 'infinity') > '2026-11-22'"
    states = dict(rows(country, f"SELECT status, count(*) FROM institution_state WHERE is_main AND {today} GROUP BY 1"))
    assert {"active", "suspended", "closed", "merged", "not_yet_open"} == set(states)
    assert sum(states.values()) == SIZE
    assert states["active"] > 0.8 * SIZE
    relations = {row.kind for row in rows(country, "SELECT DISTINCT kind FROM relation")}
    assert relations == {"absorb", "merge", "split"}
    for fact in (
        "institution_name WHERE kind = 'official' AND valid_to IS NOT NULL",
        "institution_attribute WHERE kind = 'type' AND valid_to = '2026-01-01'",
        "institution_attribute WHERE kind = 'enrolment' AND value = 'stopped'",
        "institution_attribute WHERE kind = 'high_quality' AND value = 'recognised'",
        "institution_attribute WHERE kind = 'managing_body' AND valid_to = '2025-03-01' AND value LIKE '%Lao động%'",
        "institution_attribute WHERE kind = 'managing_body' AND valid_from = '2025-03-01' AND value LIKE '%Giáo dục%'",
        "campus WHERE kind = 'branch'",
        "campus WHERE kind = 'main' AND valid_to IS NOT NULL",
        "programme WHERE taught_out_until > valid_to",
        "programme WHERE training_level = 'vocational_high'",
        "completeness_declaration WHERE declared_on <= '2025-12-31'",
        "licence WHERE number LIKE '%-BS/%'",
    ):
        assert one(country, f"SELECT count(*) FROM {fact}") > 0, fact


def test_what_a_merger_leaves_behind_hangs_together(country: Session) -> None:
    gone = rows(
        country,
        "SELECT relation.kind, relation.valid_from, status.value, status.valid_from AS since,"
        " (SELECT count(*) FROM licence WHERE institution_id = predecessor_id AND"
        "   coalesce(valid_to, 'infinity') > relation.valid_from) AS licences,"
        " (SELECT min(valid_from) FROM institution_attribute AS heir WHERE heir.kind = 'status'"
        "   AND institution_id = successor_id) AS founded,"
        " (SELECT count(*) FROM campus WHERE institution_id = successor_id"
        "   AND valid_from = relation.valid_from) AS sites"
        " FROM relation JOIN institution_attribute AS status ON institution_id = predecessor_id"
        " AND status.kind = 'status' AND status.valid_to IS NULL",
    )
    assert gone
    for row in gone:
        assert row.since == row.valid_from
        assert row.value == ("closed" if row.kind == "split" else "merged")
        assert row.licences == 0
        assert row.kind == "absorb" or row.founded == row.valid_from
        assert row.sites > 0


def test_nothing_is_known_after_the_last_day_of_the_dataset(country: Session) -> None:
    assert one(country, "SELECT max(issued_on) FROM licence") <= date(2025, 12, 31)
    assert one(country, "SELECT max(declared_on) FROM completeness_declaration") <= date(2025, 12, 31)
    assert one(country, "SELECT max(period_id) FROM report") == "2025"


# ---- places ------------------------------------------------------------------------------------------------


def test_every_point_lies_in_the_units_of_both_worlds_that_the_campus_names(country: Session) -> None:
    placed = one(country, "SELECT count(*) FROM campus WHERE geom IS NOT NULL")
    inside = one(
        country,
        "SELECT count(*) FROM campus"
        " JOIN unit_boundary AS commune ON commune.unit_key = commune_code || '@2025-07-01'"
        " JOIN unit_boundary AS province ON province.unit_key = province_code || '@2025-07-01'"
        " JOIN unit_boundary AS district ON district.unit_key = former_district_code || '@2008-08-01'"
        " JOIN unit_boundary AS old ON old.unit_key = former_province_code || '@2008-08-01'"
        " WHERE ST_Covers(commune.geom, campus.geom) AND ST_Covers(province.geom, campus.geom)"
        " AND ST_Covers(district.geom, campus.geom) AND ST_Covers(old.geom, campus.geom)",
    )
    assert inside == placed > SIZE / 2


def test_unit_codes_agree_with_the_hierarchy_and_the_succession(country: Session) -> None:
    wrong = one(
        country,
        "SELECT count(*) FROM campus"
        " LEFT JOIN administrative_unit AS old ON old.key = former_commune_code || '@2008-08-01'"
        " AND old.parent_key = former_district_code || '@2008-08-01'"
        " LEFT JOIN administrative_unit AS today ON today.key = commune_code || '@2025-07-01'"
        " AND today.parent_key = province_code || '@2025-07-01'"
        " LEFT JOIN unit_succession ON predecessor_key = old.key AND successor_key = today.key"
        " WHERE commune_code IS NOT NULL AND unit_succession.part IS NULL",
    )
    assert wrong == 0


def test_a_campus_says_no_more_than_its_precision(country: Session) -> None:
    known = {
        row.location_precision: (row.point, row.commune, row.district, row.province)
        for row in rows(
            country,
            "SELECT DISTINCT location_precision, geom IS NOT NULL AS point, commune_code IS NOT NULL AS commune,"
            " former_district_code IS NOT NULL AS district, province_code IS NOT NULL AS province FROM campus",
        )
    }
    assert known == {
        LocationPrecision.SURVEYED: (True, True, True, True),
        LocationPrecision.ADDRESS: (True, True, True, True),
        LocationPrecision.COMMUNE: (True, True, True, True),
        LocationPrecision.DISTRICT: (False, False, True, True),
        LocationPrecision.PROVINCE: (False, False, False, True),
        LocationPrecision.NONE: (False, False, False, False),
    }


# ---- never mistakable --------------------------------------------------------------------------------------


def test_every_record_is_labelled(country: Session) -> None:
    assert {row.data_status for row in rows(country, "SELECT data_status FROM source")} == {"illustrative"}
    assert {row.data_status for row in rows(country, "SELECT DISTINCT data_status FROM institution_state")} == {
        "illustrative"
    }
    unlabelled = {
        "institution_name": "text NOT LIKE '%Minh họa%' AND text NOT LIKE 'Illustrative %'",
        "identifier": "value !~ '^(MH\\.(CD|TC|TT|TX|TN)|Z99\\.MH)\\.[0-9]{6,}$'",
        "licence": "number NOT LIKE 'MH-%' OR issuer NOT LIKE '%minh họa'",
        "authority": "name NOT LIKE '%minh họa%' OR name_en NOT LIKE 'Illustrative %'",
        "decision": "number NOT LIKE 'MH-%' OR title NOT LIKE '%minh họa%'",
        "institution_attribute": "kind = 'website' AND value NOT LIKE 'https://%.minh-hoa.example'",
    }
    for table, test in unlabelled.items():
        assert one(country, f"SELECT count(*) FROM {table} WHERE {test}") == 0, table


def test_nobody_can_be_called_or_written_to(country: Session) -> None:
    assert one(country, "SELECT count(*) FROM institution_attribute WHERE kind IN ('telephone', 'email')") == 0


def test_names_are_stored_in_the_search_forms_of_every_other_name(country: Session) -> None:
    for name in country.query(InstitutionName):
        forms = searchable(name.text)
        assert (name.folded, name.terms) == (forms.folded, forms.terms)


# ---- readiness ---------------------------------------------------------------------------------------------


def test_figures_agree_with_their_numerators_and_denominators(country: Session) -> None:
    wrong = "value IS NOT NULL AND value <> round(100 * numerator / denominator, 2)"
    assert one(country, f"SELECT count(*) FROM indicator_value WHERE {wrong}") == 0
    assert one(country, "SELECT count(*) FROM indicator_value WHERE numerator > denominator") == 0
    yes_or_no = "indicator_id = 'digital_infrastructure' AND value NOT IN (0, 100)"
    assert one(country, f"SELECT count(*) FROM indicator_value WHERE {yes_or_no}") == 0


def test_figures_rise_and_have_gaps_of_both_sorts(country: Session) -> None:
    means = rows(
        country,
        "SELECT period_id, avg(value) AS mean, count(*) AS said, count(*) FILTER (WHERE value IS NULL) AS missing"
        " FROM indicator_value JOIN report ON report.id = report_id WHERE indicator_id = 'teacher_digital_content'"
        " GROUP BY 1 ORDER BY 1",
    )
    assert [row.period_id for row in means] == ["2022", "2023", "2024", "2025"]
    assert [row.mean for row in means] == sorted(row.mean for row in means)
    assert all(row.missing > 0 for row in means)
    reports = one(country, "SELECT count(*) FROM report WHERE period_id = '2025' AND institution_id IS NOT NULL")
    assert means[-1].said < reports < SIZE


def test_nobody_reports_on_years_before_it_was_founded_or_after_it_was_gone(country: Session) -> None:
    impossible = one(
        country,
        "SELECT count(*) FROM report JOIN reporting_period AS period ON period.id = period_id"
        " JOIN institution_attribute AS status USING (institution_id) WHERE status.kind = 'status'"
        " AND status.value IN ('closed', 'merged') AND status.valid_from <= period.ends_on",
    )
    assert impossible == 0


def test_authorities_report_only_for_years_at_whose_end_they_existed(country: Session) -> None:
    wrong = one(
        country,
        "SELECT count(*) FROM report JOIN reporting_period AS period ON period.id = period_id"
        " JOIN authority ON authority.id = authority_id"
        " WHERE authority.valid_from > ends_on OR authority.valid_to <= ends_on",
    )
    assert wrong == 0
    assert one(country, "SELECT count(DISTINCT period_id) FROM report WHERE authority_id IS NOT NULL") == 4


# ---- all or nothing ----------------------------------------------------------------------------------------


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


# ---- clearing ----------------------------------------------------------------------------------------------


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
