"""Our Merkle tree against the vectors that RFC 6962's own implementations are tested with, and against itself."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.audit.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    node_hash,
    nodes_of,
    root,
    root_from_inclusion,
)

INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Certificate Transparency's reference leaves and the roots over the first 0 to 8 of them."""

INCLUDED = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENT = {
    (1, 1): (),
    (1, 8): INCLUDED[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): INCLUDED[1, 5][1:],
}
LEAVES = [leaf_hash(bytes.fromhex(one)) for one in INPUTS]
NODE = nodes_of(LEAVES)


def hexes(hashes: list[bytes]) -> tuple[str, ...]:
    return tuple(one.hex() for one in hashes)


def test_roots_are_those_of_the_reference() -> None:
    assert [root(size, NODE).hex() for size in range(9)] == list(ROOTS)


@pytest.mark.parametrize(("place", "size"), INCLUDED)
def test_inclusion_proofs_are_those_of_the_reference(place: int, size: int) -> None:
    assert hexes(inclusion_proof(place, size, NODE)) == INCLUDED[place, size]


@pytest.mark.parametrize(("old", "size"), CONSISTENT)
def test_consistency_proofs_are_those_of_the_reference(old: int, size: int) -> None:
    assert hexes(consistency_proof(old, size, NODE)) == CONSISTENT[old, size]


def test_the_example_tree_of_the_rfc() -> None:
    """RFC 6962, 2.1.3: seven leaves d0..d6 with nodes a..l and the proofs printed there."""
    d = [leaf_hash(f"d{place}".encode()) for place in range(7)]
    a, b, c, e, f, j = d[0], d[1], d[2], d[3], d[4], d[6]
    g, h, i = node_hash(a, b), node_hash(c, e), node_hash(f, d[5])
    k, left = node_hash(i, j), node_hash(g, h)
    node = nodes_of(d)
    assert root(7, node) == node_hash(left, k)
    assert inclusion_proof(0, 7, node) == [b, h, k]
    assert inclusion_proof(3, 7, node) == [c, g, k]
    assert inclusion_proof(4, 7, node) == [d[5], j, left]
    assert inclusion_proof(6, 7, node) == [i, left]
    assert consistency_proof(3, 7, node) == [c, e, g, k]
    assert consistency_proof(4, 7, node) == [k]
    assert consistency_proof(6, 7, node) == [i, j, left]


def test_every_proof_of_small_trees_holds_and_no_altered_one_does() -> None:
    leaves = [leaf_hash(bytes([place])) for place in range(33)]
    node = nodes_of(leaves)
    roots = [root(size, node) for size in range(34)]
    for size in range(1, 34):
        for place in range(size):
            proof = inclusion_proof(place, size, node)
            assert root_from_inclusion(leaves[place], place, size, proof) == roots[size]
            assert root_from_inclusion(sha256(leaves[place]).digest(), place, size, proof) != roots[size]
            assert root_from_inclusion(leaves[place], place, size, [*proof, EMPTY_ROOT]) is None
            for broken in altered(proof):
                assert root_from_inclusion(leaves[place], place, size, broken) != roots[size]
        for old in range(size + 1):
            proof = consistency_proof(old, size, node)
            assert is_consistent(old, size, roots[old], roots[size], proof)
            if 0 < old < size:
                assert not is_consistent(old, size, roots[old], roots[old], proof)
                assert not is_consistent(old, size, roots[size], roots[size], proof)
                assert not any(is_consistent(old, size, roots[old], roots[size], one) for one in altered(proof))


def altered(proof: list[bytes]) -> list[list[bytes]]:
    """The proof with each hash wrong in turn, and with one missing."""
    wrong = [[*proof[:at], sha256(one).digest(), *proof[at + 1 :]] for at, one in enumerate(proof)]
    return [*wrong, proof[:-1]] if proof else wrong


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=300), st.data())
def test_a_tree_never_forgets_how_it_began(contents: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(one) for one in contents]
    old = data.draw(st.integers(0, len(leaves)))
    before, now = root(old, nodes_of(leaves[:old])), root(len(leaves), nodes_of(leaves))
    assert is_consistent(old, len(leaves), before, now, consistency_proof(old, len(leaves), nodes_of(leaves)))


@pytest.mark.parametrize(("place", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(place: int, size: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        inclusion_proof(place, size, NODE)
    assert root_from_inclusion(LEAVES[0], place, size, []) is None
