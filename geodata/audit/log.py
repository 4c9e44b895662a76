"""The log grows: every publication enters it in its own transaction, leaf by leaf, and is never taken out.

The leaves of a release are its rows of the change log, in order, then the release itself with the digests of what it
did. A lock lets one transaction at a time append.
"""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from geodata.audit.contents import leaf_hash, table_of
from geodata.audit.digests import Digest, of_release
from geodata.audit.merkle import node_hash, root
from geodata.audit.stored import STEP, kept_nodes, nodes_in
from geodata.models import LogEntry, Release, ReleaseDigest
from geodata.vocabulary import LogKind

APPEND_LOCK = 7_400_223
NO_CHAIN = bytes(32)
HASH_BYTES = 32
PORTION = 50_000


@dataclass(frozen=True)
class Leaves:
    """Leaves of one kind in their order: the numbers of the rows they stand for, and their leaf hashes."""

    kind: LogKind
    references: list[int]
    hashes: list[bytes]

    def part(self, start: int, end: int) -> "Leaves":
        return Leaves(self.kind, self.references[start:end], self.hashes[start:end])


@dataclass(frozen=True)
class Head:
    """The log at one size: the root of its Merkle tree, the end of its chain, the last release in it."""

    size: int
    root: bytes
    chain: bytes
    release: int


def append_releases(session: Session) -> None:
    """Enter every release that is not in the log yet, in order. Part of the publication's transaction."""
    lock(session)
    logged = last_reference(session, LogKind.RELEASE)
    for release in session.scalars(select(Release.id).where(Release.id > logged).order_by(Release.id)):
        _digest(session, release)
        append(session, _changes(session, release))
        append(session, _leaves(session, LogKind.RELEASE, "leaf.id = :release", release=release))


def begin(session: Session) -> None:
    """Enter everything that was published before there was a log; nothing where a publication is in it. The caller
    commits."""
    lock(session)
    if last_reference(session, LogKind.RELEASE) == 0:
        append_releases(session)


def lock(session: Session) -> None:
    """Append alone until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(APPEND_LOCK)))
    session.flush()


def last_reference(session: Session, kind: LogKind) -> int:
    """The highest number among the rows of a kind in the log; 0 without any."""
    return session.scalar(select(func.max(LogEntry.reference)).where(LogEntry.kind == kind)) or 0


def append(session: Session, leaves: Leaves) -> None:
    """Put leaves at the end, with their chain, and keep the nodes they complete. Needs `lock`."""
    size, chain = _end(session)
    chains: list[bytes] = []
    for hashed in leaves.hashes:
        chain = chained(chain, hashed)
        chains.append(chain)
    for start in range(0, len(chains), PORTION):
        _insert(session, size + start, leaves.part(start, start + PORTION), chains[start : start + PORTION])
    _complete(session, size, leaves.hashes)


def append_rows(session: Session, kind: LogKind, references: list[int]) -> None:
    """Enter these rows of the kind's table, in their order. Needs `lock`."""
    append(session, _leaves(session, kind, "leaf.id = ANY(:references)", references=references))


def chained(chain: bytes, leaf: bytes) -> bytes:
    return sha256(b"\x02" + chain + leaf).digest()


def head(session: Session, size: int | None = None) -> Head:
    """The log as it is, or as it was when it had `size` leaves."""
    end = _end(session)[0] if size is None else size
    if end == 0:
        return Head(0, root(0, nodes_in(session)), NO_CHAIN, 0)
    last = session.get_one(LogEntry, end - 1)
    within = (LogEntry.kind == LogKind.RELEASE, LogEntry.position < end)
    release = session.scalar(select(LogEntry.reference).where(*within).order_by(LogEntry.position.desc()).limit(1))
    return Head(end, root(end, nodes_in(session)), last.chain, release or 0)


def _end(session: Session) -> tuple[int, bytes]:
    last = session.execute(
        select(LogEntry.position, LogEntry.chain).order_by(LogEntry.position.desc()).limit(1)
    ).one_or_none()
    return (last.position + 1, last.chain) if last else (0, NO_CHAIN)


def _digest(session: Session, release: int) -> None:
    rows = session.execute(select(ReleaseDigest.subject, func.max(ReleaseDigest.last_row)).group_by("subject"))
    floors = {subject: last for subject, last in rows}  # noqa: C416  rows are not pairs to mypy
    for subject, digest in of_release(session, release, floors).items():
        session.execute(insert(ReleaseDigest).values(**digest_row(release, subject, digest, floors.get(subject, 0))))


def digest_row(release: int, subject: str, digest: Digest, floor: int) -> dict[str, object]:
    plain = {name: value for name, value in digest._asdict().items() if name != "last"}
    return {"release_id": release, "subject": subject, **plain, "last_row": max(floor, digest.last)}


def _changes(session: Session, release: int) -> Leaves:
    """The release's changes, and those outside of any release that are not in the log yet."""
    strays = "SELECT FROM log_entry WHERE kind = 'change' AND reference = leaf.id"
    chosen = f"leaf.release_id = :release OR (leaf.release_id IS NULL AND NOT EXISTS ({strays}))"
    return _leaves(session, LogKind.CHANGE, chosen, release=release)


def _leaves(session: Session, kind: LogKind, chosen: str, **given: object) -> Leaves:
    """The rows of the kind's table, by number. They come in large pieces: one by one they took longer than to hash."""
    hashed = f"SELECT id, {leaf_hash(kind)} AS hash FROM {table_of(kind)} AS leaf WHERE {chosen} OFFSET 0"
    numbered = f"SELECT *, (row_number() OVER (ORDER BY id) - 1) / {PORTION} AS piece FROM ({hashed}) AS hashed"
    pieces = session.execute(
        text(
            "SELECT array_agg(id ORDER BY id), string_agg(hash, ''::bytea ORDER BY id)"
            f" FROM ({numbered}) AS numbered GROUP BY piece ORDER BY piece"
        ),
        given,
    ).all()
    references = [reference for ids, _ in pieces for reference in ids]
    return Leaves(kind, references, [one for _, blob in pieces for one in _split(blob)])


def _insert(session: Session, position: int, leaves: Leaves, chains: list[bytes]) -> None:
    """Hashes travel end to end in one value each: as arrays they took longer than all the hashing."""
    session.execute(
        text(
            "INSERT INTO log_entry (position, kind, reference, leaf_hash, chain)"
            f" SELECT :position + place - 1, :kind, reference, {_HASH.format('hashes')}, {_HASH.format('chains')}"
            " FROM unnest(CAST(:references AS bigint[])) WITH ORDINALITY AS row (reference, place)"
        ),
        {
            "position": position,
            "kind": leaves.kind.value,
            "references": f"{{{','.join(map(str, leaves.references))}}}",
            "hashes": b"".join(leaves.hashes),
            "chains": b"".join(chains),
        },
    )


_HASH = f"substring(CAST(:{{}} AS bytea) FROM ((place - 1) * {HASH_BYTES} + 1)::int FOR {HASH_BYTES})"


def _complete(session: Session, start: int, fresh: list[bytes]) -> None:
    """Keep the nodes at every eighth level that the leaves from `start` on complete."""
    level = 0
    while start + len(fresh) >> STEP > start >> STEP:
        first, last = start >> STEP, start + len(fresh) >> STEP
        below = kept_nodes(session, level, first << STEP, start) + fresh[: (last << STEP) - start]
        for _ in range(STEP):
            below = [node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=True)]
        level, start, fresh = level + STEP, first, below
        _keep_nodes(session, level, start, fresh)


def _keep_nodes(session: Session, level: int, start: int, hashes: list[bytes]) -> None:
    session.execute(
        text(
            f"INSERT INTO log_node (level, position, hash) SELECT :level, :start + place - 1, {_HASH.format('hashes')}"
            " FROM generate_series(1, :count) AS place"
        ),
        {"level": level, "start": start, "count": len(hashes), "hashes": b"".join(hashes)},
    )


def _split(blob: bytes) -> list[bytes]:
    return [blob[at : at + HASH_BYTES] for at in range(0, len(blob), HASH_BYTES)]
