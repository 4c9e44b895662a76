"""A look at the register as readers see it: institutions on the map, verification answers, the planner's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.overlays import NoFigures, by_unit
from geodata.unit_reads import LevelNotInVintage
from geodata.verification import Decision, Question, Shelf, decide_many

STANDINGS = """
    SELECT institution_id, asked.day, name, type, status, ST_X(geom) AS lon, ST_Y(geom) AS lat, province_code,
        there.places, there.placed, there.points
    FROM institution_state AS state CROSS JOIN unnest(CAST(:days AS date[])) AS asked (day)
    CROSS JOIN LATERAL (
        SELECT count(*) AS places, count(site.geom) AS placed,
            coalesce(string_agg(ST_AsText(site.geom), ' ' ORDER BY site.campus_id), '') AS points
        FROM institution_state AS site
        WHERE site.institution_id = state.institution_id AND site.release_to IS NULL
            AND (site.valid_from IS NULL OR site.valid_from <= asked.day)
            AND (site.valid_to IS NULL OR site.valid_to > asked.day)
    ) AS there
    WHERE release_to IS NULL AND is_main AND institution_id = ANY(:institutions)
        AND (valid_from IS NULL OR valid_from <= asked.day) AND (valid_to IS NULL OR valid_to > asked.day)
"""
NETWORK = """
    SELECT asked.code, count(*) FILTER (WHERE status = 'active') AS active,
        count(*) FILTER (WHERE status NOT IN ('closed', 'merged')) AS listed,
        coalesce(sum(places) FILTER (WHERE status = 'active'), 0) AS places
    FROM unnest(CAST(:provinces AS text[])) AS asked (code)
    LEFT JOIN (
        SELECT state.province_code, state.status,
            (SELECT sum(quota) FROM programme WHERE programme.institution_id = state.institution_id
                AND release_to IS NULL AND (valid_from IS NULL OR valid_from <= :day)
                AND (valid_to IS NULL OR valid_to > :day)) AS places
        FROM institution_state AS state
        WHERE release_to IS NULL AND is_main AND (valid_from IS NULL OR valid_from <= :day)
            AND (valid_to IS NULL OR valid_to > :day) AND province_code = ANY(:provinces)
    ) AS there ON there.province_code = asked.code
    GROUP BY asked.code
"""
REPORTED = """
    SELECT indicator_id, max(report.period_id) FROM indicator_value AS figure JOIN report ON report.id = report_id
    WHERE report.institution_id = ANY(:institutions) AND release_to IS NULL
    GROUP BY indicator_id ORDER BY indicator_id
"""
TAUGHT = """
    SELECT DISTINCT ON (institution_id) institution_id, occupation_code, training_level FROM programme
    WHERE release_to IS NULL AND institution_id = ANY(:institutions)
    ORDER BY institution_id, valid_to IS NOT NULL, quota DESC NULLS LAST, occupation_code
"""
MOST_QUESTIONED = 40
"""Institutions of a proposal that questions are asked about; more would not be read."""
MOST_INDICATORS = 30


@dataclass(frozen=True)
class Standing:
    """An institution as the map shows it on a day; `lon`, `lat` None without a place. Of all its `places` so many are
    `placed`; `points` are where, as text."""

    name: str
    type: str
    status: str
    lon: float | None
    lat: float | None
    province: str | None
    places: int = 1
    placed: int = 0
    points: str = ""


@dataclass(frozen=True)
class Figure:
    """A planner's figure: of a province (code of today; "" is the whole country) and a period. `indicator` is one of
    the catalogue, or `active`, `listed`, `places` for the network itself on the day of effect."""

    indicator: str
    unit: str
    period: str
    value: float | None
    n: int
    N: int


@dataclass(frozen=True)
class Look:
    """What readers see: standings by (institution, day), decisions in the order asked, figures by (indicator, unit)."""

    standings: dict[tuple[str, date], Standing]
    answers: tuple[Decision, ...]
    figures: dict[tuple[str, str], Figure]


def look(
    session: Session,
    institutions: Sequence[str],
    provinces: Sequence[str],
    questions: Sequence[tuple[Question, date]],
    days: Sequence[date],
    *,
    reporting: Sequence[str] | None = None,
) -> Look:
    """The register as this transaction sees it, nothing remembered. Figures are those that the institutions, or
    `reporting`, have reported."""
    session.flush()
    rows = session.execute(text(STANDINGS), {"institutions": list(institutions), "days": list(days)})
    standings = {
        (row.institution_id, row.day): Standing(
            row.name, row.type, row.status, row.lon, row.lat, row.province_code, row.places, row.placed, row.points
        )
        for row in rows
    }
    answers = decide_many(session, questions, shelf=Shelf()) if questions else ()
    found = [
        *_network(session, provinces, days[-1]),
        *_readiness(session, reporting or institutions, provinces, days[-1]),
    ]
    return Look(standings, answers, {(figure.indicator, figure.unit): figure for figure in found})


def first_programmes(session: Session, institutions: Sequence[str]) -> dict[str, tuple[str, str]]:
    """{institution: (occupation, level)} of its largest programme, one in force before one that ended."""
    rows = session.execute(text(TAUGHT), {"institutions": list(institutions)[:MOST_QUESTIONED]})
    return {row.institution_id: (row.occupation_code, row.training_level) for row in rows}


def _network(session: Session, provinces: Sequence[str], day: date) -> list[Figure]:
    rows = session.execute(text(NETWORK), {"provinces": list(provinces), "day": day})
    return [
        Figure(name, row.code, day.isoformat(), float(getattr(row, name)), 0, 0)
        for row in rows
        for name in ("active", "listed", "places")
    ]


def _readiness(session: Session, institutions: Sequence[str], provinces: Sequence[str], day: date) -> list[Figure]:
    """Indicators that these institutions reported, for their provinces and for the whole, in the latest period."""
    found: list[Figure] = []
    reported = session.execute(text(REPORTED), {"institutions": list(institutions)}).all()
    for indicator, period in reported[:MOST_INDICATORS]:
        try:
            told = by_unit(session, indicator, level="province", on=day, period=period)
        except (NoFigures, LevelNotInVintage):
            continue
        rows = [(row.unit.code, row) for row in told.rows if row.unit is not None and row.unit.code in provinces]
        found += [Figure(indicator, code, period, row.value, row.n, row.N) for code, row in [*rows, ("", told.whole)]]
    return found
