"""Comparing the log with what it tells of: leaf by leaf with the tables, as a whole with a checkpoint kept elsewhere.

Whoever can write to the database can rewrite the tables and the log so that they agree again. Then only the checkpoint
tells: the log does not begin any more with what it was when that was signed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.audit import merkle
from geodata.audit.answers import Answered, batch_root, may_be_forgotten
from geodata.audit.contents import leaf_hash, table_of
from geodata.audit.digests import Digest, of_all
from geodata.audit.log import NO_CHAIN, Head, chained
from geodata.audit.stored import STEP
from geodata.models import AnswerBatch, LogEntry, LogNode, ReleaseDigest, SignedAnswer
from geodata.vocabulary import LogKind

MOST_FAULTS = 100


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was: in which table (or `checkpoint`), which row, and what is wrong."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


class Growing:
    """The tree while it is read leaf by leaf; holds as many hashes as the tree is high."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[tuple[int, bytes]] = []
        self.completed: dict[tuple[int, int], bytes] = {}

    def add(self, leaf: bytes) -> None:
        level, found = 0, leaf
        while self.peaks and self.peaks[-1][0] == level:
            found = merkle.node_hash(self.peaks.pop()[1], found)
            level += 1
            if level % STEP == 0:
                self.completed[level, self.size >> level] = found
        self.peaks.append((level, found))
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return merkle.EMPTY_ROOT
        found = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            found = merkle.node_hash(left, found)
        return found


def verify(session: Session, checkpoint: Head | None, *, now: datetime, answers_kept_for: timedelta) -> list[Fault]:
    """Everything that is wrong, at most MOST_FAULTS. Read in one repeatable-read transaction."""
    found: list[Fault] = []
    for check in (
        _tree(session, checkpoint),
        *(_leaves(session, kind) for kind in LogKind),
        _digests(session),
        _answers(session, now, answers_kept_for),
    ):
        for fault in check:
            found.append(fault)
            if len(found) >= MOST_FAULTS:
                return found
    return found


def _tree(session: Session, checkpoint: Head | None) -> Iterator[Fault]:
    """Places without gaps, the chain, the nodes kept, and the checkpoint."""
    tree, chain = Growing(), NO_CHAIN
    if checkpoint is not None and checkpoint.size == 0:
        yield from _compare(tree, chain, checkpoint)
    columns = (LogEntry.position, LogEntry.leaf_hash, LogEntry.chain)
    query = select(*columns).order_by(LogEntry.position).execution_options(yield_per=10_000)
    with session.execute(query) as entries:
        for entry in entries:
            if entry.position != tree.size:
                yield Fault("log_entry", str(tree.size), "is missing")
                return
            chain = chained(chain, bytes(entry.leaf_hash))
            if chain != bytes(entry.chain):
                yield Fault("log_entry", str(entry.position), "does not continue the chain")
                chain = bytes(entry.chain)
            tree.add(bytes(entry.leaf_hash))
            if checkpoint is not None and tree.size == checkpoint.size:
                yield from _compare(tree, chain, checkpoint)
    if checkpoint is not None and tree.size < checkpoint.size:
        yield Fault("log_entry", str(tree.size), f"is missing: the checkpoint was made over {checkpoint.size} leaves")
    yield from _nodes(session, tree)


def _compare(tree: Growing, chain: bytes, checkpoint: Head) -> Iterator[Fault]:
    if tree.root != checkpoint.root:
        yield Fault("checkpoint", str(checkpoint.size), "has another root than the log had at that size")
    if chain != checkpoint.chain:
        yield Fault("checkpoint", str(checkpoint.size), "has another chain than the log had at that size")


def _nodes(session: Session, tree: Growing) -> Iterator[Fault]:
    kept = {
        (level, at): bytes(hash_)
        for level, at, hash_ in session.execute(select(LogNode.level, LogNode.position, LogNode.hash))
    }
    for level, at in sorted(kept.keys() | tree.completed.keys()):
        if kept.get((level, at)) != tree.completed.get((level, at)):
            yield Fault("log_node", f"{level}/{at}", "is not the hash over its leaves")


def _leaves(session: Session, kind: LogKind) -> Iterator[Fault]:
    """Each leaf against its row, and rows that ought to have a leaf."""
    table = table_of(kind)
    altered = (
        f"SELECT entry.reference, leaf.id IS NULL AS gone FROM log_entry AS entry"
        f" LEFT JOIN {table} AS leaf ON leaf.id = entry.reference"
        f" WHERE entry.kind = '{kind.value}'"
        f" AND (leaf.id IS NULL OR entry.leaf_hash <> {leaf_hash(kind)}) ORDER BY 1 LIMIT {MOST_FAULTS}"
    )
    for row in session.execute(text(altered)):
        yield Fault(table, str(row.reference), "is missing" if row.gone else "is not what the log says")
    unlogged = (
        f"SELECT id FROM {table} AS leaf WHERE NOT EXISTS (SELECT FROM log_entry"
        f" WHERE kind = '{kind.value}' AND reference = leaf.id) ORDER BY id LIMIT {MOST_FAULTS}"
    )
    for row in session.execute(text(unlogged)):
        if not _entered_later(session, kind, row.id):
            yield Fault(table, str(row.id), "is not in the log")


def _entered_later(session: Session, kind: LogKind, reference: int) -> bool:
    """A change outside of any release enters the log with the next one."""
    if kind is not LogKind.CHANGE:
        return False
    return session.scalar(text("SELECT release_id IS NULL FROM change_log WHERE id = :id"), {"id": reference}) or False


def _digests(session: Session) -> Iterator[Fault]:
    """What each release did, against the rows as they are."""
    columns = (
        *(ReleaseDigest.release_id, ReleaseDigest.subject, ReleaseDigest.added, ReleaseDigest.added_hash),
        *(ReleaseDigest.closed, ReleaseDigest.closed_hash),
    )
    told = {
        (row.release_id, row.subject): Digest(row.added, bytes(row.added_hash), row.closed, bytes(row.closed_hash))
        for row in session.execute(select(*columns))
    }
    held = {key: digest._replace(last=0) for key, digest in of_all(session).items()}
    for release, table in sorted(told.keys() | held.keys()):
        fault = _difference(told.get((release, table), Digest()), held.get((release, table), Digest()))
        if fault:
            yield Fault(table, f"of release {release}", fault)


def _difference(told: Digest, held: Digest) -> str:
    if told.added != held.added:
        return f"{held.added} rows where {told.added} were published"
    if told.added_hash != held.added_hash:
        return "a row is not what was published"
    if (told.closed, told.closed_hash) != (held.closed, held.closed_hash):
        return f"other rows are closed ({held.closed}) than were ({told.closed})"
    return ""


def _answers(session: Session, now: datetime, kept_for: timedelta) -> Iterator[Fault]:
    """Each batch against its answers; all of them may be gone when their time is over."""
    for batch in session.scalars(select(AnswerBatch).order_by(AnswerBatch.id)):
        rows = session.scalars(select(SignedAnswer).filter_by(batch_id=batch.id).order_by(SignedAnswer.number)).all()
        answers = [Answered(r.jti, int(r.issued_at.timestamp()), r.kid, bytes(r.token_hash)) for r in rows]
        if not rows and may_be_forgotten(batch, now=now, kept_for=kept_for):
            continue
        numbered = [row.number for row in rows] == list(range(len(rows))) and len(rows) == batch.answers
        fractions = any(row.issued_at.microsecond for row in rows)
        if not numbered or fractions or batch_root(answers) != bytes(batch.root):
            yield Fault("signed_answer", f"of batch {batch.id}", "are not the answers that were signed")
