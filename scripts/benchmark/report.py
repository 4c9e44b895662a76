"""The table of a run: on the screen, as Markdown and as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.benchmark.load import Measured
from scripts.benchmark.rows import Goal, Row
from scripts.benchmark.servers import Memory

HEADINGS = ("row", "req/s", "× Flask", "× database", "p50 ms", "p99 ms", "Flask p99", "bytes", "goal")


@dataclass(frozen=True)
class Result:
    """A measured row, or why it was left out (`skipped`)."""

    row: Row
    site: Measured | None
    flask: Measured | None
    database: Measured | None
    skipped: str = ""

    @property
    def to_flask(self) -> float | None:
        return self.site.per_s / self.flask.per_s if self.site and self.flask and self.flask.per_s else None

    @property
    def to_database(self) -> float | None:
        return self.site.per_s / self.database.per_s if self.site and self.database and self.database.per_s else None


@dataclass(frozen=True)
class SizeReport:
    size: str
    institutions: int
    register: dict[str, Any]
    ready_s: float
    memory_mb: list[Memory]
    results: Sequence[Result]

    def rate(self, name: str) -> float | None:
        return next((one.site.per_s for one in self.results if one.row.name == name and one.site), None)


def goal_told(report: SizeReport, result: Result) -> str:
    """Each goal of the row at this size with whether it is met: "≥ 0.8 × flask: met"."""
    goals = [goal for goal in result.row.goals if report.size in goal.sizes]
    return "; ".join(_goal(report, result, goal) for goal in goals)


def _goal(report: SizeReport, result: Result, goal: Goal) -> str:
    if goal.against == "p99":
        slowest = result.site.p99_ms if result.site else None
        return f"p99 ≤ {goal.value:g} ms {_verdict(slowest is not None and slowest <= goal.value)}"
    reached = _ratio(report, result, goal.against)
    return f"≥ {goal.value:g} × {goal.against} {_verdict(reached is not None and reached >= goal.value)}"


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def _ratio(report: SizeReport, result: Result, against: str) -> float | None:
    if against in ("flask", "database"):
        return result.to_flask if against == "flask" else result.to_database
    other = report.rate(against)
    return result.site.per_s / other if result.site and other else None


def cells(report: SizeReport, result: Result) -> tuple[str, ...]:
    if result.site is None:
        return (result.row.title, *[""] * 7, f"left out: {result.skipped}")
    site = result.site
    return (
        result.row.title,
        f"{site.per_s:,.0f}",
        _number(result.to_flask, "{:.3f}"),
        _number(result.to_database, "{:.2f}"),
        _number(site.p50_ms, "{:.1f}"),
        _number(site.p99_ms, "{:.1f}"),
        _number(result.flask.p99_ms if result.flask else None, "{:.1f}"),
        _number(site.bytes_each, "{:,}"),
        goal_told(report, result),
    )


def _number(value: float | None, shape: str) -> str:
    return "" if value is None else shape.format(value)


def heading(report: SizeReport) -> str:
    memory = ", ".join(f"{one.resident:.0f} (share {one.share:.0f})" for one in report.memory_mb)
    register = f"{report.size}: {report.institutions:,} institutions"
    return f"{register}; memory per worker {memory} MB; ready in {report.ready_s} s"


def line(values: Sequence[str]) -> str:
    """A row for the screen."""
    widths = (31, 9, 9, 11, 9, 9, 11, 11)
    shown = [
        values[0].ljust(widths[0]),
        *(text.rjust(width) for text, width in zip(values[1:8], widths[1:], strict=True)),
    ]
    return "".join([*shown, "  ", values[8]]).rstrip()


def markdown(reports: Sequence[SizeReport], machine: dict[str, Any]) -> str:
    parts = [f"{machine['cpus']} processors, {machine['when']}, load before {machine['load_before']}.\n"]
    for report in reports:
        table = [HEADINGS, tuple("---" for _ in HEADINGS), *(cells(report, one) for one in report.results)]
        parts.append(f"### {heading(report)}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in table) + "\n")
    return "\n".join(parts)


def store(folder: Path, reports: Sequence[SizeReport], machine: dict[str, Any]) -> None:
    """`results.json` with everything, `results.md` with the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {"machine": machine, "sizes": {report.size: _json(report) for report in reports}}
    (folder / "results.json").write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n")
    (folder / "results.md").write_text(markdown(reports, machine))


def _json(report: SizeReport) -> dict[str, Any]:
    return {
        "institutions": report.institutions,
        "register": report.register,
        "ready_s": report.ready_s,
        "worker_memory_mb": [one._asdict() for one in report.memory_mb],
        "rows": {one.row.name: _row_json(report, one) for one in report.results},
    }


def _row_json(report: SizeReport, one: Result) -> dict[str, Any]:
    if one.site is None:
        return {"title": one.row.title, "left_out": one.skipped}
    sides = {name: asdict(side) for name in ("site", "flask", "database") if (side := getattr(one, name))}
    ratios = {"to_flask": one.to_flask, "to_database": one.to_database}
    return {
        "title": one.row.title,
        "connections": one.row.connections,
        **sides,
        **ratios,
        "goals": goal_told(report, one),
    }


def machine(when: str) -> dict[str, Any]:
    """What the run ran on; only its ratios say something about another machine."""
    return {
        "when": when,
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": f"{os.getloadavg()[0]:.1f}",
    }
