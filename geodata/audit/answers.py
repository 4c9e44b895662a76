"""Signed answers and keys on their way into the log: collected in batches, forgotten when their time is over.

Of an answer the log holds its number, the second and the key it was signed with, and the hash of the token: enough to
prove to whoever holds the token that it was issued, and nothing about who asked what.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from geodata.audit import merkle
from geodata.audit.log import append_rows, last_reference, lock
from geodata.models import AnswerBatch, LoggedKey, SignedAnswer
from geodata.vocabulary import KeyEvent, LogKind

LARGEST_BATCH = 4096


class Answered(NamedTuple):
    """What is kept of a signed answer; `issued` in seconds since 1970, `token_hash` is SHA-256 of the compact JWS."""

    jti: str
    issued: int
    kid: str
    token_hash: bytes


def answer_leaf(jti: str, issued: int, kid: str, token_hash: bytes) -> bytes:
    """The leaf hash of an answer in its batch: over `jti`, second, key and token hash, one per line."""
    return merkle.leaf_hash(f"{jti}\n{issued}\n{kid}\n{token_hash.hex()}".encode())


def batch_root(answers: Sequence[Answered]) -> bytes:
    return merkle.root(len(answers), merkle.nodes_of([answer_leaf(*one) for one in answers]))


def collect(session: Session, answers: Sequence[Answered], *, at: datetime) -> int:
    """Enter answers in the log, in batches; how many were new. Those that are there already are passed over, so that a
    spool that was half collected may be collected again. The caller commits."""
    if not answers:
        return 0
    lock(session)
    known = set(session.scalars(select(SignedAnswer.jti).where(SignedAnswer.jti == func.any([a.jti for a in answers]))))
    fresh = list({one.jti: one for one in answers if one.jti not in known}.values())
    number = last_reference(session, LogKind.ANSWERS)
    batches = [fresh[start : start + LARGEST_BATCH] for start in range(0, len(fresh), LARGEST_BATCH)]
    for place, batch in enumerate(batches, number + 1):
        _keep(session, place, batch, at)
    append_rows(session, LogKind.ANSWERS, list(range(number + 1, number + 1 + len(batches))))
    return len(fresh)


def _keep(session: Session, batch_id: int, batch: Sequence[Answered], at: datetime) -> None:
    moments = [_moment(one.issued) for one in batch]
    session.execute(
        insert(AnswerBatch).values(
            id=batch_id,
            collected_at=at,
            first_issued_at=min(moments),
            last_issued_at=max(moments),
            answers=len(batch),
            root=batch_root(batch),
        )
    )
    rows = [
        {
            "batch_id": batch_id,
            "number": number,
            "jti": one.jti,
            "issued_at": _moment(one.issued),
            "kid": one.kid,
            "token_hash": one.token_hash,
        }
        for number, one in enumerate(batch)
    ]
    session.execute(insert(SignedAnswer), rows)


def forget(session: Session, *, before: datetime) -> int:
    """Delete the answers of batches whose last one was signed before the moment; how many. Their batches stay in the
    log with their roots: a token that somebody kept can still be held against them. The caller commits."""
    over = select(AnswerBatch.id).where(AnswerBatch.last_issued_at < before)
    gone = session.execute(delete(SignedAnswer).where(SignedAnswer.batch_id.in_(over)))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # SQLAlchemy types the general result


def may_be_forgotten(batch: Any, *, now: datetime, kept_for: timedelta) -> bool:
    return bool(batch.last_issued_at < now - kept_for)


def log_key(session: Session, *, kid: str, event: KeyEvent, at: datetime, jwk: dict[str, Any]) -> bool:
    """Enter what became of a key, once per event; whether it was new. `jwk` is the public half. The caller commits."""
    if session.scalar(select(LoggedKey.id).filter_by(kid=kid, event=event.value)) is not None:
        return False
    lock(session)
    number = last_reference(session, LogKind.KEY) + 1
    session.execute(insert(LoggedKey).values(id=number, kid=kid, event=event.value, at=at, jwk=jwk))
    append_rows(session, LogKind.KEY, [number])
    return True


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
