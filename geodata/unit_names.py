"""How names of administrative units are compared: kinds, official abbreviations, one squeezed spelling."""

import re
import unicodedata

KINDS = {
    "Tỉnh": "tinh",
    "Thành phố": "thanh_pho",
    "Quận": "quan",
    "Huyện": "huyen",
    "Thị xã": "thi_xa",
    "Thị trấn": "thi_tran",
    "Phường": "phuong",
    "Xã": "xa",
    "Đặc khu": "dac_khu",
}
"""The words before a unit's name, with the code of the kind."""

ENGLISH = {
    "Hà Nội": "Hanoi",
    "Hải Phòng": "Hai Phong",
    "Đà Nẵng": "Da Nang",
    "Hồ Chí Minh": "Ho Chi Minh City",
    "Cần Thơ": "Can Tho",
}
"""English names that are not just the Vietnamese without marks (or are listed to be sure)."""

_ENGLISH_KINDS: dict[str | None, str] = {"quan": "District", "phuong": "Ward"}

_ABBREVIATIONS = (
    (re.compile(r"\bb[aắ]c c[aạ]n\b", re.I), "Bắc Kạn"),
    (re.compile(r"\b(?:bu[oô]n|ban) m[eê] thu[oộ]t\b", re.I), "Buôn Ma Thuột"),
    (re.compile(r"^t\.?\s?p\.?\s*(?=\S)", re.I), "Thành phố "),
    (re.compile(r"^t\.?\s?x\.?[\s.]+", re.I), "Thị xã "),
    (re.compile(r"^t\.?\s?t\.?[\s.]+", re.I), "Thị trấn "),
    (re.compile(r"^đ\.?\s?k\.?[\s.]+", re.I), "Đặc khu "),
    (re.compile(r"^p\.?[\s.]*(?=\d)|^p(?:\.\s*|\s+)", re.I), "Phường "),
    (re.compile(r"^q\.?[\s.]*(?=\d)|^q(?:\.\s*|\s+)", re.I), "Quận "),
    (re.compile(r"^h(?:\.\s*|\s+)", re.I), "Huyện "),
    (re.compile(r"^x(?:\.\s*|\s+)", re.I), "Xã "),
    (re.compile(r"^t(?:\.\s*|\s+)", re.I), "Tỉnh "),
)
_MARKS = re.compile(r"[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_LEADING_ZERO = re.compile(r"(?<=[a-z])0+(?=\d)")


def without_marks(text: str) -> str:
    """The same text in plain Latin letters, capitals kept: Đắk Lắk → Dak Lak."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", text))
    return plain.replace("đ", "d").replace("Đ", "D")


def squeeze(text: str) -> str:
    """Lower-case letters and digits only: 'Bà Rịa - Vũng Tàu' → 'bariavungtau', 'Quận 01' → 'quan1'."""
    return _LEADING_ZERO.sub("", _NOT_WORD.sub("", without_marks(text).lower()))


def spellings(text: str) -> list[str]:
    """The squeezed text, then its i-for-y twin where that differs (Quy Nhơn, Qui Nhơn)."""
    squeezed = squeeze(text)
    twin = squeezed.replace("y", "i")
    return [squeezed] if twin == squeezed else [squeezed, twin]


def expand(text: str) -> str:
    """Leading abbreviations of a kind written out: 'TP. Vinh' → 'Thành phố Vinh', 'Q.1' → 'Quận 1'."""
    text = unicodedata.normalize("NFC", text).strip()
    for pattern, words in _ABBREVIATIONS:
        if pattern.match(text):
            return pattern.sub(words, text, count=1)
    return text


def split_kind(full_name: str) -> tuple[str | None, str]:
    """(kind code or None, bare name) of a full name with or without marks: 'Huyện Cần Giờ' → ('huyen', 'Cần Giờ')."""
    for words, kind in KINDS.items():
        head, rest = full_name[: len(words)], full_name[len(words) :]
        if squeeze(head) == squeeze(words) and rest[:1].isspace():
            return kind, rest.strip()
    return None, full_name


def short_name(full_name: str) -> str:
    """The name without its kind, except where only a number would remain ('Quận 1' stays 'Quận 1')."""
    bare = split_kind(full_name)[1]
    return full_name if bare.isdigit() else bare


def english_name(name: str) -> str:
    """The name as English maps write it: 'Hà Nội' → 'Hanoi', 'Quận 1' → 'District 1', 'Phường 5' → 'Ward 5'."""
    kind, bare = split_kind(name)
    if kind in _ENGLISH_KINDS and bare.isdigit():
        return f"{_ENGLISH_KINDS[kind]} {bare}"
    return ENGLISH.get(name, without_marks(name))
