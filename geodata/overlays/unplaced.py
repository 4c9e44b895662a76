"""Who stands behind the row without a unit: institutions whose stored codes name no unit of the level."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.figures.contributions import HOLDS, SAID, contributions, standing
from geodata.figures.measures import as_json, with_parts
from geodata.overlays.by_unit import Overlay
from geodata.overlays.sums import filter_conditions, filter_values, unit_column
from geodata.vocabulary import SubjectKind

UNPLACED = """
    WITH standing AS MATERIALIZED ({standing}), {contributions}
    SELECT state.institution_id AS id, state.name FROM contribution
    JOIN reporting_period AS period ON period.id = contribution.period_id
    JOIN institution_state AS state ON state.institution_id = contribution.institution_id AND state.is_main
        AND {holds} AND {said}
    ORDER BY state.name_folded, state.institution_id LIMIT :limit
"""


@dataclass(frozen=True)
class Unplaced:
    id: str
    name: str


def unplaced(session: Session, overlay: Overlay, *, limit: int = 100) -> tuple[Unplaced, ...]:
    """The institutions counted in the overlay's row without a unit, by name, at most `limit`; none for authorities."""
    if overlay.indicator.subject is not SubjectKind.INSTITUTION or all(row.unit for row in overlay.rows):
        return ()
    column = unit_column(overlay.vintage).replace("cell.", "state.")
    nowhere = f"({column} IS NULL OR NOT {column} = ANY(:codes))"
    sql = UNPLACED.format(
        standing=standing(chosen=" AND ".join([nowhere, *filter_conditions(overlay.filters, "state")])),
        contributions=contributions(),
        holds=HOLDS.format(row="state", day="period.ends_on"),
        said=SAID.format(row="state"),
    )
    values = {
        "periods": [overlay.period],
        "release": overlay.release,
        "codes": [row.unit.code for row in overlay.rows if row.unit],
        "measures": as_json(with_parts([overlay.indicator.id])),
        "asked": [overlay.indicator.id],
        "limit": limit,
        **filter_values(overlay.filters),
    }
    return tuple(Unplaced(row.id, row.name) for row in session.execute(text(sql), values))
