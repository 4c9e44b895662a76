"""What anybody may ask of the log: that a leaf is in it, that a signed answer is, and that it only grew."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.audit import merkle
from geodata.audit.answers import answer_leaf
from geodata.audit.contents import leaf_content, table_of
from geodata.audit.stored import nodes_in
from geodata.errors import GeodataError
from geodata.models import AnswerBatch, LogEntry, LoggedKey, SignedAnswer
from geodata.vocabulary import LogKind


class NotInTheLog(GeodataError):
    """The log holds no such leaf, or is not that long."""


@dataclass(frozen=True)
class Inclusion:
    """A leaf with its place in the tree of the first `size` leaves. `content` is what the leaf's hash is made of; None
    for changes and releases, which name who made them."""

    kind: str
    reference: int
    index: int
    size: int
    leaf_hash: bytes
    content: str | None
    proof: tuple[bytes, ...]


@dataclass(frozen=True)
class AnswerInclusion:
    """A signed answer in its batch, and the batch in the log."""

    jti: str
    index: int
    size: int
    leaf_hash: bytes
    proof: tuple[bytes, ...]
    root: bytes
    batch: Inclusion


def inclusion(session: Session, index: int, size: int | None = None) -> Inclusion:
    """Raises `NotInTheLog` for a leaf outside of the tree, or a tree larger than the log."""
    whole = _size(session, size)
    entry = session.get(LogEntry, index) if 0 <= index < whole else None
    if entry is None:
        raise NotInTheLog(f"leaf {index} is not in a tree of {whole}")
    proof = merkle.inclusion_proof(index, whole, nodes_in(session))
    content = _content(session, LogKind(entry.kind), entry.reference)
    return Inclusion(entry.kind, entry.reference, index, whole, bytes(entry.leaf_hash), content, tuple(proof))


def of_release(session: Session, release: int, size: int | None = None) -> Inclusion:
    """The leaf of a release. Raises `NotInTheLog`."""
    return inclusion(session, _place(session, LogKind.RELEASE, release), size)


def of_answer(session: Session, jti: str, size: int | None = None) -> AnswerInclusion:
    """The signed answer of this number. Raises `NotInTheLog`, also when its time in the log is over."""
    found = session.scalar(select(SignedAnswer).where(SignedAnswer.jti == jti).limit(1))
    if found is None:
        raise NotInTheLog("no signed answer of this number is in the log (yet, or any more)")
    batch = session.get_one(AnswerBatch, found.batch_id)
    rows = session.scalars(select(SignedAnswer).filter_by(batch_id=batch.id).order_by(SignedAnswer.number))
    leaves = [answer_leaf(row.jti, int(row.issued_at.timestamp()), row.kid, bytes(row.token_hash)) for row in rows]
    proof = merkle.inclusion_proof(found.number, len(leaves), merkle.nodes_of(leaves))
    within = inclusion(session, _place(session, LogKind.ANSWERS, batch.id), size)
    return AnswerInclusion(
        jti, found.number, len(leaves), leaves[found.number], tuple(proof), bytes(batch.root), within
    )


def consistency(session: Session, old: int, size: int | None = None) -> tuple[int, tuple[bytes, ...]]:
    """(size, proof) that the tree of `size` leaves (None: all) begins with that of `old`. Raises `NotInTheLog`."""
    whole = _size(session, size)
    if not 0 <= old <= whole:
        raise NotInTheLog(f"a tree of {whole} holds no tree of {old}")
    return whole, tuple(merkle.consistency_proof(old, whole, nodes_in(session)))


def logged_key(session: Session, kid: str) -> bool:
    """Whether the log holds the key."""
    return session.scalar(select(LoggedKey.id).where(LoggedKey.kid == kid).limit(1)) is not None


def _content(session: Session, kind: LogKind, reference: int) -> str | None:
    if kind not in (LogKind.ANSWERS, LogKind.KEY):
        return None
    row = f"SELECT {leaf_content(kind)} FROM {table_of(kind)} AS leaf WHERE id = :id"
    return cast(str | None, session.scalar(text(row), {"id": reference}))


def _size(session: Session, size: int | None) -> int:
    there = session.scalar(select(LogEntry.position).order_by(LogEntry.position.desc()).limit(1))
    whole = 0 if there is None else there + 1
    if size is not None and not 0 <= size <= whole:
        raise NotInTheLog(f"the log has {whole} leaves, not {size}")
    return whole if size is None else size


def _place(session: Session, kind: LogKind, reference: int) -> int:
    place = session.scalar(select(LogEntry.position).filter_by(kind=kind.value, reference=reference))
    if place is None:
        raise NotInTheLog(f"{kind} {reference} is not in the log")
    return place
