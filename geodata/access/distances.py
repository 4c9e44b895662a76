"""The distance from every commune to the nearest institution that qualifies: set-based, by index where many qualify.

Distances are geodesic, in a straight line, from the commune's own point to the nearest campus of a qualifying
institution; nobody travels in straight lines. Institutions whose place is known to district or province only have no
point: they are counted, never placed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.access.population import Population, population
from geodata.access.question import AccessQuestion, qualifying, values
from geodata.figures.contributions import HOLDS, SAID, SAID_NOW
from geodata.releases import Moment, moment
from geodata.unit_reads import Unit, units
from geodata.vocabulary import UnitLevel

INDEXED_COST = 10
"""What passing over a row in the index's order costs, measured in comparisons of one commune with one campus."""

LONGEST_MS = 15_000
"""An answer is made once per release and kept; with a million institutions it may take longer than others."""

CLOSE = 3
"""Candidates by distance on the sphere, among which the distance on the spheroid decides (they differ by 0.5 %)."""

MOST_COUNTED = 20_000
"""More institutions than that are not counted one by one: ten times the country's network, a moment's work."""

COUNTED = """
    SELECT count(*) AS institutions, count(*) FILTER (WHERE unplaced) AS unplaced,
        (SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'institution_state'::regclass) AS rows
    FROM (
        SELECT state.geom IS NULL AND NOT EXISTS (
            SELECT FROM institution_state AS other WHERE other.institution_id = state.institution_id
                AND other.geom IS NOT NULL AND {other_said} AND {other_holds}) AS unplaced
        FROM institution_state AS state WHERE state.is_main AND {qualifying} LIMIT {most} + 1
    ) AS institution
"""

PLACES = """
    place AS MATERIALIZED (
        SELECT key, point::geography AS spot, ST_X(point) AS lon, ST_Y(point) AS lat,
            cos(radians(ST_Y(point))) ^ 2 AS narrowing
        FROM administrative_unit WHERE key = ANY (:keys)
    )
"""

BY_INDEX = """
    WITH {places}
    SELECT place.key, nearest.* FROM place CROSS JOIN LATERAL (
        SELECT close.institution_id, close.name, close.location_precision,
            ST_Distance(close.geog, place.spot) AS distance_m
        FROM (
            SELECT state.institution_id, state.name, state.location_precision, state.geog
            FROM institution_state AS state WHERE state.geog IS NOT NULL AND {qualifying}
            ORDER BY state.geog <-> place.spot LIMIT {close}
        ) AS close ORDER BY distance_m, close.institution_id LIMIT 1
    ) AS nearest
"""

ONE_BY_ONE = """
    WITH {places}, campus AS MATERIALIZED (
        SELECT state.institution_id, state.name, state.location_precision, state.geog, ST_X(state.geom) AS lon,
            ST_Y(state.geom) AS lat
        FROM institution_state AS state WHERE state.geom IS NOT NULL AND {qualifying}
    )
    SELECT place.key, nearest.* FROM place CROSS JOIN LATERAL (
        SELECT close.institution_id, close.name, close.location_precision,
            ST_Distance(close.geog, place.spot) AS distance_m
        FROM (
            SELECT * FROM campus
            ORDER BY (campus.lon - place.lon) ^ 2 * place.narrowing + (campus.lat - place.lat) ^ 2 LIMIT {close}
        ) AS close ORDER BY distance_m, close.institution_id LIMIT 1
    ) AS nearest
"""


@dataclass(frozen=True)
class CommuneAccess:
    """A commune with its nearest qualifying institution. `distance_km` None: nobody with a known place qualifies in the
    whole country. `approximate`: the institution's place is known to its commune only. `people` None: not imported."""

    unit: Unit
    distance_km: float | None
    institution_id: str | None
    institution: str | None
    approximate: bool
    people: int | None

    def within(self, radius_km: float) -> bool:
        """Whether the institution lies within the radius."""
        return self.distance_km is not None and self.distance_km <= radius_km


@dataclass(frozen=True)
class Reach:
    """How many communes (people) lie within a radius; `people` are those of communes whose population is known."""

    communes: int
    reached: int
    people: int | None
    people_reached: int | None
    median_km: float | None

    @property
    def share(self) -> float | None:
        """Share of communes, 0 to 1; None where there are none."""
        return self.reached / self.communes if self.communes else None

    @property
    def people_share(self) -> float | None:
        """Share of people, 0 to 1; None where no population is known."""
        if not self.people or self.people_reached is None:
            return None
        return self.people_reached / self.people


@dataclass(frozen=True)
class Access:
    """An answered question: a row per commune of the day, by code. `institutions` qualify, of which `unplaced` have no
    point and cannot give a distance; both are None where they are more than `MOST_COUNTED`."""

    question: AccessQuestion
    release: int
    rows: tuple[CommuneAccess, ...]
    institutions: int | None
    unplaced: int | None
    population: Population | None

    def reach(self, radius_km: float, province: str | None = None) -> Reach:
        """The reach over the country, or over a province by its key."""
        return reach([row for row in self.rows if province is None or row.unit.parent_key == province], radius_km)

    def farthest(self) -> list[CommuneAccess]:
        """The communes from the farthest on; those without any distance first, by code among equals."""
        far = {row.unit.key: math.inf if row.distance_km is None else row.distance_km for row in self.rows}
        return sorted(self.rows, key=lambda row: (-far[row.unit.key], row.unit.code))


def access(session: Session, asked: AccessQuestion, *, release: int | None = None) -> Access:
    """The distance of every commune that exists on the day, in one question to the database.

    Raises `NotAnInstitutionIndicator`, `UnknownRelease`.
    """
    at = moment(session, asked.on, release)
    session.execute(text(f"SET LOCAL statement_timeout = {LONGEST_MS}"))
    communes = [unit for unit in units(session, level=UnitLevel.COMMUNE, on=asked.on) if unit.lon_lat is not None]
    given = {**values(session, asked, at), "keys": [unit.key for unit in communes]}
    counts = session.execute(text(_counted(asked, at)), given).one()
    countable = counts.institutions <= MOST_COUNTED
    nearest = {row.key: row for row in session.execute(text(_nearest(asked, at, counts)), given)}
    people = population(session, [unit.key for unit in communes])
    return Access(
        question=asked,
        release=at.release,
        rows=tuple(_commune(unit, nearest.get(unit.key), people) for unit in communes),
        institutions=counts.institutions if countable else None,
        unplaced=counts.unplaced if countable else None,
        population=people,
    )


def reach(rows: Sequence[CommuneAccess], radius_km: float) -> Reach:
    """The reach over these communes."""
    known = [row for row in rows if row.people is not None]
    distances = [row.distance_km for row in rows if row.distance_km is not None]
    return Reach(
        communes=len(rows),
        reached=sum(row.within(radius_km) for row in rows),
        people=sum(row.people or 0 for row in known) if known else None,
        people_reached=sum(row.people or 0 for row in known if row.within(radius_km)) if known else None,
        median_km=round(median(distances), 1) if distances else None,
    )


def _counted(asked: AccessQuestion, at: Moment) -> str:
    said = SAID_NOW if at.is_current else SAID
    return COUNTED.format(
        qualifying=qualifying(asked, at),
        other_said=said.format(row="other"),
        other_holds=HOLDS.format(row="other", day=":on"),
        most=MOST_COUNTED,
    )


def _nearest(asked: AccessQuestion, at: Moment, counts: Any) -> str:
    """By index where the rows it passes over until it meets a qualifying one cost less than looking at all of those."""
    many = counts.institutions**2 > min(CLOSE * INDEXED_COST * counts.rows, MOST_COUNTED**2)
    return (BY_INDEX if many and at.is_current else ONE_BY_ONE).format(
        places=PLACES, qualifying=qualifying(asked, at), close=CLOSE
    )


def _commune(unit: Unit, row: Any, people: Population | None) -> CommuneAccess:
    known = people.of.get(unit.key) if people else None
    if row is None:
        return CommuneAccess(unit, None, None, None, False, known)
    rough = row.location_precision == "commune"
    return CommuneAccess(unit, round(row.distance_m / 1000, 2), row.institution_id, row.name, rough, known)
