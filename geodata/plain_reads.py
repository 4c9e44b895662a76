"""The two lists that maps and telephones ask for most, each read with one prepared statement in one trip to the
database: what is nearest to a point, and what lies in a crowded box.

The statements are those of `nearest` and `boxes`, put into words once; each tells the release that it read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine, Select, null, select

from geodata import boxes, nearest
from geodata.filters import InstitutionFilter, choices
from geodata.geometry import BBox, LonLat
from geodata.models import InstitutionState, RegisterHead, Release
from geodata.nearest import Item
from geodata.releases import Moment, as_of

MOST_STATEMENTS = 8
NUMBER = select(RegisterHead.release_id).scalar_subquery().label("release_id")
PUBLISHED = (
    select(Release.published_at).join(RegisterHead, RegisterHead.release_id == Release.id).scalar_subquery()
).label("published_at")


class NotRead(Exception):
    """The list takes more than that, the register is another by now, or the database does not answer."""


@dataclass(frozen=True)
class Lying:
    """Institutions in a box in the order of places, and the key of the last where more follow."""

    items: tuple[Item, ...]
    key: tuple[str, str, str] | None


class PlainReads:
    """Reads through one connection, one question at a time. `engine`: for reading only, each statement for itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._statements: dict[tuple[str, date], tuple[str, dict[str, Any]]] = {}

    def close(self) -> None:
        """Hang up; the next question connects anew."""
        self._engine.dispose()

    def nearest(self, point: LonLat, at: Moment, *, limit: int) -> list[Item]:
        """The so many institutions that `institutions.search` gives for the point alone. Raises `NotRead`."""
        given = {"lon": point.lon, "lat": point.lat, **nearest.page_given(limit)}
        rows = nearest.certain(self._rows("nearest", _nearest, at, given), limit)
        if rows is None:
            raise NotRead
        return [Item(row.institution_id, row.feature, row.m, None) for row in rows]

    def lying(self, box: BBox, at: Moment, *, limit: int) -> Lying:
        """The first so many institutions in a crowded box, as `institutions.search` gives them. Raises `NotRead`, also
        for a box that is not crowded."""
        rows = self._rows("lying", _lying, at, boxes.page_given(box, limit=limit + 1))
        if not rows or rows[0].around <= boxes.CROWD:
            raise NotRead
        items = tuple(Item(row.institution_id, row.feature, None, None) for row in rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return Lying(items, (last.place, last.institution_id, last.campus_id) if last else None)

    def _rows(
        self, name: str, statement: Callable[[Moment], Select[Any]], at: Moment, given: dict[str, Any]
    ) -> list[Any]:
        written, fixed = self._statement(name, statement, at, given)
        try:
            with self._lock:
                rows = self._execute(written, {**fixed, **given})
        except psycopg.Error as error:
            raise NotRead from error
        if not rows or (rows[0].release_id, rows[0].published_at) != (at.release, at.published_at):
            raise NotRead
        return rows

    def _execute(self, written: str, given: dict[str, Any]) -> list[Any]:
        connection = self._engine.raw_connection()
        try:
            driver = connection.driver_connection
            assert isinstance(driver, psycopg.Connection)  # noqa: S101  the only driver there is
            with driver.cursor(row_factory=namedtuple_row) as cursor:
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
        known = self._statements.get((name, at.on))
        if known is None:
            state = statement(at).compile(dialect=self._engine.dialect).construct_expanded_state(given)
            fixed = {key: value for key, value in state.parameters.items() if key not in given}
            known = self._statements[name, at.on] = state.statement, fixed
            while len(self._statements) > MOST_STATEMENTS:
                del self._statements[next(iter(self._statements))]
        return known


def _nearest(at: Moment) -> Select[Any]:
    tests = [as_of(InstitutionState, at), *choices(InstitutionFilter(on=at.on))]
    return nearest.page_of(tests, null()).add_columns(NUMBER, PUBLISHED)


def _lying(at: Moment) -> Select[Any]:
    return boxes.page_of(InstitutionFilter(on=at.on), at).add_columns(boxes.AROUND.label("around"), NUMBER, PUBLISHED)
