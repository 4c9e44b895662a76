"""Tiles of large scales, each read with one prepared statement in one trip to the database."""

import time
from threading import Lock
from typing import Any

import psycopg
from psycopg.errors import LockNotAvailable, QueryCanceled, SerializationFailure
from sqlalchemy import Engine, PoolProxiedConnection

from geodata.engine import AWAY
from geodata.releases import Moment
from geodata.tiles.grid import CELL_BITS, HALF, LAST_STORED, QUAD_ZOOM, Tile
from geodata.tiles.reading import CELLS, MOST_NAME_BYTES, MOST_SINGLES, SINGLES, WITHIN
from geodata.unit_shapes import ARCHIPELAGOS

TRY_AGAIN_S = 2.0
SHOWN = """tile_stamp AS stamp JOIN release ON release.id = stamp.release_id
    JOIN register_head AS head ON head.release_id = release.id"""
FOUND = "quad, institution_id, x, y, name, type, ownership, status, precise"
STATEMENT = f"""
    WITH found AS MATERIALIZED (
        SELECT {FOUND} FROM tile_point WHERE {WITHIN} ORDER BY quad, institution_id LIMIT {MOST_SINGLES + 1}
    )
    SELECT CASE WHEN (SELECT count(*) <= {MOST_SINGLES} AND sum(octet_length(name)) <= {MOST_NAME_BYTES} FROM found)
            THEN ({SINGLES.replace(f"tile_point WHERE {WITHIN}", "found")}) ELSE ({CELLS}) END AS mvt,
        stamp.release_id, release.published_at
    FROM {SHOWN}
"""
APART = f"""
    SELECT apart.x, apart.y, stamp.release_id, release.published_at
    FROM {SHOWN} LEFT JOIN (
        SELECT x, y FROM tile_gathering
        UNION ALL SELECT ST_X(m), ST_Y(m) FROM (
            SELECT ST_Transform(point, 3857) AS m FROM administrative_unit
            WHERE kind = 'dac_khu' AND valid_to IS NULL AND code = ANY(%(codes)s)) AS islands
    ) AS apart ON true
"""
"""Where tiles have more layers than the institutions: one row without a place where there is none."""

BUSY = QueryCanceled, LockNotAvailable, SerializationFailure
"""The database is there, and so is the connection: the statement alone was ended (the last by what a replica replays).
"""
LOST = psycopg.OperationalError, psycopg.InterfaceError, *AWAY


class NotRead(Exception):
    """The tile takes more than that, or the register is another by now."""


class Away(NotRead):
    """The database does not answer; it is left alone for a while."""


class OneTrip:
    """Reads through one connection, one tile at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._not_before = 0.0
        self._held: PoolProxiedConnection | None = None
        self._statement = named(STATEMENT)
        self._apart: tuple[object, list[tuple[float, float]]] = (None, [])

    def close(self) -> None:
        """Hang up; the next question connects anew."""
        self._let_go()
        self._engine.dispose()

    def tile(self, wanted: Tile, at: Moment, edition: object) -> bytes:
        """What `reading.live` gives, where that is the layer of institutions alone. Raises `NotRead`, also for an empty
        tile. `edition` names the state of the register that `at` is in."""
        if wanted.z <= LAST_STORED or time.monotonic() < self._not_before:
            raise NotRead
        with self._lock:
            try:
                return self._read(wanted, at, edition)
            except BUSY as error:
                raise NotRead from error
            except LOST as error:
                self._let_go()
                self._not_before = time.monotonic() + TRY_AGAIN_S
                raise Away from error
            except psycopg.Error as error:
                self._let_go()
                raise NotRead from error

    def _read(self, wanted: Tile, at: Moment, edition: object) -> bytes:
        """Through the connection held, or else a new one: the one held may have been dropped since, and what was
        prepared on it was for tables that may have been changed."""
        if self._held is not None:
            try:
                return self._ask(wanted, at, edition)
            except BUSY:
                raise
            except psycopg.Error:
                self._let_go()
        return self._ask(wanted, at, edition)

    def _ask(self, wanted: Tile, at: Moment, edition: object) -> bytes:
        connection = self._connected()
        if any(lies_in(wanted, x, y) for x, y in self._places_apart(connection, at, edition)):
            raise NotRead
        found = connection.execute(self._statement, numbers(wanted), prepare=True, binary=True).fetchone()
        if found is None or not found[0] or found[1:] != (at.release, at.published_at):
            raise NotRead
        return bytes(found[0])

    def _places_apart(
        self, connection: psycopg.Connection[Any], at: Moment, edition: object
    ) -> list[tuple[float, float]]:
        """Remembered for the edition once the connection shows its release: a replica may still show an older one."""
        if self._apart[0] != edition:
            rows = connection.execute(APART, {"codes": list(ARCHIPELAGOS)}).fetchall()
            if not rows or rows[0][2:] != (at.release, at.published_at):
                raise NotRead
            self._apart = edition, [(x, y) for x, y, *_ in rows if x is not None]
        return self._apart[1]

    def _connected(self) -> psycopg.Connection[Any]:
        """The connection, which is held: to take it from the pool each time would be another trip."""
        if self._held is None:
            self._held = self._engine.raw_connection()
            driver = self._held.driver_connection
            assert isinstance(driver, psycopg.Connection)  # noqa: S101  the only driver there is
            driver.autocommit = True
            self._driver = driver
        return self._driver

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.invalidate()
        self._held = None


def named(statement: str) -> bytes:
    """The statement with its parameters as the driver writes them, those of a number's type."""
    types = {
        "first": "bigint",
        "end": "bigint",
        "shift": "int",
        "across": "float8",
        "column": "float8",
        "row": "float8",
    }
    for name, kind in types.items():
        statement = statement.replace(f":{name}", f"CAST(%({name})s AS {kind})")
    return statement.encode()


def numbers(wanted: Tile) -> dict[str, Any]:
    """The values of a tile's statement."""
    first, end = wanted.quads
    shift = 2 * (QUAD_ZOOM - min(wanted.z + CELL_BITS, QUAD_ZOOM))
    place = {"across": float(2**wanted.z), "column": float(wanted.x), "row": float(wanted.y)}
    return {"first": first, "end": end, "shift": shift, **place}


def lies_in(wanted: Tile, x: float, y: float) -> bool:
    across = 2**wanted.z / (2 * HALF)
    return int((x + HALF) * across) == wanted.x and int((HALF - y) * across) == wanted.y
