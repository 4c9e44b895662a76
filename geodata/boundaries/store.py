"""Writing outlines, and telling which stand in the register."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.boundaries.matching import Matched
from geodata.outlines import as_multi, at_three_widths, ewkb_hex
from geodata.unit_load import copy_into


@dataclass(frozen=True)
class BoundarySet:
    """Outlines of one level and vintage that came together."""

    level: str
    valid_from: date
    quality: str
    source: str
    imported_by: str
    imported_at: datetime
    outlines: int


def store(session: Session, matches: list[Matched], *, level: str, quality: str, source: str, by: str) -> Counter[str]:
    """Replace the outlines of the matched units; counts of created, updated and unchanged. Commits nothing."""
    outlines = [as_multi(match.feature.geometry) for match in matches if match.feature.geometry is not None]
    session.execute(text("DROP TABLE IF EXISTS pg_temp.loading_outlines"))
    session.execute(text(_TABLE))
    with copy_into(session, "COPY loading_outlines FROM STDIN") as copy:
        for match, widths in zip(matches, at_three_widths(level, outlines), strict=True):
            copy.write_row((match.unit.key, *map(ewkb_hex, widths)))
    written = session.scalars(text(_REPLACE), {"quality": quality, "source": source, "by": by}).all()
    session.execute(text("DROP TABLE loading_outlines"))
    created = sum(written)
    return Counter(created=created, updated=len(written) - created, unchanged=len(matches) - len(written))


def boundary_sets(session: Session) -> list[BoundarySet]:
    """What stands in the register, by level and vintage, newest import first."""
    return [BoundarySet(*row) for row in session.execute(text(_SETS))]


_TABLE = """
CREATE TEMP TABLE loading_outlines (
    unit_key text, geom geometry(MultiPolygon, 4326), geom_low geometry(MultiPolygon, 4326),
    geom_mid geometry(MultiPolygon, 4326)
)
"""

_REPLACE = """
INSERT INTO unit_boundary AS b (unit_key, quality, source, geom, geom_low, geom_mid, imported_by)
SELECT unit_key, :quality, :source, geom, geom_low, geom_mid, :by FROM loading_outlines
ON CONFLICT (unit_key) DO UPDATE SET
    quality = excluded.quality, source = excluded.source, geom = excluded.geom, geom_low = excluded.geom_low,
    geom_mid = excluded.geom_mid, imported_by = excluded.imported_by, imported_at = now()
WHERE b.quality <> excluded.quality OR b.source <> excluded.source
   OR ST_AsEWKB(b.geom) <> ST_AsEWKB(excluded.geom)
RETURNING (xmax = 0)
"""

_SETS = """
SELECT u.level, u.valid_from, b.quality, b.source, b.imported_by, max(b.imported_at), count(*)
FROM unit_boundary b JOIN administrative_unit u ON u.key = b.unit_key
GROUP BY u.level, u.valid_from, b.quality, b.source, b.imported_by
ORDER BY array_position(ARRAY['province', 'district', 'commune'], u.level), u.valid_from DESC, max(b.imported_at) DESC
"""
