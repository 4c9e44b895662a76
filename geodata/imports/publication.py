"""Writing a staged change set, exactly as it is stored, in a handful of statements whatever its size."""

from geoalchemy2 import Geometry
from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from geodata.imports.facts import REPORTED, TABLES, value_columns
from geodata.imports.refusals import RegisterMovedOn
from geodata.indicators import indicator_named
from geodata.models import ImportRun, Proposal, Release, Source
from geodata.reporting import add_indicators, add_periods
from geodata.vocabulary import ReportState, SubjectKind

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_UNPACKED = """
    CREATE TEMPORARY TABLE staged_change ON COMMIT DROP AS
    SELECT r.id, r.institution_id, c.at, c.change->>'table' AS subject, c.change->>'action' AS action,
        (c.change->>'row_id')::bigint AS row_id, c.change->'before' AS before, c.change->'after' AS after,
        coalesce(c.change->>'about', r.institution_id) AS about, NULL::text AS reports_on
    FROM import_row AS r CROSS JOIN LATERAL jsonb_array_elements(r.changes) WITH ORDINALITY AS c (change, at)
    WHERE r.run_id = :run
"""
"""The change set unpacked once: each statement below would have to unpack all of it again."""
_UNPACKED_PROPOSAL = """
    CREATE TEMPORARY TABLE staged_change ON COMMIT DROP AS
    SELECT p.id, told.about AS institution_id, c.at, c.change->>'table' AS subject,
        c.change->>'action' AS action, (c.change->>'row_id')::bigint AS row_id, c.change->'before' AS before,
        c.change->'after' AS after, told.about, p.reports_on
    FROM proposal AS p CROSS JOIN LATERAL jsonb_array_elements(p.changes) WITH ORDINALITY AS c (change, at)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN strpos(c.change->>'about', ':') = 0 THEN c.change->>'about' END) AS told (about)
    WHERE p.id = :proposal
"""
"""`about` is NULL where an authority or a territory reports, which `reports_on` names."""


def write(session: Session, run: ImportRun, release: Release, source: Source) -> list[str]:
    """Issue the new ids, close and add facts, and log every change; returns the institutions touched.

    Raises `RegisterMovedOn` when a fact that the change set closes is not open any more.
    """
    given = {"run": run.id, "release": release.id, "source": source.id, "decision": run.decision_id}
    session.execute(
        text(
            "INSERT INTO institution (id) SELECT DISTINCT institution_id FROM import_row AS r"
            " WHERE run_id = :run AND outcome = 'created'"
            " AND NOT EXISTS (SELECT FROM institution WHERE id = r.institution_id) ORDER BY 1"
        ),
        given,
    )
    _unpack(session, _UNPACKED, given)
    _apply(session, release, given)
    touched = "SELECT DISTINCT institution_id FROM import_row WHERE run_id = :run AND changes <> '[]' ORDER BY 1"
    return list(session.scalars(text(touched), given))


def write_proposal(session: Session, proposal: Proposal, release: Release, source: Source) -> list[str]:
    """The same for the change set of a proposal; the institutions of its relations count as touched on both sides."""
    given = {
        "proposal": proposal.id,
        "release": release.id,
        "source": source.id,
        "decision": proposal.decision_id,
    }
    _unpack(session, _UNPACKED_PROPOSAL, given)
    session.execute(
        text(
            "INSERT INTO institution (id) SELECT DISTINCT about FROM staged_change"
            " WHERE about IS NOT NULL AND NOT EXISTS (SELECT FROM institution WHERE id = about) ORDER BY 1"
        )
    )
    _apply(session, release, given)
    touched = (
        "SELECT about FROM staged_change WHERE about IS NOT NULL UNION SELECT after->>'successor_id' FROM staged_change"
        " WHERE after ? 'successor_id' ORDER BY 1"
    )
    return list(session.scalars(text(touched)))


def _unpack(session: Session, query: str, given: dict[str, int | None]) -> None:
    session.execute(text("DROP TABLE IF EXISTS pg_temp.staged_change"))
    session.execute(text(query), given)
    session.execute(text("ANALYZE staged_change"))


def _apply(session: Session, release: Release, given: dict[str, int | None]) -> None:
    """Close, add and log what was unpacked."""
    used = set(session.scalars(text("SELECT DISTINCT subject FROM staged_change")))
    if REPORTED in used:
        _prepare_reports(session)
    for name in (name for name in TABLES if name in used):
        _close(session, name, given)
        _add(session, TABLES[name], given)
    _log(session, release, given)


def _close(session: Session, table: str, given: dict[str, int | None]) -> None:
    wanted = f"FROM staged_change WHERE subject = '{table}' AND action = 'close'"
    closed = session.execute(
        text(
            f"UPDATE {table} SET release_to = :release WHERE release_to IS NULL"
            f" AND row_id IN (SELECT row_id {wanted}) RETURNING row_id"
        ),
        given,
    ).all()
    if len(closed) != session.scalar(text(f"SELECT count(*) {wanted}")):
        raise moved_on([])


def _add(session: Session, table: Table, given: dict[str, int | None]) -> None:
    columns = [column for column in value_columns(table) if column in table.columns]
    values = ", ".join(_value(table, column) for column in columns)
    if table.name == REPORTED:
        columns, values = [*columns, "report_id"], f"{values}, {_REPORT}"
    session.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(columns)}, release_from, source_id, decision_id)"
            f" SELECT {values}, :release, coalesce((after->>'source_id')::int, :source),"
            " CASE WHEN after ? 'source_id' THEN (after->>'decision_id')::int ELSE :decision END"
            f" FROM staged_change WHERE subject = '{table.name}' AND action = 'add' ORDER BY id, at"
        ),
        given,
    )


_REPORT = """coalesce(
    (SELECT id FROM report WHERE institution_id = after->>'institution_id' AND period_id = after->>'period_id'),
    (SELECT id FROM report WHERE 'authority:' || authority_id = reports_on AND period_id = after->>'period_id'),
    (SELECT id FROM report WHERE subject_kind = 'territory' AND period_id = after->>'period_id'
        AND 'territory:' || coalesce(territory_key, 'vn') = reports_on))"""


def _prepare_reports(session: Session) -> None:
    """Periods, indicators and reports that the figures point to, where they are not there yet."""
    added = f"FROM staged_change WHERE subject = '{REPORTED}' AND action = 'add'"
    stated = session.execute(text(f"SELECT DISTINCT after->>'period_id', after->>'indicator_id' {added}")).all()
    add_periods(session, sorted({int(period) for period, _ in stated}))
    add_indicators(session, (indicator_named(id) for id in sorted({indicator for _, indicator in stated})))
    session.execute(
        text(
            "INSERT INTO report (period_id, subject_kind, institution_id, state)"
            f" SELECT DISTINCT after->>'period_id', '{SubjectKind.INSTITUTION}',"
            f" after->>'institution_id', '{ReportState.PUBLISHED}' {added} AND after->>'institution_id' IS NOT NULL"
            " ON CONFLICT (institution_id, period_id) DO NOTHING"
        )
    )


def _value(table: Table, column: str) -> str:
    kind = table.columns[column].type
    if isinstance(kind, Geometry):
        return f"ST_GeomFromEWKT(after->>'{column}')"
    return f"(after->>'{column}')::{kind.compile(_DIALECT)}"


def _log(session: Session, release: Release, given: dict[str, int | None]) -> None:
    session.execute(
        text(
            "INSERT INTO change_log"
            " (actor, reason, release_id, decision_id, institution_id, subject, action, before, after)"
            " SELECT :actor, :reason, :release, :decision, about, subject, action, before, after"
            " FROM staged_change ORDER BY id, at"
        ),
        {**given, "actor": release.published_by, "reason": release.reason},
    )


def moved_on(rows: list[str]) -> RegisterMovedOn:
    """The refusal that names the rows whose outcome would be another one now."""
    shown = "; ".join(rows[:10])
    return RegisterMovedOn(
        f"Sổ đăng ký đã thay đổi từ khi xem trước, kết quả sẽ khác ({shown or 'dữ liệu đã đóng'}). Hãy nhập lại tệp.",
        f"The register changed since staging and the result would differ ({shown or 'facts are closed'}). Stage again.",
    )
