"""Proofs from the database, over a log longer than one block of kept nodes."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.audit import merkle, proofs
from geodata.audit.answers import answer_leaf, collect
from geodata.audit.log import Head, head
from tests.geodata.audit.conftest import NOW, answers


def test_leaves_all_over_the_log_are_proven(history: Session, checkpoint: Head) -> None:
    for index in (0, 1, 7, 255, 256, 257, 511, 512, checkpoint.size - 1):
        found = proofs.inclusion(history, index)
        root = merkle.root_from_inclusion(found.leaf_hash, index, checkpoint.size, found.proof)
        assert root == checkpoint.root


def test_the_log_is_proven_to_begin_with_each_of_its_beginnings(history: Session, checkpoint: Head) -> None:
    for old in (1, 2, 100, 255, 256, 257, 512, checkpoint.size):
        size, proof = proofs.consistency(history, old)
        assert merkle.is_consistent(old, size, head(history, old).root, checkpoint.root, proof)


def test_an_answer_is_proven_in_its_batch_and_the_batch_in_the_log(history: Session, checkpoint: Head) -> None:
    given = answers(0, 90)
    for number in (0, 1, 69, 70, 89):
        found = proofs.of_answer(history, f"jti-{number}")
        assert found.leaf_hash == answer_leaf(*given[number])
        assert merkle.root_from_inclusion(found.leaf_hash, found.index, found.size, found.proof) == found.root
        assert found.batch.content is not None
        assert json.loads(found.batch.content)[-1] == found.root.hex()
        within = merkle.root_from_inclusion(
            merkle.leaf_hash(found.batch.content.encode()), found.batch.index, found.batch.size, found.batch.proof
        )
        assert within == checkpoint.root


def test_what_names_people_is_not_shown(history: Session) -> None:
    for kind in ("change", "release"):
        index = history.scalar(text("SELECT min(position) FROM log_entry WHERE kind = :kind"), {"kind": kind})
        assert index is not None
        assert proofs.inclusion(history, index).content is None


def test_answers_are_collected_once(history: Session) -> None:
    assert collect(history, answers(60, 95), at=NOW) == 5


@pytest.mark.parametrize(("index", "size"), [(-1, None), (10**9, None), (5, 5), (0, 10**9)])
def test_what_is_not_there_is_not_proven(history: Session, index: int, size: int | None) -> None:
    with pytest.raises(proofs.NotInTheLog):
        proofs.inclusion(history, index, size)
