"""Places that typed words name, and what became of them in the reform of 01/07/2025."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from geodata.search import telling
from geodata.text import clean, fold, is_code_like
from geodata.unit_reads import Unit
from geodata.unit_resolution import Found, Resolution, names_nothing, resolve
from geodata.vocabulary import UnitLevel

MOST = 5
LONGEST_NAME = 4
"""Words in the longest name of a province (Bà Rịa - Vũng Tàu is five with its dash, four without)."""


@dataclass(frozen=True)
class PlaceHit:
    """A unit that was named. `now` is where it lies today when it is a former one; several after a split."""

    key: str
    label: str
    level: str
    in_force: bool
    now: tuple[tuple[str, str], ...]
    """(unit key, full name) of each."""


def places_meant(session: Session, q: str) -> tuple[PlaceHit, ...]:
    """The places that the whole text names, or the former province that its last words name ("cao đẳng Nam Định")."""
    words = q.split()
    tails = [" ".join(words[-length:]) for length in lengths(words)]
    if is_code_like(q) or names_nothing(session, [q, telling(q), *tails]):
        return ()
    found = named_place(session, q)
    named = (found.unit,) if found.unit else found.candidates
    if named:
        return tuple(hit(unit, found) for unit in named[:MOST])
    return former_province(session, tails)


def named_place(session: Session, q: str) -> Resolution:
    """What the whole text names as a place, or what it names without the words around it.

    In the second case marks that were typed must be the place's own: "nghề phù thủy" does not mean Phú Thủy.
    """
    found = resolve(session, q)
    place = telling(q)
    if found.found != Found.UNKNOWN or place == q:
        return found
    nearer = resolve(session, place)
    named = (nearer.unit,) if nearer.unit else nearer.candidates
    unmarked = fold(place) == clean(place).lower()
    return nearer if unmarked or all(clean(place).lower() in unit.full_name.lower() for unit in named) else found


def former_province(session: Session, tails: list[str]) -> tuple[PlaceHit, ...]:
    for tail in tails:
        found = resolve(session, tail, level=UnitLevel.PROVINCE)
        if found.unit:
            return () if found.unit.in_force else (hit(found.unit, found),)
    return ()


def lengths(words: list[str]) -> range:
    """How many last words may name a province, longest first."""
    return range(min(LONGEST_NAME, len(words) - 1), 1, -1)


def hit(unit: Unit, found: Resolution) -> PlaceHit:
    moved = [] if unit.in_force or unit != found.unit else found.today
    now = tuple((link.unit.key, link.unit.full_name) for link in moved)
    return PlaceHit(unit.key, unit.full_name, unit.level, unit.in_force, now)
