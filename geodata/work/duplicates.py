"""Two records that may be one institution: they share an identifier, or a name within a province, or nearly a name
within a commune. What people found to be two stays two.

Names are compared only within a province (equal) or a commune (alike), so that a hundred thousand records take seconds
and not days; worked out once per release and remembered by whoever asks (`possible`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.models import NotDuplicate
from geodata.people.rights import Person
from geodata.proposals.refusals import Fault, Faulty
from geodata.text import clean, same_name

ALIKE = 0.6
"""Trigram similarity from which on two names of a commune are looked at closely."""

SURE_ENOUGH = 0.8
"""Score of `same_name` from which on they may be one. Another number or another model never reaches it."""

MOST_ALIKE = 50_000
PAIRS = """
    WITH today AS MATERIALIZED (
        SELECT institution_id AS id, name, name_folded, province_code, commune_code, identifiers
        FROM institution_state
        WHERE release_to IS NULL AND is_main AND daterange(valid_from, valid_to) @> :on
            AND status NOT IN ('closed', 'merged')
    ), said AS MATERIALIZED (
        SELECT id, unnest(identifiers) AS said FROM today
    ), pair (one, other, why) AS (
        SELECT a.id, b.id, 'identifier' FROM said AS a JOIN said AS b ON b.said = a.said AND a.id < b.id
        UNION
        SELECT a.id, b.id, 'name' FROM today AS a JOIN today AS b
            ON b.name_folded = a.name_folded AND b.province_code = a.province_code AND a.id < b.id
        UNION
        (SELECT a.id, b.id, 'alike' FROM today AS a JOIN today AS b
            ON b.commune_code = a.commune_code AND b.province_code = a.province_code AND a.id < b.id
                AND b.name_folded <> a.name_folded AND similarity(b.name_folded, a.name_folded) >= :alike
        LIMIT :most)
    )
    SELECT p.one, p.other, array_agg(p.why), a.name, b.name, a.province_code, b.province_code
    FROM pair AS p JOIN today AS a ON a.id = p.one JOIN today AS b ON b.id = p.other
    GROUP BY p.one, p.other, a.name, b.name, a.province_code, b.province_code
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
        return provinces is None or any(code in provinces for code in self.provinces)


def possible(session: Session, *, on: date) -> tuple[Pair, ...]:
    """Every pair of the country, the surest first: shared identifiers, then by score."""
    rows = session.execute(text(PAIRS), {"on": on, "alike": ALIKE, "most": MOST_ALIKE})
    pairs = [
        Pair(one, other, names, codes, tuple(why for why in WHYS if why in shares), same_name(*names))
        for one, other, shares, *told in rows
        for names, codes in [((told[0], told[1]), (told[2], told[3]))]
    ]
    kept = [pair for pair in pairs if pair.shares != ("alike",) or pair.score >= SURE_ENOUGH]
    return tuple(sorted(kept, key=lambda pair: ("identifier" not in pair.shares, -pair.score, pair.key)))


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
