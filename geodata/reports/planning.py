"""From the form of a report to the exact change set: figures that leave, figures that come, nothing else.

What is left blank stays as the register says it. A figure that differs from a published one is a correction: the old
row is closed and stays readable with the release that said it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from geodata.imports import indicator_findings as _findings  # noqa: F401 - their words
from geodata.imports.checks import explain, finding
from geodata.imports.facts import REPORTED, Fact, as_json
from geodata.imports.indicator_rows import read_figure
from geodata.imports.statements import MAX_CHARS, Problem
from geodata.imports.tables import Row
from geodata.imports.values import text
from geodata.proposals.change_sets import Change
from geodata.proposals.forms import Given
from geodata.reports.questions import Question, questions
from geodata.reports.subjects import Subject, subject_named
from geodata.standard.duties import duties

CELLS = ("value", "numerator", "denominator", "missing_reason")
EVIDENCE = "evidence"
ANSWERS = ("có", "không")
"""Yes and no as the form says them."""

SAID = ("value", "numerator", "denominator", "missing_reason")
KEY = ("indicator_id", "period_id")


@dataclass
class Entry:
    """The cells of one indicator as they were typed."""

    row: Row
    problems: list[Problem] = field(default_factory=list)


def plan_report(session: Session, given: Given, *, this_year: int) -> tuple[Subject, list[Change]]:
    """Whose report it is and what it changes; raises `Faulty` naming every wrong cell as `<indicator>.<cell>`."""
    subject = subject_named(session, given.text("subject", needed=True))
    year = year_of(given, this_year)
    given.done()
    asked = {one.indicator.id: one for one in questions(session, subject, year)}
    if not asked:
        given.fault(
            "period",
            f"Năm {year} không có chỉ số nào phải báo cáo ở đây: có thể cơ sở chưa hoặc không còn hoạt động.",
            f"Nothing is asked here for {year}: perhaps it did not exist yet, or any more.",
        )
        given.done()
    changes: list[Change] = []
    for indicator, cells in figures_in(given.values).items():
        if indicator not in asked:
            given.fault(
                indicator,
                f"Chỉ số “{indicator[:60]}” không áp dụng ở đây cho năm {year}.",
                f"The indicator “{indicator[:60]}” does not apply here for {year}.",
            )
            continue
        wanted = _wanted(given, asked[indicator], cells)
        changes += _change(subject, str(year), asked[indicator], wanted) if wanted else []
    if not changes and not given.faults:
        given.fault("figures", "Chưa có số liệu nào mới hoặc khác.", "No figure is new or different.")
    given.done()
    return subject, changes


def year_of(given: Given, this_year: int) -> int:
    """The year of the report; one to come, or from before anything was collected, is a fault."""
    words = given.text("period", needed=True)
    year = int(words) if words.isascii() and words.isdecimal() and len(words) == 4 else 0
    first = min(duty.first_period for duty in duties().values())
    if year > this_year:
        given.fault("period", f"Năm {year} chưa bắt đầu.", f"The year {year} has not begun.")
    elif year < first:
        given.fault("period", f"Số liệu có từ năm {first}.", f"Figures are collected from {first} on.")
    return year


def figures_in(values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """{indicator: {cell: text}} of what was filled in; evidence alone, without a figure, is no report of it.
    In one order, whatever became of it in the database: a report planned twice is the same report."""
    found = {
        str(indicator): {name: str(cells.get(name) or "").strip() for name in (*CELLS, EVIDENCE)}
        for indicator, cells in (values.get("figures") or {}).items()
    }
    return {indicator: cells for indicator, cells in sorted(found.items()) if any(cells.values())}


def evidence_fault(link: str) -> tuple[str, str] | None:
    """Why a text cannot be the link to evidence, in both languages."""
    if len(link) > MAX_CHARS:
        return f"Liên kết dài quá {MAX_CHARS} ký tự.", f"The link is longer than {MAX_CHARS} characters."
    try:
        parts = urlsplit(link)
        good = parts.scheme == "https" and bool(parts.hostname) and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        good = False
    if good and link.isprintable() and " " not in link:
        return None
    return "Minh chứng là một liên kết bắt đầu bằng https://", "Evidence is a link that begins with https://"


def _wanted(given: Given, question: Question, cells: dict[str, str]) -> dict[str, Any] | None:
    """The figure that the cells state; None with the faults said, or where only a link was given."""
    indicator = question.indicator.id
    wrong = evidence_fault(cells[EVIDENCE]) if cells[EVIDENCE] else None
    if wrong:
        given.fault(f"{indicator}.{EVIDENCE}", *wrong)
    if not any(cells[name] for name in CELLS):
        return None
    for name in CELLS:
        if len(cells[name]) > MAX_CHARS:
            given.fault(f"{indicator}.{name}", f"Tối đa {MAX_CHARS} ký tự.", f"At most {MAX_CHARS} characters.")
            return None
    entry = Entry(Row("report", "values", 1, {name: cells[name] for name in CELLS if cells[name]}))
    found = read_figure(entry, question.measure)
    for problem in entry.problems:
        _fault(given, indicator, problem, entry.row)
    return found if not entry.problems else None


def _fault(given: Given, indicator: str, problem: Problem, row: Row) -> None:
    stored = finding(problem, heading=None, value=text(row.cells.get(problem.field or ""))).as_json()
    (vi, remedy_vi), (en, remedy_en) = explain(stored, "vi"), explain(stored, "en")
    given.fault(f"{indicator}.{problem.field}", f"{vi}. {remedy_vi}", f"{en}. {remedy_en}")


def _change(subject: Subject, period: str, question: Question, wanted: dict[str, Any]) -> list[Change]:
    """Closing what is said otherwise and adding what is wanted; nothing where the register says so already."""
    now = question.now
    if now is not None and all(now[name] == wanted[name] for name in SAID):
        return []
    owner = {"institution_id": subject.id} if subject.institutions else {}
    after = {**owner, "period_id": period, "indicator_id": question.indicator.id, **wanted}
    added = {"about": subject.key, "action": "add", "table": REPORTED, "after": {**after, **_days(now)}}
    return [_closing(subject, now), added] if now is not None else [added]


def _closing(subject: Subject, now: Fact) -> Change:
    return {
        "about": subject.key,
        "action": "close",
        "table": REPORTED,
        "row_id": now["row_id"],
        "before": as_json(now),
    }


def _days(now: Fact | None) -> dict[str, Any]:
    days = as_json({name: now[name] if now else None for name in ("valid_from", "valid_to")})
    return dict(days)
