"""Bytes and mis-decoded cells of Vietnamese files turned into Unicode (NFC): found by content, reported, never silent.

Every reading of the bytes is scored by how many of its words with marks are possible Vietnamese syllables.
Nothing here raises; what cannot be read well comes back with a low confidence and a note for the import report.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from geodata.legacy_fonts import TCVN3, VNI_PAIRS, VNI_SINGLE

SAMPLE_CHARS = 60_000
"""How much of a text is scored; the decision on a large file costs no more than on a small one."""


@dataclass(frozen=True)
class Decoded:
    """A text in NFC, the encoding it was in, how sure that is (0 to 1) and what the steward should know."""

    text: str
    encoding: str
    confidence: float
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """The bytes as text: byte-order marks first, then UTF-16 by its zeros, UTF-8, then the likeliest legacy encoding.

    ``encoding`` is one of utf-8, utf-8-sig, utf-16-le, utf-16-be, windows-1258, tcvn3, vni, windows-1252; a legacy
    text saved as UTF-8 is repaired and reported with both names ("utf-8+tcvn3").
    """
    for mark, name, codec in _MARKS:
        if data.startswith(mark):
            return _repaired(data[len(mark) :].decode(codec, "replace"), name, 1.0)
    wide = _utf16_without_mark(data)
    if wide:
        return _repaired(data.decode(wide, "replace"), wide, 0.95)
    text = data.decode("utf-8", "replace")
    return _repaired(text, "utf-8", 1.0) if _mostly_whole(text) else _legacy(data)


def repair(text: str) -> Decoded:
    """The text of one cell, read again if it is legacy text shown as Latin letters ("Tr­êng Cao ®¼ng").

    Returns the text unchanged (in NFC) as "unicode" unless another reading is clearly better Vietnamese.
    """
    return _best_reading(text, "unicode", 1.0)


def may_be_legacy(text: str) -> bool:
    """Whether the text could be legacy text shown as Latin letters: words with signs that Vietnamese does not write
    with, and no character that such a font lacks. Quick: for asking it of each cell."""
    return _FOREIGN.search(text) is not None and may_be_bytes(text)


def may_be_bytes(text: str) -> bool:
    """Whether every character of the text stands for a byte, as in legacy text that is shown as Latin letters."""
    return _bytes_shown(text) is not None


def plausibility(text: str) -> float:
    """The share of words with marks that are possible Vietnamese syllables, 0 to 1; 0.5 where no word has marks."""
    words = _marked_words(text[:SAMPLE_CHARS])
    if not words:
        return 0.5
    return sum(_is_syllable(word) for word in words) / len(words)


def from_tcvn3(data: bytes) -> str:
    """TCVN3 (ABC) bytes as text in NFC; bytes outside the table are Latin-1."""
    return _nfc("".join(TCVN3.get(byte, chr(byte)) for byte in data))


def from_vni(data: bytes) -> str:
    """VNI-Windows bytes as text in NFC; bytes outside the tables are Windows-1252."""
    out: list[str] = []
    position = 0
    while position < len(data):
        pair, single = data[position : position + 2], data[position : position + 1]
        letter = VNI_PAIRS.get(pair)
        out.append(letter or VNI_SINGLE.get(single) or _latin(single))
        position += 2 if letter else 1
    return _nfc("".join(out))


def from_windows_1258(data: bytes) -> str:
    """Windows-1258 bytes, whose tones are combining marks, as text in NFC."""
    return _nfc(data.decode("cp1258", "replace"))


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
_READINGS: tuple[tuple[str, Callable[[bytes], str]], ...] = (
    ("windows-1258", from_windows_1258),
    ("tcvn3", from_tcvn3),
    ("vni", from_vni),
)
_NAMES = {"windows-1258": "Windows-1258", "tcvn3": "TCVN3 (ABC)", "vni": "VNI-Windows", "utf-8": "UTF-8"}


def _mostly_whole(text: str) -> bool:
    """Whether at most one in twenty characters outside ASCII is broken: a cut or patched UTF-8 file is still UTF-8."""
    broken = text.count("\ufffd")
    return broken == 0 or 20 * broken <= sum(not character.isascii() for character in text)


UNRECOGNISED = "Không nhận ra bảng mã tiếng Việt; tạm đọc theo Windows-1252, cần kiểm tra dấu."
BROKEN = "Có ký tự hỏng trong tệp (U+FFFD)."
CONVERTED = "Đã chuyển từ bảng mã {name}."
_ENGLISH = {
    UNRECOGNISED: "No Vietnamese encoding was recognised; read as Windows-1252, look at the accents.",
    BROKEN: "The file holds broken characters (U+FFFD).",
    **{CONVERTED.format(name=name): f"Converted from the encoding {name}." for name in _NAMES.values()},
}


def in_english(note: str) -> str:
    """A note in English."""
    return _ENGLISH.get(note, note)


def _legacy(data: bytes) -> Decoded:
    """The best of the single-byte readings; Windows-1252 with a low confidence when none looks Vietnamese."""
    sample = data[:SAMPLE_CHARS]
    score, name, reading = max(
        ((plausibility(_capitals(read(sample))), name, read) for name, read in _READINGS), key=lambda found: found[0]
    )
    if score < 0.5:
        return Decoded(_nfc(_latin(data)), "windows-1252", round(score, 3), (UNRECOGNISED,))
    return Decoded(_capitals(reading(data)), name, round(score, 3), (CONVERTED.format(name=_NAMES[name]),))


def _repaired(text: str, encoding: str, confidence: float) -> Decoded:
    """A text whose outer encoding is known, its content read again where it is legacy text underneath."""
    notes = (BROKEN,) if "\ufffd" in text else ()
    found = _best_reading(text, encoding, 0.7 if notes else confidence)
    return Decoded(found.text, found.encoding, found.confidence, notes + found.notes)


def _best_reading(text: str, encoding: str, confidence: float) -> Decoded:
    """The text as it is, or the reading of its bytes that is better Vietnamese by a clear margin."""
    own = plausibility(text)
    if text.isascii() or own >= 0.75 or len(max(_marked_words(text[:SAMPLE_CHARS]), key=len, default="")) < 2:
        return Decoded(_nfc(text), encoding, confidence)
    sample = text[:SAMPLE_CHARS]
    scored = [
        (plausibility(candidate), name)
        for name, read in _REREADINGS
        if (candidate := read(sample)) is not None and candidate != sample
    ]
    score, name = max(scored, default=(0.0, ""))
    if score < max(0.7, own + 0.2):
        return Decoded(_nfc(text), encoding, confidence)
    again = dict(_REREADINGS)[name](text)
    label = name if encoding == "unicode" else f"{encoding}+{name}"
    return Decoded(again or text, label, round(score, 3), (CONVERTED.format(name=_NAMES[name]),))


def _reread(read: Callable[[bytes], str]) -> Callable[[str], str | None]:
    def again(text: str) -> str | None:
        data = _bytes_shown(text)
        return None if data is None else _capitals(read(data))

    return again


def _utf8_shown_as_latin(text: str) -> str | None:
    """UTF-8 that was opened as Windows-1252 and saved again ("TrÆ°á»ng"), else None."""
    data = _bytes_shown(text)
    try:
        return None if data is None else _nfc(data.decode("utf-8"))
    except UnicodeDecodeError:
        return None


_REREADINGS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("tcvn3", _reread(from_tcvn3)),
    ("vni", _reread(from_vni)),
    ("windows-1258", _reread(from_windows_1258)),
    ("utf-8", _utf8_shown_as_latin),
)


def _bytes_shown(text: str) -> bytes | None:
    """The bytes that a program showed as this text in Windows-1252, Windows-1258 or Latin-1; None if there are none."""
    try:
        return bytes(_BYTE_OF.get(character, ord(character)) for character in text)
    except ValueError:
        return None


def _latin(data: bytes) -> str:
    """Windows-1252 text; the five bytes it leaves undefined as Latin-1 controls."""
    return "".join(_CP1252[byte] for byte in data)


_CP1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
_ONLY_IN_1258 = bytes([0xC3, 0xCC, 0xD0, 0xD2, 0xD5, 0xDD, 0xDE, 0xE3, 0xEC, 0xF0, 0xF2, 0xF5, 0xFD, 0xFE])
_BYTE_OF = {character: byte for byte, character in enumerate(_CP1252)}
_BYTE_OF.update({bytes([byte]).decode("cp1258"): byte for byte in _ONLY_IN_1258})


def _utf16_without_mark(data: bytes) -> str | None:
    """The byte order of UTF-16 text that lacks its mark, told by where the zero bytes of ASCII letters lie."""
    sample = data[: SAMPLE_CHARS - SAMPLE_CHARS % 2]
    pairs = len(sample) // 2
    if pairs < 2 or len(data) % 2:
        return None
    high_be, high_le = sample[0 : 2 * pairs : 2].count(0) / pairs, sample[1 : 2 * pairs : 2].count(0) / pairs
    if high_le > 0.3 and high_be < 0.05:
        return "utf-16-le"
    return "utf-16-be" if high_be > 0.3 and high_le < 0.05 else None


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _capitals(text: str) -> str:
    """Lines set in a capitals-only legacy font made capitals: such fonts keep the codes of small marked letters."""
    return "\n".join(_capital_line(line) for line in text.split("\n"))


def _capital_line(line: str) -> str:
    small = re.search(r"[a-z]", line)
    return line.upper() if not small and re.search(r"[A-Z][^\W\d_]*[A-Z]", line) else line


_SIGNS = "".join(chr(at) for at in range(0xA1, 0x100) if chr(at) not in "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý")
_FOREIGN = re.compile(f"[A-Za-z][{_SIGNS}]|[{_SIGNS}][A-Za-z]")
"""Within a word, what Latin-1 has and Vietnamese does not; none of the signs means anything in a set of characters."""
_OUTER = re.compile(r"[\s!-/:-@\[-`{-~0-9\u2010-\u2027\u00a0\u00ab\u00bb\u2032\u2033\u2026]+")
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|gh|gi|ch|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    "(?:a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|ia|iê|oa|oă|oe|oo|ua|uâ|uă|uê|uô|uơ|uy|uyê|ưa|ươ|yê|"
    "ai|ao|au|ay|âu|ây|eo|êu|iu|iêu|oai|oao|oay|oeo|oi|ôi|ơi|uai|uay|uây|ui|uôi|uya|uyu|ưi|ưu|ươi|ươu|yêu)"
    "(?:ch|ng|nh|[cmnpt])?"
)


def _marked_words(text: str) -> list[str]:
    """The words that carry something outside ASCII, in NFC."""
    return [word for word in _OUTER.split(_nfc(text)) if word and not word.isascii()]


@lru_cache(maxsize=50_000)
def _is_syllable(word: str) -> bool:
    """Whether the word can be a Vietnamese syllable: one tone at most, a known onset, nucleus and ending, sane case."""
    letters = unicodedata.normalize("NFD", word.lower())
    tones = sum(letters.count(tone) for tone in "\u0300\u0301\u0303\u0309\u0323")
    bare = _nfc("".join(letter for letter in letters if letter not in "\u0300\u0301\u0303\u0309\u0323"))
    sane = word in (word.lower(), word.upper(), word.capitalize())
    return tones <= 1 and sane and _SYLLABLE.fullmatch(bare) is not None
