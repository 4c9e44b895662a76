"""Administrative units of every vintage: hierarchy, names and codes, crosswalk, outlines.

The door to the unit modules: read here what exists, follow the name to its module. A unit's key is `code@valid_from`,
because codes were reused on 01/07/2025 (52 was Bình Định and is Gia Lai). `on=None` asks about today everywhere.
"""

from geodata.unit_load import UnitsNotBuilt, load_units
from geodata.unit_reads import (
    InvalidReference,
    LevelNotInVintage,
    Successor,
    Unit,
    UnknownUnit,
    ancestors,
    by_key,
    check_level,
    parse_reference,
    predecessors,
    province_of,
    successors,
    today,
    unit,
    units,
)
from geodata.unit_resolution import Found, Resolution, resolve
from geodata.unit_shapes import (
    ARCHIPELAGOS,
    Containing,
    boundaries_geojson,
    boundaries_version,
    containing,
    provinces_geojson,
)

__all__ = [
    "ARCHIPELAGOS",
    "Containing",
    "Found",
    "InvalidReference",
    "LevelNotInVintage",
    "Resolution",
    "Successor",
    "Unit",
    "UnitsNotBuilt",
    "UnknownUnit",
    "ancestors",
    "boundaries_geojson",
    "boundaries_version",
    "by_key",
    "check_level",
    "containing",
    "load_units",
    "parse_reference",
    "predecessors",
    "province_of",
    "provinces_geojson",
    "resolve",
    "successors",
    "today",
    "unit",
    "units",
]
