"""Units and crosswalk out of the Python package `vietnamadminunits` (MIT): both worlds, names, points, areas."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

OLD_FROM = date(2008, 8, 1)
"""Nominal start of the old world: the day Hà Tây joined Hà Nội and 63 provinces remained (15/2008/QH12).

The source shows the old world as it stood on 30/06/2025; changes of districts and communes between the two days are
known to it only as former names.
"""
NEW_FROM = date(2025, 7, 1)
"""Start of the new world: 34 provinces, 3,321 communes, no districts (202/2025/QH15)."""

SOURCE = "vietnamadminunits 1.0.4"


@dataclass(frozen=True)
class Place:
    """A unit as the source gives it; `lon_lat` None where it gives no point."""

    code: str
    level: str
    full_name: str
    parent_code: str | None
    lon_lat: tuple[float, float] | None
    area_km2: float | None
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """An old unit (district or commune) and a commune of today that took it over."""

    old: str
    new: str
    whole: bool
    is_default: bool


def package_data() -> Path:
    """Folder with the package's data files, found without importing the package (it loads everything)."""
    return Path(str(files("vietnamadminunits"))) / "data"


def old_rows(data: Path) -> list[dict[str, Any]]:
    """10,040 rows: 10,035 communes and five island districts that had no commune (`wardCode` None)."""
    return _rows(data, "admin_units_legacy")


def new_rows(data: Path) -> list[dict[str, Any]]:
    """3,321 rows, one per commune."""
    return _rows(data, "admin_units")


def places_of_old(rows: Iterable[dict[str, Any]]) -> dict[str, Place]:
    """63 provinces, 696 districts and 10,035 communes by code (codes of the three levels differ in length)."""
    found: dict[str, Place] = {}
    for row in rows:
        _add(found, row, "province", None)
        _add(found, row, "district", row["provinceCode"])
        if row["wardCode"] is not None:
            _add(found, row, "ward", row["districtCode"])
    return found


def places_of_new(rows: Iterable[dict[str, Any]]) -> dict[str, Place]:
    """34 provinces and 3,321 communes by code."""
    found: dict[str, Place] = {}
    for row in rows:
        _add(found, row, "province", None)
        _add(found, row, "ward", row["provinceCode"])
    return found


def province_links(data: Path, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[str, str]:
    """Old province code → new province code: the 34 are an exact union of the 63."""
    old_code = {row["provinceKey"]: row["provinceCode"] for row in old}
    new_code = {row["provinceKey"]: row["provinceCode"] for row in new}
    merged = _converter(data)["DICT_PROVINCE"]
    return {old_code[part]: new_code[whole] for whole, parts in merged.items() for part in parts}


def commune_links(data: Path, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Link]:
    """10,602 links: 9,569 units passed whole (five of them the island districts), 471 communes split 1,033 ways."""
    old_code = {_old_key(row): row["wardCode"] or row["districtCode"] for row in old}
    new_code = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    converter = _converter(data)
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, parts in communes.items():
            for part in parts:
                yield Link(old_code[part], new_code[province, commune], whole=True, is_default=True)
    for province, splits in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, targets in splits.items():
            for target in targets:
                new_key = new_code[province, target["newWardKey"]]
                yield Link(old_code[part], new_key, whole=False, is_default=bool(target["isDefaultNewWard"]))


def _old_key(row: dict[str, Any]) -> str:
    return "_".join((row["provinceKey"], row["districtKey"], row["wardKey"] or ""))


def _converter(data: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    return loaded


def _rows(data: Path, table: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    try:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY wardCode, rowid")]
    finally:
        connection.close()


def _add(found: dict[str, Place], row: dict[str, Any], prefix: str, parent: str | None) -> None:
    code = row[f"{prefix}Code"]
    if code in found:
        return
    lat, lon = row[f"{prefix}Lat"], row[f"{prefix}Lon"]
    found[code] = Place(
        code=code,
        level="commune" if prefix == "ward" else prefix,
        full_name=row[prefix],
        parent_code=parent,
        lon_lat=None if lat is None else (lon, lat),
        area_km2=row.get("wardAreaKm2") if prefix == "ward" else None,
        keywords=tuple(json.loads(row[f"{prefix}Keywords"] or "[]")),
    )
