"""Readiness per unit: what is counted, what it is compared with, and what is never invented."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from geodata.indicators import UnknownIndicator, readiness_indicators
from geodata.overlays import Filters, NoFigures, NotFilterable, Overlay, UnitFigure, UnknownTarget, by_unit, unplaced
from geodata.unit_reads import LevelNotInVintage
from tests.builders import an_institution, publish
from tests.geodata.overlays.reporting import tell

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
VINTAGES = (("province", OLD), ("district", OLD), ("commune", OLD), ("province", NEW), ("commune", NEW))
TEACHERS, INFRASTRUCTURE, RECORDS = "teacher_digital_competence", "digital_infrastructure", "learner_records_digitised"


def row(overlay: Overlay, code: str | None) -> UnitFigure:
    return next(row for row in overlay.rows if (row.unit.code if row.unit else None) == code)


def test_an_average_is_weighted_by_its_base(places: Session) -> None:
    small, large = an_institution(province="48"), an_institution(province="48")
    publish(places, small, large)
    tell(places, 2024, {small.id: {TEACHERS: (10, 10)}, large.id: {TEACHERS: (10, 90)}})
    found = row(by_unit(places, TEACHERS, level="province", on=NEW), "48")
    assert (found.value, found.n, found.N, found.coverage) == (20.0, 2, 2, 1.0)


def test_a_share_counts_institutions_that_report(places: Session) -> None:
    has, has_not, silent, missing = (an_institution(province="48") for _ in range(4))
    publish(places, has, has_not, silent, missing)
    told = {has.id: {INFRASTRUCTURE: True}, has_not.id: {INFRASTRUCTURE: False}, missing.id: {INFRASTRUCTURE: None}}
    tell(places, 2024, told)
    found = row(by_unit(places, INFRASTRUCTURE, level="province", on=NEW), "48")
    assert (found.value, found.n, found.N, found.missing) == (50.0, 2, 4, 2)


def test_nothing_reported_is_no_data_and_never_zero(places: Session) -> None:
    silent, told = an_institution(province="48"), an_institution(province="01")
    publish(places, silent, told)
    tell(places, 2024, {told.id: {TEACHERS: (0, 40)}, silent.id: {TEACHERS: None}})
    overlay = by_unit(places, TEACHERS, level="province", on=NEW)
    zero, nothing, nobody = row(overlay, "01"), row(overlay, "48"), row(overlay, "79")
    assert (zero.value, zero.no_data, zero.met) == (0.0, False, False)
    assert (nothing.value, nothing.no_data, nothing.gap, nothing.met, nothing.n, nothing.N) == (
        None,
        True,
        None,
        None,
        0,
        1,
    )
    assert (nobody.value, nobody.N, nobody.coverage, nobody.target) == (None, 0, None, None)


def test_only_those_count_that_existed_on_the_last_day_of_the_period(places: Session) -> None:
    closed = an_institution(
        province="48", status=(("active", (None, date(2024, 12, 31))), ("closed", (date(2024, 12, 31), None)))
    )
    last_day = an_institution(
        province="48", status=(("active", (None, date(2025, 1, 1))), ("closed", (date(2025, 1, 1), None)))
    )
    later = an_institution(province="48", status=(("active", (date(2025, 1, 1), None)),))
    suspended = an_institution(province="48", status=(("suspended", (None, None)),))
    publish(places, closed, last_day, later, suspended)
    everyone = {one.id: {TEACHERS: (1, 2)} for one in (closed, last_day, later, suspended)}
    tell(places, 2024, everyone)
    for on in (OLD, NEW, date(2026, 1, 1)):
        overlay = by_unit(places, TEACHERS, level="province", on=on)
        assert (overlay.whole.n, overlay.whole.N) == (2, 2)


def test_those_no_unit_can_be_given_stand_in_a_row_of_their_own(places: Session) -> None:
    placed, unplaced_one = an_institution(province="48", commune="20194"), an_institution(province="48")
    wrong = an_institution(province="48", commune="99999")
    publish(places, placed, unplaced_one, wrong)
    tell(places, 2024, {placed.id: {TEACHERS: (1, 2)}, unplaced_one.id: {TEACHERS: (2, 2)}, wrong.id: {}})
    overlay = by_unit(places, TEACHERS, level="commune", on=NEW)
    assert (row(overlay, None).n, row(overlay, None).N, row(overlay, None).value) == (1, 2, 100.0)
    assert overlay.rows[-1].unit is None
    assert (overlay.whole.n, overlay.whole.N, overlay.whole.value) == (2, 3, 75.0)
    assert {one.id for one in unplaced(places, overlay)} == {unplaced_one.id, wrong.id}
    assert unplaced(places, by_unit(places, TEACHERS, level="province", on=NEW)) == ()


def test_reused_codes_are_read_in_the_world_of_the_vintage(places: Session) -> None:
    binh_dinh = an_institution(province="52", former_province="52")
    gia_lai = an_institution(province="52", former_province="64")
    publish(places, binh_dinh, gia_lai)
    tell(places, 2024, {binh_dinh.id: {TEACHERS: (1, 4)}, gia_lai.id: {TEACHERS: (3, 4)}})
    old, new = (row(by_unit(places, TEACHERS, level="province", on=on), "52") for on in (OLD, NEW))
    assert old.unit is not None
    assert new.unit is not None
    assert (old.unit.name, old.value, old.N) == ("Bình Định", 25.0, 1)
    assert (new.unit.name, new.value, new.N) == ("Gia Lai", 50.0, 2)


def test_the_national_target_of_the_next_deadline_is_the_default(places: Session) -> None:
    met, unmet = an_institution(province="48"), an_institution(province="01")
    publish(places, met, unmet)
    tell(places, 2024, {met.id: {TEACHERS: (50, 100)}, unmet.id: {TEACHERS: (4_999, 10_000)}})
    overlay = by_unit(places, TEACHERS, level="province", on=NEW)
    assert overlay.target is not None
    assert overlay.target.id == "2222-teacher-digital-competence-2025"
    assert (row(overlay, "48").gap, row(overlay, "48").met) == (0.0, True)
    assert (row(overlay, "01").gap, row(overlay, "01").met) == (-0.01, False)
    assert overlay.reached == (1, 2)


def test_more_than_is_not_at_least(places: Session) -> None:
    schools = [an_institution(former_province="79", province="79") for _ in range(10)]
    publish(places, *schools)
    tell(places, 2024, {school.id: {INFRASTRUCTURE: number < 7} for number, school in enumerate(schools)})
    named = "2550-digital-infrastructure-2025"
    found = row(by_unit(places, INFRASTRUCTURE, level="province", on=OLD, target=named), "79")
    assert (found.value, found.target, found.gap, found.met) == (70.0, 70.0, 0.0, False)


def test_a_local_target_covers_the_territory_its_document_named(places: Session) -> None:
    city = an_institution(former_province="79", province="79")
    joined = an_institution(former_province="74", province="79")
    elsewhere = an_institution(former_province="01", province="01")
    publish(places, city, joined, elsewhere)
    told = {city.id: {TEACHERS: (8, 10)}, joined.id: {TEACHERS: (0, 10)}, elsewhere.id: {TEACHERS: (9, 10)}}
    tell(places, 2024, told)
    named = "2550-teacher-digital-competence-2025"
    old = by_unit(places, TEACHERS, level="province", on=OLD, target=named)
    assert (row(old, "79").value, row(old, "79").gap, row(old, "79").met) == (80.0, 10.0, True)
    assert (row(old, "01").value, row(old, "01").target, row(old, "01").met) == (90.0, None, None)
    new = row(by_unit(places, TEACHERS, level="province", on=NEW, target=named), "79")
    assert (new.value, new.n, new.N) == (40.0, 2, 2)
    assert (new.target_value, new.target_reporting, new.target_applicable) == (80.0, 1, 1)
    assert (new.target, new.gap, new.met) == (70.0, 10.0, True)


def test_a_target_of_fewer_types_is_compared_with_those_alone(places: Session) -> None:
    college = an_institution(province="48", type="college")
    centre = an_institution(province="48", type="vocational_centre")
    publish(places, college, centre)
    tell(places, 2024, {college.id: {RECORDS: True}, centre.id: {RECORDS: False}})
    overlay = by_unit(places, RECORDS, level="province", on=NEW)
    found = row(overlay, "48")
    assert overlay.target is not None
    assert overlay.target.id == "2222-learner-records-digitised-2025"
    assert (found.value, found.N, found.target_value, found.target_applicable, found.met) == (50.0, 2, 100.0, 1, True)


def test_an_indicator_is_asked_of_those_it_applies_to(places: Session) -> None:
    college = an_institution(province="48", type="college")
    centre = an_institution(province="48", type="vocational_centre")
    teaching_it = an_institution(province="48", programmes=(("6480201", "college", (None, None)),))
    reporting_it = an_institution(province="48")
    high = an_institution(province="48", attributes=(("high_quality", "recognised", (None, None)),))
    publish(places, college, centre, teaching_it, reporting_it, high)
    tell(
        places,
        2024,
        {reporting_it.id: {"it_programmes_updated": (1, 2)}, college.id: {"it_programmes_updated": (0, 0)}},
    )

    def asked(indicator: str) -> int:
        return by_unit(places, indicator, level="province", on=NEW, period="2024").whole.N

    assert (asked(TEACHERS), asked(INFRASTRUCTURE), asked("digital_school")) == (5, 4, 1)
    assert asked("it_programmes_updated") == 2


def test_filters_count_some_institutions_only(places: Session) -> None:
    college = an_institution(province="48", ownership="private", programmes=(("6510202", "college", (None, None)),))
    school = an_institution(
        province="48", type="intermediate_school", programmes=(("5510202", "intermediate", (None, None)),)
    )
    publish(places, college, school)
    tell(places, 2024, {college.id: {TEACHERS: (1, 4)}, school.id: {TEACHERS: (3, 4)}})

    def value(**wanted: tuple[str, ...]) -> float | None:
        return by_unit(places, TEACHERS, level="province", on=NEW, filters=Filters(**wanted)).whole.value

    assert value(types=("college",)) == 25.0
    assert value(ownerships=("public",)) == 75.0
    assert value(training_levels=("intermediate",)) == 75.0
    assert value(training_levels=("intermediate", "college")) == 50.0
    assert value(occupations=("6510202",)) == 25.0
    assert value(types=("vocational_centre",)) is None


def test_figures_of_authorities_belong_to_their_province_in_both_worlds(network: Session) -> None:
    old = by_unit(network, "digital_inspections", level="province", on=OLD, period="2024")
    new = by_unit(network, "digital_inspections", level="province", on=NEW, period="2024")
    later = by_unit(network, "digital_inspections", level="province", on=NEW, period="2025")
    assert {row.N for row in old.rows if row.unit} == {1}
    assert sum(row.N for row in new.rows if row.unit) == 63
    assert (old.whole.n, old.whole.N, old.whole.value) == (new.whole.n, new.whole.N, new.whole.value)
    assert {row.N for row in later.rows if row.unit} == {1}
    assert old.rows[-1].unit is None
    assert old.rows[-1].N == 1
    with pytest.raises(NotFilterable):
        by_unit(network, "digital_inspections", level="province", on=NEW, filters=Filters(types=("college",)))


def test_a_milestone_stands_where_it_is_asked_for(network: Session) -> None:
    local = by_unit(network, "local_platform", level="province", on=OLD, target="2550-local-platform-2025")
    asked = [row for row in local.rows if row.N]
    assert "79" in [row.unit.code for row in asked if row.unit]
    assert all(row.no_data and row.met is None for row in asked)
    national = by_unit(network, "national_platform", level="province", on=NEW)
    assert [(row.unit, row.N, row.n) for row in national.rows if row.N] == [(None, 1, 0)]


@pytest.mark.parametrize("indicator", [indicator.id for indicator in readiness_indicators()] + ["readiness_score"])
def test_parts_sum_to_the_same_whole_in_every_vintage(network: Session, indicator: str) -> None:
    for period in ("2022", "2024"):
        wholes = set()
        for level, on in VINTAGES:
            overlay = by_unit(network, indicator, level=level, on=on, period=period)
            assert sum(row.N for row in overlay.rows) == overlay.whole.N
            assert sum(row.n for row in overlay.rows) == overlay.whole.n
            wholes.add((overlay.whole.value, overlay.whole.n, overlay.whole.N, overlay.whole.met))
        assert len(wholes) == 1
        assert all(0 < n <= total for _, n, total, _ in wholes)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"indicator": "nonsense"}, UnknownIndicator),
        ({"target": "nonsense"}, UnknownTarget),
        ({"target": "2222-digital-inspections-2025"}, UnknownTarget),
        ({"period": "2019"}, NoFigures),
        ({"period": "2026"}, NoFigures),
        ({"period": "'; --"}, NoFigures),
        ({"level": "district", "on": NEW}, LevelNotInVintage),
        ({"indicator": "s38_meets_standard", "period": "2024"}, NoFigures),
    ],
)
def test_nonsense_is_refused(network: Session, wanted: dict[str, object], error: type[Exception]) -> None:
    asked: dict[str, object] = {"indicator": TEACHERS, "level": "province", "on": NEW, **wanted}
    with pytest.raises(error):
        by_unit(network, **asked)  # type: ignore[arg-type]
