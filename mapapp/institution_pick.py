"""Which institution people mean by what they type: the one, or several to choose from."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

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


def sharing(several: SeveralInstitutions, on: date, release: int | None = None) -> tuple[Candidate, ...]:
    """Those that carry the identifier, in its order, with kind and place, which tell them apart for people; the
    registry id goes with it where these are equal too."""
    asked = InstitutionFilter(on=on, identifier=several.identifier, statuses=tuple(Status), release=release)
    page = institutions.search(session(), asked, limit=len(several.candidates))
    details = {item.id: kind_and_place(json.loads(item.feature)["properties"]) for item in page.items}
    told = [Candidate(id, name, details.get(id, id)) for id, name in several.candidates]
    alike = Counter((one.name, one.detail) for one in told)
    return tuple(
        one if alike[one.name, one.detail] == 1 else replace(one, detail=f"{one.detail} · {one.id}") for one in told
    )


def kind_and_place(told: dict[str, Any]) -> str:
    return " · ".join(filter(None, (label(TYPE, told["type"]), where(told))))


def named(ids: list[str]) -> tuple[Candidate, ...]:
    """Chosen institutions by name, in their order."""
    names = names_of(session(), ids)
    return tuple(Candidate(id, names[id], "") for id in ids if id in names)
