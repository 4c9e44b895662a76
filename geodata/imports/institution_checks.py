"""What can be found in a row of the sheet "Cơ sở", before and while it is compared with the register."""

from collections.abc import Iterator
from dataclasses import dataclass

from geodata.imports.checks import Severity, check
from geodata.imports.matching import Match
from geodata.imports.statements import Problem, Stated
from geodata.imports.values import type_in_name

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Examined:
    """A row as a check sees it: what it states and which institution it was matched to."""

    stated: Stated
    match: Match

    @property
    def creates(self) -> bool:
        return self.match.known is None


@check(
    ERROR,
    vi="Thiếu tên cơ sở",
    remedy_vi="Ghi tên đầy đủ của cơ sở.",
    remedy_en="Write the institution's full name.",
)
def missing_name(row: Examined) -> Iterator[Problem]:
    """The name is missing."""
    if row.stated.name is None and row.creates:
        yield Problem("missing_name", "name")


@check(
    ERROR,
    vi="“{value}” không giống tên một cơ sở",
    remedy_vi="Kiểm tra cột “Tên cơ sở”: cần tên bằng chữ.",
    remedy_en="Look at the column of names: a name in words is needed.",
)
def name_without_words(row: Examined) -> Iterator[Problem]:
    """“{value}” does not look like the name of an institution."""
    if row.stated.name is not None and sum(map(str.isalpha, row.stated.name)) < 4:
        yield Problem("name_without_words", "name")


@check(
    ERROR,
    vi="Thiếu loại hình, và tên không cho biết loại hình",
    remedy_vi="Ghi: trường cao đẳng, trường trung cấp, trường trung học nghề, trung tâm GDNN hoặc trung tâm GDNN-GDTX.",
    remedy_en="Write: college, intermediate_school, vocational_high_school, vocational_centre or "
    "vocational_continuing_centre.",
)
def missing_type(row: Examined) -> Iterator[Problem]:
    """The type is missing and the name does not tell it."""
    stated = row.stated
    if row.creates and stated.name and "type" not in stated.row.cells and not type_in_name(stated.name):
        yield Problem("missing_type", "type")


@check(
    WARNING,
    vi="Thiếu loại hình: lấy theo tên ({type})",
    remedy_vi="Điền cột “Loại hình” nếu loại hình khác với tên.",
    remedy_en="Fill in the type if it differs from the name.",
)
def type_from_name(row: Examined) -> Iterator[Problem]:
    """The type is missing and was taken from the name ({type})."""
    stated = row.stated
    found = type_in_name(stated.name or "") if row.creates and "type" not in stated.row.cells else None
    if found:
        yield Problem("type_from_name", "type", {"type": found})


@check(
    WARNING,
    vi="Thiếu loại hình sở hữu: ghi là chưa rõ",
    remedy_vi="Bổ sung: công lập, tư thục hoặc có vốn đầu tư nước ngoài.",
    remedy_en="Add: public, private or foreign_invested.",
)
def missing_ownership(row: Examined) -> Iterator[Problem]:
    """The ownership is missing and is recorded as unknown."""
    if row.creates and "ownership" not in row.stated.row.cells:
        yield Problem("missing_ownership", "ownership")


@check(
    WARNING,
    vi="Không có tỉnh/thành phố: cơ sở không có vị trí trên bản đồ",
    remedy_vi="Ghi tên tỉnh/thành phố (tên cũ cũng được).",
    remedy_en="Write the province (an old name will do).",
)
def missing_province(row: Examined) -> Iterator[Problem]:
    """No province: the institution has no place on the map."""
    place = row.stated.place
    if row.creates and place.province is None and not any(doubt[1] == "province" for doubt in place.doubts):
        yield Problem("missing_province", "province")
