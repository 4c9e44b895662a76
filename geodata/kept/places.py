"""Where institutions lie, in the small database: every campus in the order of places with the Feature text that is sent
of it, and the same order packed into arrays, in which `atlas` looks for what is nearest and for what lies in a box."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from geoalchemy2.functions import ST_X, ST_Y
from sqlalchemy import ColumnElement, Row, Select, Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from geodata.boxes import place_of
from geodata.geohash import number_of
from geodata.kept.filling import PORTION
from geodata.models import InstitutionState
from geodata.vocabulary import GONE

LAYOUT = "1"
"""Changes with the tables and arrays below; those of another layout are written anew."""

ALWAYS, FOREVER = 0, 2**31 - 1
"""The day before all days, and the one after; days are counted as by `date.toordinal`."""

TABLES = """
    DROP TABLE IF EXISTS place;
    DROP TABLE IF EXISTS shown;
    DROP TABLE IF EXISTS atlas;
    CREATE TABLE place (
        code INTEGER, id TEXT, campus TEXT, number INTEGER, lon REAL, lat REAL, first INTEGER, after INTEGER,
        is_main INTEGER, is_shown INTEGER, PRIMARY KEY (code, id, campus, number)) WITHOUT ROWID;
    CREATE INDEX place_id ON place (id);
    CREATE TABLE shown (number INTEGER PRIMARY KEY, id TEXT, better TEXT, feature BLOB);
    CREATE TABLE atlas (name TEXT PRIMARY KEY, body BLOB);
"""
"""`place`: campuses over spans of days, half-open. `shown`: those that a list may show on the day of writing or later;
`better`: the other campuses of the institution that go first where they lie in the same box, as a JSON list of (lon,
lat, first day, day after the last), NULL for a main one and where there is none."""

PACKED = np.dtype(
    [
        *(("code", "<i8"), ("lon", "<f8"), ("lat", "<f8"), ("first", "<i4"), ("after", "<i4")),
        *(("id", "S16"), ("number", "<i8"), ("is_main", "?"), ("is_shown", "?")),
    ]
)
IN_ORDER = "SELECT code, lon, lat, first, after, id, number, is_main, is_shown FROM place ORDER BY code, id, campus"
OVER = "SELECT DISTINCT id FROM place WHERE is_shown AND after <= ?"
State = InstitutionState


def put_all(session: Session, database: sqlite3.Connection, from_day: date) -> None:
    """Everybody, in place of whatever was there; neighbours come to lie together."""
    database.executescript(TABLES)
    with session.execute(_campuses(from_day).execution_options(yield_per=PORTION)) as rows:
        for part in rows.partitions():
            _put(database, part)
    pack(database)


def put_again(session: Session, database: sqlite3.Connection, from_day: date, touched: Sequence[str]) -> None:
    """Those touched, and those of whom something is over."""
    over = [one for (one,) in database.execute(OVER, (from_day.toordinal(),))]
    again = sorted({*touched, *over})
    for start in range(0, len(again), PORTION):
        ids = again[start : start + PORTION]
        named = [(one,) for one in ids]
        database.executemany("DELETE FROM shown WHERE number IN (SELECT number FROM place WHERE id = ?)", named)
        database.executemany("DELETE FROM place WHERE id = ?", named)
        _put(database, session.execute(_campuses(from_day, ids)).all())
    pack(database)


def pack(database: sqlite3.Connection) -> None:
    """Write the arrays that `atlas` reads: all codes, and of those shown everything but the texts."""
    (number,) = database.execute("SELECT count(*) FROM place").fetchone()
    rows = ((*row[:5], row[5].encode(), *row[6:]) for row in database.execute(IN_ORDER))
    found = np.fromiter(rows, PACKED, count=number)
    shown = found[found["is_shown"]]
    arrays = {"codes": found["code"], **{name: shown[name] for name in PACKED.names or () if name != "is_shown"}}
    arrays["id"] = np.unique(shown["id"], return_inverse=True)[1].astype("<i4")
    bodies = [(name, np.ascontiguousarray(values).tobytes()) for name, values in arrays.items()]
    database.executemany("INSERT OR REPLACE INTO atlas VALUES (?, ?)", bodies)


def _put(database: sqlite3.Connection, rows: Iterable[Row[Any]]) -> None:
    (last,) = database.execute("SELECT coalesce(max(number), 0) FROM place").fetchone()
    places, shown = [], []
    for number, row in enumerate(rows, start=last + 1):
        days = day_number(row.valid_from, ALWAYS), day_number(row.valid_to, FOREVER)
        places.append(
            (
                *(number_of(row.place), row.institution_id, row.campus_id or "", number, row.lon, row.lat, *days),
                *(row.is_main, row.feature is not None),
            )
        )
        if row.feature is not None:
            shown.append((number, row.institution_id, row.better, row.feature.encode()))
    database.executemany(f"INSERT INTO place VALUES ({', '.join('?' * 10)})", places)
    database.executemany("INSERT INTO shown VALUES (?, ?, ?, ?)", shown)


def day_number(day: date | None, without: int) -> int:
    return day.toordinal() if day else without


def _campuses(from_day: date, ids: Sequence[str] | None = None) -> Select[Any]:
    """Of these institutions (None: all), in the order of places."""
    place = place_of(State)
    is_shown = and_(_lasts(State, from_day), State.status.not_in([status.value for status in GONE]))
    query = (
        select(State.institution_id, State.campus_id, State.valid_from, State.valid_to, State.is_main)
        .add_columns(place.label("place"), ST_X(State.geom).label("lon"), ST_Y(State.geom).label("lat"))
        .add_columns(case((is_shown, State.feature)).label("feature"))
        .add_columns(case((and_(is_shown, ~State.is_main), _better(from_day))).label("better"))
        .where(State.release_to.is_(None), State.geom.is_not(None))
        .order_by(place, State.institution_id, State.campus_id)
    )
    return query if ids is None else query.where(State.institution_id == func.any(list(ids)))


def _better(from_day: date) -> ColumnElement[Any]:
    """As `boxes` prefers one campus of an institution to another."""
    other = aliased(State)
    each = func.json_build_array(ST_X(other.geom), ST_Y(other.geom), other.valid_from, other.valid_to)
    return (
        select(cast(func.json_agg(each), Text))
        .where(other.institution_id == State.institution_id, other.release_to.is_(None), other.geom.is_not(None))
        .where(or_(other.is_main, other.campus_id < State.campus_id), _lasts(other, from_day))
        .scalar_subquery()
    )


def _lasts(state: Any, from_day: date) -> ColumnElement[bool]:
    return or_(state.valid_to.is_(None), state.valid_to > from_day)
