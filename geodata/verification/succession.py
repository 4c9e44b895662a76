"""Who went on where an institution ended, step by step, and who keeps the records now."""

from collections.abc import Callable
from datetime import date

from geodata.verification.answers import Named, Successor
from geodata.verification.facts import Record, Succession
from geodata.verification.standing import standing

RecordOf = Callable[[str], Record]


def successors(record: Record, on: date, record_of: RecordOf) -> tuple[Successor, ...]:
    """Every institution reached, nearest first; each step once. Walks on where a successor has ended in turn."""
    found: list[Successor] = []
    waiting, seen = [record.id], {record.id}
    while waiting:
        current = waiting.pop(0)
        for step in standing(record_of(current), on).successions:
            found.append(_successor(step, current, on, record_of))
            if step.value not in seen:
                seen.add(step.value)
                waiting.append(step.value)
    return tuple(found)


def record_keepers(record: Record, on: date, record_of: RecordOf) -> tuple[Named, ...]:
    """Who holds the records on that day; empty where one step of the way does not say."""
    keepers = _keepers(record.id, on, record_of, frozenset())
    return tuple(named(record_of(keeper), on) for keeper in sorted(keepers or ()))


def named(record: Record, on: date) -> Named:
    """The institution with its name of the day."""
    return Named(record.id, record.name_on(on), record.codes)


def _successor(step: Succession, predecessor: str, on: date, record_of: RecordOf) -> Successor:
    heir = record_of(step.value)
    continues = not standing(heir, on).ended
    return Successor(named(heir, on), step.kind, predecessor, step.valid_from, step.keeps_records, continues)


def _keepers(institution: str, on: date, record_of: RecordOf, before: frozenset[str]) -> set[str] | None:
    """Those who hold the records that came to `institution`; None: not recorded."""
    stands = standing(record_of(institution), on)
    if not stands.ended:
        return {institution}
    keeping = [step.value for step in stands.successions if step.keeps_records]
    if not keeping or institution in before:
        return None
    onward = [_keepers(heir, on, record_of, before | {institution}) for heir in keeping]
    return None if any(kept is None for kept in onward) else {keeper for kept in onward if kept for keeper in kept}
