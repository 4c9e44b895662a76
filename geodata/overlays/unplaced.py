"""Who stands behind the row without a unit: institutions whose stored codes name no unit of the level."""

from dataclasses import dataclass
from itertools import count

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.figures.contributions import HOLDS, SAID, SAID_NOW, contributions, standing
from geodata.figures.measures import as_json, with_parts
from geodata.overlays.by_unit import Overlay
from geodata.overlays.sums import filter_conditions, filter_values, unit_column
from geodata.releases import moment
from geodata.vocabulary import SubjectKind

SOME = 1_000
"""How many without a unit are looked at in one go: with all their reports they are most of a large register."""

WITHOUT_UNIT = """
    SELECT state.institution_id FROM reporting_period AS period JOIN institution_state AS state ON {holds}
    WHERE period.id = ANY(:periods) AND state.is_main AND state.status IN ('active', 'suspended') AND {said}
        AND state.type = ANY(:asked_types) AND state.ownership = ANY(:asked_of) AND {nowhere}
    ORDER BY state.name_folded, state.institution_id LIMIT :some OFFSET :seen
"""
COUNTED = """
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
    limit = min(limit, sum(row.N for row in overlay.rows if row.unit is None))
    found: list[Unplaced] = []
    for seen in count(0, SOME):
        ids = _without_unit(session, overlay, seen=seen) if len(found) < limit else []
        if not ids:
            return tuple(found)
        found += _counted(session, overlay, ids, limit=limit - len(found))
    raise AssertionError


def _without_unit(session: Session, overlay: Overlay, *, seen: int) -> list[str]:
    """The next of the institutions without a unit, by name, of the types that the indicator is about."""
    column = unit_column(overlay.vintage).replace("cell.", "state.")
    nowhere = f"({column} IS NULL OR NOT {column} = ANY(:codes))"
    sql = WITHOUT_UNIT.format(
        nowhere=" AND ".join([nowhere, *filter_conditions(overlay.filters, "state")]), **_read(session, overlay)
    )
    measured = with_parts([overlay.indicator.id])
    values = {
        **{"periods": [overlay.period], "release": overlay.release, "some": SOME, "seen": seen},
        **{"asked_types": sorted({one for measure in measured for one in measure.types})},
        **{"asked_of": sorted({one for measure in measured for one in measure.ownerships})},
        "codes": [row.unit.code for row in overlay.rows if row.unit],
        **filter_values(overlay.filters),
    }
    return list(session.scalars(text(sql), values))


def _counted(session: Session, overlay: Overlay, ids: list[str], *, limit: int) -> list[Unplaced]:
    """Those of them that the indicator is about."""
    now = _is_current(session, overlay)
    sql = COUNTED.format(
        standing=standing(now=now, chosen="state.institution_id = ANY(:ids)"),
        contributions=contributions(now=now, chosen="report.institution_id = ANY(:ids)"),
        **_read(session, overlay),
    )
    values = {
        **{"periods": [overlay.period], "release": overlay.release, "ids": ids, "limit": limit},
        "measures": as_json(with_parts([overlay.indicator.id])),
        "asked": [overlay.indicator.id],
    }
    return [Unplaced(row.id, row.name) for row in session.execute(text(sql), values)]


def _read(session: Session, overlay: Overlay) -> dict[str, str]:
    """Which states are meant: those of the period's last day, as the overlay's release has them."""
    said = SAID_NOW if _is_current(session, overlay) else SAID
    return {"holds": HOLDS.format(row="state", day="period.ends_on"), "said": said.format(row="state")}


def _is_current(session: Session, overlay: Overlay) -> bool:
    return moment(session, overlay.vintage.on, overlay.release).is_current
