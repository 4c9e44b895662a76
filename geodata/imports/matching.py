"""Which institution a row is about: by id, by identifier (in force or former), by name and province. Never a guess.

Two plausible institutions make a question that names both; the row waits for a person, who answers in the column
"Mã sổ đăng ký" with the id, or with "mới" for a school that is not in the register.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from geodata.imports.register import Known, Register, key_of
from geodata.imports.statements import Problem, Stated
from geodata.text import edit_budget, same_name, within_edits

SURENESS = ("id", "identifier", "name", "name alone", "new")
"""How an institution was found, the surest way first; `name` with the province."""

UNRELATED = 0.5
"""Below this score two names under one code need a person, unless the province agrees."""


@dataclass(frozen=True)
class Match:
    """`known` None: a school new to the register. `how`: id, identifier, name or new."""

    known: Known | None
    how: str
    problems: tuple[Problem, ...] = ()


def match(stated: Stated, register: Register) -> Match:
    """The institution a row is about, or problems among which an error means that nobody can tell."""
    if stated.id is not None:
        return _by_id(stated, register)
    if stated.name is None:
        return Match(None, "new")
    return _by_identifier(stated, register) or _by_name(stated, register)


def _by_id(stated: Stated, register: Register) -> Match:
    if stated.is_new:
        return Match(None, "new", _shared(stated, register, None))
    known = register.by_id.get((stated.id or "").strip().lower())
    if known is None:
        return Match(None, "id", (Problem("unknown_id", "id"),))
    return Match(known, "id", _shared(stated, register, known))


def _by_identifier(stated: Stated, register: Register) -> Match | None:
    """By what the row's identifiers say; a shared one is decided by the name, where exactly one name agrees."""
    name, province = stated.name or "", stated.place.province_code
    holders = {
        known.id: known
        for scheme, value in stated.identifiers.items()
        for known in register.with_identifier(scheme, value)
    }
    if not holders:
        return None
    namesakes = {known.id: known for known in register.named(name, province)}
    agreeing = [known for id, known in holders.items() if id in namesakes]
    if len(agreeing) == 1:
        return _checked(stated, register, agreeing[0], "identifier")
    candidates = {**holders, **namesakes}
    if len(candidates) > 1:
        return Match(None, "identifier", (_question("several_candidates", candidates.values()),))
    known = next(iter(holders.values()))
    if same_name(name, known.name) < UNRELATED and not (province and province in known.provinces):
        return Match(None, "identifier", (_question("code_of_another", [known]),))
    return _checked(stated, register, known, "identifier")


def _by_name(stated: Stated, register: Register) -> Match:
    name, province = stated.name or "", stated.place.province_code
    namesakes = register.named(name, province)
    if len(namesakes) > 1:
        return Match(None, "name", (_question("several_candidates", namesakes),))
    if namesakes:
        return _checked(stated, register, namesakes[0], "name")
    moved = register.once_named(name, province)
    if moved:
        return Match(None, "name", (_question("moved_namesake", moved),))
    near = register.one_word_off(name, province)
    misspelt = [known for known in near if mistyped(name, known.name)]
    if misspelt:
        return Match(None, "name", (_question("similar_name", misspelt),))
    return Match(None, "new", (_question("near_namesake", near),) if near else ())


def _checked(stated: Stated, register: Register, known: Known, how: str) -> Match:
    """The match, unless another identifier of the row contradicts the register."""
    for scheme, value in stated.identifiers.items():
        current = known.current.get(scheme, set())
        if current and value not in current and known not in register.with_identifier(scheme, value):
            details = {"candidates": str(known), "registered": ", ".join(sorted(current)), "ids": known.id}
            return Match(known, how, (Problem("code_differs", scheme, details),))
    return Match(known, how, _shared(stated, register, known))


def _shared(stated: Stated, register: Register, known: Known | None) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for scheme, value in stated.identifiers.items():
        others = [other for other in register.with_identifier(scheme, value) if known is None or other.id != known.id]
        if others:
            found.append(Problem("shared_identifier", scheme, {"candidates": "; ".join(map(str, others))}))
    return tuple(found)


def mistyped(one: str, other: str) -> bool:
    """Whether the names differ by typing errors only: as many words, each equal or within its budget of errors."""
    words, other_words = key_of(one).split(), key_of(other).split()
    return len(words) == len(other_words) and all(
        word == twin or (min(edit_budget(word), edit_budget(twin)) and within_edits(word, twin, edit_budget(word)))
        for word, twin in zip(words, other_words, strict=True)
    )


def _question(code: str, candidates: Iterable[Known]) -> Problem:
    first = list(islice(candidates, 5))
    ids = " ".join(known.id for known in first)
    return Problem(code, "name", {"candidates": "; ".join(map(str, first)), "ids": ids})


def settle(rows: Sequence[tuple[Stated, Match]]) -> list[Match]:
    """The matches once the rows of a file are held against each other: one row per institution.

    Of several rows about one institution the first of those that tell it most surely stays. Another that came by the
    code alone is a school that shares the code; one with the same name is a repetition. The same holds between new
    schools.
    """
    settled = list(rows)
    for about in (_known_about, _new_about):  # who turns out to share a code is held against the other new ones
        for positions in _about_the_same(settled, about):
            keeper = min(positions, key=lambda at: (_doubt(*settled[at]), at))
            for at in positions:
                if at != keeper:
                    settled[at] = (settled[at][0], _second(settled[at], settled[keeper]))
    return _with_codes_shared_in_file(rows, [match for _, match in settled])


About = Callable[[Stated, Match], object]


def _about_the_same(rows: Sequence[tuple[Stated, Match]], about: About) -> list[list[int]]:
    groups: dict[object, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if subject := about(*row):
            groups[subject].append(at)
    return [positions for positions in groups.values() if len(positions) > 1]


def _known_about(_stated: Stated, match: Match) -> object:
    return match.known.id if match.known else None


def _new_about(stated: Stated, match: Match) -> object:
    if match.known or match.how != "new" or not stated.name or stated.is_new:
        return None
    return key_of(stated.name), stated.place.province_code


def _bears_name(stated: Stated, match: Match) -> bool:
    return match.known is None or (stated.name is not None and key_of(stated.name) in match.known.keys)


def _doubt(stated: Stated, match: Match) -> tuple[bool, bool, int]:
    """What speaks against a row being about its institution, the least first: a code that contradicts the register,
    another name, and how it was found. A row found by its name alone may be about another one as soon as a namesake is
    registered; what the others say must not depend on it, or the same file would change the register twice."""
    contradicted = any(problem.code == "code_differs" for problem in match.problems)
    found_by = ("name" if stated.place.province_code else "name alone") if match.how == "name" else match.how
    return contradicted, not _bears_name(stated, match), SURENESS.index(found_by)


def _second(row: tuple[Stated, Match], keeper: tuple[Stated, Match]) -> Match:
    (stated, match), (first, _) = row, keeper
    codes = (stated.identifiers.get("code"), first.identifiers.get("code"))
    if match.known is None and all(codes) and codes[0] != codes[1]:
        return match
    details = {"row": str(first.row.number), "sheet": first.row.sheet}
    if match.known and match.how == "identifier" and not _bears_name(stated, match):
        shared = Problem("shared_identifier", "code", {"candidates": str(match.known)})
        return Match(None, "new", (shared,))
    return replace(match, problems=(*match.problems, Problem("duplicate_row", "name", details)))


def _with_codes_shared_in_file(rows: Sequence[tuple[Stated, Match]], settled: list[Match]) -> list[Match]:
    """A warning on rows whose code another row with another name states as well."""
    holders: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for stated, _ in rows:
        for identifier in stated.identifiers.items():
            holders[identifier].setdefault(key_of(stated.name or ""), stated.row.number)
    for at, (stated, _) in enumerate(rows):
        for scheme, value in stated.identifiers.items():
            numbers = [number for number in holders[scheme, value].values() if number != stated.row.number]
            if len(holders[scheme, value]) > 1 and not any(p.code == "shared_identifier" for p in settled[at].problems):
                details = {"candidates": ", ".join(f"dòng {number}" for number in numbers[:5])}
                shared = Problem("shared_identifier", scheme, details)
                settled[at] = replace(settled[at], problems=(*settled[at].problems, shared))
    return settled
