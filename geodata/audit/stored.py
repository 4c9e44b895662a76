"""The nodes of the log's tree as the database keeps them: the leaves, and every eighth level above them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.audit.merkle import Node, node_hash
from geodata.models import LogEntry, LogNode

STEP = 8
"""A proof reads at most a few hundred hashes, and beside the leaves there is one hash kept for 255 of them."""


def nodes_in(session: Session) -> Node:
    """Nodes of complete subtrees, computed from what is kept."""
    kept: dict[tuple[int, int], bytes] = {}

    def node(level: int, position: int) -> bytes:
        if (level, position) not in kept:
            if level % STEP:
                kept[level, position] = node_hash(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))
            else:
                block = position >> STEP << STEP
                kept.update(_read(session, level, block, block + (1 << STEP)))
        return kept[level, position]

    return node


def kept_nodes(session: Session, level: int, start: int, end: int) -> list[bytes]:
    """The nodes of a level that is kept, from `start` to before `end`, in their order."""
    found = _read(session, level, start, end) if start < end else {}
    return [found[level, position] for position in range(start, end)]


def _read(session: Session, level: int, start: int, end: int) -> dict[tuple[int, int], bytes]:
    model, hashed = (LogNode, LogNode.hash) if level else (LogEntry, LogEntry.leaf_hash)
    within = (model.position >= start, model.position < end, *([LogNode.level == level] if level else []))
    rows = session.execute(select(model.position, hashed).where(*within))
    return {(level, position): bytes(found) for position, found in rows}
