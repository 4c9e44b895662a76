"""Changes between two periods, and the straight line that carries a figure on."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from geodata.indicators import indicators
from geodata.overlays import NoFigures, Trend, by_unit, change, project, trend
from geodata.overlays.by_unit import figure
from geodata.overlays.sums import Pair
from geodata.targets import target_named

NEW = date(2025, 7, 1)
INDICATOR = indicators()["teacher_digital_competence"]


def a_trend(values: dict[int, float | None], target: str | None = None) -> Trend:
    empty = figure(INDICATOR, None, Pair(), None)
    points = tuple((str(year), replace(empty, value=value)) for year, value in values.items())
    return Trend(target_named(target) if target else None, points)


def test_a_line_goes_on_as_before() -> None:
    found = project(INDICATOR, a_trend({2022: 10.0, 2023: 20.0, 2024: 30.0, 2025: 40.0}))
    assert found is not None
    assert found.points == ((2026, 50.0), (2027, 60.0), (2028, 70.0), (2029, 80.0), (2030, 90.0))
    assert (found.yearly, found.through, found.reached_in) == (10.0, ("2022", "2023", "2024", "2025"), None)


def test_it_is_the_line_of_least_squares() -> None:
    found = project(INDICATOR, a_trend({2022: 10.0, 2023: 30.0, 2025: 40.0}))
    assert found is not None
    assert found.yearly == pytest.approx(9.29, abs=0.005)
    assert found.points[0] == (2026, pytest.approx(51.43, abs=0.005))


@pytest.mark.parametrize(
    "values", [{}, {2024: 10.0, 2025: 20.0}, {2022: 10.0, 2023: None, 2024: None, 2025: 20.0}, {2030: 1.0}]
)
def test_fewer_than_three_points_make_no_line(values: dict[int, float | None]) -> None:
    assert project(INDICATOR, a_trend(values)) is None


def test_milestones_have_no_line() -> None:
    assert project(indicators()["network_map"], a_trend({2022: 0.0, 2023: 0.0, 2024: 1.0})) is None


def test_a_line_stays_between_0_and_100() -> None:
    rising, falling = (
        project(INDICATOR, a_trend(values))
        for values in ({2023: 60.0, 2024: 80.0, 2025: 99.0}, {2023: 40.0, 2024: 20.0, 2025: 1.0})
    )
    assert rising is not None
    assert falling is not None
    assert rising.points[-1] == (2030, 100.0)
    assert falling.points[-1] == (2030, 0.0)


def test_only_the_last_five_periods_count() -> None:
    found = project(INDICATOR, a_trend({year: 50.0 if year < 2021 else year - 2000.0 for year in range(2018, 2026)}))
    assert found is not None
    assert (found.through, found.yearly) == (("2021", "2022", "2023", "2024", "2025"), 1.0)


def test_the_year_in_which_a_target_would_be_reached() -> None:
    target = "2222-teacher-digital-competence-2030"
    value = target_named(target).value  # type: ignore[union-attr]
    values = {2023: value - 30.0, 2024: value - 20.0, 2025: value - 10.0}
    found = project(INDICATOR, a_trend(values, target))
    assert found is not None
    assert found.reached_in == 2026


def test_a_real_trend_can_be_carried_on(network: Session) -> None:
    found = project(INDICATOR, trend(network, INDICATOR.id, unit=None))
    assert found is not None
    assert [year for year, _ in found.points] == [2026, 2027, 2028, 2029, 2030]


@pytest.mark.parametrize("level", ["province", "commune"])
def test_a_change_is_the_later_figure_less_the_earlier(network: Session, level: str) -> None:
    found = change(network, INDICATOR.id, level=level, on=NEW, since="2023", period="2025")
    earlier, later = (by_unit(network, INDICATOR.id, level=level, on=NEW, period=when) for when in ("2023", "2025"))
    assert (found.earlier, found.later) == (earlier, later)
    known = 0
    for row, before, after in zip(found.rows, earlier.rows, later.rows, strict=False):
        if before.value is None or after.value is None:
            assert row.difference is None
        else:
            known += 1
            assert row.difference == pytest.approx(after.value - before.value, abs=1e-4)
    assert known > 10
    assert found.whole.difference is not None


def test_a_period_without_figures_has_no_change(network: Session) -> None:
    with pytest.raises(NoFigures):
        change(network, INDICATOR.id, level="province", on=NEW, since="2019")
