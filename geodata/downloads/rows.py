"""The rows of downloads: every institution of a release, closed and merged ones too, each at its main campus."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.collections import COLLECTIONS, Asked, Type
from geodata.days import vietnamese_day
from geodata.releases import moment

INSTITUTIONS = COLLECTIONS["institutions"]
CHUNK = 20_000
PATIENCE = "10min"
"""How long the database may take for one file; the usual limit of a request is made for pages."""


@dataclass(frozen=True)
class Field:
    """A column: its name and type as the collections know them."""

    name: str
    type: Type
    values: tuple[str, ...] = ()


FIELDS = (
    Field("id", Type.STRING),
    *(Field(one.name, one.type, one.values) for one in INSTITUTIONS.properties),
    Field("longitude", Type.NUMBER),
    Field("latitude", Type.NUMBER),
)


@dataclass(frozen=True)
class Edition:
    """A release as files know it: its number, its time and the status of its data."""

    release: int
    published_at: datetime
    data_status: str


@dataclass(frozen=True)
class Scope:
    """The whole register (None) or a province of today by its code."""

    province: str | None = None

    @property
    def stem(self) -> str:
        return f"institutions-{self.province}" if self.province else "institutions"


Row = dict[str, Any]


def chunks(session: Session, edition: Edition, scope: Scope) -> Iterator[list[Row]]:
    """The rows by id, as the register stood in the release on the day in Vietnam of its publication; values as
    Python has them."""
    day = vietnamese_day(edition.published_at)
    asked = Asked(on=day, release=edition.release)
    session.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}'"))
    rows = INSTITUTIONS.source(session, asked, moment(session, day, edition.release)).subquery()
    wanted = [rows.c.province_code == scope.province] if scope.province else []
    shown = [
        rows.c.key.label("id"),
        *(INSTITUTIONS.value(one, rows).label(one.name) for one in INSTITUTIONS.properties),
    ]
    place = [func.ST_X(rows.c.geom).label("longitude"), func.ST_Y(rows.c.geom).label("latitude")]
    query = select(*shown, *place).where(*wanted).order_by(rows.c.key)
    found = session.execute(query.execution_options(yield_per=CHUNK))
    for part in found.mappings().partitions():
        yield [dict(row) for row in part]
