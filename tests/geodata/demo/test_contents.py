"""What the illustrative dataset holds: shaped like the country, true to both worlds of units, never mistakable."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from geodata import demo
from geodata.demo import filling
from geodata.demo.cohort import Kind, kinds_of
from geodata.demo.words import POPULATION_THOUSANDS
from geodata.models import InstitutionName
from geodata.names import searchable
from geodata.vocabulary import LocationPrecision
from tests.geodata.demo.reading import SIZE, one, rows


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
