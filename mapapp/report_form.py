"""The form for reporting an error, read and judged: what is missing, too long, too quick, or not from a person."""

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from geodata.error_reports import LONGEST_CONTACT, LONGEST_ITEM, LONGEST_MESSAGE, Draft
from geodata.text import clean
from geodata.vocabulary import ReportedField
from mapapp.i18n import gettext as _
from mapapp.i18n import number

SHORTEST_MESSAGE = 5
QUICKEST_S = 3
LONGEST_OPEN_S = 86_400
TRAP = "nickname"
"""A field that people do not see and programs fill in."""

LINE_ENDS = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Filled:
    """The form as it came, tidied: what people wrote, and what tells them from programs."""

    field: str
    item: str
    message: str
    contact: str
    trap: str
    stamp: str

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "Filled":
        return cls(
            field=clean(form.get("field", "")),
            item=clean(form.get("item", "")),
            message=lines(form.get("message", "")),
            contact=clean(form.get("contact", "")),
            trap=form.get(TRAP, ""),
            stamp=form.get("stamp", ""),
        )

    def draft(self, institution_id: str) -> Draft:
        """The report that a faultless form makes."""
        field = ReportedField(self.field)
        return Draft(institution_id, field, self.message, self.item or None, self.contact or None)


def lines(text: str) -> str:
    """The text without control characters, its lines kept."""
    return "\n".join(clean(line) for line in LINE_ENDS.split(text)).strip()


def faults(filled: Filled) -> tuple[tuple[str, str], ...]:
    """(field of the form, what to do about it); empty when the report can be kept."""
    found = [
        ("field", None if filled.field in set(ReportedField) else _("Hãy chọn thông tin bị sai.")),
        ("message", _message_fault(filled.message)),
        ("item", _too_long(filled.item, LONGEST_ITEM)),
        ("contact", _too_long(filled.contact, LONGEST_CONTACT)),
    ]
    return tuple((name, text) for name, text in found if text)


def _message_fault(message: str) -> str | None:
    if len(message) < SHORTEST_MESSAGE:
        return _("Hãy viết điều gì sai và đúng ra là gì.")
    return _too_long(message, LONGEST_MESSAGE)


def _too_long(text: str, longest: int) -> str | None:
    if len(text) <= longest:
        return None
    return _("Dài quá %(most)s ký tự, hãy viết ngắn hơn.", most=number(longest))


def doubt(filled: Filled, age_s: float | None) -> str | None:
    """Why the form does not look filled in by a person, and what a person does then; None when it does."""
    if filled.trap:
        return _("Ô ẩn dành cho máy đã bị điền. Hãy xóa chữ trong ô “Để trống ô này” rồi gửi lại.")
    if age_s is None or age_s > LONGEST_OPEN_S:
        return _("Trang này mở đã quá lâu. Những gì bạn viết vẫn còn đây: hãy bấm Gửi lần nữa.")
    if age_s < QUICKEST_S:
        return _("Gửi nhanh quá nên máy chủ ngỡ là chương trình tự động. Hãy xem lại rồi bấm Gửi lần nữa.")
    return None
