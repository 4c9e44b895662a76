"""Occupations of the level IV list and the everyday words people use for them. Pure: reads the packaged YAML once.

An occupation code that real data carry and the catalogue lacks is not an error: it is shown as a code.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from geodata.text import fold
from geodata.vocabulary import TrainingLevel
from geodata.yaml_text import parsed

UNCHECKED_SOURCE = "list"
"""The source of rows that were not compared with a published document."""

_LEVELS = {"5": TrainingLevel.INTERMEDIATE, "6": TrainingLevel.COLLEGE}
_FILLERS = frozenset(fold(word) for word in ("học", "nghề", "ngành", "lớp", "dạy", "thợ", "trường", "khóa", "course"))


@dataclass(frozen=True)
class Name:
    """A name in both languages."""

    vi: str
    en: str


@dataclass(frozen=True)
class Occupation:
    """One row of the catalogue: 7-digit code, names, and the key of its source."""

    code: str
    name_vi: str
    name_en: str
    source: str

    @property
    def training_level(self) -> TrainingLevel:
        """Trung cấp for codes that begin with 5, cao đẳng for 6."""
        return _LEVELS[self.code[0]]

    @property
    def field(self) -> str:
        """The two digits of its field (lĩnh vực), "52" for Kỹ thuật."""
        return self.code[1:3]

    @property
    def checked(self) -> bool:
        """Whether code and name were read in a published document."""
        return self.source != UNCHECKED_SOURCE


@dataclass(frozen=True)
class Meaning:
    """Words in a typed text that stand for occupations.

    ``codes`` are known codes, the likeliest first; ``first`` and ``last`` bound the words in ``fold(text).split()``
    (half-open); ``whole`` tells that nothing else was typed but words like "học nghề".
    """

    phrase: str
    codes: tuple[str, ...]
    first: int
    last: int
    whole: bool


@dataclass(frozen=True)
class Catalogue:
    """The occupations by code, their fields and sources, and the everyday words."""

    occupations: Mapping[str, Occupation]
    fields: Mapping[str, Name]
    sources: Mapping[str, Name]
    words: Mapping[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]

    def get(self, code: str) -> Occupation | None:
        """The occupation with this code; None for codes the catalogue does not know."""
        return self.occupations.get(code)

    def codes_under(self, prefix: str) -> tuple[str, ...]:
        """Known codes meant by a prefix: 7 digits one code, fewer the beginning after the level digit, both levels."""
        if len(prefix) == 7:
            return (prefix,) if prefix in self.occupations else ()
        return tuple(code for code in self.occupations if code[1:].startswith(prefix))

    def named(self, text: str) -> tuple[Occupation, ...]:
        """Occupations whose Vietnamese or English name is this text but for marks, case and punctuation; by code."""
        return tuple(map(self.occupations.__getitem__, self._by_name.get(fold(text), ())))

    def meanings(self, text: str) -> tuple[Meaning, ...]:
        """The occupations a typed text speaks of, in the order of its words; the longest phrase at a place wins.

        Marks that were typed must be the listed ones: "may" and "máy may" mean sewing, "máy" alone does not.
        """
        typed = _typed_words(text)
        folded = [fold(word) for word in typed]
        found: list[Meaning] = []
        first = 0
        while first < len(folded):
            match = self._longest(typed, folded, first)
            if match:
                found.append(match)
            first = match.last if match else first + 1
        return tuple(found)

    def _longest(self, typed: list[str], folded: list[str], first: int) -> Meaning | None:
        for last in range(min(len(folded), first + self._longest_phrase), first, -1):
            for phrase, codes in self.words.get(tuple(folded[first:last]), ()):
                if _marks_agree(typed[first:last], phrase):
                    rest = folded[:first] + folded[last:]
                    return Meaning(phrase, codes, first, last, whole=_FILLERS.issuperset(rest))
        return None

    @cached_property
    def _longest_phrase(self) -> int:
        return max(map(len, self.words))

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for code, row in sorted(self.occupations.items()):
            for name in dict.fromkeys((fold(row.name_vi), fold(row.name_en))):
                names.setdefault(name, []).append(code)
        return names


def is_occupation_code(text: str) -> bool:
    """Whether the text has the form of an occupation code: seven digits, the first 5 or 6."""
    return re.fullmatch(r"[56][0-9]{6}", text, re.ASCII) is not None


@lru_cache(maxsize=8)
def load(*extra_words: Path) -> Catalogue:
    """The packaged catalogue, with the words of further files in the form of ``occupation_words.yaml`` added.

    Raises ValueError naming the line when an added word points to no known occupation.
    """
    rows = _packaged("occupations.yaml")
    occupations = {
        row["code"]: Occupation(row["code"], row["vi"], row["en"], row["source"]) for row in rows["occupations"]
    }
    bare = Catalogue(occupations, _names(rows["fields"]), _names(rows["sources"]), {})
    lines = [*_packaged("occupation_words.yaml")["words"]]
    for path in extra_words:
        lines += cast(dict[str, Any], parsed(path.read_text(encoding="utf-8")))["words"]
    return Catalogue(bare.occupations, bare.fields, bare.sources, _phrases(bare, lines))


def _packaged(name: str) -> Any:
    return parsed(resources.files("geodata").joinpath("catalogue", name).read_text(encoding="utf-8"))


def _names(rows: Mapping[str, Mapping[str, str]]) -> dict[str, Name]:
    return {key: Name(row["vi"], row["en"]) for key, row in rows.items()}


def _phrases(
    catalogue: Catalogue, lines: Iterable[Mapping[str, list[str]]]
) -> dict[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Folded words of a phrase to the phrases as written and their codes; official names count as phrases too."""
    phrases: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
    for line in lines:
        codes = tuple(dict.fromkeys(code for prefix in line["codes"] for code in catalogue.codes_under(prefix)))
        if not codes:
            raise ValueError(f"No known occupation for {line['words']}: {line['codes']}")
        for word in line["words"]:
            phrases.setdefault(tuple(fold(word).split()), {}).setdefault(word, codes)
    for row in catalogue.occupations.values():
        same = tuple(other.code for other in catalogue.named(row.name_vi))
        phrases.setdefault(tuple(fold(row.name_vi).split()), {}).setdefault(row.name_vi, same)
    return {words: tuple(written.items()) for words, written in phrases.items()}


def _typed_words(text: str) -> list[str]:
    """The words of a text in NFC small letters with their marks, as many as its folded form has."""
    words = re.split(r"[\W_]+", unicodedata.normalize("NFC", text).lower())
    kept = [word for word in words if fold(word)]
    return kept if len(kept) == len(fold(text).split()) else fold(text).split()


def _marks_agree(typed: list[str], phrase: str) -> bool:
    """Whether every typed word is bare or carries the same marks as the phrase, wherever its tone mark stands."""
    written = _typed_words(phrase)
    return all(
        word.isascii() or sorted(_parts(word)) == sorted(_parts(meant))
        for word, meant in zip(typed, written, strict=True)
    )


def _parts(word: str) -> str:
    return unicodedata.normalize("NFD", word)
