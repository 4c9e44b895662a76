"""What a person may mean while still typing: institutions, places, occupations."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import literal
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter, conditions
from geodata.institutions import Cursor, Item, listed
from geodata.occupations import load as occupations
from geodata.places import named_place
from geodata.releases import Moment, moment
from geodata.search import Reading, beginning, ordered_by_character, read
from geodata.text import fold
from geodata.unit_reads import Unit, ancestors

MOST_PLACES = 3
MOST_OCCUPATIONS = 3
MOST_COMPARED = 5_000
"""So many matches are ranked among each other while somebody types: more than twice the country's network."""


@dataclass(frozen=True)
class Suggestion:
    """`value`: a registry id, unit key or occupation code; `detail` tells namesakes apart; `matched` says why."""

    kind: str
    value: str
    label: str
    label_en: str | None
    detail: str | None
    matched: str


def suggest(session: Session, q: str, *, on: date, limit: int = 10) -> tuple[Suggestion, ...]:
    """At most `limit` suggestions, places and occupations that are meant outright before institutions."""
    if not fold(q):
        return ()
    first = (*places(session, q), *trades(q))[: max(limit // 2, 1)]
    rest = schools(session, q, on, limit - len(first))
    return (*first, *rest)[:limit]


def places(session: Session, q: str) -> tuple[Suggestion, ...]:
    """Units the text names, with what lies above them; former ones say what they are part of today."""
    found = named_place(session, q)
    named = (found.unit,) if found.unit else found.candidates
    return tuple(
        Suggestion("place", unit.key, unit.full_name, unit.name_en, above(session, unit), "place")
        for unit in named[:MOST_PLACES]
    )


def above(session: Session, unit: Unit) -> str | None:
    return ", ".join(parent.full_name for parent in ancestors(session, unit.key)) or None


def trades(q: str) -> tuple[Suggestion, ...]:
    """Occupations of that name or that everyday word, the likeliest first."""
    catalogue = occupations()
    meant = [code for meaning in catalogue.meanings(q) if meaning.whole for code in meaning.codes]
    codes = dict.fromkeys([q.strip(), *(row.code for row in catalogue.named(q)), *meant])
    rows = [row for code in codes if (row := catalogue.get(code))]
    return tuple(
        Suggestion("occupation", row.code, row.name_vi, row.name_en, row.training_level, "occupation")
        for row in rows[:MOST_OCCUPATIONS]
    )


def schools(session: Session, q: str, on: date, limit: int) -> tuple[Suggestion, ...]:
    found = best(session, InstitutionFilter(on=on, q=q), limit=max(limit, 1))
    return tuple(
        Suggestion("institution", item.id, shown["name"], shown["name_en"], where(shown), item.matched or "name")
        for item in found
        for shown in [json.loads(item.feature)["properties"]]
    )


def best(session: Session, wanted: InstitutionFilter, *, limit: int) -> list[Item]:
    """The institutions that are meant, best match first. Where more than MOST_COMPARED match, nobody waits until all
    are counted and compared: those whose name begins with the words, then any, each by name."""
    at = moment(session, wanted.on)
    reading = read(session, wanted, at, most=MOST_COMPARED)
    many = reading is not None and reading.found == (None, 0)
    begin = in_steps(reading) if reading and many and ordered_by_character(session) else []
    found: dict[str, Item] = {}
    for step in (*begin, reading):
        if len(found) < limit:
            found |= by_id(listing(session, wanted, at, step, ranked=not many, limit=limit), but=found)
    return list(found.values())[:limit]


def in_steps(reading: Reading) -> list[Reading]:
    """The names that begin with a form of the words, as typed first, and those that do so after "Trường", which people
    leave out. Each is a step of its own, so that each is a range of the index."""
    beginnings = dict.fromkeys(f"{before}{form}" for form in reading.forms for before in ("", "truong "))
    return [replace(reading, condition=beginning(one), matched=literal("name")) for one in beginnings]


def listing(
    session: Session, wanted: InstitutionFilter, at: Moment, reading: Reading | None, *, ranked: bool, limit: int
) -> list[Item]:
    tests = [*conditions(session, wanted, at), *([reading.condition] if reading else [])]
    start, ranked = Cursor(at.release, 0), ranked and reading is not None
    return [
        item for item, _ in listed(session, tests, reading, ranked=ranked, by_place=False, limit=limit, start=start)
    ]


def by_id(items: list[Item], *, but: dict[str, Item]) -> dict[str, Item]:
    return {item.id: item for item in items if item.id not in but}


def where(shown: dict[str, Any]) -> str | None:
    """Commune and province of a Feature's properties, as far as they are known."""
    return ", ".join(unit["name"] for unit in (shown["commune"], shown["province"]) if unit) or None
