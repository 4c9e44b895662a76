"""What a collection is: an id, its properties, and where its rows come from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Select, Subquery, Text, cast
from sqlalchemy.orm import Session

from geodata.collections.asked import Asked
from geodata.collections.model_types import KINDS, Property
from geodata.cql2 import Column, Kind
from geodata.releases import Moment


@dataclass(frozen=True)
class Collection:
    """`source(session, asked, moment)` selects `key` (in the order of pages), `geom` (lon/lat or NULL), `gone` (whether
    the row is left out unless its status is asked for), the queryable properties under their names, and `feature` where
    properties have paths. `geometry` is the GeoJSON type of its geometries, `any` for several; `example` a filter to
    try."""

    id: str
    properties: tuple[Property, ...]
    source: Callable[[Session, Asked, Moment], Select[Any]]
    geometry: str
    example: str
    key_type: type[str] | type[int] = str
    choices: tuple[str, ...] = ()

    @property
    def queryables(self) -> tuple[Property, ...]:
        return tuple(one for one in self.properties if one.queryable)

    def columns(self, rows: Subquery) -> dict[str, Column]:
        """What a filter may ask about."""
        named = {one.name: Column(KINDS[one.type], rows.c[one.name]) for one in self.queryables}
        return {**named, "geometry": Column(Kind.GEOMETRY, rows.c.geom)}

    def value(self, one: Property, rows: Subquery) -> Any:
        """The property as it is shown."""
        if not one.path:
            return rows.c[one.name]
        found = cast(rows.c.feature, JSON)[("properties", *one.path)].as_string()
        return cast(found, Text)
