"""Two records that may be one institution: they share an identifier, or a name within a province, or nearly a name
within a commune. What people found to be two stays two.

Names are compared within a province (equal) or a commune (alike), never each with each; worked out once per release and
remembered by whoever asks (`possible`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, groupby
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from geodata.imports.register import parts
from geodata.models import NotDuplicate
from geodata.people.rights import Person
from geodata.proposals.refusals import Fault, Faulty
from geodata.text import clean, same_name
from geodata.work.lists import NOWHERE

SURE_ENOUGH = 0.8
"""Score of `same_name` from which on they may be one. Another number or another model never reaches it."""

MOST_OF_A_KEY = 20
"""So many records of one commune with one name but for a word are looked at; more are no misspellings."""

TODAY = """
    SELECT institution_id AS id, name, name_folded, province_code, commune_code, identifiers
    FROM institution_state
    WHERE release_to IS NULL AND is_main AND daterange(valid_from, valid_to) @> :on
        AND status NOT IN ('closed', 'merged')
"""
PAIRS = f"""
    WITH today AS MATERIALIZED ({TODAY}), said AS MATERIALIZED (SELECT id, unnest(identifiers) AS said FROM today),
    pair (one, other, why) AS (
        SELECT a.id, b.id, 'identifier' FROM said AS a JOIN said AS b ON b.said = a.said AND a.id < b.id
        UNION
        SELECT a.id, b.id, 'name' FROM today AS a JOIN today AS b
            ON b.name_folded = a.name_folded AND b.province_code = a.province_code AND a.id < b.id
    )
    SELECT p.one, p.other, array_agg(p.why) AS shares, a.name AS one_name, b.name AS other_name,
        a.province_code AS one_province, b.province_code AS other_province
    FROM pair AS p JOIN today AS a ON a.id = p.one JOIN today AS b ON b.id = p.other
    GROUP BY p.one, p.other, a.name, b.name, a.province_code, b.province_code
"""
NEIGHBOURS = f"""
    SELECT id, name, name_folded, province_code, commune_code FROM ({TODAY}) AS today
    WHERE commune_code IS NOT NULL ORDER BY province_code, commune_code, id
"""
WHYS = ("identifier", "name", "alike")


@dataclass(frozen=True)
class Pair:
    """Two institutions that may be one: what they share (`identifier`, `name`, `alike`) and how alike their names
    are, 0 to 1."""

    one_id: str
    other_id: str
    names: tuple[str, str]
    provinces: tuple[str | None, str | None]
    shares: tuple[str, ...]
    score: float

    @property
    def key(self) -> str:
        return f"{self.one_id}~{self.other_id}"

    def concerns(self, provinces: Collection[str] | None) -> bool:
        """Whether one of the two lies there."""
        return provinces is None or any((code or NOWHERE) in provinces for code in self.provinces)


def possible(session: Session, *, on: date) -> tuple[Pair, ...]:
    """Every pair of the country, the surest first: shared identifiers, then by score."""
    found = {pair.key: pair for pair in _alike(session, on)}
    found |= {pair.key: pair for pair in map(_shared, session.execute(text(PAIRS), {"on": on}))}
    return tuple(sorted(found.values(), key=lambda pair: ("identifier" not in pair.shares, -pair.score, pair.key)))


def _shared(row: Row[Any]) -> Pair:
    shares = [why for why in WHYS if why in row.shares]
    provinces = (row.one_province, row.other_province)
    return _pair((row.one, row.other), (row.one_name, row.other_name), provinces, shares)


def _pair(
    ids: tuple[str, str], names: tuple[str, str], provinces: tuple[str | None, str | None], shares: Iterable[str]
) -> Pair:
    return Pair(*ids, names, provinces, tuple(shares), same_name(*names))


def _alike(session: Session, on: date) -> Iterator[Pair]:
    """Pairs of a commune whose names differ by a word, and are surely enough the same."""
    rows = session.execute(text(NEIGHBOURS), {"on": on}, execution_options={"yield_per": 5_000})
    for (province, _commune), here in groupby(rows, key=lambda row: (row.province_code, row.commune_code)):
        for one, other in _nearly_same([(row.id, row.name, row.name_folded) for row in here]):
            pair = _pair((one[0], other[0]), (one[1], other[1]), (province, province), ("alike",))
            if pair.score >= SURE_ENOUGH:
                yield pair


Named = tuple[str, str, str]
"""A registry id, a name, and the name folded."""


def _nearly_same(here: list[Named]) -> set[tuple[Named, Named]]:
    """Pairs, in the order of their ids, whose folded words are the same but for one."""
    by_words: dict[str, list[Named]] = defaultdict(list)
    for named in here if len(here) > 1 else ():
        for words in {named[2], *parts(named[2])}:
            by_words[words].append(named)
    return {pair for same in by_words.values() if 1 < len(same) <= MOST_OF_A_KEY for pair in combinations(same, 2)}


def told_apart(session: Session) -> frozenset[tuple[str, str]]:
    """Pairs that people found to be two."""
    return frozenset((one, other) for one, other in session.execute(select(NotDuplicate.one_id, NotDuplicate.other_id)))


def left(pairs: Iterable[Pair], apart: frozenset[tuple[str, str]]) -> tuple[Pair, ...]:
    """Those of the pairs that nobody told apart."""
    return tuple(pair for pair in pairs if (pair.one_id, pair.other_id) not in apart)


def tell_apart(session: Session, person: Person, one: str, other: str, *, reason: str) -> None:
    """The two are two, as somebody found out who may edit both. Raises `Faulty`. The caller commits."""
    why = clean(reason)[:500]
    if not why:
        raise Faulty(Fault("reason", "Hãy ghi vì sao là hai cơ sở khác nhau.", "Say why these are two institutions."))
    first, second = sorted((one, other))
    session.add(NotDuplicate(one_id=first, other_id=second, reason=why, by_id=person.id))
    session.flush()
