"""An overlay as a file: JSON, GeoJSON, CSV or a workbook, all from the same rows."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from mapapp.geojson import to_json
from mapapp.overlay_rows import COLUMNS, METHOD_EN, METHOD_VI, Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
NOWHERE = ("Chưa xác định được đơn vị", "No unit can be given")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Shape:
    """A format: its media type, its ending, and the writer from a table and (for GeoJSON) outlines text."""

    media_type: str
    ending: str
    write: Callable[[Table, str], bytes]


def as_json(table: Table, _outlines: str) -> bytes:
    """The values without outlines; these are at `/api/v1/boundaries/<level>` and change with their own version."""
    method = {"method_vi": METHOD_VI, "method_en": METHOD_EN}
    body = {**table.about, "numberReturned": len(table.rows), "rows": table.rows, "whole": table.whole, **method}
    return to_json(body).encode()


def as_geojson(table: Table, outlines: str) -> bytes:
    """A FeatureCollection: each unit's outline with its row as properties; those without a unit have no geometry; Hoàng
    Sa and Trường Sa are always there, as symbols."""
    shapes = {feature["id"]: feature for feature in json.loads(outlines)["features"]}
    features = [
        {
            "type": "Feature",
            "id": row["unit"],
            "geometry": shapes[row["unit"]]["geometry"] if row["unit"] in shapes else None,
            "properties": {**row, "boundary_quality": quality(shapes.get(row["unit"]))},
        }
        for row in table.rows
    ]
    symbols = [
        {"type": "Feature", "id": key, "geometry": shape["geometry"], "properties": symbol(shape)}
        for key, shape in shapes.items()
        if shape["properties"]["symbol"]
    ]
    about = {**table.about, "whole": table.whole, "numberReturned": len(features)}
    return to_json({"type": "FeatureCollection", "features": [*features, *symbols], **about}).encode()


def quality(shape: dict[str, Any] | None) -> str | None:
    return None if shape is None else shape["properties"]["quality"]


def symbol(shape: dict[str, Any]) -> dict[str, Any]:
    """An archipelago's place in the collection: named, without figures."""
    names = shape["properties"]
    return {"symbol": names["symbol"], "code": names["code"], "name": names["full_name"], "name_en": names["name_en"]}


def as_csv(table: Table, _outlines: str) -> bytes:
    """UTF-8 with a byte order mark; each row repeats what it is a figure of, so that it can be cited alone."""
    repeated = ("indicator", "period", "level", "on", "release", "published_at", "data_status", "licence")
    about = {name: table.about[name] for name in repeated}
    about["target_id"] = table.about["target"]["id"] if table.about["target"] else None
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *about])
    for row in table.rows:
        writer.writerow([cell(value) for value in (*named(row).values(), *about.values())])
    return (BOM + out.getvalue()).encode()


def named(row: dict[str, Any]) -> dict[str, Any]:
    """The row with words in place of the name of a missing unit."""
    if row["unit"] is not None:
        return row
    return {**row, "name": NOWHERE[0], "name_en": NOWHERE[1]}


def cell(value: Any) -> str:
    """A CSV cell that no spreadsheet takes for a formula; nothing for what is not known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_xlsx(table: Table, _outlines: str) -> bytes:
    """A workbook with three sheets: values, method, sources. Texts are written as texts, never as formulas."""
    book = Workbook(write_only=True)
    values = book.create_sheet("Số liệu")
    values.append([heading(values, name) for name in COLUMNS])
    for row in [*table.rows, {**table.whole, "name": "Toàn bộ", "name_en": "The whole"}]:
        values.append([safe(values, value) for value in named_unless_whole(row).values()])
    method = book.create_sheet("Phương pháp")
    for line in (*COLUMNS.items(), ("", ""), ("method_vi", METHOD_VI), ("method_en", METHOD_EN)):
        method.append([safe(method, part) for part in line])
    sources = book.create_sheet("Nguồn")
    for name, value in table.about.items():
        plain = to_json(value) if isinstance(value, (dict, list)) else value
        sources.append([safe(sources, name), safe(sources, plain)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def named_unless_whole(row: dict[str, Any]) -> dict[str, Any]:
    return row if row["name"] else named(row)


def heading(sheet: Any, text: str) -> Any:
    made = safe(sheet, text)
    made.font = Font(bold=True)
    return made


def safe(sheet: Any, value: Any) -> Any:
    made = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        made.data_type = "s"
    return made


SHAPES = {
    "json": Shape("application/json", "json", as_json),
    "geojson": Shape("application/geo+json", "geojson", as_geojson),
    "csv": Shape("text/csv", "csv", as_csv),
    "xlsx": Shape(XLSX, "xlsx", as_xlsx),
}
