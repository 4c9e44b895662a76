"""Hoàng Sa and Trường Sa in every tile they lie in (law 27/2018/QH14, article 18)."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.tiles.grid import EXTENT, HALF, LAST_STORED, Tile
from geodata.unit_shapes import ARCHIPELAGOS

FOUND = f"""
    WITH place AS (
        SELECT z, unit.code, unit.full_name AS name, unit.name_en, province.full_name AS province,
            (ST_X(m) + {HALF}) / {2 * HALF} * (1 << z) AS tx, ({HALF} - ST_Y(m)) / {2 * HALF} * (1 << z) AS ty
        FROM administrative_unit AS unit
        LEFT JOIN administrative_unit AS province ON province.key = unit.parent_key
        CROSS JOIN LATERAL (SELECT ST_Transform(unit.point, 3857) AS m) AS projected
        CROSS JOIN generate_series(CAST(:first AS int), CAST(:last AS int)) AS z
        WHERE unit.kind = 'dac_khu' AND unit.valid_to IS NULL AND unit.code = ANY(:codes)
    )
    SELECT z, floor(tx)::int AS x, floor(ty)::int AS y, ST_AsMVT(feature, 'places', {EXTENT}, 'geom') AS mvt
    FROM place CROSS JOIN LATERAL (
        SELECT ST_MakePoint(round((tx - floor(tx)) * {EXTENT}), round((ty - floor(ty)) * {EXTENT})) AS geom,
            code, name, name_en, province, 'archipelago' AS symbol
    ) AS feature
    GROUP BY 1, 2, 3
"""


def places_layer(session: Session, first: int = 0, last: int = LAST_STORED) -> dict[tuple[int, int, int], bytes]:
    """{(z, x, y): the layer `places`} of the tiles from one zoom to another that the archipelagos lie in."""
    given: dict[str, Any] = {"first": first, "last": last, "codes": list(ARCHIPELAGOS)}
    return {(row.z, row.x, row.y): bytes(row.mvt) for row in session.execute(text(FOUND), given)}


def place_in(session: Session, tile: Tile) -> bytes:
    """The layer of one tile; empty for nearly all."""
    return places_layer(session, tile.z, tile.z).get((tile.z, tile.x, tile.y), b"")
