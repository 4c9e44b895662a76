"""The rows of vector tiles: those stored for small scales, and those made when asked for."""

import gzip
import re
from collections.abc import Sequence

from geodata.tiles import LAST_STORED, Tile
from geodata.tiles.grid import CELL_BITS, HALF, QUAD_ZOOM, project
from geodata.tiles.reading import CELLS, FEW, SINGLES
from scripts.benchmark.rows import GZIP, PLACES, Body, Check, Goal, Natural, Row
from scripts.benchmark.samples import LIVE_ZOOM, Samples

TILES = "/ogc/collections/institutions/tiles/WebMercatorQuad"
LARGEST_STORED, LARGEST_LIVE = 25_000, 90_000
LIVE = f"SELECT CASE WHEN ({FEW}) THEN ({SINGLES}) ELSE ({CELLS}) END"
"""What a tile of a large scale takes at least."""

PARTS = ("first", "end", "column", "row")


def tile_rows(samples: Samples) -> list[Row]:
    """Stored tiles of every zoom that has some, and tiles of streets all over the country: as many as no memory for
    answers holds."""
    zooms = range(4, LAST_STORED + 1)
    stored = list(dict.fromkeys(tile_at(*point, zoom) for point in samples.points[:1_000] for zoom in zooms))
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
            tuple(map(tile_path, samples.tiles)),
            a_tile(LARGEST_LIVE),
            rule,
            natural=live_tiles(samples.tiles),
            headers=GZIP,
            goals=(Goal("database", 0.85, ("1M",)),),
        ),
    ]


def tile_at(lon: float, lat: float, zoom: int) -> Tile:
    x, y = project(lon, lat)
    return Tile(zoom, int((x + HALF) / (2 * HALF) * 2**zoom), int((HALF - y) / (2 * HALF) * 2**zoom))


def tile_path(tile: Tile) -> str:
    return f"{TILES}/{tile.z}/{tile.y}/{tile.x}"


def live_tiles(tiles: Sequence[Tile]) -> Natural:
    """The same tiles from the slim table: where the range of each begins and ends, its column and row."""
    parts = {
        **{name: f"(SELECT place[{at}] FROM {PLACES} WHERE number = :number)" for at, name in enumerate(PARTS, 1)},
        **{"shift": repr(2 * (QUAD_ZOOM - min(LIVE_ZOOM + CELL_BITS, QUAD_ZOOM))), "across": repr(2.0**LIVE_ZOOM)},
    }
    query = re.sub(r"(?<!:):([a-z]+)", lambda found: parts[found[1]], LIVE).replace("\n", " ")
    places = (f"ARRAY[{tile.quads[0]}, {tile.quads[1]}, {tile.x}, {tile.y}]" for tile in tiles)
    return Natural(query, tuple(places), "bigint[]")


def a_tile(largest: int) -> Check:
    def check(_path: str, body: Body) -> str | None:
        packed = len(gzip.compress(body, 5))
        return None if body and packed <= largest else f"{packed} bytes"

    return check
