"""The two lists that maps and telephones ask for most, each read with one prepared statement in one trip to the
database: what is nearest to a point, and what lies in a crowded box.

The statements are those of `nearest` and `boxes`, put into words once; each tells the release that it read.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine, Select, func, null, select

from geodata import boxes, nearest
from geodata.engine import AWAY
from geodata.filters import InstitutionFilter, choices
from geodata.geometry import BBox, LonLat
from geodata.models import InstitutionState, RegisterHead, Release
from geodata.nearest import Item
from geodata.releases import Moment, as_of

MOST_STATEMENTS = 50
TRY_AGAIN_S = 2.0
MANY_AT_ONE_PLACE = 100
"""Further candidates where the first few lie on one another."""

SHOWN = nearest.written("shown")
WRITTEN = ("take", "limit", "offset", "shown", "crowd")
"""Values that stand in the statement itself."""
NUMBER = select(RegisterHead.release_id).scalar_subquery().label("release_id")
PUBLISHED = (
    select(Release.published_at).join(RegisterHead, RegisterHead.release_id == Release.id).scalar_subquery()
).label("published_at")


class NotRead(Exception):
    """The list takes more than that, or the register is another by now."""


class Away(NotRead):
    """The database does not answer; it is left alone for a while."""


@dataclass(frozen=True)
class Lying:
    """Institutions in a box in the order of places: their Feature texts with commas between, how many they are, and the
    key of the last where more follow."""

    features: bytes
    number: int
    key: tuple[str, str, str] | None


class PlainReads:
    """Reads through one connection, one question at a time. `engine`: for reading only, each statement for itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._not_before = 0.0
        self._statements: dict[tuple[Any, ...], tuple[str, dict[str, Any]]] = {}

    def close(self) -> None:
        """Hang up; the next question connects anew."""
        self._engine.dispose()

    def nearest(self, point: LonLat, at: Moment, *, limit: int) -> list[Item]:
        """The so many institutions that `institutions.search` gives for the point alone. Raises `NotRead`."""
        for spare in (nearest.SPARE, MANY_AT_ONE_PLACE):
            given = {"lon": point.lon, "lat": point.lat, **nearest.page_given(limit, spare=spare)}
            rows = nearest.certain(self._rows("nearest", _nearest, at, given), limit, spare=spare)
            if rows is not None:
                return [Item(row.institution_id, row.feature, row.m, None) for row in rows]
        raise NotRead

    def lying(self, box: BBox, at: Moment, *, limit: int) -> Lying:
        """The first so many institutions in a crowded box, as `institutions.search` gives them. Raises `NotRead`, also
        for a box that is not crowded."""
        (row,) = self._rows("lying", _lying, at, {**boxes.page_given(box, limit=limit + 1), "shown": limit})
        if row.around <= boxes.CROWD:
            raise NotRead
        key = (row.place, row.institution_id, row.campus_id) if row.number > limit else None
        return Lying(row.features or b"", min(row.number, limit), key)

    def _rows(
        self, name: str, statement: Callable[[Moment], Select[Any]], at: Moment, given: dict[str, Any]
    ) -> list[Any]:
        written, fixed = self._statement(name, statement, at, given)
        if time.monotonic() < self._not_before:
            raise Away
        try:
            with self._lock:
                rows = self._execute(written, {**fixed, **given})
        except psycopg.errors.QueryCanceled as error:
            raise NotRead from error
        except (psycopg.Error, *AWAY) as error:
            self._not_before = time.monotonic() + TRY_AGAIN_S
            raise Away from error
        if not rows or (rows[0].release_id, rows[0].published_at) != (at.release, at.published_at):
            raise NotRead
        return rows

    def _execute(self, written: str, given: dict[str, Any]) -> list[Any]:
        connection = self._engine.raw_connection()
        try:
            driver = connection.driver_connection
            assert isinstance(driver, psycopg.Connection)  # noqa: S101  the only driver there is
            with driver.cursor(row_factory=namedtuple_row, binary=True) as cursor:
                found: list[Any] = cursor.execute(written.encode(), given).fetchall()
        except psycopg.Error:
            connection.invalidate()
            raise
        connection.close()
        return found

    def _statement(
        self, name: str, statement: Callable[[Moment], Select[Any]], at: Moment, given: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """The statement in words, with the values that do not change during a day."""
        key = (name, at.on, *(given.get(number) for number in WRITTEN))
        known = self._statements.get(key)
        if known is None:
            state = statement(at).compile(dialect=self._engine.dialect).construct_expanded_state(given)
            fixed = {key: value for key, value in state.parameters.items() if key not in given}
            known = self._statements[key] = state.statement, fixed
            while len(self._statements) > MOST_STATEMENTS:
                del self._statements[next(iter(self._statements))]
        return known


def _nearest(at: Moment) -> Select[Any]:
    tests = [as_of(InstitutionState, at), *choices(InstitutionFilter(on=at.on))]
    return nearest.page_of(tests, null()).add_columns(NUMBER, PUBLISHED)


def _lying(at: Moment) -> Select[Any]:
    """One row: the features put together, how many there are, and the key of the last one shown."""
    page = boxes.page_of(InstitutionFilter(on=at.on), at).subquery()
    numbered = select(page, func.row_number().over().label("n")).subquery()
    shown, last = numbered.c.n <= SHOWN, numbered.c.n == SHOWN
    features = func.convert_to(func.string_agg(numbered.c.feature, ",").filter(shown), "UTF8")
    key = (numbered.c.place, numbered.c.institution_id, numbered.c.campus_id)
    return select(
        *(features.label("features"), func.count().label("number")),
        *(func.max(part).filter(last).label(part.name) for part in key),
        *(boxes.around(at).label("around"), NUMBER, PUBLISHED),
    ).select_from(numbered)
