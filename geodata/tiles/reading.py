"""Reading tiles: stored ones as they are, others made when asked for."""

import gzip
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.models.tiles import StoredTile, TileStamp
from geodata.tiles.archipelagos import place_in
from geodata.tiles.grid import CELL_BITS, EXTENT, HALF, LAST_STORED, QUAD_ZOOM, Tile

MOST_SINGLES = 500
MOST_NAME_BYTES = 55_000
"""A tile with more institutions, or longer names, shows cells: everything else takes up to 60 bytes an institution."""

WITHIN = "quad >= :first AND quad < :end"

FEW = f"""
    SELECT count(*) <= {MOST_SINGLES} AND coalesce(sum(octet_length(name)), 0) <= {MOST_NAME_BYTES}
    FROM (SELECT name FROM tile_point WHERE {WITHIN} LIMIT {MOST_SINGLES + 1}) AS found
"""

SINGLES = f"""
    SELECT ST_AsMVT(feature, 'institutions', {EXTENT}, 'geom') FROM (
        SELECT ST_MakePoint(round(((x + {HALF}) / {2 * HALF} * :across - :column) * {EXTENT}),
            round((({HALF} - y) / {2 * HALF} * :across - :row) * {EXTENT})) AS geom,
            institution_id AS id, name, type, ownership, status, precise, 1 AS count
        FROM tile_point WHERE {WITHIN} ORDER BY quad, institution_id
    ) AS feature
"""

CELLS = f"""
    SELECT ST_AsMVT(feature, 'institutions', {EXTENT}, 'geom') FROM (
        SELECT ST_MakePoint(round(((avg(x) + {HALF}) / {2 * HALF} * :across - :column) * {EXTENT}),
            round((({HALF} - avg(y)) / {2 * HALF} * :across - :row) * {EXTENT})) AS geom,
            count(*)::int AS count, (count(*) FILTER (WHERE ownership = 'public'))::int AS public,
            round(100.0 * count(*) / max(stamp.placed), 2)::float8 AS share_pct
        FROM tile_point CROSS JOIN tile_stamp AS stamp WHERE {WITHIN} GROUP BY quad >> :shift
    ) AS feature
"""

UNLOCATED = f"""
    SELECT ST_AsMVT(feature, 'unlocated', {EXTENT}, 'geom') FROM (
        SELECT ST_MakePoint(round((tx - :column) * {EXTENT}), round((ty - :row) * {EXTENT})) AS geom,
            count, unit_key AS unit, name, 'province' AS approximate
        FROM (SELECT *, (x + {HALF}) / {2 * HALF} * :across AS tx, ({HALF} - y) / {2 * HALF} * :across AS ty
            FROM tile_gathering) AS placed
        WHERE floor(tx) = :column AND floor(ty) = :row
    ) AS feature
"""


@dataclass(frozen=True)
class TileFacts:
    """The release and day that the tiles show, and how many institutions: with a point, known by province, nowhere."""

    release: int
    day: date
    placed: int
    by_province: int
    nowhere: int


def tile_facts(session: Session) -> TileFacts | None:
    """None before the first publication."""
    row = session.scalar(select(TileStamp))
    return None if row is None else TileFacts(row.release_id, row.day, row.placed, row.by_province, row.nowhere)


def tile(session: Session, wanted: Tile) -> bytes:
    """The tile as gzip-compressed MVT, empty where nothing lies in it.

    Layers: `institutions` (points or cells, each with its `count`), `unlocated` (those known by province, at its point)
    and `places` (Hoàng Sa and Trường Sa).
    """
    if wanted.z <= LAST_STORED:
        return session.scalar(select(StoredTile.mvt).filter_by(z=wanted.z, x=wanted.x, y=wanted.y)) or b""
    made = live(session, wanted)
    return gzip.compress(made, 5, mtime=0) if made else b""


def live(session: Session, wanted: Tile) -> bytes:
    first, end = wanted.quads
    shift = 2 * (QUAD_ZOOM - min(wanted.z + CELL_BITS, QUAD_ZOOM))
    place: dict[str, Any] = {
        **{"first": first, "end": end, "shift": shift},
        **{"across": float(2**wanted.z), "column": float(wanted.x), "row": float(wanted.y)},
    }
    layer = SINGLES if session.scalar(text(FEW), place) else CELLS
    found = session.scalar(text(layer), place) or b"", session.scalar(text(UNLOCATED), place) or b""
    return b"".join(map(bytes, found)) + place_in(session, wanted)
