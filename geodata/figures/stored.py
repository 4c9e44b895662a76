"""Figures stored with each release: cells of like institutions, with counts and sums per period and indicator.

Sums are exact (`numeric`), so a release changes them by what its institutions contributed before and contribute now;
`drift` compares them with the sums over everything.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.figures.contributions import contributions, standing
from geodata.figures.measures import as_json, fingerprint, measures
from geodata.models import ReadinessStamp, RegisterHead
from geodata.models.figures import CELL_KEY

ANALYZE_FROM = 10_000
"""From this many touched institutions on, fresh statistics pay for themselves."""

KEY = ", ".join(CELL_KEY)

SAME_CELL = " AND ".join(f"cell.{name} IS NOT DISTINCT FROM standing.{name}" for name in CELL_KEY)

CELLS = f"INSERT INTO readiness_cell ({KEY}) SELECT DISTINCT {KEY} FROM standing ON CONFLICT DO NOTHING"

NUMBERED = f"""
    CREATE TEMPORARY TABLE standing_cell ON COMMIT DROP AS
    WITH numbered AS (
        SELECT institution_id, period_id, teaches_it, hash_record_extended(ROW({KEY}), 0) AS hash, {KEY} FROM standing
    ), known AS (SELECT id, hash_record_extended(ROW({KEY}), 0) AS hash, {KEY} FROM readiness_cell)
    SELECT standing.institution_id, standing.period_id, cell.id AS cell_id, standing.teaches_it, 1 AS institutions
    FROM numbered AS standing JOIN known AS cell ON cell.hash = standing.hash AND {SAME_CELL}
"""

GATHERED = """
    CREATE TEMPORARY TABLE gathered_cell ON COMMIT DROP AS
    WITH telling AS (
        SELECT institution_id, period_id FROM report WHERE institution_id IS NOT NULL AND period_id = ANY(:periods)
        UNION SELECT institution_id, period_id
        FROM institution_attribute AS body CROSS JOIN unnest(CAST(:periods AS text[])) AS period_id
        WHERE kind = 'managing_body' AND EXISTS (SELECT FROM unnest(CAST(:ministries AS text[])) AS ministry
            WHERE strpos(lower(normalize(body.value, NFC)), lower(ministry)) > 0)
    )
    SELECT min(institution_id) AS institution_id, period_id, cell_id, teaches_it, count(*)::int AS institutions
    FROM standing_cell LEFT JOIN (SELECT *, institution_id AS itself FROM telling) AS telling
        USING (institution_id, period_id)
    GROUP BY period_id, cell_id, teaches_it, itself
"""
"""One institution stands for all of its cell that reported nothing: the same indicators apply to them. Of 20,000 new
institutions without reports some thousand are left. Those that reported, and those that the standard may spare for
their ministry, stand for themselves."""

LEFT_OUT = """
    DELETE FROM standing WHERE NOT EXISTS (
        SELECT FROM gathered_cell AS kept
        WHERE kept.institution_id = standing.institution_id AND kept.period_id = standing.period_id)
"""

SUMMED = """
    SELECT period_id, indicator_id, cell_id, sum(institutions) AS applicable, count(weight) AS reporting,
        coalesce(sum(amount), 0) AS amount, coalesce(sum(weight), 0) AS weight
    FROM contribution JOIN standing_cell USING (institution_id, period_id)
    GROUP BY period_id, indicator_id, cell_id
"""

ADD = """
    INSERT INTO readiness_figure AS figure (period_id, indicator_id, cell_id, applicable, reporting, amount, weight)
    WITH {contributions}, summed AS ({summed})
    SELECT period_id, indicator_id, cell_id, {sign} applicable, {sign} reporting, {sign} amount, {sign} weight
    FROM summed
"""

TO_THOSE_THERE = """
    ON CONFLICT (period_id, indicator_id, cell_id) DO UPDATE SET
        applicable = figure.applicable + excluded.applicable, reporting = figure.reporting + excluded.reporting,
        amount = figure.amount + excluded.amount, weight = figure.weight + excluded.weight
"""

FORGET_EMPTY = """
    DELETE FROM readiness_figure AS figure USING standing_cell
    WHERE figure.period_id = standing_cell.period_id AND figure.indicator_id = ANY(:asked)
        AND figure.cell_id = standing_cell.cell_id AND figure.applicable = 0
"""

PERIODS = """
    SELECT id FROM reporting_period AS period
    WHERE EXISTS (SELECT FROM report WHERE period_id = period.id AND institution_id IS NOT NULL) ORDER BY id
"""

HAS_FIGURES = "SELECT EXISTS (SELECT FROM readiness_figure WHERE period_id = :period)"

DRIFT = """
    WITH {contributions}, summed AS ({summed})
    SELECT count(*) FROM summed FULL JOIN readiness_figure AS stored USING (period_id, indicator_id, cell_id)
    WHERE (summed.applicable, summed.reporting, summed.amount, summed.weight)
        IS DISTINCT FROM (stored.applicable, stored.reporting, stored.amount, stored.weight)
"""


def derive_figures(session: Session, release: int, institutions: Collection[str] | None) -> None:
    """Bring the stored figures to `release`, in which only these institutions changed (None: any may have).

    Call it when the release's facts and states are in. Figures of an unknown age or method, and periods without
    figures, are derived from all institutions.
    """
    if institutions is None or not are_of(session, release - 1):
        _derive_all(session)
    else:
        _follow(session, release, sorted(set(institutions)))
    row = {"release_id": release, "measures": fingerprint()}
    stamped = upsert(ReadinessStamp).values(id=1, **row)
    session.execute(stamped.on_conflict_do_update(index_elements=["id"], set_=row))


def bring_up_to_date(session: Session) -> bool:
    """Derive the figures of the current release where they are missing or of an older method; whether it did."""
    release = session.scalar(select(RegisterHead.release_id))
    if release is None or are_of(session, release):
        return False
    derive_figures(session, release, None)
    return True


def are_of(session: Session, release: int) -> bool:
    """Whether the stored figures are those of the release, derived as this version would."""
    found = session.execute(select(ReadinessStamp.release_id, ReadinessStamp.measures)).one_or_none()
    return found is not None and tuple(found) == (release, fingerprint())


def drift(session: Session) -> int:
    """How many stored figures differ from the sums over all institutions of the current release; 0 when all is well."""
    periods = _periods(session)
    _stand(session, periods, now=True, analyze=True)
    sql = DRIFT.format(contributions=contributions(now=True), summed=SUMMED)
    with _joined_at_once(session):
        return int(session.scalar(text(sql), _asked(periods)) or 0)


def _derive_all(session: Session) -> None:
    session.execute(text("DELETE FROM readiness_figure"))
    session.execute(text("DELETE FROM readiness_cell"))
    for period in _periods(session):
        _derive_period(session, period)


def _derive_period(session: Session, period: str) -> None:
    """The figures of a period that has none yet, from all institutions."""
    _stand(session, [period], now=True, analyze=True)
    _gather(session, [period])
    with _joined_at_once(session):
        session.execute(text(_add(sign="", now=True)), _asked([period]))


def _follow(session: Session, release: int, institutions: list[str]) -> None:
    """Take away what the institutions contributed in the release before and add what they contribute now."""
    periods = _periods(session)
    known = [period for period in periods if session.scalar(text(HAS_FIGURES), {"period": period})]
    _move(session, known, institutions, release=release - 1, sign="-")
    _move(session, known, institutions, release=release, sign="")
    for period in periods:
        if period not in known:
            _derive_period(session, period)


def _move(session: Session, periods: list[str], institutions: list[str], *, release: int, sign: str) -> None:
    """Add (sign "-": take away) what the institutions contribute as published in the release."""
    large = len(institutions) >= ANALYZE_FROM
    _stand(session, periods, now=False, release=release, institutions=institutions, analyze=large)
    if large:
        _gather(session, periods)
    values = {**_asked(periods), "release": release, "institutions": institutions}
    with _joined_at_once(session) if large else nullcontext():
        chosen = "report.institution_id = ANY(:institutions)"
        session.execute(text(_add(sign=sign, now=False, chosen=chosen) + TO_THOSE_THERE), values)
    session.execute(text(FORGET_EMPTY), values)


def _add(*, sign: str, now: bool, chosen: str = "true") -> str:
    return ADD.format(contributions=contributions(now=now, chosen=chosen), summed=SUMMED, sign=sign)


@contextmanager
def _joined_at_once(session: Session) -> Iterator[None]:
    """Join whole sets by hash or merge, in memory where they fit. A bulk load fills tables without indexes or
    statistics, where the planner expects a few rows and loops over all (measured at 40,000 institutions: over seven
    minutes)."""
    session.execute(text("SET LOCAL enable_nestloop = off"))
    session.execute(text("SET LOCAL work_mem = '64MB'"))
    yield
    session.execute(text("SET LOCAL enable_nestloop TO DEFAULT"))
    session.execute(text("SET LOCAL work_mem TO DEFAULT"))


def _stand(
    session: Session,
    periods: list[str],
    *,
    now: bool,
    release: int | None = None,
    institutions: list[str] | None = None,
    analyze: bool = False,
) -> None:
    """Temporary tables `standing` and `standing_cell` of the institutions for the periods, every cell being known."""
    chosen = "true" if institutions is None else "state.institution_id = ANY(:institutions)"
    query = standing(now=now, chosen=chosen)
    session.execute(text("DROP TABLE IF EXISTS pg_temp.standing, pg_temp.standing_cell, pg_temp.gathered_cell"))
    session.execute(
        text(f"CREATE TEMPORARY TABLE standing ON COMMIT DROP AS {query}"),
        {"periods": periods, "release": release, "institutions": institutions},
    )
    if analyze:
        session.execute(text("ANALYZE standing"))
    session.execute(text(CELLS))
    session.execute(text(NUMBERED))
    if analyze:
        session.execute(text("ANALYZE standing_cell"))


def _gather(session: Session, periods: list[str]) -> None:
    """Leave one in `standing` and `standing_cell` for all silent ones of a cell."""
    ministries = sorted({name for measure in measures().values() for name in measure.not_managed_by})
    session.execute(text(GATHERED), {"periods": periods, "ministries": ministries})
    session.execute(text(LEFT_OUT))
    session.execute(text("DROP TABLE pg_temp.standing_cell"))
    session.execute(text("ALTER TABLE pg_temp.gathered_cell RENAME TO standing_cell"))
    session.execute(text("ANALYZE standing, standing_cell"))


def _periods(session: Session) -> list[str]:
    """Periods in which any institution reported."""
    return list(session.scalars(text(PERIODS)))


def _asked(periods: list[str]) -> dict[str, object]:
    return {"periods": periods, "measures": as_json(measures().values()), "asked": list(measures())}
