"""Names of illustrative institutions, past and present, in both languages."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from geodata.demo.cohort import Cohort, Fate, Kind
from geodata.demo.places import Places
from geodata.demo.rows import Rows, Words, day_texts, no_days
from geodata.demo.words import FIELDS, ILLUSTRATIVE_EN, ILLUSTRATIVE_VI, THEMES
from geodata.names import searchable
from geodata.text import acronym, search_key

COLUMNS = ("institution_id", "kind", "text", "folded", "terms", "valid_from", "valid_to", "decision_id")

MODELS: dict[int, tuple[str, str]] = {
    Kind.COLLEGE: ("Trường Cao đẳng", "College"),
    Kind.INTERMEDIATE: ("Trường Trung cấp", "Intermediate School"),
    Kind.CENTRE: ("Trung tâm Giáo dục nghề nghiệp", "Vocational Training Centre"),
    Kind.CONTINUING: (
        "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên",
        "Vocational and Continuing Education Centre",
    ),
    Kind.HIGH_SCHOOL: ("Trường Trung học nghề", "Vocational High School"),
}
PROVINCE_IN_NAME = 0.45
"""Share of institutions named after their old province; continuing centres are named after their district."""


@dataclass(frozen=True)
class Stem:
    """A name without its number, with the search forms of `geodata.names.searchable` in pieces."""

    text: str
    folded: str
    key: str
    initials: str

    def numbered(self, number: str) -> tuple[str, str, str]:
        """Name, folded name and terms with a number of three or more digits behind it."""
        folded, key = f"{self.folded} {number}", f"{self.key} {number}"
        initials = f"{self.initials}{number}"
        return f"{self.text} {number}", folded, initials if key == folded else f"{key} {initials}"


@lru_cache(maxsize=200_000)
def stem(text: str) -> Stem:
    """The stem with its search forms; many institutions share one."""
    return Stem(text, searchable(text).folded, search_key(text), acronym(text))


@lru_cache(maxsize=200_000)
def stems(kind: int, field: tuple[str, str], word: tuple[str, str]) -> tuple[Stem, Stem]:
    """The Vietnamese and the English stem of a model, a field and a distinguishing word."""
    model, model_en = MODELS[kind]
    vietnamese = (model, field[0], ILLUSTRATIVE_VI, word[0])
    english = (ILLUSTRATIVE_EN, word[1], field[1], model_en)
    return stem(" ".join(filter(None, vietnamese))), stem(" ".join(filter(None, english)))


def name_rows(chance: np.random.Generator, found: Cohort, places: Places) -> Rows:
    """Every official and English name with the days on which it was borne."""
    rows = Rows("institution_name", *COLUMNS)
    changed = ~np.isnat(found.changed_on)
    words = _words(chance, found, places)
    before = np.where(changed & (found.fate == Fate.RENAMED), _themes(chance, len(found)), words)
    fields = _fields(chance, found)
    _add(rows, found, changed, found.kind_before, fields, before, was=True)
    _add(rows, found, np.full(len(found), True), found.kind, fields, words, was=False)
    return rows


def _add(
    rows: Rows,
    found: Cohort,
    who: np.typing.NDArray[np.bool_],
    kinds: np.typing.NDArray[np.int64],
    fields: Words,
    words: Words,
    *,
    was: bool,
) -> None:
    """The names borne before the change (`was`) or since, of those chosen."""
    chosen = np.flatnonzero(who)
    since = found.founded if was else np.where(np.isnat(found.changed_on), found.founded, found.changed_on)
    until = found.changed_on if was else no_days(len(found))
    days = {"valid_from": day_texts(since[chosen]), "valid_to": day_texts(until[chosen])}
    pairs = [
        stems(kind, field, word)
        for kind, field, word in zip(kinds[chosen].tolist(), fields[chosen], words[chosen], strict=True)
    ]
    numbers = [f"{number:03d}" for number in found.numbers[chosen].tolist()]
    for language, kind in enumerate(("official", "english")):
        named = [pair[language].numbered(number) for pair, number in zip(pairs, numbers, strict=True)]
        text, folded, terms = zip(*named, strict=True) if named else ((), (), ())
        ids = found.ids[chosen].tolist()
        rows.add(len(ids), institution_id=ids, kind=kind, text=text, folded=folded, terms=terms, **days)


def _words(chance: np.random.Generator, found: Cohort, places: Places) -> Words:
    """What tells the names apart: an invented word, the old province, or for continuing centres the old district."""
    themes = _themes(chance, len(found))
    local = chance.random(len(found)) < PROVINCE_IN_NAME
    province = _pairs(places.former_province_name[found.place], places.former_province_name_en[found.place])
    district = _pairs(places.district_name[found.place], places.district_name_en[found.place])
    named: Words = np.where(found.kind == Kind.CONTINUING, district, np.where(local, province, themes))
    return named


def _themes(chance: np.random.Generator, count: int) -> Words:
    themes = np.empty(len(THEMES), dtype=object)
    themes[:] = THEMES
    return themes[chance.integers(0, len(THEMES), count)]


def _fields(chance: np.random.Generator, found: Cohort) -> Words:
    fields = np.empty(len(FIELDS), dtype=object)
    fields[:] = FIELDS
    schools = (found.kind == Kind.COLLEGE) | (found.kind_before == Kind.INTERMEDIATE)
    drawn = np.where(schools, chance.integers(0, len(FIELDS), len(found)), 0)
    chosen: Words = fields[drawn]
    return chosen


def _pairs(one: Words, other: Words) -> Words:
    pairs = np.empty(len(one), dtype=object)
    pairs[:] = list(zip(one, other, strict=True))
    return pairs
