"""Every format holds the figures of `overlays.by_unit`, and nothing else, at every level and under filters."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.overlays import Filters, Overlay, UnitFigure, by_unit
from mapapp.exports.plain_files import cell
from mapapp.overlay_rows import row_values
from tests.mapapp.exports.conftest import INDICATOR, Export

VIEWS = [("province", "2026-07-01", False), ("district", "2025-06-30", False), ("commune", "2025-07-01", False)]
FILTERED = ("province", "2025-06-30", True)
ROW = re.compile(r'<tr(?: data-unit="([^"]+)")?><td>[^<]*</td><th.*?<td data-value="([^"]*)">', re.S)


@pytest.fixture(params=[*VIEWS, FILTERED], ids=lambda view: f"{view[0]}-{'filtered' if view[2] else 'all'}")
def asked(request: pytest.FixtureRequest, network: Session) -> tuple[dict[str, str], Overlay]:
    """A question as the address takes it, and what the register answers to it."""
    level, on, filtered = request.param
    chosen = some_filters(network) if filtered else Filters()
    overlay = by_unit(network, INDICATOR, level=level, on=date.fromisoformat(on), period="2024", filters=chosen)
    assert overlay.whole.n > 0
    given = {
        "type": chosen.types,
        "ownership": chosen.ownerships,
        "training_level": chosen.training_levels,
        "occupation": chosen.occupations,
    }
    return {"level": level, "on": on, **{name: ",".join(values) for name, values in given.items() if values}}, overlay


def some_filters(network: Session) -> Filters:
    """One of each, so that somebody remains."""
    common = (
        "SELECT unnest(occupations) FROM institution_state WHERE type = 'college' GROUP BY 1 ORDER BY count(*) DESC"
    )
    occupation = network.scalar(text(f"{common} LIMIT 1"))
    return Filters(("college", "intermediate_school"), ("public",), ("college",), (occupation,))


@pytest.fixture
def files(asked: tuple[dict[str, str], Overlay], export: Export, tmp_path: Path) -> dict[str, Path]:
    """Every file of the archive by its ending."""
    with zipfile.ZipFile(io.BytesIO(export("zip", **asked[0]).data)) as archive:
        archive.extractall(tmp_path)
    return {path.suffix[1:]: path for path in sorted(tmp_path.iterdir()) if not path.name.endswith("manifest.json")}


def rows_of(overlay: Overlay) -> list[dict[str, Any]]:
    return [row_values(row) for row in overlay.rows]


def test_all_formats_agree(asked: tuple[dict[str, str], Overlay], files: dict[str, Path]) -> None:
    overlay = asked[1]
    rows = rows_of(overlay)
    assert set(files) == {"json", "csv", "geojson", "xlsx", "gpkg", "html", "pdf"}
    assert json.loads(files["json"].read_text())["rows"] == rows
    assert list(in_geojson(files["geojson"], rows)) == rows
    assert list(in_csv(files["csv"], rows)) == [[cell(row[name]) for name in row if "name" not in name] for row in rows]
    assert in_workbook(files["xlsx"], rows) == without_names([*rows, row_values(overlay.whole)])
    assert in_geopackage(files["gpkg"]) == figures(rows)
    assert in_page(files["html"]) == {row["unit"]: row["value"] for row in rows if row["N"]}
    assert in_sheet(files["pdf"]) == sorted(printed(row) for row in overlay.rows if row.N)


def without_names(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if not name.startswith("name")} for row in rows]


def in_geojson(path: Path, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for feature in json.loads(path.read_text())["features"]:
        if "symbol" not in feature["properties"]:
            yield {name: feature["properties"][name] for name in rows[0]}


def in_csv(path: Path, rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for line in csv.DictReader(lines):
            yield [line[name] for name in rows[0] if "name" not in name]


def in_workbook(path: Path, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    heading, *lines = load_workbook(io.BytesIO(path.read_bytes()), read_only=True)["Số liệu"].iter_rows(
        values_only=True
    )
    found = [dict(zip(map(str, heading), line, strict=True)) for line in lines]
    return without_names([{name: row[name] for name in rows[0]} for row in found])


def figures(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as the GeoPackage names them: it cannot tell `n` from `N`."""
    renamed = {"N": "N_applicable", "target_N": "target_N_applicable"}
    return [{renamed.get(name, name): value for name, value in row.items()} for row in without_names(rows)]


def in_geopackage(path: Path) -> list[dict[str, Any]]:
    units = geopandas.read_file(path, layer="units")
    kept = [name for name in units.columns if name not in EXTRA and not name.startswith("name")]
    return [
        {name: None if row[name] != row[name] else row[name] for name in kept}  # NaN stands for nothing
        for row in units.astype(object).to_dict("records")
    ]


EXTRA = {"lon", "lat", "boundary_quality", "release", "data_status", "geometry"}


def in_page(path: Path) -> dict[str | None, float | None]:
    rows = ROW.findall(path.read_text())
    return {unit or None: float(value) if value else None for unit, value in rows}


def printed(row: UnitFigure) -> tuple[str, str]:
    """(value, n/N) as the sheet prints them: every decimal, Vietnamese signs."""
    if row.value is None:
        return "chưa có số liệu", f"{row.n}/{row.N}"
    return f"{row.value:.4f}".rstrip("0").rstrip(".").replace(".", ",") + " %", f"{row.n}/{row.N}"


def in_sheet(path: Path) -> list[tuple[str, str]]:
    """The pairs of the table behind the first page."""
    lines = [
        line.strip()
        for page in PdfReader(io.BytesIO(path.read_bytes())).pages[1:]
        for line in page.extract_text().splitlines()
    ]
    count = re.compile(r"\d+/\d+")
    return sorted((lines[at - 1], line) for at, line in enumerate(lines) if count.fullmatch(line))


def test_the_geopackage_has_shapes_islands_and_says_what_it_is(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "view.gpkg"
    path.write_bytes(export("gpkg", level="province", on="2026-07-01").data)
    assert [(str(name), kind) for name, kind in pyogrio.list_layers(path)] == [
        ("units", "MultiPolygon"),
        ("archipelagos", "Point"),
        ("metadata", None),
    ]
    units = geopandas.read_file(path, layer="units")
    assert units.crs.to_epsg() == 4326
    assert units[units.unit.notna()].geometry.is_valid.all()
    assert units[units.unit.isna()].geometry.isna().all()
    assert sorted(geopandas.read_file(path, layer="archipelagos").name) == ["Quần đảo Hoàng Sa", "Quần đảo Trường Sa"]
    said = geopandas.read_file(path, layer="metadata").set_index("key")["value"]
    assert {"release", "published_at", "formula", "licence", "method_vi", "url", "outlines", "unplaced"} <= set(
        said.index
    )
    assert said["data_status"] == "illustrative"
