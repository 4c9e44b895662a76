"""How an institution stands on a day: open, suspended, ended, not yet there, or not recorded."""

from dataclasses import dataclass
from datetime import date

from geodata.verification.facts import Fact, Record, Succession
from geodata.vocabulary import GONE, RelationKind, Status

ENDING = (RelationKind.MERGE, RelationKind.ABSORB, RelationKind.RENAME, RelationKind.UPGRADE)
"""Steps after which the predecessor no longer exists by itself; after a split it may."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`status` None: the register does not say. `facts` are what tells it; `successions` those in effect."""

    status: Status | None
    facts: tuple[Fact, ...] = ()
    successions: tuple[Succession, ...] = ()

    @property
    def ended(self) -> bool:
        return self.status in GONE


def standing(record: Record, on: date) -> Standing:
    """The institution on that day.

    `merged`: it ended and a successor is recorded, or the register says merged. A closure or merger lasts until another
    status begins; a merger in effect outweighs a status that began before it or on the same day.
    """
    status = _status(record, on)
    if status is None and _opens_later(record, on):
        return Standing(Status.NOT_YET_OPEN, record.statuses[:1])
    steps = tuple(step for step in record.successions if _in_effect(step, on))
    over = status is not None and status.value in GONE
    ending = [step for step in steps if step.kind in ENDING and not _began_after(status, step)]
    if over or ending:
        return _ended(record, status, steps)
    return Standing(Status(status.value), (status,)) if status else Standing(None)


def undated(record: Record) -> tuple[Succession, ...]:
    """Mergers and the like without a day, where no recorded closure tells the day either."""
    if any(status.value in GONE for status in record.statuses):
        return ()
    return tuple(step for step in record.successions if step.kind in ENDING and step.valid_from is None)


def _status(record: Record, on: date) -> Fact | None:
    """The status of the day; a closure or merger also stands for the days after it until another status begins."""
    begun = [fact for fact in record.statuses if fact.valid_from is None or fact.valid_from <= on]
    latest = begun[-1] if begun else None
    return latest if latest and (latest.holds(on) or latest.value in GONE) else None


def _opens_later(record: Record, on: date) -> bool:
    """Nothing is recorded until a first day of activity that is still to come."""
    first = record.statuses[0] if record.statuses else None
    opens = first is not None and first.value == Status.ACTIVE and first.valid_from
    return bool(opens) and on < opens  # type: ignore[operator]


def _in_effect(step: Succession, on: date) -> bool:
    return step.valid_from is not None and step.holds(on)


def _began_after(status: Fact | None, step: Succession) -> bool:
    """The institution was open (again) after the step."""
    if status is None or status.valid_from is None or step.valid_from is None:
        return False
    return status.value not in GONE and status.valid_from > step.valid_from


def _ended(record: Record, status: Fact | None, steps: tuple[Succession, ...]) -> Standing:
    """Ended with whom it went on as; a step without a day is dated by the recorded end."""
    without_day = tuple(step for step in record.successions if step.valid_from is None)
    told = (status,) if status and status.value in GONE else ()
    followed = (*steps, *without_day) if told else steps
    if followed or (told and told[0].value == Status.MERGED):
        return Standing(Status.MERGED, (*told, *followed), followed)
    return Standing(Status.CLOSED, told)
