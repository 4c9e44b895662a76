"""Rows of "Chỉ số": one reported figure of an institution, an indicator and a year. A gap is stated, never zero."""

import re
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

from geodata.figures.measures import Formula, Measure, measures
from geodata.imports import values
from geodata.imports.facts import Fact, plain
from geodata.imports.related import Reading
from geodata.imports.statements import Problem
from geodata.imports.tables import Row
from geodata.indicators import indicators
from geodata.text import fold

_YEAR = re.compile(r"(?:năm\s+|kỳ\s+)?(20\d\d)(?:\.0)?", re.I)
YES = frozenset({"có", "co", "đạt", "dat", "rồi", "yes", "true", "x"})
NO = frozenset({"không", "khong", "chưa", "chua", "không đạt", "chưa đạt", "no", "false"})
TOLERANCE = Decimal("0.6")
"""Percentage points by which a stated value may differ from its own parts: people round to whole per cent."""

LARGEST = Decimal(1000)
REPORTED = (Formula.RATIO, Formula.YES, Formula.PASSES)
"""What institutions report; the score and the verdict are computed."""

Numbers = tuple[Decimal | None, Decimal | None, Decimal | None]


class Told(Protocol):
    """Cells of a row or of a form, and what is wrong with them."""

    @property
    def row(self) -> Row: ...
    @property
    def problems(self) -> list[Problem]: ...


def indicator_value(reading: Reading) -> None:
    """A row of "Chỉ số": a value or its parts, or why there is none."""
    measure = _measure(reading)
    period = _period(reading, measure)
    figure = read_figure(reading, measure) if measure else None
    if measure is None or period is None or figure is None:
        return
    identity = {"indicator_id": measure.id, "period_id": period}
    known = [f for f in reading.facts("indicator_value") if all(f[key] == value for key, value in identity.items())]
    wanted = {**identity, **figure, "valid_from": None, "valid_to": None}
    _compare_bases(reading, measure, period, wanted)
    reading.changes.state_whole("indicator_value", known[-1] if known else None, wanted, field="value")


def _measure(reading: Reading) -> Measure | None:
    words = reading.require("indicator")
    if words is None:
        return None
    found = _named().get(fold(words))
    if found is None:
        reading.problems.append(Problem("unknown_indicator", "indicator"))
        return None
    if found.formula not in REPORTED:
        reading.problems.append(Problem("computed_indicator", "indicator"))
        return None
    return found


def indicator_asked(words: str) -> str | None:
    """The id of the institutions' indicator with this id or name."""
    found = _named().get(fold(words))
    return found.id if found else None


def year_asked(words: str) -> int | None:
    """The year that the words of a reporting period name."""
    year = _YEAR.fullmatch(words.strip())
    return int(year[1]) if year else None


@cache
def _named() -> dict[str, Measure]:
    """Measures by id and by both names, folded."""
    found: dict[str, Measure] = {}
    for measure in measures().values():
        entry = indicators()[measure.id]
        for name in (entry.id, entry.id.replace("_", " "), entry.name_vi, entry.name_en):
            found.setdefault(fold(name), measure)
    return found


def _period(reading: Reading, measure: Measure | None) -> str | None:
    words = reading.require("period")
    year = _YEAR.fullmatch(words.strip()) if words else None
    if words is None:
        return None
    if year is None:
        reading.problems.append(Problem("not_a_period", "period"))
        return None
    if int(year[1]) > reading.changes.occasion.today.year:
        reading.problems.append(Problem("period_to_come", "period"))
        return None
    if measure and int(year[1]) < measure.first_period:
        details = {"first": str(measure.first_period)}
        reading.problems.append(Problem("before_first_period", "period", details))
        return None
    return year[1]


def is_yes_or_no(measure: Measure) -> bool:
    """Whether a subject answers by yes or no: it has something, or meets a condition of the standard."""
    return measure.formula is Formula.YES or (measure.formula is Formula.PASSES and measure.threshold is None)


def read_figure(reading: Told, measure: Measure) -> dict[str, Any] | None:
    """The columns of the fact, or None with the problems said."""
    reason = _text(reading.row, "missing_reason")
    numbers = _yes_or_no(reading) if is_yes_or_no(measure) else _numbers(reading)
    if numbers is None:
        return None
    value, numerator, denominator = numbers
    if value is None and reason is None:
        reading.problems.append(Problem("no_figure", "value"))
        return None
    if value is not None and reason is not None:
        reading.problems.append(Problem("figure_and_reason", "missing_reason"))
        return None
    if value is not None and not is_yes_or_no(measure) and not _within(reading, measure, value):
        return None
    if measure.formula is Formula.RATIO and value is not None and not denominator:
        reading.problems.append(Problem("no_denominator", "denominator"))
    return {
        "value": plain(value),
        "numerator": plain(numerator),
        "denominator": plain(denominator),
        "missing_reason": reason,
    }


def _yes_or_no(reading: Told) -> Numbers | None:
    """(100 or 0, 1 or 0, 1); nothing for a blank."""
    words = (_text(reading.row, "value") or _text(reading.row, "numerator") or "").casefold()
    if not words:
        return None, None, None
    told = yes_or_no(words)
    if told is None:
        reading.problems.append(Problem("not_yes_or_no", "value"))
        return None
    return (Decimal(100), Decimal(1), Decimal(1)) if told else (Decimal(0), Decimal(0), Decimal(1))


def yes_or_no(words: str) -> bool | None:
    """What was written for yes or no, in words or as a figure (1, 100 %, 0); None for neither."""
    folded = words.casefold()
    if folded in YES or folded.rstrip("%") in ("1", "100"):
        return True
    return False if folded in NO or folded.rstrip("%") == "0" else None


def _numbers(reading: Told) -> Numbers | None:
    """Value and parts; the value from its parts where it is left out, and both must agree where it is not."""
    try:
        value, numerator, denominator = (_number(reading, field) for field in ("value", "numerator", "denominator"))
    except ValueError:
        return None
    if any(part is not None and part < 0 for part in (numerator, denominator)):
        reading.problems.append(Problem("not_a_count", "numerator" if (numerator or 0) < 0 else "denominator"))
        return None
    if numerator is not None and not denominator and value is None:
        reading.problems.append(Problem("denominator_zero", "denominator"))
        return None
    if numerator is None or not denominator:
        return value, numerator, denominator
    share = round(100 * numerator / denominator, 6)
    if value is not None and abs(share - value) > TOLERANCE:
        details = {"computed": plain(round(share, 2)) or ""}
        reading.problems.append(Problem("parts_disagree", "value", details))
        return None
    return share, numerator, denominator


def _number(reading: Told, field: str) -> Decimal | None:
    """Raises `ValueError` with the problem said."""
    try:
        return values.number(reading.row.cells.get(field))
    except ValueError:
        reading.problems.append(Problem("not_a_number", field))
        raise


def _within(reading: Told, measure: Measure, value: Decimal) -> bool:
    """Shares lie from 0 to 100; intake over its quota may pass 100, and a change of scale may be negative."""
    loose = indicators()[measure.id].base == "quota" or (measure.threshold or 0) < 0
    lowest, highest = (Decimal(-100), LARGEST) if (measure.threshold or 0) < 0 else (Decimal(0), Decimal(100))
    highest = LARGEST if loose else highest
    if lowest <= value <= highest:
        return True
    if value > highest and _text(reading.row, "value") is None:
        reading.problems.append(Problem("more_than_all", "numerator"))
        return False
    details = {"lowest": plain(lowest) or "", "highest": plain(highest) or ""}
    reading.problems.append(Problem("out_of_range", "value", details))
    return False


def _compare_bases(reading: Reading, measure: Measure, period: str, wanted: Fact) -> None:
    """Figures of one institution and year that share a base (all teachers) should state the same denominator."""
    base, said = indicators()[measure.id].base, wanted["denominator"]
    if said is None or base in (None, "institutions"):
        return
    for fact in reading.facts("indicator_value"):
        other = measures().get(fact["indicator_id"])
        same = other is not None and fact["period_id"] == period and indicators()[other.id].base == base
        if same and fact["indicator_id"] != measure.id and fact["denominator"] not in (None, said):
            details = {"other": indicators()[fact["indicator_id"]].name_vi, "denominator": fact["denominator"]}
            reading.problems.append(Problem("totals_differ", "denominator", details))
            return


def _text(row: Row, field: str) -> str | None:
    """The cell's words; unlike elsewhere "không" is an answer here."""
    words = values.text(row.cells.get(field))
    return None if words is None or words in ("-", "–", "…", "...") else words
