"""All targets read together stand where each of them stands alone, and that takes a handful of queries."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from geodata.overlays import Standing, standings, trend
from geodata.targets import TargetKind, targets

COLLECTED = [target for target in targets() if target.kind not in (TargetKind.CONTEXT, TargetKind.LEGAL)]
MOST_QUERIES = 14


@contextmanager
def queries(session: Session) -> Iterator[list[str]]:
    """What is asked of the database within."""
    asked: list[str] = []
    connection = session.connection()

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)


def one_by_one(session: Session) -> dict[str, Standing]:
    found = {target.id: trend(session, target.indicator.id, unit=None, target=target.id).points for target in COLLECTED}
    return {target: Standing(*points[-1]) for target, points in found.items() if points}


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "live"])
def test_together_as_alone(network: Session, stored: bool) -> None:
    if not stored:
        network.execute(text("UPDATE readiness_stamp SET measures = 'of another version'"))
    together = standings(network, COLLECTED)
    assert together == one_by_one(network)
    assert len(together) > 40
    assert {bool(one.whole.met) for one in together.values()} == {True, False}
    assert any(one.whole.target_applicable < one.whole.N for one in together.values())


def test_all_targets_take_a_handful_of_queries(network: Session) -> None:
    with queries(network) as asked:
        standings(network, COLLECTED)
    assert len(asked) <= MOST_QUERIES


def test_nobody_reported_is_no_standing(places: Session) -> None:
    assert standings(places, COLLECTED) == {}
