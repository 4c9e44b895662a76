"""Who has reported and who has not; schools of defence and police; figures of the whole country."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from geodata.models import IndicatorValue, Report
from geodata.overlays import by_unit
from geodata.overlays.trend import trend
from geodata.records import get
from geodata.standard.duties import UnknownDuty, duties, duty_named
from geodata.standard.load import standard
from geodata.standard.of_institution import is_defence_or_police, standard_of
from geodata.standard.reporting import reporters, reporting, reporting_of
from geodata.standard.verdict import Outcome, Verdict
from geodata.unit_reads import unit
from tests.builders import an_institution, publish
from tests.geodata.overlays.reporting import add_indicator, add_period, tell

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)
ALWAYS = (None, None)
CONDITIONS = {condition.id: True for condition in standard().conditions}
REACHED = {item.id: (int(item.value), 100) for item in standard().indicators if item.value > 0}
FULL = {**CONDITIONS, **REACHED, "s38_02_scale_change": (0, 100)}


def a_school(**more: object) -> object:
    return an_institution(
        province="01",
        former_province="01",
        programmes=(("6510202", "college", ALWAYS),),
        **more,
    )


def test_deadlines_of_the_documents() -> None:
    assert {duty.id: duty.last_day(2026) for duty in duties().values()} == {
        "circular-38": date(2027, 3, 31),
        "hcmc-plan": date(2026, 12, 9),
        "register-readiness": date(2027, 3, 31),
    }
    assert duties()["circular-38"].data_day(2026) == date(2026, 12, 31)


def test_the_circular_asks_nothing_before_its_first_data_year() -> None:
    assert duty_named(None, 2025).id == "register-readiness"
    assert duty_named(None, 2026).id == "circular-38"
    with pytest.raises(UnknownDuty, match="2025"):
        duty_named("circular-38", 2025)
    with pytest.raises(UnknownDuty):
        duty_named(None, 2019)


def test_reported_and_silent_sum_to_those_asked_in_every_vintage(network: Session) -> None:
    duty = duty_named(None, 2024)
    found = [
        reporting(network, duty, 2024, level=level, on=on)
        for level, on in (("province", OLD), ("district", OLD), ("province", NEW), ("commune", NEW))
    ]
    assert len({one.whole for one in found}) == 1
    assert found[0].whole.reported > 0 < found[0].whole.silent
    for one in found:
        assert sum(row.counts.asked for row in one.rows) == one.whole.asked
        assert sum(row.counts.reported for row in one.rows) == one.whole.reported


def test_the_list_holds_exactly_those_counted(network: Session) -> None:
    duty, hanoi = duty_named(None, 2024), unit(network, "01@2025-06-30")
    counts = reporting_of(network, duty, 2024, hanoi)
    row = next(
        row for row in reporting(network, duty, 2024, level="province", on=OLD).rows if row.unit and row.unit == hanoi
    )
    assert counts == row.counts
    for reported, expected in ((True, counts.reported), (False, counts.silent), (None, counts.asked)):
        listed, matched = reporters(network, duty, 2024, unit=hanoi, reported=reported, limit=1000)
        assert (len(listed), matched) == (expected, expected)
        assert {one.reported for one in listed} <= {reported} if reported is not None else {True, False}


def test_a_plan_of_a_city_asks_only_those_of_its_territory(network: Session) -> None:
    found = reporting(network, duty_named("hcmc-plan", 2024), 2024, level="province", on=OLD)
    assert {row.unit.code for row in found.rows if row.unit and row.counts.asked} == {"79"}


def test_a_stated_gap_is_a_report_and_lateness_is_told(network: Session) -> None:
    one, two = an_institution(province="01"), an_institution(province="01")
    publish(network, one, two)
    tell(network, 2024, {one.id: {"teacher_digital_competence": None}, two.id: {"teacher_digital_competence": (1, 2)}})
    network.execute(
        text("UPDATE report SET submitted_at = :at WHERE institution_id = :id"),
        {"at": datetime(2025, 3, 31, 18, 0, tzinfo=UTC), "id": one.id},  # the 1st of April in Vietnam
    )
    listed, _ = reporters(network, duty_named(None, 2024), 2024, reported=True, limit=5000)
    found = {reporter.id: reporter for reporter in listed}
    assert (found[one.id].sent_on, found[one.id].late) == (date(2025, 4, 1), True)
    assert (found[two.id].sent_on, found[two.id].late) == (None, None)


def test_who_reports_in_a_later_release_had_not_reported_before(network: Session) -> None:
    school = an_institution(province="01")
    before = publish(network, school).id
    tell(network, 2024, {school.id: {"teacher_digital_competence": (1, 2)}})
    duty = duty_named(None, 2024)
    then, now = (
        reporting(network, duty, 2024, level="province", on=NEW, release=release).whole for release in (before, None)
    )
    assert (now.asked, now.reported) == (then.asked, then.reported + 1)


def test_a_period_nobody_reported_on_yet_lists_everyone_the_circular_concerns(network: Session) -> None:
    whole = reporting(network, duty_named(None, 2026), 2026, level="province", on=NEW).whole
    everyone = reporting(network, duty_named("register-readiness", 2026), 2026, level="province", on=NEW).whole
    assert 0 < whole.asked < everyone.asked
    assert whole.reported == 0


@pytest.mark.parametrize(
    ("body", "spared"),
    [
        ("Bộ Quốc phòng", True),
        ("Cục Nhà trường, BỘ QUỐC PHÒNG", True),
        ("Bộ Công an", True),
        ("Bộ Công Thương", False),
        ("Công an nhân dân", False),
        (None, False),
    ],
)
def test_the_managing_body_tells_defence_and_police_schools(body: str | None, spared: bool) -> None:
    assert is_defence_or_police(body) is spared


def test_condition_5_does_not_concern_defence_and_police_schools(network: Session) -> None:
    army = a_school(attributes=(("managing_body", "Bộ Quốc phòng", ALWAYS),))
    civil = a_school(attributes=(("managing_body", "Bộ Công Thương", ALWAYS),))
    publish(network, army, civil)
    told = {**FULL, "s38_c5": False}
    tell(network, 2026, {army.id: told, civil.id: told})
    on, known = date(2027, 5, 1), {}
    for school in (army, civil):
        known[school.id] = standard_of(get(network, school.id, on=on), 2026)
    assert (known[army.id].spared, known[army.id].assessment.verdict) == (True, Verdict.MET)
    assert known[army.id].assessment.conditions["5"] is Outcome.NOT_APPLICABLE
    assert (known[civil.id].spared, known[civil.id].assessment.failed) == (False, ("5",))
    verdicts = by_unit(network, "s38_meets_standard", level="province", on=NEW, period="2026").whole
    assert (verdicts.n, verdicts.value) == (2, 50.0)
    asked = [by_unit(network, name, level="province", on=NEW, period="2026").whole.N for name in ("s38_c4", "s38_c5")]
    assert asked[0] - asked[1] >= 1


def test_no_verdict_for_a_year_before_2026(network: Session) -> None:
    school = a_school()
    publish(network, school)
    found = standard_of(get(network, school.id, on=NEW), 2025)
    assert (found.assessment.verdict, found.assessment.failed) == (Verdict.NO_VERDICT, ())


def test_a_milestone_of_the_country_has_a_place(network: Session) -> None:
    milestone = "network_map"
    add_period(network, 2024)
    add_indicator(network, milestone)
    report = Report(period_id="2024", subject_kind="territory", state="published")
    network.add(report)
    network.flush()
    network.add(IndicatorValue(report_id=report.id, indicator_id=milestone, value=1, release_from=1, source_id=1))
    network.flush()
    found = by_unit(network, milestone, level="province", on=NEW, period="2024")
    rest = next(row for row in found.rows if row.unit is None)
    assert (rest.value, rest.n, rest.met) == (1.0, 1, True)
    assert dict(trend(network, milestone, unit=None).points)["2024"].value == 1.0


def test_counting_is_done_once_for_a_publication(network: Session) -> None:
    duty = duty_named("register-readiness", 2024)
    first = reporting(network, duty, 2024, level="province", on=NEW)
    asked: list[str] = []
    event.listen(network.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert reporting(network, duty, 2024, level="province", on=date(2026, 1, 1)).whole == first.whole
    assert not [sql for sql in asked if "FROM report" in sql]
    silent = a_school()
    publish(network, silent)
    assert reporting(network, duty, 2024, level="province", on=NEW).whole.asked == first.whole.asked + 1
