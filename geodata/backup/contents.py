"""What is in a database, table by table, so that one restored can be compared with one remembered."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, table, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from geodata import migrations
from geodata.audit.verify import verify
from geodata.engine import make_engine
from geodata.releases import read_head

OURS = (
    "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS"
    " (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname"
)


@dataclass(frozen=True)
class Contents:
    """`rows` by table; `digests` by table where asked for; the current release and its time; what the transparency log
    says against the register (empty: nothing). `current`: the tables are of this version; else the log is not asked."""

    rows: dict[str, int]
    digests: dict[str, str]
    release: int
    published_at: datetime | None
    faults: tuple[str, ...]
    current: bool


def read(url: str, *, digests: bool = False, answers_kept_for: timedelta = timedelta(days=400)) -> Contents:
    """All of it in one snapshot. `digests` reads every byte of every row: for a small register."""
    engine = make_engine(url, statement_timeout_ms=0, application_name="mapapp-backup", pool_size=1)
    try:
        present, newest = migrations.revisions(engine)
        with Session(engine.execution_options(isolation_level="REPEATABLE READ")) as session:
            return _read(session, present == newest, digests, answers_kept_for)
    finally:
        engine.dispose()


def differences(before: Contents, after: Contents) -> list[str]:
    """In words, what differs: tables that are missing or new, rows, digests, the release, faults of the log."""
    found = [
        f"{name}: {before.rows.get(name, 'no table')} rows before, {after.rows.get(name, 'no table')} after"
        for name in sorted(before.rows.keys() | after.rows.keys())
        if before.rows.get(name) != after.rows.get(name)
    ]
    found += [f"{name}: other contents" for name, one in before.digests.items() if after.digests.get(name) != one]
    if (before.release, before.published_at) != (after.release, after.published_at):
        found.append(f"release {before.release} of {before.published_at} became {after.release} {after.published_at}")
    return found + [f"transparency log: {fault}" for fault in after.faults]


def _read(session: Session, current: bool, digests: bool, answers_kept_for: timedelta) -> Contents:
    names = list(session.scalars(text(OURS)))
    rows = {name: session.scalars(select(func.count()).select_from(table(name))).one() for name in names}
    sums = {name: _digest(session, name) for name in names} if digests else {}
    if not current:
        return Contents(rows, sums, 0, None, (), current)
    try:
        release, published_at = read_head(session)
        faults = verify(session, None, now=datetime.now(UTC), answers_kept_for=answers_kept_for)
    except ProgrammingError as error:  # a table was dropped: the moment restored is too late
        return Contents(rows, sums, 0, None, (f"it cannot be compared: {str(error.orig).splitlines()[0]}",), current)
    return Contents(rows, sums, release, published_at, tuple(map(str, faults)), current)


def _digest(session: Session, name: str) -> str:
    """The same for the same rows in any order: the sum of the hashes of the rows as text."""
    quoted = name.replace('"', '""')
    asked = text(f'SELECT coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM "{quoted}" t')
    return str(session.scalar(asked))
