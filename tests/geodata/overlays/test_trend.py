"""How a unit moved: each year counts those that existed at its end, all against one target."""

from datetime import date

from sqlalchemy.orm import Session

from geodata.overlays import by_unit, trend
from geodata.unit_reads import unit
from tests.builders import an_institution, publish
from tests.geodata.overlays.reporting import tell

TEACHERS = "teacher_digital_competence"
NEW = date(2025, 7, 1)


def test_a_trend_is_the_overlay_of_every_year(network: Session) -> None:
    found = trend(network, TEACHERS, unit=None)
    assert [period for period, _ in found.points] == ["2022", "2023", "2024", "2025"]
    for period, row in found.points:
        whole = by_unit(network, TEACHERS, level="province", on=NEW, period=period, target=found.target.id).whole  # type: ignore[union-attr]
        assert row == whole


def test_a_unit_has_the_trend_of_its_own_vintage(places: Session) -> None:
    old = an_institution(
        former_province="52",
        province="52",
        status=(("active", (None, date(2024, 6, 1))), ("closed", (date(2024, 6, 1), None))),
    )
    lasting = an_institution(former_province="64", province="52")
    publish(places, old, lasting)
    tell(places, 2023, {old.id: {TEACHERS: (1, 4)}, lasting.id: {TEACHERS: (3, 4)}})
    tell(places, 2024, {lasting.id: {TEACHERS: (4, 4)}})

    def course(reference: str) -> list[tuple[str, float | None, int]]:
        found = trend(places, TEACHERS, unit=unit(places, reference))
        return [(period, row.value, row.N) for period, row in found.points]

    assert course("52@2025-06-30") == [("2023", 25.0, 1), ("2024", None, 0)]
    assert course("52") == [("2023", 50.0, 2), ("2024", 100.0, 1)]


def test_nobody_ever_reported_is_no_trend(places: Session) -> None:
    assert trend(places, TEACHERS, unit=None).points == ()
