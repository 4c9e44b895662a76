"""Deriving what tiles are made of with each publication, set by set."""

import gzip
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.days import vietnamese_day
from geodata.models import RegisterHead, Release
from geodata.models.tiles import TileStamp
from geodata.tiles.archipelagos import places_layer
from geodata.tiles.grid import CELL_BITS, EXTENT, HALF, LAST_STORED, QUAD_ZOOM
from geodata.vocabulary import GONE

METHOD = 2
"""Changes when tiles are made in another way, so that those stored are made anew."""

CELLS_DEEPEST = LAST_STORED + CELL_BITS
MASKS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


COLUMN = f"floor((x + {HALF}) / {2 * HALF} * {2**QUAD_ZOOM})::bigint"
ROW = f"floor(({HALF} - y) / {2 * HALF} * {2**QUAD_ZOOM})::bigint"


def interleaved(rows: str) -> str:
    """SQL that adds `quad`, the Morton code of the cell of x and y, to the rows: bits are spread step by step, and
    OFFSET keeps a step from being written out twice in the next."""
    found = f"SELECT *, {COLUMN} AS c, {ROW} AS r FROM ({rows}) AS placed OFFSET 0"
    for shift, mask in MASKS:
        spread = ", ".join(f"(({name} | ({name} << {shift})) & {mask}) AS {name}" for name in ("c", "r"))
        found = f"SELECT {CARRIED}, {spread} FROM ({found}) AS step OFFSET 0"
    return f"SELECT {CARRIED}, c | (r << 1) AS quad FROM ({found}) AS spread"


CARRIED = "institution_id, x, y, name, type, ownership, status, precise"

SHOWN = """
    release_to IS NULL AND is_main AND (valid_from IS NULL OR valid_from <= :day)
    AND (valid_to IS NULL OR valid_to > :day) AND NOT status = ANY(:gone)
"""

PROJECTED = f"""
    SELECT institution_id, ST_X(geom) / 180 * {HALF} AS x,
        ln(tan(radians(45 + ST_Y(geom) / 2))) / pi() * {HALF} AS y, name, type, ownership, status,
        location_precision IN ('surveyed', 'address') AS precise
    FROM institution_state
    WHERE geom IS NOT NULL AND ST_Y(geom) BETWEEN -85 AND 85 AND {SHOWN} AND {{chosen}}
    OFFSET 0
"""

POINTS = f"""
    INSERT INTO tile_point (quad, {CARRIED})
    SELECT quad, {CARRIED} FROM ({interleaved(PROJECTED)}) AS found ORDER BY quad
"""

GATHERINGS = f"""
    INSERT INTO tile_gathering (unit_key, name, x, y, count)
    SELECT unit.key, unit.full_name, ST_X(ST_Transform(unit.point, 3857)), ST_Y(ST_Transform(unit.point, 3857)),
        count(*)
    FROM institution_state JOIN administrative_unit AS unit
        ON unit.code = province_code AND unit.level = 'province' AND unit.valid_to IS NULL AND unit.point IS NOT NULL
    WHERE geom IS NULL AND {SHOWN.replace("valid_", "institution_state.valid_")}
    GROUP BY unit.key
"""

NUMBERS = f"""
    SELECT (SELECT count(*) FROM tile_point), (SELECT coalesce(sum(count), 0) FROM tile_gathering),
        (SELECT count(*) FROM institution_state WHERE {SHOWN})
"""


def pyramid() -> str:
    """Common table expressions `level_11` to `level_0`: cells of each zoom, each summed from those of the next."""
    sums = "sum(count)::bigint AS count, sum(x) AS x, sum(y) AS y, sum(public)::bigint AS public"
    levels = [
        f"level_{LAST_STORED} AS (SELECT quad >> {2 * (QUAD_ZOOM - CELLS_DEEPEST)} AS cell, count(*) AS count,"
        " sum(x) AS x, sum(y) AS y, count(*) FILTER (WHERE ownership = 'public') AS public FROM tile_point GROUP BY 1)"
    ]
    for z in range(LAST_STORED - 1, -1, -1):
        levels.append(f"level_{z} AS (SELECT cell >> 2 AS cell, {sums} FROM level_{z + 1} GROUP BY 1)")
    return ", ".join(levels)


EVERY_LEVEL = " UNION ALL ".join(f"SELECT {z} AS z, * FROM level_{z}" for z in range(LAST_STORED + 1))

TILES = f"""
    WITH {pyramid()}, level AS ({EVERY_LEVEL}
    ), placed AS (
        SELECT z, count, public, 100.0 * count / nullif(sum(count) OVER (PARTITION BY z), 0) AS share,
            (x / count + {HALF}) / {2 * HALF} * (1 << z) AS tx, ({HALF} - y / count) / {2 * HALF} * (1 << z) AS ty
        FROM level
    ), cells AS (
        SELECT z, floor(tx)::int AS x, floor(ty)::int AS y, ST_AsMVT(feature, 'institutions', {EXTENT}, 'geom') AS mvt
        FROM placed CROSS JOIN LATERAL (
            SELECT ST_MakePoint(round((tx - floor(tx)) * {EXTENT}), round((ty - floor(ty)) * {EXTENT})) AS geom,
                count::int AS count, public::int AS public, round(share, 2)::float8 AS share_pct
        ) AS feature
        GROUP BY 1, 2, 3
    ), gathered AS (
        SELECT z, floor(tx)::int AS x, floor(ty)::int AS y, ST_AsMVT(feature, 'unlocated', {EXTENT}, 'geom') AS mvt
        FROM (
            SELECT *, (x + {HALF}) / {2 * HALF} * (1 << z) AS tx, ({HALF} - y) / {2 * HALF} * (1 << z) AS ty
            FROM tile_gathering CROSS JOIN generate_series(0, {LAST_STORED}) AS z
        ) AS placed CROSS JOIN LATERAL (
            SELECT ST_MakePoint(round((tx - floor(tx)) * {EXTENT}), round((ty - floor(ty)) * {EXTENT})) AS geom,
                count, unit_key AS unit, name, 'province' AS approximate
        ) AS feature
        GROUP BY 1, 2, 3
    )
    SELECT z, x, y, coalesce(cells.mvt, '') || coalesce(gathered.mvt, '') AS mvt
    FROM cells FULL JOIN gathered USING (z, x, y)
"""


KEEP = """
    INSERT INTO stored_tile (z, x, y, mvt)
    SELECT * FROM unnest(CAST(:z AS int[]), CAST(:x AS int[]), CAST(:y AS int[]), CAST(:mvt AS bytea[]))
"""
"""All tiles in one statement: the policies of the table ask once for each statement who acts."""


TURNED = """
    SELECT institution_id FROM institution_state
    WHERE release_to IS NULL AND is_main
        AND (valid_from > :since AND valid_from <= :day OR valid_to > :since AND valid_to <= :day)
"""
"""Who begins or ceases to be shown between two days, whatever is published."""


def derive_tiles(session: Session, release: Release, institutions: Collection[str] | None) -> None:
    """Bring the tiles to the release, in which only these institutions changed (None: any may have); they show the day
    in Vietnam of its publication. Call it when the release's states are in."""
    day = vietnamese_day(release.published_at)
    since = shown_day(session, release.id - 1)
    given: dict[str, Any] = {"day": day, "gone": [status.value for status in GONE]}
    chosen = "true"
    if institutions is not None and since is not None and since <= day:
        turned = session.scalars(text(TURNED), {"since": since, "day": day}) if since < day else ()
        chosen, given["institutions"] = "institution_id = ANY(:institutions)", list({*institutions, *turned})
    session.execute(text(f"DELETE FROM tile_point WHERE {chosen}"), given)
    session.execute(text("SET LOCAL work_mem = '256MB'"))  # a million points sorted in memory: a quarter less work
    session.execute(text(POINTS.format(chosen=chosen)), given)
    session.execute(text("SET LOCAL work_mem TO DEFAULT"))
    session.execute(text("DELETE FROM tile_gathering"))
    session.execute(text(GATHERINGS), given)
    store(session)
    stamp(session, release.id, given)


def store(session: Session) -> None:
    """Make the tiles of small scales anew; compressed, because that is how they are sent."""
    session.execute(text("SET LOCAL jit = off"))  # compiling takes longer than the rows
    session.execute(text("DELETE FROM stored_tile"))
    made = {(row.z, row.x, row.y): bytes(row.mvt) for row in session.execute(text(TILES))}
    for place, layer in places_layer(session).items():
        made[place] = made.get(place, b"") + layer
    if made:
        zooms, columns, rows = zip(*made, strict=True)
        packed = [gzip.compress(mvt, 5, mtime=0) for mvt in made.values()]
        session.execute(text(KEEP), {"z": list(zooms), "x": list(columns), "y": list(rows), "mvt": packed})


def stamp(session: Session, release: int, given: dict[str, Any]) -> None:
    placed, by_province, everyone = session.execute(text(NUMBERS), given).one()
    row = {
        "release_id": release,
        "day": given["day"],
        "method": METHOD,
        "placed": placed,
        "by_province": by_province,
        "nowhere": everyone - placed - by_province,
    }
    stamped = upsert(TileStamp).values(id=1, **row)
    session.execute(stamped.on_conflict_do_update(index_elements=["id"], set_=row))


def shown_day(session: Session, release: int) -> date | None:
    """The day that the tiles show, if they are those of the release, made as this version would."""
    wanted = select(TileStamp.day).where(TileStamp.release_id == release, TileStamp.method == METHOD)
    return session.scalar(wanted)


def are_of(session: Session, release: int) -> bool:
    """Whether the tiles are those of the release, made as this version would."""
    return shown_day(session, release) is not None


def bring_tiles_up_to_date(session: Session) -> bool:
    """Make the tiles of the current release where they are missing or of an older method; whether it did."""
    head = session.scalar(select(RegisterHead.release_id))
    release = session.get(Release, head) if head is not None else None
    if release is None or are_of(session, release.id):
        return False
    derive_tiles(session, release, None)
    return True
