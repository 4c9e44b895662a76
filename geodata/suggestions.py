"""What a person may mean while still typing: institutions, places, occupations."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from geodata import institutions
from geodata.filters import InstitutionFilter
from geodata.occupations import load as occupations
from geodata.places import named_place
from geodata.text import fold
from geodata.unit_reads import Unit, ancestors

MOST_PLACES = 3
MOST_OCCUPATIONS = 3


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
    page = institutions.search(session, InstitutionFilter(on=on, q=q), limit=max(limit, 1))
    return tuple(
        Suggestion("institution", item.id, shown["name"], shown["name_en"], where(shown), item.matched or "name")
        for item in page.items
        for shown in [json.loads(item.feature)["properties"]]
    )


def where(shown: dict[str, Any]) -> str | None:
    """Commune and province of a Feature's properties, as far as they are known."""
    return ", ".join(unit["name"] for unit in (shown["commune"], shown["province"]) if unit) or None
