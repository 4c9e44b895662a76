"""Rows of "Chỉ số": figures with their checks; a gap is stated, and never becomes zero."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.imports.run import publish, rows_of, undo
from geodata.models import IndicatorValue, Report
from tests.geodata.imports.conftest import Stager, register_hash
from tests.geodata.imports.test_sheets import INSTITUTIONS, a_workbook

HEADINGS = ["Mã cơ sở", "Mã chỉ số", "Kỳ báo cáo", "Giá trị", "Tử số", "Mẫu số", "Lý do không có số liệu"]
RATIO, YES = "teacher_digital_content", "digital_infrastructure"


def a_row(indicator: str = RATIO, period: object = 2025, value: object = None, *rest: object) -> list[object]:
    return ["CDT9901", indicator, period, value, *rest]


def file_of(*rows: list[object]):
    return a_workbook(Cơ_sở=INSTITUTIONS[:2], Chỉ_số=(HEADINGS, *rows))


def codes(session: Session, staged: Stager, *rows: list[object]) -> list[tuple[str, list[str]]]:
    """(outcome, codes of the findings) of the rows of figures."""
    run = staged(file_of(*rows))
    found = [row for row in rows_of(session, run) if row.sheet == "Chỉ số"]
    return [(row.outcome, [one["code"] for one in row.findings]) for row in found]


def values(session: Session) -> list[tuple[object, ...]]:
    fact = IndicatorValue
    columns = (fact.value, fact.numerator, fact.denominator, fact.missing_reason)
    return [
        tuple(row) for row in session.execute(select(*columns).where(fact.release_to.is_(None)).order_by(fact.row_id))
    ]


def test_parts_make_the_value_and_a_reason_makes_a_gap(session: Session, staged: Stager) -> None:
    rows = (
        a_row(RATIO, 2025, None, 27, 60),
        a_row("Có hạ tầng số, nền tảng số kết nối với nền tảng số giáo dục nghề nghiệp", "Năm 2025", "không"),
        a_row("programmes_digital_outcomes", "2024", None, None, None, "chưa thống kê"),
    )
    outcomes = codes(session, staged, *rows)
    assert [outcome for outcome, _ in outcomes[:1] + outcomes[2:]] == ["created", "created"], outcomes
    publish(session, staged(file_of(*rows)), actor="officer")
    assert (Decimal(45), Decimal(27), Decimal(60), None) in values(session)
    assert (None, None, None, "chưa thống kê") in values(session)
    assert sorted(session.scalars(select(Report.period_id))) == ["2024", "2025"]


def test_no_is_zero_and_blank_is_not(session: Session, staged: Stager) -> None:
    publish(session, staged(file_of(a_row(YES, 2025, "không"))), actor="officer")
    assert values(session) == [(Decimal(0), Decimal(0), Decimal(1), None)]
    assert codes(session, staged, a_row(YES, 2024, None)) == [("rejected", ["no_figure"])]


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (a_row("no_such_indicator", 2025, 10), "unknown_indicator"),
        (a_row("readiness_score", 2025, 10), "computed_indicator"),
        (a_row(RATIO, "đầu năm", 10), "not_a_period"),
        (a_row(RATIO, 2031, 10), "period_to_come"),
        (a_row(RATIO, 2019, 10), "before_first_period"),
        (a_row(RATIO, 2025, "nhiều"), "not_a_number"),
        (a_row(RATIO, 2025, 120), "out_of_range"),
        (a_row(RATIO, 2025, -1), "out_of_range"),
        (a_row(RATIO, 2025, None, 70, 60), "more_than_all"),
        (a_row(RATIO, 2025, 45, 50, 60), "parts_disagree"),
        (a_row(RATIO, 2025, None, 5, 0), "denominator_zero"),
        (a_row(RATIO, 2025, 45, None, None, "mất sổ"), "figure_and_reason"),
        (a_row(YES, 2025, "có lẽ"), "not_yes_or_no"),
    ],
)
def test_wrong_figures_are_rejected(session: Session, staged: Stager, row: list[object], finding: str) -> None:
    ((outcome, found),) = codes(session, staged, row)
    assert outcome == "rejected"
    assert finding in found


def test_a_figure_without_its_base_is_taken_and_warned_about(session: Session, staged: Stager) -> None:
    assert codes(session, staged, a_row(RATIO, 2025, "45,5%")) == [("created", ["no_denominator"])]


def test_totals_of_the_same_thing_must_agree(session: Session, staged: Stager) -> None:
    rows = (
        a_row("s38_04_programmes_reviewed", 2026, None, 5, 10),
        a_row("programmes_digital_outcomes", 2026, None, 3, 9),
        a_row("s38_05_employer_participation", 2026, None, 8, 10),
        a_row("programmes_digital_outcomes", 2025, None, 3, 9),
    )
    assert codes(session, staged, *rows) == [
        ("created", []),
        ("created", ["totals_differ"]),
        ("created", ["totals_differ"]),
        ("created", []),
    ]


def test_the_same_figures_change_nothing_a_correction_replaces_and_undo_restores(
    session: Session, staged: Stager
) -> None:
    before = register_hash(session)
    first = publish(session, staged(file_of(a_row(RATIO, 2025, None, 27, 60))), actor="officer")
    assert codes(session, staged, a_row(RATIO, 2025, 45, 27.0, "60")) == [("unchanged", [])]
    between = register_hash(session)
    second = publish(session, staged(file_of(a_row(RATIO, 2025, None, 30, 60))), actor="officer")
    assert values(session) == [(Decimal(50), Decimal(30), Decimal(60), None)]
    undo(session, second, actor="officer")
    assert register_hash(session) == between
    undo(session, first, actor="officer")
    assert register_hash(session) == before


def test_figures_reach_the_stored_sums(session: Session, staged: Stager) -> None:
    publish(session, staged(file_of(a_row(RATIO, 2025, None, 27, 60))), actor="officer")
    amounts = session.execute(
        text("SELECT amount, weight FROM readiness_figure WHERE indicator_id = :id AND weight > 0"), {"id": RATIO}
    )
    assert [tuple(row) for row in amounts] == [(Decimal(27), Decimal(60))]
