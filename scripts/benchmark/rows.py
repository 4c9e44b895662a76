"""What a row of the table is: what is asked, what a plausible answer is, what is to be reached."""

from collections.abc import Callable
from dataclasses import dataclass, field

Body = bytes
GZIP = {"Accept-Encoding": "gzip"}
Check = Callable[[str, Body], str | None]
"""(path, body) → what is wrong with it, None when it is plausible."""


@dataclass(frozen=True)
class Goal:
    """Least ratio to another side of the row, or most milliseconds at the 99th percentile, at the sizes named."""

    against: str
    value: float
    sizes: tuple[str, ...]


PLACES = "bench_place"
"""The table of a row's places in the database, by their numbers."""


@dataclass(frozen=True)
class Natural:
    """The query that the row's questions amount to, about the place of `:number`; the places, as SQL, of a type."""

    query: str
    places: tuple[str, ...]
    type: str = "geography"


@dataclass(frozen=True)
class Row:
    """`paths`: what is asked; a path, a tab and a list in JSON is posted. `sql` or `natural`: the same questions to the
    database; without any the database hands out the stored answers themselves. `unchanged`: ask again with the ETag of
    the first answer. `rule`: the route that must exist."""

    name: str
    title: str
    paths: tuple[str, ...]
    check: Check
    rule: str
    sql: tuple[str, ...] = ()
    natural: Natural | None = None
    headers: dict[str, str] = field(default_factory=dict)
    unchanged: bool = False
    connections: int = 16
    goals: tuple[Goal, ...] = ()
