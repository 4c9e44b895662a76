"""Downloads that programs open as tables: Excel, GeoPackage and GeoParquet."""

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.collections import Type
from geodata.downloads.plain import Chunks, cells
from geodata.downloads.rows import FIELDS, Edition, Row
from geodata.workbooks import copy_at_time

MOST_ROWS_OF_A_SHEET = 1_048_575


@contextmanager
def written(*others: type[Exception]) -> Iterator[None]:
    """Raises `OSError` for what a library raises of its own where it cannot write, with its words: a full disk is the
    usual reason and not the only one. Others pass on what the system said."""
    try:
        yield
    except others as error:
        raise OSError(errno.EIO, f"it could not be written ({error}); is the disk full?") from error


def write_xlsx(path: Path, parts: Chunks, edition: Edition) -> None:
    """One sheet, its first line frozen; further sheets beyond a million rows. The file carries the release's time."""
    from openpyxl import Workbook  # only who writes a workbook pays for it

    book, saved = Workbook(write_only=True), path.with_suffix(".saved")
    try:
        fill(book, parts, edition)
        book.save(saved)
        copy_at_time(saved, path, edition.published_at)
    finally:
        saved.unlink(missing_ok=True)


def fill(book: Any, parts: Chunks, edition: Edition) -> None:
    """A line for each row, on as many sheets as they take."""
    sheet, lines = new_sheet(book, edition), 0
    for row in (row for part in parts for row in part):
        if lines == MOST_ROWS_OF_A_SHEET:
            sheet, lines = new_sheet(book, edition), 0
        sheet.append([*cells(row), edition.release])
        lines += 1


def new_sheet(book: Any, _edition: Edition) -> Any:
    sheet = book.create_sheet()
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["B"].width = 60
    sheet.append([*(field.name for field in FIELDS), "release"])
    return sheet


def frame(part: list[Row]) -> Any:
    """Rows as a GeoDataFrame; lists become texts with semicolons."""
    import geopandas

    columns = {field.name: [row[field.name] for row in part] for field in FIELDS}
    for field in FIELDS:
        if field.type is Type.STRINGS:
            columns[field.name] = ["; ".join(value or ()) for value in columns[field.name]]
        if field.type is Type.DATE:
            columns[field.name] = [value.isoformat() if value else None for value in columns[field.name]]
        if field.type is Type.NUMBER:
            columns[field.name] = [float("nan") if value is None else value for value in columns[field.name]]
    points = geopandas.points_from_xy(columns["longitude"], columns["latitude"])
    found = geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")
    found.loc[found["longitude"].isna(), "geometry"] = None
    return found


def write_gpkg(path: Path, parts: Chunks, edition: Edition) -> None:
    """Layer `institutions`, points in WGS 84; the file carries the release's time and no other."""
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{edition.published_at:%Y-%m-%dT%H:%M:%S.000Z}"})
    draft = path.with_suffix(".gpkg")  # the driver goes by the ending
    for number, part in enumerate(one_at_least(parts)):
        rows = frame(part)  # what goes wrong here says nothing of the disk
        with written(DataSourceError, DataLayerError, FeatureError):
            pyogrio.write_dataframe(
                rows, draft, layer="institutions", driver="GPKG", append=number > 0, geometry_type="Point"
            )
    if draft != path:
        shutil.move(draft, path)


def one_at_least(parts: Chunks) -> Iterator[list[Row]]:
    """The parts as they come, never two in memory; an empty one where there is none."""
    empty = True
    for part in parts:
        empty = False
        yield part
    if empty:
        yield []


GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}
"""Without a reference system a geometry column is in OGC:CRS84."""


def write_parquet(path: Path, parts: Chunks, edition: Edition) -> None:
    """GeoParquet 1.1: geometry as WKB in CRS84; lists stay lists, days are days."""
    import pyarrow
    from pyarrow import parquet

    types: dict[Type, Any] = {
        Type.STRING: pyarrow.string(),
        Type.NUMBER: pyarrow.float64(),
        Type.DATE: pyarrow.date32(),
        Type.STRINGS: pyarrow.list_(pyarrow.string()),
    }
    fields = [pyarrow.field(field.name, types[field.type]) for field in FIELDS]
    about = {"geo": json.dumps(GEO), "release": str(edition.release), "data_status": edition.data_status}
    schema = pyarrow.schema([*fields, pyarrow.field("geometry", pyarrow.binary())], metadata=about)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pyarrow.Table.from_pylist([{**row, "geometry": wkb(row)} for row in part], schema))


def wkb(row: Row) -> bytes | None:
    import shapely

    lon, lat = row["longitude"], row["latitude"]
    return None if lon is None else bytes(shapely.to_wkb(shapely.Point(lon, lat)))
