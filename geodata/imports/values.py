"""Cells as values: texts cleaned, codes as text, days, numbers, vocabularies. None where a cell says nothing."""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from geodata.imports.sources import Cell
from geodata.text import clean, fold, search_key
from geodata.vocabulary import (
    CampusKind,
    Enrolment,
    HighQuality,
    InstitutionType,
    Ownership,
    RelationKind,
    Status,
    TrainingLevel,
)

NOTHING = frozenset(
    {"", "-", "--", "---", "x", "n/a", "na", "không", "không có", "chưa có", "chưa rõ", "…", "...", "null"}
)
"""What people write into cells that have no value; vocabularies read their own words first."""

CODE = re.compile(r"[A-Z0-9.-]{2,35}")
USUAL_CODE = re.compile(r"(CDT|CDD|TCT|TCD)\d{4,5}")
_WEBSITE = re.compile(r"(https?://)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(:\d{1,5})?(/[^\s<>\"']*)?", re.I)
_EMAIL = re.compile(r"[^\s@<>\"']{1,64}@([a-z0-9-]{1,63}\.)+[a-z]{2,24}", re.I)
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_DAY_IN_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000
"""Serial days between 1927 and 2119: outside, a number is no day."""


class NotADay(ValueError):
    """A text or number that is no day of the calendar."""


def text(cell: Cell) -> str | None:
    """The cell as one clean line; a whole number without its decimals ("2502", not "2502.0")."""
    if cell is None:
        return None
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return clean(cell) or None


def stated(cell: Cell) -> str | None:
    """The text, or None where people wrote that there is nothing."""
    words = text(cell)
    return None if words is None or words.casefold() in NOTHING else words


def code(cell: Cell) -> str | None:
    """An identifier as it is stored: capitals, no spaces. Its shape is a check's affair."""
    words = stated(cell)
    return re.sub(r"\s+", "", words).upper() if words else None


def website(words: str) -> str | None:
    """The address without scheme and closing slash in lower-case host; None for what is no web address."""
    if not _WEBSITE.fullmatch(words):
        return None
    bare = re.sub(r"^https?://", "", words, flags=re.I).rstrip("/")
    host, slash, path = bare.partition("/")
    return f"{host.lower()}{slash}{path}"


def email(words: str) -> str | None:
    return words.lower() if _EMAIL.fullmatch(words) else None


def day(cell: Cell) -> date | None:
    """A day from a date cell, dd/mm/yyyy, ISO, words or a serial number; raises `NotADay`."""
    if isinstance(cell, date):
        return cell
    words = stated(cell)
    if words is None:
        return None
    if re.fullmatch(r"\d{4}", words):
        raise NotADay(words)
    try:
        return _day(words)
    except ValueError:
        raise NotADay(words) from None


def _day(words: str) -> date:
    match = _DAY.fullmatch(words) or _DAY_IN_WORDS.fullmatch(fold(words))
    if match:
        return date(int(match[3]), int(match[2]), int(match[1]))
    number = words.partition(".")[0]
    if number.isdigit() and _FIRST_SERIAL < int(number) < _LAST_SERIAL:
        return _EXCEL_EPOCH + timedelta(days=int(number))
    return date.fromisoformat(words[:10])


def number(cell: Cell) -> Decimal | None:
    """A number with decimal comma or point, thousands grouped, a per-cent sign dropped; raises `ValueError`."""
    words = stated(cell)
    if words is None:
        return None
    digits = re.sub(r"[\s\u00a0%]", "", words)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?|-?\d+(,\d+)", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d+", digits):
        digits = digits.replace(",", "")
    try:
        value = Decimal(digits)
    except InvalidOperation:
        raise ValueError(words) from None
    if not value.is_finite():
        raise ValueError(words)
    return value


_WORDS: dict[type[StrEnum], dict[str, str]] = {
    InstitutionType: {
        "cao dang": "college",
        "cao dang nghe": "college",
        "trung cap": "intermediate_school",
        "trung cap nghe": "intermediate_school",
        "trung cap chuyen nghiep": "intermediate_school",
        "trung hoc nghe": "vocational_high_school",
        "trung tam giao duc nghe nghiep": "vocational_centre",
        "trung tam day nghe": "vocational_centre",
        "trung tam giao duc nghe nghiep giao duc thuong xuyen": "vocational_continuing_centre",
        "trung tam giao duc nghe nghiep va giao duc thuong xuyen": "vocational_continuing_centre",
    },
    Ownership: {
        "cong lap": "public",
        "cong": "public",
        "nha nuoc": "public",
        "tu thuc": "private",
        "tu": "private",
        "tu nhan": "private",
        "dan lap": "private",
        "ngoai cong lap": "private",
        "co von dau tu nuoc ngoai": "foreign_invested",
        "von dau tu nuoc ngoai": "foreign_invested",
        "dau tu nuoc ngoai": "foreign_invested",
        "nuoc ngoai": "foreign_invested",
        "chua ro": "unknown",
        "khong ro": "unknown",
    },
    Status: {
        "dang hoat dong": "active",
        "hoat dong": "active",
        "con hoat dong": "active",
        "tam dung hoat dong": "suspended",
        "tam dung": "suspended",
        "tam ngung hoat dong": "suspended",
        "dinh chi hoat dong": "suspended",
        "dinh chi": "suspended",
        "bi dinh chi": "suspended",
        "da dong cua": "closed",
        "dong cua": "closed",
        "giai the": "closed",
        "da giai the": "closed",
        "cham dut hoat dong": "closed",
        "ngung hoat dong": "closed",
        "sap nhap": "merged",
        "da sap nhap": "merged",
        "hop nhat": "merged",
    },
    TrainingLevel: {
        "so cap": "elementary",
        "trung cap": "intermediate",
        "cao dang": "college",
        "trung hoc nghe": "vocational_high",
    },
    Enrolment: {
        "dang tuyen sinh": "open",
        "co": "open",
        "con tuyen sinh": "open",
        "dung tuyen sinh": "stopped",
        "ngung tuyen sinh": "stopped",
        "dinh chi tuyen sinh": "stopped",
        "khong": "stopped",
    },
    HighQuality: {
        "co": "recognised",
        "da cong nhan": "recognised",
        "dat": "recognised",
        "true": "recognised",
        "dang xay dung": "candidate",
        "du kien": "candidate",
        "khong": "none",
        "chua": "none",
        "false": "none",
    },
    CampusKind: {
        "tru so chinh": "main",
        "tru so": "main",
        "co so chinh": "main",
        "dia diem dao tao": "site",
        "dia diem": "site",
        "co so": "site",
        "phan hieu": "branch",
    },
    RelationKind: {
        "doi ten": "rename",
        "sap nhap": "merge",
        "hop nhat": "merge",
        "chia": "split",
        "tach": "split",
        "chia tach": "split",
        "nang cap": "upgrade",
        "sap nhap vao": "absorb",
    },
}
"""What people write, as `search_key` without "trường" → value. Values themselves are accepted as well."""


@lru_cache(maxsize=4_096)
def member(vocabulary: type[StrEnum], words: str) -> str | None:
    """The value of a vocabulary that the words mean; None when they mean none."""
    key = search_key(words).removeprefix("truong ")
    value = _WORDS[vocabulary].get(key)
    if value is None and words.strip().lower() in set(vocabulary):
        return words.strip().lower()
    return value


def type_in_name(name: str) -> str | None:
    """The model that a name begins with, for lists without a column for it."""
    key = search_key(name).removeprefix("truong ")
    words = sorted(_WORDS[InstitutionType], key=len, reverse=True)
    return next((_WORDS[InstitutionType][word] for word in words if key == word or key.startswith(f"{word} ")), None)
