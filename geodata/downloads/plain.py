"""Downloads that are text: CSV and GeoJSON."""

import csv
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from geodata.collections import Type
from geodata.downloads.rows import FIELDS, Edition, Row
from geodata.text import safe_cell

Chunks = Iterable[list[Row]]


def write_csv(path: Path, parts: Chunks, edition: Edition) -> None:
    """With a byte order mark, without which Excel garbles Vietnamese; no cell is a formula. The last two columns say
    the release and the status of its data."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(field.name for field in FIELDS), "release"])
        for part in parts:
            writer.writerows([*cells(row), edition.release] for row in part)


def cells(row: Row) -> list[Any]:
    return [cell(row[field.name], field.type) for field in FIELDS]


def cell(value: Any, kind: Type) -> Any:
    """A value as one cell: lists with semicolons, days as ISO texts, numbers as numbers."""
    if value is None:
        return None
    if kind is Type.STRINGS:
        return safe_cell("; ".join(value))
    if kind is Type.DATE:
        return value.isoformat()
    return safe_cell(value) if isinstance(value, str) else round(value, 6)


def write_geojson(path: Path, parts: Chunks, edition: Edition) -> None:
    """A FeatureCollection (RFC 7946), a line per institution; those without coordinates have no geometry."""
    head = {
        "release": edition.release,
        "published_at": edition.published_at.isoformat(),
        "data_status": edition.data_status,
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"type":"FeatureCollection",{compact(head)[1:-1]},"features":[')
        first = True
        for part in parts:
            for row in part:
                file.write(("\n" if first else ",\n") + compact(feature(row)))
                first = False
        file.write("\n]}\n")


def feature(row: Row) -> dict[str, Any]:
    lon, lat = row["longitude"], row["latitude"]
    point = None if lon is None else {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    left = ("id", "longitude", "latitude")
    properties = {name: value for name, value in row.items() if name not in left}
    return {"type": "Feature", "id": row["id"], "geometry": point, "properties": {"id": row["id"], **properties}}


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=as_text)


def as_text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
