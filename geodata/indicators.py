"""The installed indicators: readiness, authorities, milestones, context, our own score and the legal standard."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from geodata.catalogue.documents import documents
from geodata.catalogue.indicator import (
    AppliesTo,
    Direction,
    Indicator,
    IndicatorKind,
    IndicatorRole,
    Sector,
    Theme,
    Unit,
    load_indicators,
)
from geodata.catalogue.rows import catalogue_folder
from geodata.errors import GeodataError
from geodata.standard.as_catalogue import legal_indicators
from geodata.vocabulary import SubjectKind

__all__ = [
    "AppliesTo",
    "Direction",
    "Indicator",
    "IndicatorKind",
    "IndicatorRole",
    "Sector",
    "Theme",
    "Unit",
    "UnknownIndicator",
    "indicator_named",
    "indicators",
    "readiness_indicators",
]


class UnknownIndicator(GeodataError):
    """No indicator of that id in the catalogue."""


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator of the installed catalogue by id: those of the files in file order, then the legal standard's."""
    return MappingProxyType({**load_indicators(catalogue_folder(), documents()), **legal_indicators()})


def indicator_named(indicator_id: str) -> Indicator:
    """The indicator of that id; UnknownIndicator for a wrong one."""
    try:
        return indicators()[indicator_id]
    except KeyError:
        raise UnknownIndicator(f"no indicator {indicator_id!r} in the catalogue") from None


def readiness_indicators() -> tuple[Indicator, ...]:
    """Those an institution reports on itself each year from 2022: targets and monitored tasks, without the score."""
    wanted = (IndicatorRole.TARGET, IndicatorRole.MONITORED)
    return tuple(i for i in indicators().values() if i.subject is SubjectKind.INSTITUTION and i.role in wanted)
