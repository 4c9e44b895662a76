"""A chunk of illustrative institutions: what they are, where they stand and what becomes of them, one array each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from geodata.demo.places import Places
from geodata.demo.rows import NEVER, Days, Flags, Ints, Words, day, no_days
from geodata.vocabulary import InstitutionType, Ownership, RelationKind

COUNTRY = 1_886, 397, 429
"""Institutions, of them colleges and intermediate schools, about 2023; the rest are centres."""

LAW_2026 = day("2026-01-01")
"""Law 124/2025/QH15 in force: the model *trường trung học nghề* begins."""

MERGER_WAVE = np.array(["2025-03-01", "2025-07-01", "2025-08-01", "2025-10-01", "2025-12-01"], dtype="datetime64[D]")
"""Days on which public institutions were merged in the illustrative country."""


class Kind(IntEnum):
    """Index of a model in TYPES."""

    COLLEGE = 0
    INTERMEDIATE = 1
    CENTRE = 2
    CONTINUING = 3
    HIGH_SCHOOL = 4


TYPES = (
    InstitutionType.COLLEGE,
    InstitutionType.INTERMEDIATE_SCHOOL,
    InstitutionType.VOCATIONAL_CENTRE,
    InstitutionType.VOCATIONAL_CONTINUING_CENTRE,
    InstitutionType.VOCATIONAL_HIGH_SCHOOL,
)
OWNERSHIPS = (Ownership.PUBLIC, Ownership.PRIVATE, Ownership.FOREIGN_INVESTED, Ownership.UNKNOWN)
PUBLIC = 0
OWNERSHIP_MIX = np.array(
    [[0.74, 0.24, 0.015, 0.005], [0.46, 0.52, 0.01, 0.01], [0.42, 0.54, 0.01, 0.03], [0.985, 0.0, 0.0, 0.015]]
)
"""Shares of the ownerships per kind."""

FOUNDED_YEARS = np.array([[1958, 2012], [1962, 2014], [1994, 2014], [1992, 2014]])


SEVERAL_CAMPUSES = 0.15
"""Share of institutions with a second campus; a third of these have a third."""


class Fate(IntEnum):
    """What becomes of an institution; at most one of these."""

    STEADY = 0
    RENAMED = 1
    UPGRADED = 2
    BECAME_HIGH_SCHOOL = 3
    CLOSED = 4
    SUSPENDED = 5
    SUSPENDED_ONCE = 6
    STOPPED = 7
    STOPPED_ONCE = 8
    NEW = 9
    FUTURE = 10
    IN_GROUP = 11


FATE_SHARES = {
    Fate.RENAMED: 0.09,
    Fate.CLOSED: 0.025,
    Fate.SUSPENDED: 0.012,
    Fate.SUSPENDED_ONCE: 0.01,
    Fate.STOPPED: 0.02,
    Fate.STOPPED_ONCE: 0.01,
    Fate.NEW: 0.012,
    Fate.FUTURE: 0.004,
}
FATE_SHARES_OF_KIND = {(Kind.COLLEGE, Fate.UPGRADED): 0.09, (Kind.INTERMEDIATE, Fate.BECAME_HIGH_SCHOOL): 0.05}
"""Shares within the kind that the institution has in 2025."""
GROUP_SHARES = {RelationKind.ABSORB: 0.028, RelationKind.MERGE: 0.012, RelationKind.SPLIT: 0.005}
"""Groups per institution; an absorption takes two institutions, the others three."""


@dataclass(frozen=True)
class Link:
    """Succession between two institutions of the chunk, by index."""

    kind: RelationKind
    predecessor: int
    successor: int
    on: np.datetime64


@dataclass
class Cohort:
    """Arrays by institution. Days are NaT where the thing never happens (`founded`: where it is unknown).

    `kind_before` held until `changed_on`, with the name of then; `merged` tells merged from closed on `gone_on`.
    `campuses` counts them without those taken over. `links` are the successions.
    """

    numbers: Ints
    ids: Words
    kind: Ints
    kind_before: Ints
    ownership: Ints
    founded: Days
    changed_on: Days
    gone_on: Days
    merged: Flags
    suspended_from: Days
    suspended_to: Days
    stopped_from: Days
    stopped_to: Days
    place: Ints
    campuses: Ints
    fate: Ints
    links: list[Link] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)


def kinds_of(count: int, seed: int) -> Ints:
    """The kinds of so many institutions, in the country's proportions, in random order."""
    total, colleges, schools = COUNTRY
    first, second = round(count * colleges / total), round(count * (colleges + schools) / total)
    centres = count - second
    kinds = np.repeat([*Kind][:4], [first, second - first, centres - round(centres * 0.58), round(centres * 0.58)])
    mixed: Ints = np.random.default_rng([seed, 0]).permutation(kinds.astype(np.int64))
    return mixed


def cohort(chance: np.random.Generator, kinds: Ints, ids: list[str], first_number: int, places: Places) -> Cohort:
    """A chunk of the country: `kinds` and `ids` as given, everything else by chance."""
    count = len(kinds)
    ladder = OWNERSHIP_MIX[kinds].cumsum(axis=1)
    found = Cohort(
        numbers=np.arange(first_number, first_number + count),
        ids=np.array(ids, dtype=object),
        kind=kinds.copy(),
        kind_before=kinds.copy(),
        ownership=np.minimum((chance.random(count)[:, None] > ladder).sum(axis=1), len(OWNERSHIPS) - 1),
        founded=_founded(chance, kinds),
        changed_on=no_days(count),
        gone_on=no_days(count),
        merged=np.zeros(count, dtype=bool),
        suspended_from=no_days(count),
        suspended_to=no_days(count),
        stopped_from=no_days(count),
        stopped_to=no_days(count),
        place=places.draw(chance, count),
        campuses=_campus_counts(chance, count),
        fate=_fates(chance, kinds),
    )
    _single_fates(chance, found)
    _group_fates(chance, found, places)
    return found


def random_days(chance: np.random.Generator, first: str, last: str, count: int) -> Days:
    """Days from `first` to before `last`."""
    span = int((day(last) - day(first)).astype(int))
    found: Days = day(first) + chance.integers(0, span, count)
    return found


def _campus_counts(chance: np.random.Generator, count: int) -> Ints:
    draw = chance.random(count)
    counts: Ints = 1 + (draw < SEVERAL_CAMPUSES).astype(np.int64) + (draw < SEVERAL_CAMPUSES / 3).astype(np.int64)
    return counts


def _fates(chance: np.random.Generator, kinds: Ints) -> Ints:
    """A fate for each, as many of every fate as its share says: rare ones happen in small datasets too."""
    fates = np.full(len(kinds), Fate.STEADY, dtype=np.int64)
    left = chance.permutation(len(kinds))
    for fate, share in FATE_SHARES.items():
        chosen, left = np.split(left, [round(len(kinds) * share)])
        fates[chosen] = fate
    for (kind, fate), share in FATE_SHARES_OF_KIND.items():
        pool = chance.permutation(np.flatnonzero((fates == Fate.STEADY) & (kinds == kind)))
        fates[pool[: round(len(pool) * share)]] = fate
    return fates


def _founded(chance: np.random.Generator, kinds: Ints) -> Days:
    """Days of foundation; unknown for one in seven."""
    first, last = FOUNDED_YEARS[kinds].T
    years = first + (chance.random(len(kinds)) ** 0.6 * (last - first)).astype(np.int64)
    days: Days = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]") + chance.integers(0, 365, len(kinds))
    return np.where(chance.random(len(kinds)) < 1 / 7, NEVER, days)


def _single_fates(chance: np.random.Generator, found: Cohort) -> None:
    """Dates for everything that befalls one institution alone."""
    fate = found.fate
    _set(chance, found.changed_on, fate == Fate.RENAMED, "2016-01-01", "2025-09-01")
    _set(chance, found.changed_on, fate == Fate.UPGRADED, "2017-01-01", "2023-01-01")
    found.kind_before[fate == Fate.UPGRADED] = Kind.INTERMEDIATE
    found.changed_on[fate == Fate.BECAME_HIGH_SCHOOL] = LAW_2026
    found.kind[fate == Fate.BECAME_HIGH_SCHOOL] = Kind.HIGH_SCHOOL
    _set(chance, found.gone_on, fate == Fate.CLOSED, "2019-01-01", "2025-12-31")
    _set(chance, found.suspended_from, fate == Fate.SUSPENDED, "2024-06-01", "2025-12-31")
    _set(chance, found.suspended_from, fate == Fate.SUSPENDED_ONCE, "2019-01-01", "2023-01-01")
    found.suspended_to[:] = np.where(fate == Fate.SUSPENDED_ONCE, found.suspended_from + 365, NEVER)
    _set(chance, found.stopped_from, fate == Fate.STOPPED, "2023-06-01", "2025-12-31")
    _set(chance, found.stopped_from, fate == Fate.STOPPED_ONCE, "2019-01-01", "2023-01-01")
    found.stopped_to[:] = np.where(fate == Fate.STOPPED_ONCE, found.stopped_from + 540, NEVER)
    _set(chance, found.founded, fate == Fate.NEW, "2023-01-01", "2025-12-31")
    _set(chance, found.founded, fate == Fate.FUTURE, "2027-08-01", "2027-12-31")


def _set(chance: np.random.Generator, days: Days, where: Flags, first: str, last: str) -> None:
    days[where] = random_days(chance, first, last, int(where.sum()))


def _group_fates(chance: np.random.Generator, found: Cohort, places: Places) -> None:
    """Absorptions, mergers and splits among steady public institutions of one province."""
    pool = np.flatnonzero((found.fate == Fate.STEADY) & (found.ownership == PUBLIC))
    province = places.province[found.place[pool]].astype(str)
    pool = pool[np.lexsort((found.kind[pool] > Kind.INTERMEDIATE, province))]
    starts = iter(chance.permutation(len(pool)).tolist())
    for kind, share in GROUP_SHARES.items():
        size = 2 if kind is RelationKind.ABSORB else 3
        for _ in range(round(len(found) * share)):
            group = _next_group(found, places, pool, starts, size)
            if group is not None:
                _join(chance, found, kind, group)


def _next_group(found: Cohort, places: Places, pool: Ints, starts: Iterator[int], size: int) -> list[int] | None:
    """The next free neighbours in the pool that share a province, the most senior kind first."""
    for start in starts:
        group = pool[start : start + size]
        same = len(group) == size and len(set(places.province[found.place[group]])) == 1
        if same and not (found.fate[group] == Fate.IN_GROUP).any():
            return sorted(group.tolist(), key=lambda index: (int(found.kind[index]), index))
    return None


def _join(chance: np.random.Generator, found: Cohort, kind: RelationKind, group: list[int]) -> None:
    found.fate[group] = Fate.IN_GROUP
    first, *others = group
    if kind is RelationKind.SPLIT:
        on = random_days(chance, "2017-01-01", "2023-01-01", 1)[0]
        found.gone_on[first] = on
        found.founded[others] = on
        found.links += [Link(kind, first, other, on) for other in others]
        return
    on = chance.choice(MERGER_WAVE)
    found.gone_on[others] = on
    found.merged[others] = True
    found.links += [Link(kind, other, first, on) for other in others]
    if kind is RelationKind.MERGE:
        found.founded[first] = on
