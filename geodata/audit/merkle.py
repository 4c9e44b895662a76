"""The Merkle tree of RFC 6962 (section 2.1) over SHA-256: roots, proofs of inclusion and consistency, their checks.

A tree is its size and a way to get `node(level, position)`: the hash over the complete subtree of the 2**level leaves
from leaf `position << level` on. Where the nodes lie, in a list or in a database, is the caller's.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """Nodes over leaf hashes in memory; each is computed once."""
    levels: dict[tuple[int, int], bytes] = {}

    def node(level: int, position: int) -> bytes:
        if level == 0:
            return leaves[position]
        if (level, position) not in levels:
            levels[level, position] = node_hash(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))
        return levels[level, position]

    return node


def root(size: int, node: Node) -> bytes:
    """MTH of the first `size` leaves."""
    return _over(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D[size]), nearest sibling first. Raises `ValueError` for a leaf that is not in the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _path(index, 0, size, node)


def consistency_proof(old: int, size: int, node: Node) -> list[bytes]:
    """PROOF(old, D[size]): that the tree of `size` leaves begins with that of `old`. Empty for `old` 0 or `size`."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} holds no tree of {old}")
    return _subproof(old, 0, size, node, whole=True) if 0 < old < size else []


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that the proof leads to from the leaf's hash (RFC 9162, 2.1.3.2); None for a proof of another shape."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows the tree of `size` leaves to begin with the tree of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= size or (old in (0, size) and proof):
        return False
    if old == 0:
        return old_root == EMPTY_ROOT
    if old == size:
        return old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return _roots_over(old, size, path) == (old_root, new_root)


def _roots_over(old: int, size: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that the path leads to; None for a path of another length."""
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not path:
        return None
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return (first, second) if last == 0 else None


def _over(start: int, size: int, node: Node) -> bytes:
    """MTH of `size` leaves from `start`, which begins a subtree at least as large."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    left = _largest_power_below(size)
    return node_hash(_over(start, left, node), _over(start + left, size - left, node))


def _path(index: int, start: int, size: int, node: Node) -> list[bytes]:
    if size == 1:
        return []
    left = _largest_power_below(size)
    if index < left:
        return [*_path(index, start, left, node), _over(start + left, size - left, node)]
    return [*_path(index - left, start + left, size - left, node), _over(start, left, node)]


def _subproof(old: int, start: int, size: int, node: Node, *, whole: bool) -> list[bytes]:
    if old == size:
        return [] if whole else [_over(start, size, node)]
    left = _largest_power_below(size)
    if old <= left:
        return [*_subproof(old, start, left, node, whole=whole), _over(start + left, size - left, node)]
    return [*_subproof(old - left, start + left, size - left, node, whole=False), _over(start, left, node)]


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1
