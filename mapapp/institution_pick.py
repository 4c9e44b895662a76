"""Which institution people mean by what they type: the one, or several to choose from."""

import json
from dataclasses import dataclass
from datetime import date

from geodata import institutions
from geodata.filters import InstitutionFilter
from geodata.imports.preview import names_of
from geodata.records import SeveralInstitutions, UnknownInstitution, get
from geodata.suggestions import where
from geodata.text import fold
from geodata.vocabulary import Status
from mapapp.db import session
from mapapp.labels import TYPE, label

MOST = 8


@dataclass(frozen=True)
class Candidate:
    """An institution to choose; `detail` tells namesakes apart."""

    id: str
    name: str
    detail: str


@dataclass(frozen=True)
class Meant:
    """`id` where the words can mean one institution only; else `candidates`, the likeliest first."""

    id: str | None
    candidates: tuple[Candidate, ...] = ()


def meant(typed: str, *, on: date) -> Meant:
    """By registry id, code or any identifier ("Name (id)", as suggestions fill in, too), or by the whole name of one
    institution. Words that are only part of a name, or almost one, give candidates: nobody is chosen by likeness."""
    text = typed.rpartition("(")[2].rstrip(") ") if typed.endswith(")") else typed
    try:
        return Meant(get(session(), text, on=on).id)
    except (UnknownInstitution, SeveralInstitutions):
        found = searched(typed, on)
    exact = [one for one in found if fold(one.name) == fold(typed)]
    return Meant(exact[0].id) if len(exact) == 1 else Meant(None, found)


def searched(words: str, on: date) -> tuple[Candidate, ...]:
    if not fold(words):
        return ()
    page = institutions.search(session(), InstitutionFilter(on=on, q=words), limit=MOST)
    shown = [(item.id, json.loads(item.feature)["properties"]) for item in page.items]
    return tuple(Candidate(id, told["name"], where(told) or "") for id, told in shown)


def sharing(identifier: str, on: date, release: int | None = None) -> dict[str, str]:
    """{registry id: kind and place} of those that carry the identifier: what tells them apart for people."""
    asked = InstitutionFilter(on=on, identifier=identifier, statuses=tuple(Status), release=release)
    shown = [
        (one.id, json.loads(one.feature)["properties"])
        for one in institutions.search(session(), asked, limit=MOST).items
    ]
    return {id: " · ".join(filter(None, (label(TYPE, told["type"]), where(told)))) for id, told in shown}


def named(ids: list[str]) -> tuple[Candidate, ...]:
    """Chosen institutions by name, in their order."""
    names = names_of(session(), ids)
    return tuple(Candidate(id, names[id], "") for id in ids if id in names)
