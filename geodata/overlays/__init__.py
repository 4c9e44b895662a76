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
from geodata.overlays.change import Change, UnitChange, change
from geodata.overlays.projection import Projection, project
from geodata.overlays.question import Filters, NoFigures, NotFilterable, UnknownTarget, Vintage
from geodata.overlays.sites import Site, count_sites, sites
from geodata.overlays.standings import Standing, standings
from geodata.overlays.trend import Trend, trend
from geodata.overlays.unplaced import Unplaced, unplaced

__all__ = [
    "Change",
    "Filters",
    "NoFigures",
    "NotFilterable",
    "Overlay",
    "Projection",
    "Site",
    "Standing",
    "Trend",
    "UnitChange",
    "UnitFigure",
    "UnknownTarget",
    "Unplaced",
    "Vintage",
    "by_unit",
    "change",
    "count_sites",
    "periods_with_reports",
    "project",
    "silent_documents",
    "sites",
    "standings",
    "trend",
    "unplaced",
]
