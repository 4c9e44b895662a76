"""What is asked of a collection, whatever collection it is."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from geodata.collections.crs import CRS84, System
from geodata.errors import GeodataError

VIETNAM_TIME = timezone(timedelta(hours=7))
OPEN = ("", "..")
TIME = re.compile(r"(\d{4}-\d{2}-\d{2})([Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?", re.ASCII)


Box = tuple[float, float, float, float]
"""x and y of the lower corner, x and y of the upper one, longitude (easting) first."""


class InvalidInterval(GeodataError):
    """A text that is no day, time or interval of them."""


@dataclass(frozen=True)
class When:
    """Days from `first` to `last`, both included; None: open."""

    first: date | None
    last: date | None

    @classmethod
    def parse(cls, text: str) -> "When":
        """From an RFC 3339 day or time, or an interval `first/last` with `..` for an open end. Times stand for the day
        they fall on in Vietnam. Raises `InvalidInterval`."""
        parts = text.split("/")
        if len(parts) > 2:
            raise InvalidInterval("an interval has two ends: 2025-01-01/2025-12-31")
        ends = [None if part in OPEN else day_of(part) for part in parts]
        if len(parts) == 1 and ends[0] is None:
            raise InvalidInterval("a day is needed, or an interval such as ../2025-12-31")
        first, last = ends[0], ends[-1]
        if len(parts) == 2 and parts[0] in OPEN and parts[1] in OPEN:
            return cls(None, None)
        if first is not None and last is not None and first > last:
            raise InvalidInterval("an interval starts before it ends")
        return cls(first, last)

    @property
    def is_one_day(self) -> bool:
        return self.first is not None and self.first == self.last


def day_of(text: str) -> date:
    if not TIME.fullmatch(text):
        raise InvalidInterval("write days as 2025-07-01 and times as 2025-07-01T00:00:00Z")
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.upper()).astimezone(VIETNAM_TIME).date()
    except (ValueError, OverflowError):
        raise InvalidInterval(f"{text} is in no calendar") from None


@dataclass(frozen=True)
class Asked:
    """A question to a collection. `on` is the day shown when no `when` is asked; `boxes` (any of them) are in
    `box_system`; `equal` are (property, value) that
    must be equal; `filter` is CQL2 with its language; `choices` are the collection's own."""

    on: date
    when: When | None = None
    boxes: tuple[Box, ...] = ()
    box_system: System = CRS84
    equal: tuple[tuple[str, str], ...] = ()
    filter: str | None = None
    filter_language: str = "cql2-text"
    filter_system: System = CRS84
    system: System = CRS84
    release: int | None = None
    choices: tuple[tuple[str, str], ...] = field(default=())

    @property
    def day(self) -> date:
        """The day whose rows stand for their things: the last of those asked about."""
        return (self.when.last if self.when else None) or self.on

    def choice(self, name: str) -> str | None:
        return dict(self.choices).get(name)
