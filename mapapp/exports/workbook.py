"""An overlay as a workbook: values, method and sources, each on a sheet of its own; the same bytes for ever."""

import io
from typing import Any

from geodata.workbooks import at_time
from mapapp.exports.plain_files import named
from mapapp.exports.sites import SITE_COLUMNS, said_of, site_values
from mapapp.exports.view import View
from mapapp.geojson import to_json
from mapapp.overlay_rows import COLUMNS, METHOD_EN, METHOD_VI

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VALUES, SITES, METHOD, SOURCES = "Số liệu", "Cơ sở", "Phương pháp", "Nguồn"
SITE_WIDTHS = {"A": 14, "B": 18, "C": 44, "D": 24, "G": 40, "H": 20, "I": 20}
WIDTHS = {"A": 18, "B": 9, "C": 34, "D": 34}
ILLUSTRATIVE = "DỮ LIỆU MINH HỌA · ILLUSTRATIVE DATA"


def as_xlsx(view: View) -> bytes:
    """Texts are written as texts, never as formulas. Each line of the values says its release and data status."""
    from openpyxl import Workbook  # only who writes a workbook pays for it

    book = Workbook(write_only=True)
    write_values(book, view)
    if view.layers:
        write_sites(book.create_sheet(SITES), view)
    write_method(book.create_sheet(METHOD), view)
    write_sources(book.create_sheet(SOURCES), view)
    out = io.BytesIO()
    book.save(out)
    return at_time(out.getvalue(), view.made_at)


def write_values(book: Any, view: View) -> None:
    """A line per unit, the one without a unit, and the whole; the first line is frozen."""
    sheet = book.create_sheet(VALUES)
    sheet.freeze_panes = "A2"
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    about = view.table.about
    if about["data_status"] != "official":
        sheet.oddHeader.center.text = ILLUSTRATIVE if about["data_status"] == "illustrative" else about["data_status"]
    sheet.append([heading(sheet, name) for name in (*COLUMNS, "release", "data_status")])
    whole = {**view.table.whole, "name": "Toàn bộ", "name_en": "The whole"}
    same = [about["release"], about["data_status"]]
    for row in (*map(named, view.table.rows), whole):
        sheet.append([*(safe(sheet, value) for value in row.values()), *same])


def write_sites(sheet: Any, view: View) -> None:
    """A line per institution above the overlay; those without coordinates have empty cells there."""
    sheet.freeze_panes = "A2"
    for column, width in SITE_WIDTHS.items():
        sheet.column_dimensions[column].width = width
    about = view.table.about
    sheet.append([heading(sheet, name) for name in (*SITE_COLUMNS, "release")])
    for one in view.sites:
        values = {**site_values(one), "codes": " ".join(one.codes)}
        sheet.append([*(safe(sheet, value) for value in values.values()), about["release"]])


def write_method(sheet: Any, view: View) -> None:
    """What each column is, and how the figures are made."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    indicator = view.overlay.indicator
    lines = [
        ("indicator", f"{indicator.name_vi} · {indicator.name_en}"),
        ("definition_vi", indicator.definition_vi),
        ("definition_en", indicator.definition_en),
        ("formula", view.table.about["formula"]),
        ("method_vi", METHOD_VI),
        ("method_en", METHOD_EN),
        *COLUMNS.items(),
        *([(f"{SITES}: {name}", said) for name, said in SITE_COLUMNS.items()] if view.layers else []),
    ]
    append_all(sheet, lines)


def write_sources(sheet: Any, view: View) -> None:
    """Release, status, licence, question and documents."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    plain = {
        name: to_json(value) if isinstance(value, (dict, list)) else value for name, value in view.table.about.items()
    }
    if view.layers:
        plain["institutions"] = to_json(said_of(view))
    append_all(sheet, list(plain.items()))


def append_all(sheet: Any, lines: list[tuple[str, Any]]) -> None:
    for line in lines:
        sheet.append([safe(sheet, part) for part in line])


def heading(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    made = WriteOnlyCell(sheet, value=text)
    made.font = Font(bold=True)
    return made


def safe(sheet: Any, value: Any) -> Any:
    """The value, or a cell of text where it begins like a formula."""
    if not (isinstance(value, str) and value.startswith("=")):
        return value
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet, value=value)
    made.data_type = "s"
    return made
