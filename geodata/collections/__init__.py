"""The register as collections of features: what OGC API – Features, the tiles and the downloads show.

The door to the package: `COLLECTIONS` by id, `items` for a page of one, `item` for a single feature.
"""

from geodata.collections.asked import Asked, InvalidInterval, When
from geodata.collections.crs import CRS84, SYSTEMS, System, UnknownSystem
from geodata.collections.model import Collection
from geodata.collections.model_types import Property, Type
from geodata.collections.reading import Items, UnknownItem, item, items
from geodata.collections.sources import COLLECTIONS

__all__ = [
    "COLLECTIONS",
    "CRS84",
    "SYSTEMS",
    "Asked",
    "Collection",
    "InvalidInterval",
    "Items",
    "Property",
    "System",
    "Type",
    "UnknownItem",
    "UnknownSystem",
    "When",
    "item",
    "items",
]
