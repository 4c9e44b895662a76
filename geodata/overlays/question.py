"""What a planner asks of the figures, and why it may be refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geodata.errors import GeodataError


class UnknownTarget(GeodataError):
    """A target that does not exist, or is not one of the indicator."""


class NoFigures(GeodataError):
    """An indicator or a period that the register holds no figures of. `periods` are those it has."""

    def __init__(self, message: str, periods: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.periods = tuple(periods)


class NotFilterable(GeodataError):
    """A filter of institutions on figures that are not about institutions."""


@dataclass(frozen=True)
class Filters:
    """Which institutions count; empty means all. What they were on the period's last day decides."""

    types: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    training_levels: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.types or self.ownerships or self.training_levels or self.occupations)


@dataclass(frozen=True)
class Population:
    """Whom a target covers within an indicator's own population. `former_province` limits it to a territory of the
    time before 01/07/2025 by the institutions' stored codes; None stands for the whole country."""

    types: tuple[str, ...]
    ownerships: tuple[str, ...]
    high_quality: bool
    former_province: str | None


@dataclass(frozen=True)
class Vintage:
    """The units a question is about: a level on a day."""

    level: str
    on: date
