"""The rows of vector tiles: those stored for small scales, and those made when asked for."""

import gzip
import re

from geodata.tiles import LAST_STORED, Tile
from geodata.tiles.grid import CELL_BITS, HALF, QUAD_ZOOM, project
from geodata.tiles.reading import CELLS, FEW, SINGLES
from scripts.benchmark.rows import GZIP, Body, Check, Goal, Row
from scripts.benchmark.samples import Samples

TILES = "/ogc/collections/institutions/tiles/WebMercatorQuad"
LIVE_ZOOM = 14
LARGEST_STORED, LARGEST_LIVE = 25_000, 90_000
LIVE = f"SELECT CASE WHEN ({FEW}) THEN ({SINGLES}) ELSE ({CELLS}) END"
"""What a tile of a large scale takes at least."""


def tile_rows(samples: Samples) -> list[Row]:
    """Stored tiles of every zoom that has some, and tiles of streets around institutions of the densest province."""
    zooms = range(4, LAST_STORED + 1)
    stored = list(dict.fromkeys(tile_at(*point, zoom) for point in samples.points[:1_000] for zoom in zooms))
    live = list(dict.fromkeys(tile_at(*point, LIVE_ZOOM) for point in in_the_densest_province(samples)))
    rule = "/ogc/collections/<collection_id>/tiles/<set_id>/<z>/<row>/<column>"
    return [
        Row(
            "tile",
            "stored tile, zoom 4 to 11",
            tuple(map(tile_path, stored)),
            a_tile(LARGEST_STORED),
            rule,
            sql=tuple(f"SELECT mvt FROM stored_tile WHERE (z, x, y) = ({t.z}, {t.x}, {t.y})" for t in stored[:100]),
            headers=GZIP,
            goals=(Goal("flask", 0.5, ("1M",)),),
        ),
        Row(
            "tile-live",
            f"tile made when asked, zoom {LIVE_ZOOM}",
            tuple(map(tile_path, live)),
            a_tile(LARGEST_LIVE),
            rule,
            sql=tuple(live_sql(tile) for tile in live[:100]),
            headers=GZIP,
            goals=(Goal("database", 0.85, ("1M",)),),
        ),
    ]


def in_the_densest_province(samples: Samples) -> list[tuple[float, float]]:
    """Places of institutions that tiles show, in the box of those drawn from there; all where none lies in it."""
    lons, lats = zip(*samples.city, strict=True)
    edges = min(lons), max(lons), min(lats), max(lats)
    found = [at for at in samples.points if edges[0] <= at[0] <= edges[1] and edges[2] <= at[1] <= edges[3]]
    return found or list(samples.points)


def tile_at(lon: float, lat: float, zoom: int) -> Tile:
    x, y = project(lon, lat)
    return Tile(zoom, int((x + HALF) / (2 * HALF) * 2**zoom), int((HALF - y) / (2 * HALF) * 2**zoom))


def tile_path(tile: Tile) -> str:
    return f"{TILES}/{tile.z}/{tile.y}/{tile.x}"


def live_sql(tile: Tile) -> str:
    shift = 2 * (QUAD_ZOOM - min(tile.z + CELL_BITS, QUAD_ZOOM))
    first, end = tile.quads
    given = {"first": first, "end": end, "shift": shift, "across": 2.0**tile.z, "column": tile.x, "row": tile.y}
    return re.sub(r"(?<!:):([a-z]+)", lambda found: repr(given[found[1]]), LIVE).replace("\n", " ")


def a_tile(largest: int) -> Check:
    def check(_path: str, body: Body) -> str | None:
        packed = len(gzip.compress(body, 5))
        return None if body and packed <= largest else f"{packed} bytes"

    return check
