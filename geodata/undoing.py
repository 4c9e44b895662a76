"""Undoing a release by another one: the register says again what it said before, and the log says so."""

from collections.abc import Collection

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.models import ChangeLog, Fact, Release
from geodata.releases import PUBLISHED_FACTS, UnknownRelease, finish_release, open_release
from geodata.vocabulary import ReleaseKind


class NotUndoable(GeodataError):
    """A release whose changes are logged in bulk and leave in their own way."""


class LaterChanges(GeodataError):
    """An undo was refused: these institutions changed again afterwards."""

    def __init__(self, release_id: int, institutions: tuple[str, ...]) -> None:
        shown = ", ".join(institutions[:10])
        super().__init__(f"release {release_id} cannot be undone: changed again since by later releases: {shown}")
        self.release_id = release_id
        self.institutions = institutions
        self.vi = (
            f"Không hoàn tác được: các cơ sở này đã thay đổi tiếp ở lần công bố sau ({shown}). "
            "Hãy hoàn tác lần đó trước."
        )


def revert(session: Session, release_id: int, *, actor: str, reason: str) -> Release:
    """Undo one release by another: what it added is closed, what it closed is said again.

    Later releases that were undone themselves are no hindrance. Raises `UnknownRelease`, `NotUndoable`, or
    `LaterChanges` when a touched institution changed again since and still says so.
    """
    undone = session.get(Release, release_id)
    if undone is None:
        raise UnknownRelease(f"release {release_id} does not exist")
    if undone.kind == ReleaseKind.DEMO:
        raise NotUndoable(f"release {release_id} is illustrative data: take it out with mapapp demo clear")
    undo = open_release(session, kind=ReleaseKind.UNDO, actor=actor, reason=reason)
    touched = touched_by(session, release_id)
    cancelled = cancelled_after(session, release_id)
    later = changed_after(session, release_id, touched, but=cancelled)
    if later:
        raise LaterChanges(release_id, later)
    undo.undoes_id = release_id
    if cancelled and changed_after(session, release_id, touched):
        restore_facts(session, touched, before=release_id, undo=undo)
    else:
        for model in PUBLISHED_FACTS:
            _revert_facts(session, model, release_id, undo)
    finish_release(session, undo, institutions=touched)
    return undo


def touched_by(session: Session, release_id: int) -> list[str]:
    """Institutions with a change in the release, in order."""
    rows = select(ChangeLog.institution_id).where(
        ChangeLog.release_id == release_id, ChangeLog.institution_id.is_not(None)
    )
    return [row for row in session.scalars(rows.distinct().order_by(ChangeLog.institution_id)) if row]


def changed_after(
    session: Session, release_id: int, institutions: Collection[str], *, but: Collection[int] = ()
) -> tuple[str, ...]:
    """Those of the institutions that a later release changed, leaving some releases out of account."""
    rows = select(ChangeLog.institution_id).where(
        ChangeLog.release_id > release_id,
        ChangeLog.release_id != func.all(list(but)),
        ChangeLog.institution_id == func.any(list(institutions)),
    )
    return tuple(row for row in session.scalars(rows.distinct().order_by(ChangeLog.institution_id)) if row)


def cancelled_after(session: Session, release_id: int) -> set[int]:
    """Releases after this one that cancel out: those undone, and the undoing ones, as far as these still stand."""
    rows = select(Release.id, Release.undoes_id).where(Release.id > release_id).order_by(Release.id.desc())
    cancelled: set[int] = set()
    for later, undone in session.execute(rows):
        if later not in cancelled and undone is not None and undone > release_id:
            cancelled |= {later, undone}
    return cancelled


def _revert_facts(session: Session, model: type[Fact], release_id: int, undo: Release) -> None:
    table = model.__table__  # type: ignore[attr-defined]
    copied = [column for column in table.columns if column.key not in ("row_id", "release_from", "release_to")]
    closed = session.execute(
        update(model)
        .where(model.release_from == release_id, model.release_to.is_(None))
        .values(release_to=undo.id)
        .returning(model.row_id)
    ).scalars()
    _log_rows(session, table.name, "close", list(closed), undo)
    again = select(*copied, text(str(undo.id))).where(model.release_to == release_id)
    added = session.execute(
        insert(model).from_select([*(column.key for column in copied), "release_from"], again).returning(model.row_id)
    ).scalars()
    _log_rows(session, table.name, "add", list(added), undo)


def restore_facts(session: Session, institutions: Collection[str], *, before: int, undo: Release) -> None:
    """Make the register say of the institutions what it said just before a release, row for row equal in content.

    Needed where later releases cancelled out: their undoing said facts again as new rows, which nothing ties to the
    rows they stand for but their content.
    """
    for model in PUBLISHED_FACTS:
        table = model.__tablename__
        given = {"institutions": list(institutions), "before": before, "undo": undo.id}
        closed = session.scalars(text(CLOSE_OTHERS.format(facts=_counted(table), table=table)), given).all()
        _log_rows(session, table, "close", list(closed), undo)
        columns = ", ".join(
            column.key
            for column in model.__table__.columns
            if column.key not in ("row_id", "release_from", "release_to")
        )
        added = session.scalars(text(SAY_AGAIN.format(facts=_counted(table), table=table, columns=columns)), given)
        _log_rows(session, table, "add", list(added), undo)


COUNTED = """
    WITH counted AS (
        SELECT fact.row_id, said.now, to_jsonb(fact) - 'row_id' - 'release_from' - 'release_to' AS content,
            row_number() OVER (PARTITION BY said.now, to_jsonb(fact) - 'row_id' - 'release_from' - 'release_to'
                ORDER BY fact.row_id) AS nth
        FROM {table} AS fact
        CROSS JOIN LATERAL (
            SELECT true AS now WHERE fact.release_to IS NULL
            UNION ALL
            SELECT false WHERE fact.release_from < :before AND coalesce(fact.release_to, :before) >= :before
        ) AS said
        WHERE {owner} = ANY(:institutions)
    )
"""
CLOSE_OTHERS = """
    {facts}
    UPDATE {table} SET release_to = :undo WHERE row_id IN (
        SELECT row_id FROM counted AS one WHERE now AND NOT EXISTS (
            SELECT FROM counted AS other WHERE NOT other.now AND other.content = one.content AND other.nth = one.nth))
    RETURNING row_id
"""
SAY_AGAIN = """
    {facts}
    INSERT INTO {table} ({columns}, release_from)
    SELECT {columns}, :undo FROM {table} WHERE row_id IN (
        SELECT row_id FROM counted AS one WHERE NOT now AND NOT EXISTS (
            SELECT FROM counted AS other WHERE other.now AND other.content = one.content AND other.nth = one.nth))
    RETURNING row_id
"""


def _counted(table: str) -> str:
    return COUNTED.format(table=table, owner=_owner(table))


def _owner(table: str) -> str:
    """The institution whose fact a row is; of a value its report's."""
    return {
        "relation": "fact.predecessor_id",
        "indicator_value": "(SELECT institution_id FROM report WHERE report.id = fact.report_id)",
    }.get(table, "fact.institution_id")


def _log_rows(session: Session, table: str, action: str, row_ids: list[int], release: Release) -> None:
    """Log rows of a fact table as they stand; the subject of a value is its report's institution."""
    owner = _owner(table)
    side = "after" if action == "add" else "before"
    session.execute(
        text(
            f"INSERT INTO change_log (actor, reason, release_id, decision_id, institution_id, subject, action, {side})"
            f" SELECT :actor, :reason, :release, :decision, {owner}, :subject, :action, to_jsonb(fact)"
            f" FROM {table} AS fact WHERE row_id = ANY(:rows) ORDER BY row_id"
        ),
        {
            "actor": release.published_by,
            "reason": release.reason,
            "release": release.id,
            "decision": release.decision_id,
            "subject": table,
            "action": action,
            "rows": row_ids,
        },
    )
