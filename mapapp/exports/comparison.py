"""Two overlays side by side as files: both columns, what lies between them, method, sources, and a manifest.

Two years of an indicator, or two indicators of a year, over the same units; every figure is that of its own overlay.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geodata.overlays import Overlay, UnitFigure
from geodata.workbooks import at_time
from mapapp.exports.manifest import VERSION, as_archive, described
from mapapp.exports.plain_files import BOM, cell, named
from mapapp.exports.view import EPOCH
from mapapp.exports.workbook import ILLUSTRATIVE, MEDIA_TYPE, METHOD, SOURCES, VALUES, append_all, heading, safe
from mapapp.geojson import to_json
from mapapp.i18n import N_
from mapapp.overlay_rows import METHOD_EN, METHOD_VI, about, unit_members

DIGITS = 4
COLUMNS = {
    "unit": N_("Khóa đơn vị (mã@ngày)"),
    "code": N_("Mã"),
    "name": N_("Đơn vị"),
    "name_en": N_("Tên tiếng Anh"),
    "one_value": N_("Bên trái: giá trị"),
    "one_n": N_("Bên trái: có số liệu (n)"),
    "one_N": N_("Bên trái: thuộc đối tượng (N)"),
    "two_value": N_("Bên phải: giá trị"),
    "two_n": N_("Bên phải: có số liệu (n)"),
    "two_N": N_("Bên phải: thuộc đối tượng (N)"),
    "difference": N_("Bên phải trừ bên trái"),
}
"""Members of a row in order, with what they are called."""

DIFFERENCE_VI = (
    "Hiệu = bên phải trừ bên trái, tính bằng điểm của đơn vị đo chung; trống khi một bên chưa có số liệu (im lặng "
    "không phải là không thay đổi) hoặc hai chỉ số đo bằng đơn vị khác nhau."
)
DIFFERENCE_EN = (
    "Difference = right less left, in points of the common unit of measurement; empty where one side has no data "
    "(silence is no change) or the indicators are measured in different units."
)
SAME = ("level", "on", "release", "published_at", "data_status", "licence", "licence_url")


@dataclass(frozen=True)
class Comparison:
    """`one` stands left (the earlier year, or the other indicator), `two` right; the same units. `url` answers again,
    `query` is the same as parameters."""

    one: Overlay
    two: Overlay
    url: str
    page: str
    query: dict[str, str]

    @property
    def is_measured_alike(self) -> bool:
        return self.one.indicator.unit is self.two.indicator.unit


def rows_of(compared: Comparison) -> list[dict[str, Any]]:
    """A row per unit by code; the row without a unit last, where anyone is left over on either side."""
    first = {row.unit.key if row.unit else None: row for row in compared.one.rows}
    second = {row.unit.key if row.unit else None: row for row in compared.two.rows}
    keys = [*(key for key in second if key is not None), *([None] if None in first or None in second else [])]
    return [row_of(compared, first.get(key), second.get(key)) for key in keys]


def row_of(compared: Comparison, one: UnitFigure | None, two: UnitFigure | None) -> dict[str, Any]:
    """The members of `COLUMNS`; a side on which nobody is left over counts none."""
    unit = (two or one).unit if two or one else None  # type: ignore[union-attr]
    return {
        **unit_members(unit),
        **{f"one_{name}": value for name, value in side(one).items()},
        **{f"two_{name}": value for name, value in side(two).items()},
        "difference": difference(compared, one, two),
    }


def side(row: UnitFigure | None) -> dict[str, float | int | None]:
    return {"value": row.value, "n": row.n, "N": row.N} if row else {"value": None, "n": 0, "N": 0}


def difference(compared: Comparison, one: UnitFigure | None, two: UnitFigure | None) -> float | None:
    if one is None or two is None or one.value is None or two.value is None or not compared.is_measured_alike:
        return None
    return round(two.value - one.value, DIGITS)


def said_of(compared: Comparison) -> dict[str, Any]:
    """What the comparison is of; `one` and `two` say of each side what its own export says."""
    one, two = about(compared.one), about(compared.two)
    return {
        **{name: two[name] for name in SAME},
        "query": compared.query,
        "url": compared.url,
        "page": compared.page,
        "method_vi": f"{METHOD_VI} {DIFFERENCE_VI}",
        "method_en": f"{METHOD_EN} {DIFFERENCE_EN}",
        "one": one,
        "two": two,
    }


def whole_of(compared: Comparison) -> dict[str, Any]:
    return row_of(compared, compared.one.whole, compared.two.whole)


def as_json(compared: Comparison) -> bytes:
    rows = rows_of(compared)
    body = {**said_of(compared), "numberReturned": len(rows), "rows": rows, "whole": whole_of(compared)}
    return to_json(body).encode()


def as_csv(compared: Comparison) -> bytes:
    """UTF-8 with a byte order mark; each row repeats what its two figures are of, so that it can be cited alone."""
    said = said_of(compared)
    repeated = {
        **{
            f"{name}_{what}": said[name][what] for name in ("one", "two") for what in ("indicator", "period", "formula")
        },
        **{name: said[name] for name in (*SAME, "url")},
    }
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *repeated])
    same = [cell(value) for value in repeated.values()]
    for row in rows_of(compared):
        writer.writerow([*(cell(value) for value in named(row).values()), *same])
    return (BOM + out.getvalue()).encode()


def as_xlsx(compared: Comparison) -> bytes:
    """Values with the whole below, method, sources: a sheet each."""
    from openpyxl import Workbook  # only who writes a workbook pays for it

    book, said = Workbook(write_only=True), said_of(compared)
    sheet = book.create_sheet(VALUES)
    sheet.freeze_panes = "A2"
    if said["data_status"] != "official":
        sheet.oddHeader.center.text = ILLUSTRATIVE if said["data_status"] == "illustrative" else said["data_status"]
    sheet.append([heading(sheet, name) for name in (*COLUMNS, "release", "data_status")])
    whole = {**whole_of(compared), "name": "Toàn bộ", "name_en": "The whole"}
    for row in (*map(named, rows_of(compared)), whole):
        sheet.append([*(safe(sheet, value) for value in row.values()), said["release"], said["data_status"]])
    append_all(book.create_sheet(METHOD), method_lines(compared, said))
    plain = {name: to_json(value) if isinstance(value, dict) else value for name, value in said.items()}
    append_all(book.create_sheet(SOURCES), list(plain.items()))
    out = io.BytesIO()
    book.save(out)
    return at_time(out.getvalue(), compared.two.published_at or EPOCH)


def method_lines(compared: Comparison, said: dict[str, Any]) -> list[tuple[str, Any]]:
    """What both indicators are, how they are calculated, what each column is."""
    lines: list[tuple[str, Any]] = []
    for name, overlay in (("one", compared.one), ("two", compared.two)):
        indicator = overlay.indicator
        lines += [
            (f"{name}: indicator", f"{indicator.name_vi} · {indicator.name_en}, {overlay.period}"),
            (f"{name}: definition", f"{indicator.definition_vi} · {indicator.definition_en}"),
            (f"{name}: formula", said[name]["formula"]),
        ]
    return [*lines, ("method_vi", said["method_vi"]), ("method_en", said["method_en"]), *COLUMNS.items()]


FILES: Mapping[str, tuple[str, Callable[[Comparison], bytes]]] = {
    "json": ("application/json", as_json),
    "csv": ("text/csv", as_csv),
    "xlsx": (MEDIA_TYPE, as_xlsx),
}
MEDIA_TYPES = {**{name: kind for name, (kind, _) in FILES.items()}, "zip": "application/zip"}
MEDIA_TYPES |= {"manifest": "application/json"}


def written(compared: Comparison, form: str) -> bytes:
    """The file of a format; the manifest holds the sums of all of them, the archive all with the manifest."""
    if form in FILES:
        return FILES[form][1](compared)
    files = {file_name(compared, name): (kind, write(compared)) for name, (kind, write) in FILES.items()}
    manifest = as_manifest(compared, files)
    if form == "manifest":
        return manifest
    contents = {name: content for name, (_, content) in files.items()}
    contents[file_name(compared, "manifest")] = manifest
    return as_archive(contents, compared.two.published_at or EPOCH)


def as_manifest(compared: Comparison, files: Mapping[str, tuple[str, bytes]]) -> bytes:
    said = said_of(compared)
    body = {
        "manifest_version": VERSION,
        "created": said["published_at"],
        **said,
        "whole": whole_of(compared),
        "files": [described(name, kind, content) for name, (kind, content) in files.items()],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def file_name(compared: Comparison, form: str) -> str:
    """Both sides, the units, the release."""
    one, two = compared.one, compared.two
    sides = f"{one.indicator.id}_{one.period}_and_{two.indicator.id}_{two.period}"
    ending = {"manifest": "manifest.json"}.get(form, form)
    return f"{sides}_{two.vintage.level}_{two.vintage.on.isoformat()}_r{two.release}.{ending}"
