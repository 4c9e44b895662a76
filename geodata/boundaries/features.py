"""What a file of outlines holds, once read."""

from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Feature:
    """One feature: its 1-based number in the file, its attributes, its geometry in WGS 84 lon/lat (None if broken)."""

    number: int
    values: dict[str, Any]
    geometry: BaseGeometry | None


@dataclass(frozen=True)
class Layer:
    """A layer of a file; `crs` is the name of the system that its coordinates were given in."""

    columns: tuple[str, ...]
    features: tuple[Feature, ...]
    crs: str
    transformed: bool
