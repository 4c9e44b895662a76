"""Points of a file held against the outlines of the provinces they are said to be in, all in one query."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.statements import Problem, Stated

TOLERANCE_M = 5_000
"""Outlines may be approximate: nearer than this to the province is no finding."""

_DISTANCES = text(
    """
    SELECT asked.at, round((ST_Distance(point.geom::geography, outline.geom::geography) / 1000)::numeric, 1)
    FROM unnest(CAST(:at AS int[]), CAST(:keys AS text[]), CAST(:lons AS float[]), CAST(:lats AS float[]))
        AS asked (at, key, lon, lat)
    CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4326) AS geom) AS point
    JOIN unit_boundary AS outline ON outline.unit_key = asked.key
    WHERE NOT ST_Intersects(outline.geom, point.geom)
        AND NOT ST_DWithin(outline.geom_low::geography, point.geom::geography, :tolerance)
    """
)


def far_outside(session: Session, rows: Sequence[Stated]) -> dict[int, list[Problem]]:
    """{position in rows: problems} of points far outside their stated province; without an outline there are none."""
    asked = [(at, row) for at, row in enumerate(rows) if row.point and row.place.province]
    if not asked:
        return {}
    answers = session.execute(
        _DISTANCES,
        {
            "at": [at for at, _ in asked],
            "keys": [row.place.province.key for _, row in asked if row.place.province],
            "lons": [row.point.lon for _, row in asked if row.point],
            "lats": [row.point.lat for _, row in asked if row.point],
            "tolerance": TOLERANCE_M,
        },
    )
    return {at: [_problem(rows[at], distance_km)] for at, distance_km in answers}


def _problem(row: Stated, distance_km: object) -> Problem:
    column = "coordinates" if "coordinates" in row.row.cells else "lat"
    name = row.place.province.full_name if row.place.province else ""
    return Problem("outside_province", column, {"province": name, "distance_km": str(distance_km)})
