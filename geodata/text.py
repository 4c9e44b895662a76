"""Vietnamese text made comparable: folding, keys for search, short forms, names across spellings.

Python is the one source of folded text: the database stores what these functions return and never folds by itself.
All functions are pure, take any ``str`` (NFC or NFD, NUL and lone surrogates included) and never raise.
Time is linear in the length of the text; callers bound what strangers send before they ask.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from geodata.abbreviations import (
    CERTAIN,
    LEADING,
    LOCAL_PREFIXES,
    POSSIBLE,
    ROMAN,
    ROMAN_OR_WORD,
    SPELLINGS,
    Y_SPELLINGS,
)
from geodata.registry_ids import is_registry_id

MAX_ALTERNATIVES = 16
MAX_WORDS_READ = 24
LONGEST_REMEMBERED = 16

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_D_STROKE = str.maketrans("đĐðÐɖƉ", "dDdDdD")
_FORMULA = re.compile(r"^[\s\ufeff\u200b]*[=+\-@＝＋－＠]|^[\t\r\n]")

_CODES = re.compile(
    r"[a-z]{1,8}[-.]?\d{3,}[a-z]?"  # CDT2502, CDD0203, TCD-0412
    r"|[a-y]\d{2}(\.[a-z0-9]{2,})+"  # agency e-ID, Decision 20/2020/QĐ-TTg: G12.34.56
    r"|\d{5,}"  # occupation and unit codes
    r"|\d+\s*/\s*(\d{4}\s*/\s*)?[a-zđ][a-zđ.\s-]{2,}[a-zđ0-9]"  # licence numbers: 197/2017/GCNĐKHĐ-TCDN
    r"|(?=[a-z0-9.-]*\d[a-z0-9.-]*\d)(?=[a-z0-9.-]*[a-z])[a-z0-9.-]{6,35}"  # any other identifier with two digits
)
_GLUED_NUMBER = re.compile(rf"({'|'.join(sorted(CERTAIN, key=len, reverse=True))})0*([1-9]\d?)")
_UNIT_WITH_NUMBER = re.compile(r"(quan|phuong|xa|huyen|khu|so|q|p)[.-]?\d{1,3}")


def clean(text: str) -> str:
    """The text fit to store and show: NFC, without control and zero-width characters, white space squeezed."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def _plain(text: str) -> str:
    """Letters without marks in their own case, đ as d, everything that is not a letter or digit as one space."""
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub("", _MARKS.sub("", unicodedata.normalize("NFKD", text))).translate(_D_STROKE)
    return _NOT_A_WORD.sub(" ", text).strip()


def fold(text: str) -> str:
    """The text as an unaccented lower-case line: "Thuỵ – Đà Nẵng" is "thuy da nang"; folding again is no change."""
    return _plain(_plain(text).casefold())


@lru_cache(maxsize=16_384)
def _folded(word: str) -> str:
    """`fold`, remembered: names are made of few words."""
    return fold(word)


def compact(text: str) -> str:
    """The folded text without spaces, to compare with website names and glued typing: "caodangsaigon"."""
    return fold(text).replace(" ", "")


@lru_cache(maxsize=1_024)
def search_key(text: str) -> str:
    """The canonical form under which a name is stored and looked up.

    Folded; certain short forms written out; Roman numerals as Arabic ones ("II" and "2" are one key), "số 1" as "1";
    i/y and place spellings unified (Kĩ = Kỹ, Qui Nhơn = Quy Nhơn). The same whichever way the name was written.
    """
    words = list(_numbered(text))
    return " ".join(_usual_spelling(list(_written_out(words))))


def tokens(text: str) -> tuple[str, ...]:
    """The words of the text's search key, in order."""
    return tuple(search_key(text).split())


def acronym(name: str) -> str:
    """The initials people use, numbers kept: "Trường Cao đẳng Kỹ nghệ Dung Quất" gives "cdkndq".

    "Trường" and "và" take no letter, what stands in brackets neither; short forms of several meanings stay.
    Empty for a name without words.
    """
    words = [word for word in tokens(re.sub(r"\([^()]*\)", " ", name)) if word not in ("truong", "va")]
    return "".join(word if word.isdigit() or _is_short_form(word) else word[0] for word in words)


def expand(text: str) -> tuple[str, ...]:
    """The folded forms a typed text may mean, without repeats: as typed, its search key, then other readings.

    At most ``MAX_ALTERNATIVES``; beyond ``MAX_WORDS_READ`` words only the first two.
    "CĐ KTCN" gives "cd ktcn", "cao dang ktcn", "cao dang ky thuat cong nghe", …
    """
    forms: dict[str, None] = dict.fromkeys(form for form in (fold(text), search_key(text)) if form)
    words = fold(text).split()
    choices = [_readings(word) for word in words] if len(words) <= MAX_WORDS_READ else []
    for reading in _combinations(choices, MAX_ALTERNATIVES):
        forms.update(dict.fromkeys(filter(None, [search_key(reading)])))
    return tuple(forms)[:MAX_ALTERNATIVES]


def edit_budget(token: str) -> int:
    """How many typing errors a folded word may have: none up to two letters or with a digit, 1 up to six, else 2."""
    if len(token) <= 2 or any(character.isdigit() for character in token):
        return 0
    return 1 if len(token) <= 6 else 2


def is_code_like(text: str) -> bool:
    """Whether the text is an identifier (code, e-ID, licence number, registry id), only ever compared exactly."""
    typed = unicodedata.normalize("NFC", clean(text)).lower()
    if len(typed) > 60 or _UNIT_WITH_NUMBER.fullmatch(typed):
        return False
    return _CODES.fullmatch(typed) is not None or is_registry_id(typed)


def same_name(one: str, other: str) -> float:
    """How surely two institution names mean the same: 1.0 equal but for spelling, 0.0 nothing shared.

    Another number ("II" against "III") or another model ("Cao đẳng" against "Trung cấp") never scores above 0.5,
    however much the rest agrees.
    """
    words, other_words = _significant(one), _significant(other)
    if not words or not other_words:
        return 0.0
    if words == other_words:
        return 1.0
    score = _shared(words, other_words)
    differs = _numbers(words) != _numbers(other_words) or _model(words) != _model(other_words)
    return min(score, 0.5) if differs else min(score, 0.99)


def name_key(name: str) -> str:
    """What two institution names share exactly when `same_name` gives 1.0: their telling words, to index names by."""
    return " ".join(_significant(name))


def within_edits(one: str, other: str, budget: int) -> bool:
    """Whether the words differ by at most ``budget`` insertions, deletions, replacements or swaps of neighbours."""
    if abs(len(one) - len(other)) > budget:
        return False
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, before, row = before, row, [i]
        for j, candidate in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != candidate))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == candidate:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1] <= budget


def safe_cell(text: str) -> str:
    """The text as a spreadsheet cell that no program runs: before a leading = + - @ tab or line end an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text


def _numbered(text: str) -> Iterator[str]:
    """The folded words with Roman numerals as Arabic ones; a numeral that is also a word only where its case tells."""
    plain = _plain(text.replace("&", " và "))
    words = plain.split()
    mixed_case = plain != plain.upper()
    for position, word in enumerate(words):
        folded = _folded(word) if len(word) <= LONGEST_REMEMBERED else fold(word)
        shouted = word.isupper() and (mixed_case or position == len(words) - 1)
        if folded in ROMAN and (shouted or folded not in ROMAN_OR_WORD):
            yield ROMAN[folded]
        else:
            yield from folded.split()


def _written_out(words: list[str]) -> Iterator[str]:
    """The words with certain short forms replaced, "so" dropped before a number, Q1 and TW3 taken apart."""
    for position, word in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else ""
        leads = position == 0 or words[position - 1] == "truong"
        if word == "so" and following.isdigit():
            continue
        if word in LOCAL_PREFIXES and following.isdigit():
            yield LOCAL_PREFIXES[word]
        elif word[:1] in LOCAL_PREFIXES and word[1:].isdigit() and len(word) <= 3:
            yield from (LOCAL_PREFIXES[word[0]], word[1:].lstrip("0") or "0")
        elif glued := _GLUED_NUMBER.fullmatch(word):
            yield from (*CERTAIN[glued[1]].split(), glued[2])
        elif word.isdigit() and len(word) == 2:
            yield word.lstrip("0") or "0"
        else:
            yield from (LEADING.get(word, word) if leads and word in LEADING else CERTAIN.get(word, word)).split()


def _usual_spelling(words: list[str]) -> list[str]:
    """The words with i/y and the known other spellings of places made usual, longest spelling first."""
    words = [Y_SPELLINGS.get(word, word) for word in words]
    usual: list[str] = []
    position = 0
    while position < len(words):
        for length in (3, 2, 1):
            found = SPELLINGS.get(tuple(words[position : position + length]))
            if found:
                break
        usual.extend(found or words[position : position + 1])
        position += length if found else 1
    return usual


def _is_short_form(word: str) -> bool:
    return 2 <= len(word) <= 6 and not re.search("[aeiouy]", word)


def _readings(word: str) -> tuple[str, ...]:
    """What one folded word may stand for: a Roman numeral, the short forms, short forms glued together, else itself."""
    if word in ROMAN_OR_WORD:
        return (word, ROMAN[word])
    known = _meanings(word)
    if known:
        return known
    return tuple(_unglued(word)) or (word,)


def _meanings(word: str) -> tuple[str, ...]:
    certain = [CERTAIN[word]] if word in CERTAIN else []
    return tuple(dict.fromkeys([*certain, *POSSIBLE.get(word, ())]))


def _unglued(word: str) -> list[str]:
    """Readings of short forms written as one ("cdxd", "ttgdnngdtx"): two pieces, only for words without a vowel."""
    if not 4 <= len(word) <= 14 or re.search("[aeiouy0-9]", word):
        return []
    splits = ((_meanings(word[:at]), _meanings(word[at:])) for at in range(2, len(word) - 1))
    return [f"{first} {second}" for firsts, seconds in splits for first in firsts for second in seconds]


def _combinations(choices: list[tuple[str, ...]], limit: int) -> Iterator[str]:
    """Up to ``limit`` sentences, one reading per word, the likeliest readings first."""
    sentences = [""]
    for readings in choices:
        sentences = [f"{sentence} {reading}" for reading in readings for sentence in sentences][:limit]
    return (sentence.strip() for sentence in sentences)


_MODELS = ("cao dang", "trung cap", "trung hoc nghe", "trung tam", "dai hoc")


def _significant(name: str) -> tuple[str, ...]:
    """The words of a name that tell it apart: "Trường", "và", "tỉnh" and "thành phố" are left out."""
    key = f" {search_key(name)} ".replace(" thanh pho ", " ")
    return tuple(word for word in key.split() if word not in ("truong", "va", "tinh"))


def _numbers(words: tuple[str, ...]) -> list[str]:
    return sorted(word for word in words if word.isdigit())


def _model(words: tuple[str, ...]) -> str | None:
    line = " ".join(words)
    return next((model for model in _MODELS if line.startswith(model)), None)


def _shared(words: tuple[str, ...], other_words: tuple[str, ...]) -> float:
    """Dice's coefficient over the words, a word within its edit budget counting nine tenths."""
    left = list(other_words)
    total = 0.0
    for word in words:
        if word in left:
            left.remove(word)
            total += 1
    for word in (word for word in words if word not in other_words):
        near = next((candidate for candidate in left if within_edits(word, candidate, edit_budget(word))), None)
        if near:
            left.remove(near)
            total += 0.9
    return 2 * total / (len(words) + len(other_words))
