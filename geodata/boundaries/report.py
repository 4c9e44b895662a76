"""What an import of boundaries tells: problems by feature, counts, and whether anything was written."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    """An error refuses the whole file; a warning is told and the import goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One finding: which feature (1-based; None for the whole file), what is wrong, what to do about it."""

    severity: Severity
    feature: int | None
    label: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = "file" if self.feature is None else f"feature {self.feature}"
        label = f" ({self.label})" if self.label else ""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{self.severity}: {place}{label}: {self.message}{remedy}"


def error(feature: int | None, label: str, message: str, remedy: str = "") -> Problem:
    """A finding that refuses the file."""
    return Problem(Severity.ERROR, feature, label, message, remedy)


def warning(feature: int | None, label: str, message: str, remedy: str = "") -> Problem:
    """A finding that is only told."""
    return Problem(Severity.WARNING, feature, label, message, remedy)


@dataclass(frozen=True)
class BoundaryReport:
    """The outcome of one import; features = created + updated + unchanged when it was accepted."""

    file: str
    level: str
    valid_from: date
    features: int
    problems: tuple[Problem, ...]
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> bool:
        """Whether nothing stands against the file."""
        return not any(problem.severity == Severity.ERROR for problem in self.problems)

    def lines(self, most: int = 60) -> Iterator[str]:
        """The report as text: errors first, at most `most` findings, then one line of summary."""
        ordered = sorted(self.problems, key=lambda problem: problem.severity != Severity.ERROR)
        yield from (str(problem) for problem in ordered[:most])
        if len(ordered) > most:
            yield f"… and {len(ordered) - most} more findings"
        yield self._summary()

    def _summary(self) -> str:
        if not self.accepted:
            errors = sum(problem.severity == Severity.ERROR for problem in self.problems)
            return f"{self.file}: refused for {errors} error(s); nothing was changed"
        told = ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in ("created", "updated", "unchanged"))
        return f"{self.file}: {self.features} outlines of level {self.level} from {self.valid_from}: {told}"


def refusal(file: str, level: str, valid_from: date, problems: Iterable[Problem], features: int = 0) -> BoundaryReport:
    """The report of a file that could not be taken."""
    return BoundaryReport(file, level, valid_from, features, tuple(problems))
