"""An overlay as a GeoPackage: units with their figures, both archipelagos, and a table that says what it is."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapapp.exports.plain_files import named, quality
from mapapp.exports.sites import said_of, site_values
from mapapp.exports.view import View, features, outline_sources
from mapapp.geojson import to_json
from mapapp.maps import ARCHIPELAGOS
from mapapp.overlay_rows import METHOD_EN, METHOD_VI

if TYPE_CHECKING:
    import numpy as np

UNITS, ISLANDS, SITES, METADATA = "units", "archipelagos", "institutions", "metadata"
WGS84 = "EPSG:4326"
RENAMED = {"N": "N_applicable", "target_N": "target_N_applicable"}
"""SQLite does not tell `n` from `N`."""

INTEGERS = frozenset({"n", "N_applicable", "target_n", "target_N_applicable", "release"})
TRUTHS = frozenset({"no_data", "met"})
NUMBERS = frozenset({"value", "coverage", "target", "gap", "target_value", "lon", "lat"})
Write = Callable[..., None]


def as_gpkg(view: View) -> bytes:
    """Layer `units` (a polygon where one is known, the figures, a point to stand for it as lon, lat), layer
    `archipelagos`, layer `institutions` where any lie above the overlay, table `metadata` (key, value).
    The file carries the time of the release and no other."""
    import pyogrio  # only who writes a GeoPackage pays for it

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{view.made_at:%Y-%m-%dT%H:%M:%S.000Z}"})
    with tempfile.TemporaryDirectory(prefix="mapapp-gpkg-") as folder:
        path = Path(folder) / "view.gpkg"
        write_units(path, view)
        write_islands(path)
        write_sites(path, view)
        write_metadata(path, view)
        return path.read_bytes()


def write_units(path: Path, view: View) -> None:
    """One row per unit in the order of the table, the one without a unit last and without a shape."""
    shapes = {one["id"]: one for one in features(view.outlines)}
    same = {"release": view.table.about["release"], "data_status": view.table.about["data_status"]}
    rows = [
        {**renamed(named(row)), **place(unit), "boundary_quality": quality(shapes.get(row["unit"])), **same}
        for row, unit in zip(view.table.rows, (figure.unit for figure in view.overlay.rows), strict=True)
    ]
    outlines = [polygons(shapes.get(row["unit"])) for row in view.table.rows]
    write_layer(path, UNITS, rows, outlines, "MultiPolygon")


def renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {RENAMED.get(name, name): value for name, value in row.items()}


def place(unit: Any) -> dict[str, float | None]:
    """Where a symbol for the unit stands."""
    known = unit is not None and unit.lon_lat is not None
    return {"lon": unit.lon_lat.lon if known else None, "lat": unit.lon_lat.lat if known else None}


def polygons(feature: dict[str, Any] | None) -> bytes | None:
    """The outline as WKB of one kind; None for a unit known as a point only."""
    import shapely
    from shapely.geometry import MultiPolygon, shape

    if feature is None or feature["geometry"]["type"] not in ("Polygon", "MultiPolygon"):
        return None
    outline = shape(feature["geometry"])
    whole = outline if outline.geom_type == "MultiPolygon" else MultiPolygon([outline])
    return bytes(shapely.to_wkb(whole))


def write_islands(path: Path) -> None:
    """Hoàng Sa and Trường Sa: named, without figures of their own."""
    import shapely

    rows = [{"code": one.code, "name": one.full_name, "province": one.province} for one in ARCHIPELAGOS]
    points = [bytes(shapely.to_wkb(shapely.Point(one.lon, one.lat))) for one in ARCHIPELAGOS]
    write_layer(path, ISLANDS, rows, points, "Point")


def write_sites(path: Path, view: View) -> None:
    """A row per institution above the overlay, a point where one is known."""
    import shapely

    if not view.sites:
        return
    same = {"release": view.table.about["release"]}
    rows = [{**site_values(one), "codes": " ".join(one.codes), **same} for one in view.sites]
    points = [bytes(shapely.to_wkb(shapely.Point(one.lon, one.lat))) if one.is_placed else None for one in view.sites]
    write_layer(path, SITES, rows, points, "Point")


def write_metadata(path: Path, view: View) -> None:
    """Everything that is said of the whole, a line each; what has parts is JSON."""
    indicator = view.overlay.indicator
    said = {
        **view.table.about,
        "whole": view.table.whole,
        "definition_vi": indicator.definition_vi,
        "definition_en": indicator.definition_en,
        "method_vi": METHOD_VI,
        "method_en": METHOD_EN,
        "outlines": outline_sources(view.outlines),
        **({"institutions": said_of(view)} if view.layers else {}),
    }
    rows = [{"key": key, "value": value if isinstance(value, str) else to_json(value)} for key, value in said.items()]
    write_layer(path, METADATA, rows, None, None)


def write_layer(
    path: Path,
    layer: str,
    rows: list[dict[str, Any]],
    shapes: list[bytes | None] | list[bytes] | None,
    kind: str | None,
) -> None:
    """A layer of the file, made where it is the first; `shapes` None makes a plain table."""
    import numpy as np
    from pyogrio.raw import write

    names = list(rows[0])
    columns = [column(name, [row[name] for row in rows]) for name in names]
    options: dict[str, Any] = {"layer": layer, "driver": "GPKG", "append": path.exists(), "promote_to_multi": False}
    if shapes is None:
        write(
            path, None, fields=names, field_data=[c for c, _ in columns], field_mask=[m for _, m in columns], **options
        )
        return
    geometry = np.array(shapes, dtype=object)
    write(
        path,
        geometry,
        fields=names,
        field_data=[values for values, _ in columns],
        field_mask=[mask for _, mask in columns],
        geometry_type=kind,
        crs=WGS84,
        **options,
    )


def column(name: str, values: list[Any]) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]":
    """Values of a field in its type, and which of them are null (None where none is)."""
    import numpy as np

    kinds: dict[str, tuple[Any, Any]] = {
        **dict.fromkeys(INTEGERS, (np.int64, 0)),
        **dict.fromkeys(TRUTHS, (np.bool_, False)),
        **dict.fromkeys(NUMBERS, (np.float64, 0.0)),
    }
    missing = np.array([value is None for value in values])
    if name not in kinds or any(isinstance(value, str) for value in values):
        return np.array(values, dtype=object), None
    kind, empty = kinds[name]
    return np.array([empty if value is None else value for value in values], dtype=kind), missing
