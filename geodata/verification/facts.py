"""What the register says of an institution, as far as verification needs it: every fact with its days and origin."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact comes from; `received_on` is the day (in Vietnam) on which the register got it."""

    source: str
    data_status: str
    received_on: date
    decision: str | None = None
    release: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement and the days on which it held: from `valid_from`, before `valid_to`; None: unknown start, still
    true. `kind` is `status`, `enrolment`, `name`, `code`, `e_id`, `campus` or `complete`."""

    kind: str
    value: str
    valid_from: date | None
    valid_to: date | None
    origin: Origin

    def holds(self, on: date) -> bool:
        """Whether the day lies in the half-open span; an unknown start counts as always."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class LicenceFact(Fact):
    """A certificate of registration; `value` is its number, `licence_id` stays the same through reissues."""

    licence_id: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class ProgrammeFact(Fact):
    """An occupation (`value`) trained at a level; `taught_out_until` ends, exclusively, the teach-out after it."""

    training_level: str
    licence_id: str | None
    campus_id: str | None
    taught_out_until: date | None


@dataclass(frozen=True, slots=True)
class Succession(Fact):
    """A step to another institution (`value` is its registry id); `kind` is merge, absorb, split, rename, upgrade."""

    keeps_records: bool


@dataclass(frozen=True, slots=True)
class Record:
    """All of that about one institution in one release, each list oldest first."""

    id: str
    data_status: str = "official"
    names: tuple[Fact, ...] = ()
    identifiers: tuple[Fact, ...] = ()
    statuses: tuple[Fact, ...] = ()
    enrolment: tuple[Fact, ...] = ()
    licences: tuple[LicenceFact, ...] = ()
    programmes: tuple[ProgrammeFact, ...] = ()
    campuses: tuple[Fact, ...] = ()
    declarations: tuple[Fact, ...] = ()
    successions: tuple[Succession, ...] = ()

    def name_on(self, on: date) -> str:
        """The official name of the day; outside of the known days the nearest one, without any the id."""
        held = [name for name in self.names if name.holds(on)]
        earlier = [name for name in self.names if name.valid_from is None or name.valid_from <= on]
        nearest = held or earlier or list(reversed(self.names))
        return nearest[-1].value if nearest else self.id

    @property
    def codes(self) -> tuple[str, ...]:
        """Its codes of all times, each once."""
        return tuple(dict.fromkeys(fact.value for fact in self.identifiers if fact.kind == "code"))


class Match(NamedTuple):
    """An institution that bears or bore what was asked for, with the days on which it did. `by` is `id`, `code`,
    `e_id`, `licence` or `name`."""

    institution_id: str
    by: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Edition:
    """The release that is asked: number, day of publication in Vietnam (None: nothing was published), data status of
    the whole. `key` tells this release from one of the same number in another register."""

    release: int
    published_on: date | None
    data_status: str
    key: str = field(default="", compare=False)


def worst(statuses: Iterable[str]) -> str:
    """The data status of facts together: one illustrative fact makes all of it illustrative."""
    found = set(statuses)
    return next((status for status in ("illustrative", "unverified") if status in found), "official")
