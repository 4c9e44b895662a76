"""One function through which every name and code of a unit resolves, of today or of any earlier day."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ARRAY, ColumnElement, Select, Text, cast, select
from sqlalchemy.orm import Session, aliased

from geodata.models import AdministrativeUnit, UnitSuccession
from geodata.unit_names import expand, spellings, split_kind, squeeze
from geodata.unit_reads import InvalidReference, Successor, Unit, find, parse_reference, today
from geodata.vocabulary import UnitLevel

A = AdministrativeUnit

LONGEST = 300
"""Characters of a text that are read; a full address with every level is under half of it."""

MOST = 50
"""Candidates and alternatives that are handed back ('Xã Tân Thành' existed dozens of times)."""

LONGEST_PROVINCE = 5
"""Words in the longest name of a province, with its dash: Bà Rịa - Vũng Tàu."""

CODE_LENGTH = {UnitLevel.PROVINCE: 2, UnitLevel.DISTRICT: 3, UnitLevel.COMMUNE: 5}


class Found(StrEnum):
    """How a text resolved."""

    EXACT = "exact"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Resolution:
    """What a text names. Nothing is guessed: several equal readings are `candidates`, and `unit` is None.

    `today`: where the unit (or every candidate) lies today, with part and default; several for a split commune.
    `alternatives`: what else bears the name at another level or in another vintage.
    """

    text: str
    found: Found
    unit: Unit | None
    candidates: tuple[Unit, ...]
    today: tuple[Successor, ...]
    alternatives: tuple[Unit, ...]

    @property
    def split(self) -> bool:
        """Whether the land of the one unit found lies in several units today."""
        return self.unit is not None and len(self.today) > 1


def resolve(
    session: Session,
    text: str,
    *,
    level: str | None = None,
    on: date | None = None,
    within: str | Collection[str] | None = None,
) -> Resolution:
    """The unit a code ('52', '52@2025-06-30') or name ('TP.HCM', 'Quận 1', 'Phường Bến Nghé, Quận 1') stands for.

    `level` narrows to province, district or commune; `within` to what lies, or then lay, in the units with these keys.
    With `on`, only units of that day. Without it, a code means today's unit and a name the best reading of any day: a
    province before anything smaller, what exists today before what did, its proper name before a former one.
    """
    text = text[:LONGEST].strip()
    scope = {within} if isinstance(within, str) else within
    try:
        code, day = parse_reference(text)
    except InvalidReference:
        found = _resolve_name(session, text, level, on, scope)
        parted = _province_apart(session, text) if found.found is Found.UNKNOWN else None
        return _resolve_name(session, parted, level, on, scope) if parted else found
    return _resolve_code(session, text, code, level, day or on, scope)


def names_nothing(session: Session, texts: Sequence[str]) -> bool:
    """Whether no unit of any day is named by one of the texts, nor a province by the last words of one, so that
    `resolve` would find none: one question instead of several for each. False where only `resolve` can tell."""
    if any(len(text) > LONGEST or set(text) & set(",;") or _is_reference(text) for text in texts):
        return False
    tails = {tail for text in texts for tail in _tails(text)}
    asked = {form for text in texts for form in (text, expand(text), split_kind(expand(text))[1])}
    keys = sorted(tails | {spelling for form in asked for spelling in spellings(form) if spelling})
    alike = A.aliases.bool_op("&&")(cast(keys, ARRAY(Text)))
    return session.scalar(select(A.key).where(alike).limit(1)) is None


def _is_reference(text: str) -> bool:
    try:
        parse_reference(text)
    except InvalidReference:
        return False
    return True


def _tails(text: str) -> dict[str, int]:
    """{the last words, squeezed: how many} of a text of more words."""
    words = text.split()
    return {squeeze(" ".join(words[-length:])): length for length in range(1, min(LONGEST_PROVINCE + 1, len(words)))}


def _resolve_code(
    session: Session, text: str, code: str, level: str | None, on: date | None, scope: Collection[str] | None
) -> Resolution:
    codes = {code, code.zfill(CODE_LENGTH[UnitLevel(level)] if level else 2)}
    matches = find(session, A.code.in_(codes), *_limits(level, scope))
    chosen = [unit for unit in matches if unit.holds_on(on)]
    if not chosen and on is None:
        chosen = matches
    return _answer(session, text, chosen, matches)


def _resolve_name(
    session: Session, text: str, level: str | None, on: date | None, scope: Collection[str] | None
) -> Resolution:
    parts = [part.strip() for part in re.split(r"[,;]", text) if squeeze(part) not in ("", "vietnam", "vn")]
    for outer in reversed(parts[1:]):
        around = _resolve_name(session, outer, None, None, scope)
        scope = {unit.key for unit in (*around.candidates, *around.alternatives)}
    if not parts or (scope is not None and not scope):
        return _answer(session, text, [], [])
    matches = _named(session, parts[0], _limits(level, scope))
    return _answer(session, text, _best(matches, on), [match.unit for match in matches])


def _province_apart(session: Session, text: str) -> str | None:
    """The text with a comma before the province that its last words name ('q1 hcm' → 'q1, hcm'); None without one."""
    words, tails = text.split(), _tails(text)
    if not tails or "," in text or ";" in text:
        return None
    named = find(session, A.level == UnitLevel.PROVINCE, A.aliases.bool_op("&&")(cast(list(tails), ARRAY(Text))))
    aliases = {alias for unit in named for alias in _aliases(session, unit.key)}
    longest = max((length for tail, length in tails.items() if tail in aliases), default=0)
    return f"{' '.join(words[:-longest])}, {' '.join(words[-longest:])}" if longest else None


def _aliases(session: Session, key: str) -> list[str]:
    return session.scalar(select(A.aliases).where(A.key == key)) or []


@dataclass(frozen=True)
class _Match:
    """A unit that bears the name: as its own or a former one, and with the same marks or without."""

    unit: Unit
    own_name: bool
    same_marks: bool


def _named(session: Session, name: str, limits: Sequence[ColumnElement[bool]]) -> list[_Match]:
    """Units that answer to the name; only if none does, those whose kind is another ('Huyện Phú Quốc')."""
    written = expand(name)
    for asked in ([name, written], [split_kind(written)[1]]):
        keys = sorted({spelling for text in asked for spelling in spellings(text) if spelling})
        matches = find(session, A.aliases.bool_op("&&")(cast(keys, ARRAY(Text))), *limits) if keys else []
        if matches:
            return [_match(unit, keys, asked) for unit in matches]
    return []


def _match(unit: Unit, keys: Collection[str], asked: Sequence[str]) -> _Match:
    names = (unit.full_name, unit.name)
    province = unit.level == UnitLevel.PROVINCE  # the aliases of provinces are all in current use
    own = province or any(squeeze(name) in keys for name in names)
    marks = any(_marked(name) == _marked(text) for name in names for text in asked if not text.isascii())
    return _Match(unit, own, marks)


def _best(matches: list[_Match], on: date | None) -> list[Unit]:
    """The matches that no other one beats; see `resolve` for the order."""
    if on is not None:
        matches = [match for match in matches if match.unit.holds_on(on)]
    if not matches:
        return []
    rank = {match.unit.key: _rank(match) for match in matches}
    best = min(rank.values())
    return [match.unit for match in matches if rank[match.unit.key] == best]


def _rank(match: _Match) -> tuple[bool, bool, bool, bool, int]:
    """Sorts first: own name, province, same marks, in force, larger."""
    size = list(CODE_LENGTH).index(UnitLevel(match.unit.level))
    return not match.own_name, size > 0, not match.same_marks, not match.unit.in_force, size


def _answer(session: Session, text: str, chosen: list[Unit], matches: list[Unit]) -> Resolution:
    chosen, others = chosen[:MOST], [unit for unit in matches if unit not in chosen]
    found = Found.UNKNOWN if not chosen else Found.EXACT if len(chosen) == 1 else Found.AMBIGUOUS
    now = {link.unit.key: link for unit in chosen for link in today(session, unit)}
    return Resolution(
        text=text,
        found=found,
        unit=chosen[0] if found == Found.EXACT else None,
        candidates=tuple(chosen),
        today=tuple(now.values()),
        alternatives=tuple(others[:MOST]),
    )


def _limits(level: str | None, scope: Collection[str] | None) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = [] if level is None else [A.level == level]
    return limits if scope is None else [*limits, A.key.in_(_inside(scope))]


def _inside(keys: Collection[str]) -> Select[tuple[str]]:
    """Keys of everything below the units, and of what those were made of or became."""
    below = select(A.key).where(A.key.in_(list(keys))).cte("below", recursive=True)
    child = aliased(A)
    below = below.union(select(child.key).join(below, child.parent_key == below.c.key))
    after = select(UnitSuccession.successor_key).join(below, UnitSuccession.predecessor_key == below.c.key)
    before = select(UnitSuccession.predecessor_key).join(below, UnitSuccession.successor_key == below.c.key)
    everything = select(below.c.key).where(below.c.key.not_in(list(keys))).union(after, before).subquery()
    return select(everything.c.key)


def _marked(text: str) -> list[tuple[str, str]]:
    """Words as (letters, marks), so that Hoà and Hòa agree while Quán and Quân differ."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())
    return [_letters_and_marks(word) for word in words]


def _letters_and_marks(word: str) -> tuple[str, str]:
    split = unicodedata.normalize("NFD", word)
    marks = sorted(sign for sign in split if unicodedata.combining(sign))
    return "".join(sign for sign in split if not unicodedata.combining(sign)), "".join(marks)
