"""Files of outlines → features: GeoJSON, GeoPackage and Shapefile (alone or zipped), bounded and in WGS 84."""

import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geodata.boundaries.features import Feature, Layer
from geodata.errors import GeodataError

MAX_FILE_BYTES = 300_000_000
MAX_UNPACKED_BYTES = 900_000_000
MAX_FEATURES = 20_000

_SIGNATURES: dict[str, tuple[bytes, ...]] = {
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".zip": (b"PK",),
}
"""How files begin. GDAL goes by content: without this a disguised file could name other files or addresses to open."""


class UnreadableBoundaries(GeodataError):
    """A file of outlines that cannot be read; the message says what to change."""


def read_layer(path: Path, layer: str | None = None) -> Layer:
    """The only layer of the file, or the one named; raises `UnreadableBoundaries`."""
    source = _checked(path)
    name = _layer_name(source, layer, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL's remarks on odd files; what matters is checked afterwards
        try:
            meta, _, geometry, columns = pyogrio.raw.read(
                source, layer=name, force_2d=True, max_features=MAX_FEATURES + 1
            )
        except (DataSourceError, DataLayerError, FieldError, ValueError) as problem:
            raise UnreadableBoundaries(f"{path.name} cannot be read: {problem}") from problem
    if geometry is None or len(geometry) == 0:
        raise UnreadableBoundaries(f"{path.name} holds no features with outlines")
    if len(geometry) > MAX_FEATURES:
        raise UnreadableBoundaries(f"{path.name} holds more than {MAX_FEATURES} features")
    fields = [str(field) for field in meta["fields"]]
    shapes, crs, transformed = _in_wgs84(shapely.from_wkb(geometry, on_invalid="ignore"), meta["crs"], path)
    rows = zip(*columns, strict=True) if columns else ([()] * len(shapes))
    features = tuple(
        Feature(number, dict(zip(fields, row, strict=True)), shape)
        for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1)
    )
    return Layer(tuple(fields), features, crs, transformed)


def _checked(path: Path) -> str:
    """What GDAL may open for the path, after looking at its kind, size and first bytes."""
    suffix = path.suffix.lower()
    if suffix not in _SIGNATURES:
        raise UnreadableBoundaries(f"{path.name}: outlines come as .geojson, .gpkg, .shp or a .zip with one Shapefile")
    size, start = _size_and_start(path)
    if size > MAX_FILE_BYTES:
        raise UnreadableBoundaries(f"{path.name} is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    if not start.startswith(_SIGNATURES[suffix]):
        raise UnreadableBoundaries(f"{path.name} is not what its ending {suffix} says")
    return _in_archive(path) if suffix == ".zip" else str(path.absolute())


def _size_and_start(path: Path) -> tuple[int, bytes]:
    """Bytes in the file, and its first ones without byte-order mark and white space before a text."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
        size = path.stat().st_size
    except OSError as problem:
        raise UnreadableBoundaries(f"{path.name} cannot be opened: {problem.strerror}") from problem
    return size, start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")


def _in_archive(path: Path) -> str:
    """The one Shapefile in a zip, after adding up what it would unfold to."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as problem:
        raise UnreadableBoundaries(f"{path.name} is not a readable zip file") from problem
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableBoundaries(f"{path.name} unfolds to more than {MAX_UNPACKED_BYTES // 1_000_000} MB")
    shapefiles = [entry.filename for entry in entries if entry.filename.lower().endswith(".shp")]
    if len(shapefiles) != 1:
        raise UnreadableBoundaries(f"{path.name} must hold exactly one .shp file, not {len(shapefiles)}")
    return f"/vsizip/{{{path.absolute()}}}/{shapefiles[0]}"


def _layer_name(source: str, layer: str | None, path: Path) -> str:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(source)]
    except (DataSourceError, DataLayerError) as problem:
        raise UnreadableBoundaries(f"{path.name} cannot be read: {problem}") from problem
    if layer is None and len(names) == 1:
        return names[0]
    if layer not in names:
        raise UnreadableBoundaries(f"{path.name}: name one of its layers with --layer: {', '.join(names)}")
    return layer


def _in_wgs84(shapes: Any, declared: str | None, path: Path) -> tuple[list[BaseGeometry | None], str, bool]:
    if declared is None:
        raise UnreadableBoundaries(f"{path.name} does not say its coordinate system: add the .prj file or set the CRS")
    try:
        crs = CRS.from_user_input(declared)
    except CRSError as problem:
        raise UnreadableBoundaries(f"{path.name}: unknown coordinate system {declared}") from problem
    if crs.equals(CRS.from_epsg(4326), ignore_axis_order=True) or crs.equals(CRS.from_user_input("OGC:CRS84")):
        return list(shapes), crs.name, False
    to_wgs84 = Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)
    moved = shapely.transform(shapes, _moving(to_wgs84), interleaved=False)
    return list(moved), crs.name, True


def _moving(transformer: Transformer) -> Callable[[Any, Any], tuple[Any, Any]]:
    def move(x: Any, y: Any) -> tuple[Any, Any]:
        lon, lat = transformer.transform(x, y)
        return np.asarray(lon), np.asarray(lat)

    return move
