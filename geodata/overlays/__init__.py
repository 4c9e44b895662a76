"""Readiness overlays: figures per administrative unit of any vintage, from what each institution reported.

The door to the package: `by_unit` answers for every unit of a level, `trend` for one unit over the periods.
"""

from geodata.overlays.by_unit import (
    Overlay,
    UnitFigure,
    by_unit,
    periods_with_reports,
    silent_documents,
)
from geodata.overlays.question import Filters, NoFigures, NotFilterable, UnknownTarget, Vintage
from geodata.overlays.trend import Trend, trend
from geodata.overlays.unplaced import Unplaced, unplaced

__all__ = [
    "Filters",
    "NoFigures",
    "NotFilterable",
    "Overlay",
    "Trend",
    "UnitFigure",
    "UnknownTarget",
    "Unplaced",
    "Vintage",
    "by_unit",
    "periods_with_reports",
    "silent_documents",
    "trend",
    "unplaced",
]
