"""Which institution a line of somebody else's list means: candidates with scores, never a choice where two could be.

A score is meant as the chance in a hundred that the candidate is the one: 100 its code and its name agree, 95 its name
(present or former) agrees but for spelling, less for errors and missing words. What else is known of the line (the
province, the code, the website) lifts or lowers that.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter, conditions
from geodata.institutions import Cursor, listed
from geodata.models import InstitutionName, InstitutionState
from geodata.places import named_place
from geodata.releases import Moment, as_of, moment, said
from geodata.search import read
from geodata.text import edit_budget, fold, is_code_like, name_key, same_name, within_edits
from geodata.unit_resolution import resolve
from geodata.vocabulary import Status, UnitLevel

State = InstitutionState
LOOKED_AT = 25
SURE = 90
"""From this score on a candidate may be the match."""

PLAUSIBLE, PLAUSIBLE_BESIDE_THE_SAME_NAME = 60, 85
"""A second candidate from this score on withdraws the match; beside exactly the same name, only one nearly the same."""

SAME_NAME, SLIPPED = 95.0, 88.0
HOSTS = ("http://", "https://", "www.")


@dataclass(frozen=True)
class Line:
    """What is known of a line: its words, and further values by property (`code`, `province`, `website`, `type`)."""

    words: str
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """An institution a line may mean; `features` are (name, 0 to 1) of what agreed, `properties` its Feature's."""

    id: str
    name: str
    type: str
    score: float
    match: bool
    features: tuple[tuple[str, float], ...]
    properties: dict[str, Any]


def candidates(session: Session, line: Line, *, on: date, limit: int = 5) -> tuple[Candidate, ...]:
    """At most `limit` candidates, likeliest first; at most one has `match`, and then no other is plausible."""
    at = moment(session, on)
    found = {row.institution_id: row for row in states(session, line, at)}
    names = names_of(session, found, at)
    areas = provinces(session, line.known.get("province", ()))
    scored = [judged(row, names.get(row.institution_id, ()), line, areas) for row in found.values()]
    ordered = sorted((one for one in scored if one.score > 0), key=lambda one: (-one.score, one.id))
    return tuple(decided(ordered)[:limit])


def decided(ordered: list[Candidate]) -> list[Candidate]:
    """With the match, where the first is sure and nobody else is plausible."""
    if not ordered or ordered[0].score < SURE:
        return ordered
    same = dict(ordered[0].features)["name"] == 1
    if len(ordered) > 1 and ordered[1].score >= (PLAUSIBLE_BESIDE_THE_SAME_NAME if same else PLAUSIBLE):
        return ordered
    first = ordered[0]
    chosen = Candidate(first.id, first.name, first.type, first.score, True, first.features, first.properties)
    return [chosen, *ordered[1:]]


def states(session: Session, line: Line, at: Moment) -> Iterable[State]:
    """States of the institutions that the words or a code name, present and former, whatever their status."""
    ids: dict[str, None] = {}
    for words in (*line.known.get("code", ()), line.words):
        asked = InstitutionFilter(on=at.on, q=words[:200], statuses=tuple(Status), types=line.types)
        ids |= dict.fromkeys(found_by(session, asked, at))
    ids |= dict.fromkeys(namesakes(session, line.words, at))
    rows = select(State).where(State.institution_id.in_(list(ids)), State.is_main, as_of(State, at))
    if line.types:
        rows = rows.where(State.type.in_(line.types))
    return session.scalars(rows).all()


def found_by(session: Session, asked: InstitutionFilter, at: Moment) -> list[str]:
    """What search finds first. Which places the words may name too, which takes it longest, is no matter here."""
    reading = read(session, asked, at) if asked.q.strip() else None
    if reading is None:
        return []
    tests = [*conditions(session, asked, at), reading.condition]
    items = listed(session, tests, reading, ranked=True, by_place=False, limit=LOOKED_AT, start=Cursor(at.release, 0))
    return [item.id for item, _ in items]


def namesakes(session: Session, words: str, at: Moment) -> list[str]:
    """Institutions that have or had exactly this name, folded; search alone ends its list of namesakes somewhere."""
    named = select(InstitutionName.institution_id).where(
        InstitutionName.folded == fold(words), said(InstitutionName, at)
    )
    return list(session.scalars(named.limit(LOOKED_AT)))


def names_of(session: Session, found: Iterable[str], at: Moment) -> dict[str, list[str]]:
    """Every name of the institutions, present and former, by id."""
    rows = select(InstitutionName.institution_id, InstitutionName.text).where(
        InstitutionName.institution_id.in_(list(found)), said(InstitutionName, at)
    )
    names: dict[str, list[str]] = {}
    for id_, text in session.execute(rows):
        names.setdefault(id_, []).append(text)
    return names


def provinces(session: Session, given: tuple[str, ...]) -> frozenset[tuple[bool, str]]:
    """(whether of today, code) of the provinces that the texts name; a code names itself in both worlds."""
    codes: set[tuple[bool, str]] = set()
    for text in given:
        if text.isdecimal():
            codes |= {(True, text), (False, text)}
        found = resolve(session, text, level=UnitLevel.PROVINCE)
        named = (found.unit,) if found.unit else found.candidates or named_place(session, text).candidates
        codes |= {(unit.in_force, unit.code) for unit in named if unit.level == UnitLevel.PROVINCE}
        codes |= {(True, unit.code) for unit in named if unit.level == UnitLevel.PROVINCE and unit.in_force}
    return frozenset(codes)


def judged(row: State, names: Iterable[str], line: Line, areas: frozenset[tuple[bool, str]]) -> Candidate:
    shown: dict[str, Any] = json.loads(row.feature)["properties"]
    by_name = max((alike(line.words, name) for name in (row.name, *names)), default=0.0)
    code = has_code(row, line)
    place = in_areas(row, areas)
    site = same_site(shown.get("website"), line.known.get("website", ()))
    told = {"name": round(by_name / SAME_NAME, 3), "code": code, "province": place, "website": site}
    features = tuple((name, float(value)) for name, value in told.items() if value is not None)
    score = weighed(by_name, code, place, site)
    return Candidate(row.institution_id, row.name, row.type, round(score, 1), False, features, shown)


def weighed(by_name: float, code: bool | None, place: bool | None, site: bool | None) -> float:
    """The chance in a hundred; a province that disagrees leaves doubt about any name, a code that agrees lifts it."""
    if code:
        return 100.0 if by_name >= SLIPPED else max(70.0, by_name)
    score = by_name
    if place is False:
        score *= 0.55
    elif place:
        score += (100 - score) * 0.4 if by_name >= SLIPPED else 0
    if site and by_name >= 40:
        score = max(score, 92.0)
    if code is False:
        score = min(score, 85.0)
    return min(score, 99.0)


def alike(words: str, name: str) -> float:
    """How surely a name is meant by the words, 0 to SAME_NAME."""
    if name_key(words) == name_key(name):
        return SAME_NAME
    if fold(words) and slipped(words, name):
        return SLIPPED
    return min(same_name(words, name) * 85, 80.0)


def slipped(words: str, name: str) -> bool:
    """Whether both have the same telling words in order but for typing errors in at most two."""
    one, other = name_key(words).split(), name_key(name).split()
    if len(one) != len(other):
        return False
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(different) <= 2 and all(within_edits(a, b, min(edit_budget(a), edit_budget(b))) for a, b in different)


def has_code(row: State, line: Line) -> bool | None:
    """Whether one of the line's codes is the institution's; None where the line has none, or the register."""
    given = {code.strip().upper() for code in line.known.get("code", ()) if code.strip()}
    if is_code_like(line.words):
        given.add(line.words.strip().upper())
    if not given:
        return None
    if given & {row.institution_id.upper(), *row.identifiers}:
        return True
    return False if row.identifiers else None


def in_areas(row: State, areas: frozenset[tuple[bool, str]]) -> bool | None:
    """Whether the institution lies in the provinces; None where nothing is known of one of them."""
    own = {(True, row.province_code), (False, row.former_province_code)}
    if not areas or own == {(True, None), (False, None)}:
        return None
    return bool(areas & own)


def same_site(website: str | None, given: tuple[str, ...]) -> bool | None:
    wanted = {host(text) for text in given if text.strip()}
    return None if not wanted or not website else host(website) in wanted


def host(address: str) -> str:
    bare = address.strip().lower()
    for start in HOSTS:
        bare = bare.removeprefix(start)
    return bare.split("/")[0]
