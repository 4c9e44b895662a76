"""Stored sums, sums on request and plain Python agree."""

from collections import defaultdict
from datetime import date
from statistics import fmean

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.indicators import AppliesTo, Indicator, indicators
from geodata.overlays import Filters, by_unit, unplaced
from geodata.readiness_score import readiness_score, score_formula
from geodata.standard import verdict
from tests.builders import an_institution, publish
from tests.geodata.overlays.reporting import tell

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
FILTERS = (
    Filters(),
    Filters(types=("college", "intermediate_school")),
    Filters(ownerships=("private",)),
    Filters(training_levels=("elementary",)),
    Filters(types=("college",), ownerships=("public",), training_levels=("college",)),
)


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("indicator", ["teacher_digital_competence", "learner_records_digitised", "readiness_score"])
def test_an_earlier_release_answers_as_it_did_when_it_was_current(
    network: Session, indicator: str, filters: Filters
) -> None:
    questions = [("province", OLD), ("district", OLD), ("commune", NEW)]

    def answers() -> list[object]:
        found = (by_unit(network, indicator, level=level, on=on, filters=filters, release=1) for level, on in questions)
        return [(overlay.rows, overlay.whole) for overlay in found]

    stored = answers()
    publish(network, an_institution(province="01", former_province="01"))
    network.execute(text("UPDATE readiness_figure SET applicable = 1000"))
    assert answers() == stored


def test_the_score_in_sql_is_the_published_formula(network: Session) -> None:
    told: dict[str, dict[str, float]] = defaultdict(dict)
    for row in network.execute(
        text(
            "SELECT institution_id, indicator_id, value, numerator, denominator FROM indicator_value JOIN report"
            " ON report.id = report_id WHERE period_id = '2024' AND institution_id IS NOT NULL AND value IS NOT NULL"
        )
    ):
        told[row.institution_id][row.indicator_id] = float(100 * row.numerator / row.denominator)
    standing = network.execute(
        text(
            "SELECT institution_id, type, ownership, occupations FROM institution_state WHERE is_main"
            " AND status IN ('active', 'suspended') AND release_to IS NULL AND coalesce(valid_from, '-infinity')"
            " <= '2024-12-31' AND coalesce(valid_to, 'infinity') > '2024-12-31'"
        )
    ).all()
    members = [indicators()[member] for group in score_formula().themes.values() for member in group]

    def applies(indicator: Indicator, row: object) -> bool:
        audience = indicator.applies_to or AppliesTo()
        teaches_it = any(code[1:3] == "48" for code in row.occupations)  # type: ignore[attr-defined]
        evident = indicator.base != "it_programmes" or teaches_it or indicator.id in told[row.institution_id]  # type: ignore[attr-defined]
        return row.type in audience.types and row.ownership in audience.ownership and evident  # type: ignore[attr-defined]

    scores = []
    for row in standing:
        asked = [indicator.id for indicator in members if applies(indicator, row)]
        score = readiness_score(told[row.institution_id], asked)
        scores += [score.value] if score else []
    overlay = by_unit(network, "readiness_score", level="province", on=NEW, period="2024")
    assert (overlay.whole.n, overlay.whole.N) == (len(scores), len(standing))
    assert overlay.whole.value == pytest.approx(fmean(scores), abs=1e-4)


def test_the_verdict_in_sql_is_that_of_the_standard(places: Session) -> None:
    good = {f"s38_c{number}": True for number in range(1, 7)}
    thresholds = {item.id: item for item in indicators().values() if item.id.startswith("s38_") and item.numerator_vi}
    figures = dict.fromkeys(thresholds, (90, 100))
    failing = {**good, **figures, next(iter(thresholds)): (-0 + 1, 100)}
    below = {**good, **figures, "s38_c6": False}
    incomplete = {**good, **dict(list(figures.items())[1:])}
    reports = [{**good, **figures}, failing, below, incomplete, {}]
    taught = (("6510202", "college", (None, None)),)
    schools = [an_institution(province="48", programmes=taught) for _ in reports]
    untaught = an_institution(province="48")
    publish(places, *schools, untaught)
    tell(places, 2026, {school.id: report for school, report in zip(schools, reports, strict=True)})
    whole = by_unit(places, "s38_meets_standard", level="province", on=NEW, period="2026").whole
    codes = {item.id: item.code for item in verdict.standard().indicators}

    def judged(report: dict[str, object]) -> verdict.Verdict:
        told = {name.removeprefix("s38_c"): bool(value) for name, value in report.items() if name in good}
        measured = {codes[name]: float(value[0]) for name, value in report.items() if name in codes}  # type: ignore[index]
        return verdict.assess(2026, told, measured).verdict

    verdicts = [judged(report) for report in reports]
    assert len(schools) == whole.N
    assert whole.n == sum(found in (verdict.Verdict.MET, verdict.Verdict.NOT_MET) for found in verdicts) == 3
    assert whole.value == pytest.approx(100 * verdicts.count(verdict.Verdict.MET) / whole.n, abs=1e-4)
    assert (whole.target, whole.met) == (None, None)


@pytest.mark.parametrize("indicator", ["teacher_digital_competence", "digital_school", "it_programmes_updated"])
def test_the_list_behind_the_row_without_a_unit_is_as_long_as_its_count(network: Session, indicator: str) -> None:
    for level, on in (("district", OLD), ("commune", NEW), ("province", NEW)):
        overlay = by_unit(network, indicator, level=level, on=on, period="2024")
        rest = [row.N for row in overlay.rows if row.unit is None]
        assert len(unplaced(network, overlay, limit=1000)) == sum(rest)
