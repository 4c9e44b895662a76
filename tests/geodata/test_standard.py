"""Circular 38/2026: pass or fail, a single failure decides, and nothing is judged before its first data year."""

from datetime import date

import pytest

from geodata.standard.as_catalogue import VERDICT_ID, legal_indicators, legal_targets
from geodata.standard.load import standard
from geodata.standard.verdict import Assessment, Outcome, Verdict, assess

REQUIREMENTS = {r.code: True for c in standard().conditions for r in c.requirements}
FIGURES = {i.code: i.value for i in standard().indicators}


def assessed(
    requirements: dict[str, bool] | None = None,
    figures: dict[str, float] | None = None,
    *,
    defence_or_police: bool = False,
    planned_reduction: bool = False,
) -> Assessment:
    """All thresholds just reached in 2026, but for what is given."""
    return assess(
        2026,
        {**REQUIREMENTS, **(requirements or {})},
        {**FIGURES, **(figures or {})},
        defence_or_police=defence_or_police,
        planned_reduction=planned_reduction,
    )


def test_six_conditions_with_their_requirements() -> None:
    assert {c.code: len(c.requirements) for c in standard().conditions} == {
        **{"1": 4, "2": 3, "3": 2},
        **{"4": 4, "5": 3, "6": 4},
    }


def test_ten_thresholds() -> None:
    assert {i.code: (i.comparator.value, i.value) for i in standard().indicators} == {
        **{"01": (">=", 50), "02": (">=", -30), "03": (">=", 60), "04": (">=", 60), "05": (">=", 70)},
        **{"06": (">=", 20), "07": (">=", 60), "08": (">=", 70), "09": (">=", 70), "10": (">=", 70)},
    }
    assert [i.code for i in standard().indicators if i.every_programme] == ["03", "06"]


def test_dates_of_the_circular() -> None:
    law = standard()
    assert law.in_force == date(2026, 4, 29)
    assert law.first_period == 2026
    assert law.data_day(2026) == date(2026, 12, 31)
    assert law.report_deadline(2026) == date(2027, 3, 31)
    assert law.transition_ends == date(2031, 4, 29)


@pytest.mark.parametrize(
    ("founded", "by"),
    [
        (date(1990, 1, 1), date(2031, 4, 29)),
        (date(2025, 12, 31), date(2031, 4, 29)),
        (None, date(2031, 4, 29)),
        (date(2026, 1, 1), date(2026, 4, 29)),
        (date(2027, 9, 1), date(2027, 9, 1)),
    ],
)
def test_institutions_founded_before_2026_have_sixty_months(founded: date | None, by: date) -> None:
    assert standard().must_meet_by(founded) == by


def test_reaching_every_threshold_meets_the_standard() -> None:
    found = assessed()
    assert (found.verdict, found.failed, found.missing) == (Verdict.MET, (), ())


@pytest.mark.parametrize("code", sorted(REQUIREMENTS))
def test_one_requirement_fails_its_condition_and_the_standard(code: str) -> None:
    found = assessed({code: False})
    assert (found.verdict, found.failed) == (Verdict.NOT_MET, (code[0],))


@pytest.mark.parametrize("code", sorted(FIGURES))
def test_one_indicator_below_its_threshold_fails_the_standard(code: str) -> None:
    found = assessed(figures={code: FIGURES[code] - 0.01})
    assert (found.verdict, found.failed) == (Verdict.NOT_MET, (code,))


def test_a_planned_reduction_excuses_a_fall_in_scale_only() -> None:
    assert assessed(figures={"02": -80}, planned_reduction=True).verdict is Verdict.MET
    assert assessed(figures={"01": 49}, planned_reduction=True).failed == ("01",)


def test_figures_are_rounded_to_two_decimals_half_up() -> None:
    assert assessed(figures={"06": 19.995}).verdict is Verdict.MET
    assert assessed(figures={"06": 19.994}).failed == ("06",)


def test_defence_and_police_schools_are_spared_1_4_and_condition_5() -> None:
    spared = {"1.4": False, "5.1": False, "5.2": False, "5.3": False}
    found = assessed(spared, defence_or_police=True)
    assert found.verdict is Verdict.MET
    assert found.conditions["5"] is Outcome.NOT_APPLICABLE
    assert assessed(spared).failed == ("1", "5")
    assert assessed({"1.3": False}, defence_or_police=True).failed == ("1",)


def test_a_gap_is_neither_pass_nor_fail() -> None:
    without = {code: figure for code, figure in FIGURES.items() if code != "08"}
    found = assess(2026, REQUIREMENTS, without)
    assert (found.verdict, found.failed, found.missing) == (Verdict.INCOMPLETE, (), ("08",))
    assert assess(2026, {**REQUIREMENTS, "6.3": False}, without).verdict is Verdict.NOT_MET


def test_whole_conditions_may_be_reported_instead_of_requirements() -> None:
    whole = {c.code: True for c in standard().conditions}
    assert assess(2026, whole, FIGURES).verdict is Verdict.MET
    assert assess(2026, {**whole, "6": False}, FIGURES).failed == ("6",)
    assert assess(2026, {**whole, "6.4": False}, FIGURES).failed == ("6",)


def test_nothing_reported_is_incomplete() -> None:
    found = assess(2026, {}, {})
    assert found.verdict is Verdict.INCOMPLETE
    assert len(found.missing) == 16


@pytest.mark.parametrize("period", [2022, 2025])
def test_earlier_years_have_no_verdict(period: int) -> None:
    found = assess(period, {"6.1": False}, {})
    assert (found.verdict, found.failed, found.missing) == (Verdict.NO_VERDICT, (), ())


def test_the_catalogue_lists_sixteen_requirements_and_the_verdict() -> None:
    assert len(legal_targets()) == 16
    assert {t.indicator.id for t in legal_targets()} | {VERDICT_ID} == set(legal_indicators())
    assert {(t.clause.path.split(".")[0], t.clause.part) for t in legal_targets()} == {
        ("6", "article"),
        ("7", "article"),
    }
    assert not any(i.has_period(2025) for i in legal_indicators().values())
    assert all(i.has_period(2026) for i in legal_indicators().values())
