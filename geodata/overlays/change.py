"""How an indicator moved between two periods, unit by unit: the later figure less the earlier one, where both exist."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from geodata.overlays.by_unit import DIGITS, Overlay, UnitFigure, by_unit
from geodata.overlays.question import Filters
from geodata.unit_reads import Unit


@dataclass(frozen=True)
class UnitChange:
    """A unit's figures of both periods; `unit` None: those that no unit can be given, or the whole. `difference` is in
    points of the indicator's unit, None unless both periods have data: silence is no change."""

    unit: Unit | None
    earlier: UnitFigure
    later: UnitFigure

    @property
    def difference(self) -> float | None:
        if self.earlier.value is None or self.later.value is None:
            return None
        return round(self.later.value - self.earlier.value, DIGITS)


@dataclass(frozen=True)
class Change:
    """`rows`: one per unit of the level by code, then `unit` None where anyone is left over in either period."""

    earlier: Overlay
    later: Overlay
    rows: tuple[UnitChange, ...]
    whole: UnitChange


def change(
    session: Session,
    indicator: str,
    *,
    level: str,
    on: date,
    since: str,
    period: str | None = None,
    filters: Filters | None = None,
    release: int | None = None,
) -> Change:
    """What changed from `since` to `period` (None: the latest). Each period counts those that existed at its end.

    Raises what `by_unit` raises.
    """
    earlier, later = (
        by_unit(session, indicator, level=level, on=on, period=when, filters=filters, release=release)
        for when in (since, period)
    )
    before = {row.unit.key if row.unit else None: row for row in earlier.rows}
    after = {row.unit.key if row.unit else None: row for row in later.rows}
    both = [key for key in after if key is not None]
    rows = [UnitChange(after[key].unit, before[key], after[key]) for key in both]
    if None in before and None in after:
        rows.append(UnitChange(None, before[None], after[None]))
    return Change(earlier, later, tuple(rows), UnitChange(None, earlier.whole, later.whole))
