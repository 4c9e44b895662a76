"""Where institutions lie, in the small database: every campus in the order of places with the Feature text that is sent
of it, and the same order packed into arrays, in which `atlas` looks for what is nearest and for what lies in a box."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from geoalchemy2.functions import ST_X, ST_Y
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from geodata.boxes import place_of
from geodata.geohash import number_of
from geodata.kept.filling import PORTION
from geodata.models import InstitutionState
from geodata.vocabulary import GONE

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
    CREATE TABLE shown (number INTEGER PRIMARY KEY, id TEXT, campus TEXT, feature BLOB);
    CREATE TABLE atlas (name TEXT PRIMARY KEY, body BLOB);
"""
"""`place`: campuses over spans of days, half-open. `shown`: those that a list may show on the day of writing or
later."""

PACKED = np.dtype(
    [
        *(("code", "<i8"), ("lon", "<f8"), ("lat", "<f8"), ("first", "<i4"), ("after", "<i4")),
        *(("id", "S16"), ("campus", "S48"), ("number", "<i8"), ("is_main", "?"), ("is_shown", "?")),
    ]
)
IN_ORDER = """
    SELECT code, lon, lat, first, after, CAST(id AS BLOB), CAST(campus AS BLOB), number, is_main, is_shown
    FROM place ORDER BY code, id, campus, number
"""
KEPT_AS_THEY_ARE = ("code", "lon", "lat", "first", "after", "number")
OVER = "SELECT DISTINCT id FROM place WHERE is_shown AND after <= ?"
State = InstitutionState
Rows = npt.NDArray[Any]


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
    """Write the arrays that `atlas` reads, in the order of places: all codes, and of those shown everything but the
    texts, with what goes before a campus where both lie in the same box."""
    (number,) = database.execute("SELECT count(*) FROM place").fetchone()
    found = np.fromiter(database.execute(IN_ORDER), PACKED, count=number)
    shown = found[found["is_shown"]]
    arrays = {"codes": found["code"], **{name: shown[name] for name in KEPT_AS_THEY_ARE}, **_preferred(shown)}
    bodies = [(name, np.ascontiguousarray(values).tobytes()) for name, values in arrays.items()]
    database.executemany("INSERT OR REPLACE INTO atlas VALUES (?, ?)", bodies)


def _preferred(shown: Rows) -> dict[str, Rows]:
    """The institutions by number, in the order of their ids; the rows in order of preference, institution after
    institution, the main campus first; and for each row the stretch of these that goes before it."""
    _, ids = np.unique(shown["id"], return_inverse=True)
    _, campuses = np.unique(shown["campus"], return_inverse=True)
    campuses[shown["is_main"]] = -1
    preference = np.lexsort((campuses, ids))
    theirs, own = ids[preference], campuses[preference]
    position = np.arange(len(shown))
    begins = np.maximum.accumulate(np.where(_changes(theirs), position, 0))
    ends = np.maximum.accumulate(np.where(_changes(theirs) | _changes(own), position, 0))
    before = {"before": np.empty_like(begins), "own": np.empty_like(ends)}
    before["before"][preference], before["own"][preference] = begins, ends
    return {name: values.astype("<i4") for name, values in {"id": ids, "preference": preference, **before}.items()}


def _changes(values: Rows) -> Rows:
    return np.concatenate((np.ones(min(len(values), 1), bool), values[1:] != values[:-1]))


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
            shown.append((number, row.institution_id, row.campus_id or "", row.feature.encode()))
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
        .where(State.release_to.is_(None), State.geom.is_not(None))
        .order_by(place, State.institution_id, State.campus_id)
    )
    return query if ids is None else query.where(State.institution_id == func.any(list(ids)))


def _lasts(state: Any, from_day: date) -> ColumnElement[bool]:
    return or_(state.valid_to.is_(None), state.valid_to > from_day)
