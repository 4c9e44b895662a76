"""What a wizard or a form was given, read field by field; whatever is wrong is collected and told at once."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from geodata.proposals.refusals import Fault, Faulty
from geodata.text import clean

LONGEST = 300
YEARS = range(1900, 2201)
"""Years of days that are typed: there is a day before and after each of them, whoever asks."""
Member = TypeVar("Member", bound=StrEnum)


class Given:
    """The fields of a form as texts; `faults` collects what is wrong, `done` raises it."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.faults: list[Fault] = []

    def text(self, field: str, *, needed: bool = False) -> str:
        words = clean(str(self.values.get(field) or ""))
        if needed and not words:
            self.fault(field, "Hãy điền mục này.", "Fill this in.")
        if len(words) > LONGEST:
            self.fault(field, f"Tối đa {LONGEST} ký tự.", f"At most {LONGEST} characters.")
        return words[:LONGEST]

    def day(self, field: str, *, after: date | None = None) -> date | None:
        """A day as ISO text, later than `after` where that is given, in the `YEARS` that a register can be about."""
        words = self.text(field)
        if not words:
            return None
        try:
            found = date.fromisoformat(words)
        except ValueError:
            self.fault(field, "Ngày ghi dạng 2026-09-01.", "Write the day as 2026-09-01.")
            return None
        if found.year not in YEARS:
            self.fault(field, "Năm phải từ 1900 đến 2200.", "The year must be from 1900 to 2200.")
            return None
        if after is not None and found <= after:
            self.fault(field, "Phải sau ngày hiệu lực.", "Must be after the day of effect.")
        return found

    def member(self, field: str, vocabulary: type[Member], *, default: Member | None = None) -> Member | None:
        words = self.text(field)
        if not words:
            if default is None:
                self.fault(field, "Hãy chọn một giá trị.", "Choose a value.")
            return default
        try:
            return vocabulary(words)
        except ValueError:
            self.fault(field, "Giá trị không có trong danh mục.", "Not a value of the list.")
            return default

    def yes(self, field: str) -> bool:
        return bool(self.values.get(field))

    def list(self, field: str) -> list[str]:
        found = self.values.get(field) or []
        return [str(one) for one in (found if isinstance(found, list) else [found])]

    def fault(self, field: str, vi: str, en: str) -> None:
        self.faults.append(Fault(field, vi, en))

    def done(self) -> None:
        """Raises `Faulty` with everything found so far."""
        if self.faults:
            raise Faulty(*self.faults)
