"""An overlay as JSON, GeoJSON or CSV."""

import csv
import io
from typing import Any

from mapapp.exports.sites import said_of, site_feature, site_values
from mapapp.exports.view import View, features, outline_sources
from mapapp.geojson import to_json
from mapapp.overlay_rows import COLUMNS, METHOD_EN, METHOD_VI

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
NOWHERE = ("Chưa xác định được đơn vị", "No unit can be given")
REPEATED = (
    *("indicator", "period", "level", "on", "release", "published_at", "data_status", "licence", "formula"),
    *("units_without_data", "url"),
)


def as_json(view: View) -> bytes:
    """The values without outlines; these are at `/api/v1/boundaries/<level>` and change with their own version."""
    table = view.table
    method = {"method_vi": METHOD_VI, "method_en": METHOD_EN}
    body = {**table.about, "numberReturned": len(table.rows), "rows": table.rows, "whole": table.whole, **method}
    if view.layers:
        body |= {"institutions_said": said_of(view), "institutions": list(map(site_values, view.sites))}
    return to_json(body).encode()


def as_geojson(view: View) -> bytes:
    """A FeatureCollection: each unit's outline with its row as properties; those without a unit have no geometry; Hoàng
    Sa and Trường Sa are always there, as symbols. Institutions above the overlay come last, with `layer` beside their
    properties; those without coordinates have no geometry."""
    table = view.table
    shapes = {feature["id"]: feature for feature in features(view.outlines)}
    figures = [
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
    about = {
        **table.about,
        "whole": table.whole,
        "numberReturned": len(figures),
        "outlines": outline_sources(view.outlines),
        "method_vi": METHOD_VI,
        "method_en": METHOD_EN,
        **({"institutions_said": said_of(view)} if view.layers else {}),
    }
    shown = [*figures, *symbols, *map(site_feature, view.sites)]
    return to_json({"type": "FeatureCollection", "features": shown, **about}).encode()


def quality(shape: dict[str, Any] | None) -> str | None:
    return None if shape is None else shape["properties"]["quality"]


def symbol(shape: dict[str, Any]) -> dict[str, Any]:
    """An archipelago's place in the collection: named, without figures."""
    names = shape["properties"]
    return {"symbol": names["symbol"], "code": names["code"], "name": names["full_name"], "name_en": names["name_en"]}


def as_csv(view: View) -> bytes:
    """UTF-8 with a byte order mark; each row repeats what it is a figure of, so that it can be cited alone."""
    about = repeated(view.table.about)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *about])
    same = [cell(value) for value in about.values()]
    for row in view.table.rows:
        writer.writerow([*named_cells(row), *same])
    return (BOM + out.getvalue()).encode()


def repeated(about: dict[str, Any]) -> dict[str, Any]:
    """What each line of a table says of the whole."""
    said = {name: about[name] for name in REPEATED}
    return {
        **said,
        "unplaced_N": about["unplaced"]["N"],
        "target_id": about["target"]["id"] if about["target"] else None,
    }


def named(row: dict[str, Any]) -> dict[str, Any]:
    """The row with words in place of the name of a missing unit."""
    if row["unit"] is not None:
        return row
    return {**row, "name": NOWHERE[0], "name_en": NOWHERE[1]}


def named_cells(row: dict[str, Any]) -> list[str]:
    return [cell(value) for value in named(row).values()]


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
