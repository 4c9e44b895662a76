"""The search query set: lines of (query, kind, expect, why), and how an answer is judged against them. Pure.

``expect`` is ``nothing``, or references joined by ``|`` (any of them) or ``&`` (all of them among the first five):
``name:<current name of an institution>``, ``unit:<code>@<valid from>``, ``occupation:<code>``.
"""

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

KINDS = (
    "no_accents",
    "typing_errors",
    "abbreviations",
    "former_places",
    "occupations",
    "former_names",
    "nonsense",
    "word_order",
    "numerals",
    "codes",
    "places",
)
REFERENCES = ("name", "unit", "occupation")
LOOKED_AT = 5
"""How many results count as seen."""


class InvalidQuerySet(ValueError):
    """A line of the query set that cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Query:
    """One line. ``wanted`` is empty when nothing may be found; ``all_of`` asks for every reference, not any."""

    query: str
    kind: str
    wanted: tuple[str, ...]
    all_of: bool
    why: str
    line: int


@dataclass(frozen=True)
class Verdict:
    """Whether the first result was right, and whether the first five held what was wanted."""

    first: bool
    among_five: bool


@dataclass(frozen=True)
class Share:
    """How many of ``total`` queries were right at the first place and within the first five."""

    total: int
    first: int
    among_five: int

    @property
    def first_pct(self) -> float:
        return 100 * self.first / self.total if self.total else 100.0

    @property
    def among_five_pct(self) -> float:
        return 100 * self.among_five / self.total if self.total else 100.0


def load(path: Path) -> tuple[Query, ...]:
    """The queries of a CSV file in order. Raises InvalidQuerySet for an unknown kind, reference or empty query."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(_query(row, number, path) for number, row in enumerate(csv.DictReader(lines), 2))


def judge(query: Query, found: Sequence[Collection[str]]) -> Verdict:
    """The verdict on the results of one query, best first; each result is the set of references it answers to.

    A former place answers to its own reference and to those of the units it lies in today. Where nothing is wanted,
    any result at all is wrong.
    """
    if not query.wanted:
        return Verdict(not found, not found)
    seen = set().union(*found[:LOOKED_AT])
    first = bool(found) and any(reference in found[0] for reference in query.wanted)
    among_five = seen.issuperset(query.wanted) if query.all_of else not seen.isdisjoint(query.wanted)
    return Verdict(first, among_five)


def shares(verdicts: Iterable[tuple[Query, Verdict]]) -> dict[str, Share]:
    """The result per kind in the order of ``KINDS`` (kinds without queries left out), then under "all"."""
    judged = list(verdicts)
    groups = {kind: [verdict for query, verdict in judged if query.kind == kind] for kind in KINDS}
    groups["all"] = [verdict for _, verdict in judged]
    return {kind: _share(group) for kind, group in groups.items() if group}


def _share(group: list[Verdict]) -> Share:
    return Share(len(group), sum(verdict.first for verdict in group), sum(verdict.among_five for verdict in group))


def _query(row: dict[str, str], number: int, path: Path) -> Query:
    query, kind, expect = row["query"], row["kind"], row["expect"]
    all_of = "&" in expect
    wanted = () if expect == "nothing" else tuple(expect.split("&" if all_of else "|"))
    known = all(reference.partition(":")[0] in REFERENCES for reference in wanted)
    if not query.strip() or kind not in KINDS or not known or (all_of and "|" in expect):
        raise InvalidQuerySet(f"{path.name}, line {number}: {query!r} ({kind}) expects {expect!r}")
    return Query(query, kind, wanted, all_of, row["why"], number)
