"""The preview of a change set: per row and field what was and what will be; `steward_map_view` has its map."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.administrative_units import by_key
from geodata.imports import preview
from geodata.imports.preview import Difference, RowPreview
from geodata.indicators import indicators
from geodata.models import ImportRun
from geodata.vocabulary import RowOutcome, RunState
from mapapp import labels
from mapapp.db import session
from mapapp.i18n import N_, day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.places import FORMER, NOW
from mapapp.sign_in import Visitor
from mapapp.steward_map_view import map_config
from mapapp.steward_view import OUTCOME, OUTCOME_TONE, Frame, frame
from mapapp.views import Link, MapConfig

ROWS_A_PAGE = 25
TABLE = {
    "institution_name": N_("Tên gọi"),
    "identifier": N_("Mã, định danh"),
    "institution_attribute": N_("Thông tin chung"),
    "campus": N_("Địa điểm"),
    "licence": N_("Giấy chứng nhận"),
    "programme": N_("Ngành, nghề"),
    "relation": N_("Quan hệ"),
    "indicator_value": N_("Chỉ số"),
}
COLUMN = {
    "name": N_("Tên địa điểm"),
    "kind": N_("Loại địa điểm"),
    "address": N_("Địa chỉ"),
    "province_code": N_("Tỉnh/Thành phố"),
    "commune_code": N_("Phường/Xã"),
    "former_province_code": N_("Tỉnh cũ (đến 30/06/2025)"),
    "former_district_code": N_("Quận/Huyện cũ"),
    "former_commune_code": N_("Phường/Xã cũ"),
    "location_precision": N_("Độ chính xác vị trí"),
    "geom": N_("Tọa độ (vĩ độ, kinh độ)"),
    "number": N_("Số giấy chứng nhận"),
    "issued_on": N_("Ngày cấp"),
    "issuer": N_("Cơ quan cấp"),
    "valid_from": N_("Từ ngày"),
    "valid_to": N_("Đến trước ngày"),
    "occupation_name": N_("Tên ngành, nghề"),
    "quota": N_("Quy mô tuyển sinh"),
    "licence_id": N_("Theo giấy chứng nhận"),
    "successor_id": N_("Cơ sở sau"),
    "value": N_("Giá trị"),
    "numerator": N_("Tử số"),
    "denominator": N_("Mẫu số"),
    "missing_reason": N_("Lý do không có số liệu"),
}
HOW = {
    "added": N_("thêm mới"),
    "corrected": N_("sửa"),
    "from_day": N_("thay đổi từ một ngày"),
    "ended": N_("bỏ"),
    "confirmed": N_("xác nhận bằng quyết định"),
}
UNITS = ("province_code", "commune_code", "former_province_code", "former_district_code", "former_commune_code")
DAYS = ("valid_from", "valid_to", "issued_on")


@dataclass(frozen=True)
class DifferenceView:
    """A line of the table: which field, before, after, and since when."""

    field: str
    before: str | None
    after: str | None
    how: str
    tone: str


@dataclass(frozen=True)
class RowView:
    """A row of the file and its differences."""

    place: str
    name: str
    url: str | None
    outcome: str
    tone: str
    is_new: bool
    differences: tuple[DifferenceView, ...]
    confirmed: int


@dataclass(frozen=True)
class ChangesPage:
    """The preview, page by page; the drawing shows all places, the live map those that fit."""

    frame: Frame
    rows: tuple[RowView, ...]
    total: str
    filters: tuple[Link, ...]
    more_url: str | None
    drawing_url: str
    map: MapConfig | None
    places: int
    new_places: int
    moved_places: int
    unplaced: int
    report_url: str
    staged: bool

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def changes_page(visitor: Visitor, found: ImportRun, asked: Mapping[str, str], *, after: int) -> ChangesPage:
    chosen = RowOutcome(asked["outcome"]) if asked.get("outcome") in ("created", "updated") else None
    rows = preview.changed_rows(session(), found, outcome=chosen, after=after, limit=ROWS_A_PAGE + 1)
    shown = rows[:ROWS_A_PAGE]
    points = preview.changed_points(session(), found)
    report_url = page_url("steward.report", number=found.id)
    return ChangesPage(
        frame=frame(_("Xem trước lần nhập %(n)s", n=found.id), visitor, Link(found.file_name, report_url)),
        rows=tuple(row_view(row, words_of(shown)) for row in shown),
        total=number(preview.count_changed(session(), found, chosen)),
        filters=tuple(filters(found, chosen)),
        more_url=address(found, chosen, shown[-1].row_id) if len(rows) > len(shown) else None,
        drawing_url=page_url("steward.changes_drawing", number=found.id),
        map=map_config(points) if points else None,
        places=len(points),
        new_places=sum(point.how == "new" for point in points),
        moved_places=sum(point.how == "moved" for point in points),
        unplaced=preview.count_unplaced(session(), found),
        report_url=report_url,
        staged=found.state == RunState.STAGED,
    )


def address(found: ImportRun, chosen: RowOutcome | None, after: int | None = None) -> str:
    asked: dict[str, Any] = {"outcome": chosen.value if chosen else None, "after": after}
    return page_url("steward.changes", number=found.id, **{key: value for key, value in asked.items() if value})


def filters(found: ImportRun, chosen: RowOutcome | None) -> Iterator[Link]:
    for outcome in (None, RowOutcome.CREATED, RowOutcome.UPDATED):
        count = number(preview.count_changed(session(), found, outcome))
        label = _(OUTCOME[outcome.value]) if outcome else _("tất cả")
        yield Link(f"{label} ({count})", address(found, outcome), current=outcome == chosen)


def words_of(rows: list[RowPreview]) -> dict[str, str]:
    """{unit key or institution id: name} of everything the differences mention."""
    keys, ids = set(), set()
    for difference in (one for row in rows for one in row.differences):
        for value in (difference.before, difference.after):
            if value and difference.column in UNITS:
                keys.add(unit_key(difference.column, value))
            elif value and difference.column == "successor_id":
                ids.add(value)
    units = {key: unit.full_name for key, unit in by_key(session(), keys).items()}
    return units | preview.names_of(session(), sorted(ids))


def unit_key(column: str, code: str) -> str:
    return f"{code}@{FORMER if column.startswith('former_') else NOW}"


def row_view(row: RowPreview, words: Mapping[str, str]) -> RowView:
    told = [one for one in row.differences if one.how != "confirmed"]
    known = row.outcome != RowOutcome.CREATED
    return RowView(
        place=_("trang “%(sheet)s”, dòng %(n)s", sheet=row.sheet, n=row.number),
        name=row.name,
        url=page_url("citizen.institution", id_or_code=row.institution_id) if known else None,
        outcome=_(OUTCOME[row.outcome]),
        tone=OUTCOME_TONE[row.outcome],
        is_new=all(one.how == "added" for one in told),
        differences=tuple(difference_view(one, words) for one in told),
        confirmed=len(row.differences) - len(told),
    )


def difference_view(one: Difference, words: Mapping[str, str]) -> DifferenceView:
    how = _(HOW[one.how])
    if one.day and one.how == "from_day":
        how = _("từ %(day)s", day=day(date.fromisoformat(one.day)))
    return DifferenceView(
        field=field_name(one),
        before=said(one, one.before, words),
        after=said(one, one.after, words),
        how=how,
        tone={"added": "good", "ended": "bad"}.get(one.how, "warn"),
    )


def field_name(one: Difference) -> str:
    """ "Thông tin chung: Loại cơ sở", "Địa điểm: Địa chỉ", "Chỉ số: … 2025"."""
    if one.table == "institution_name":
        return labels.label(labels.NAME_KIND, one.identity[0])
    if one.table == "identifier":
        return labels.label(labels.IDENTIFIER_SCHEME, one.identity[0])
    if one.table == "institution_attribute":
        return labels.label(labels.ATTRIBUTE, one.identity[0])
    head = _(TABLE[one.table])
    if one.table == "indicator_value":
        entry = indicators().get(one.identity[0])
        name = (entry.name_en if language() == "en" else entry.name_vi) if entry else one.identity[0]
        head = f"{name}, {one.identity[1]}"
    elif one.table == "programme":
        head = f"{head} {one.identity[0]}"
    elif one.table == "relation":
        head = labels.label(labels.RELATION_SUCCESSOR, one.identity[0])
    return f"{head}: {_(COLUMN[one.column])}" if one.column in COLUMN else head


def said(one: Difference, value: str | None, words: Mapping[str, str]) -> str | None:
    """The value as people read it: names for codes, labels for vocabularies, days as written here."""
    if value is None:
        return None
    if one.column in UNITS:
        return f"{words.get(unit_key(one.column, value), '?')} ({value})"
    if one.column in DAYS:
        return day(date.fromisoformat(value))
    if one.column == "successor_id":
        return words.get(value, value)
    if one.column == "location_precision":
        return labels.label(labels.LOCATION_PRECISION, value)
    if one.table == "campus" and one.column == "kind":
        return labels.label(labels.CAMPUS_KIND, value)
    if one.table == "institution_attribute":
        return labels.label(labels.OF_ATTRIBUTE.get(one.identity[0], {}), value)
    return value
