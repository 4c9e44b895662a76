"""The tile matrix set WebMercatorQuad (OGC 17-083r4, annex E.1) as JSON."""

from typing import Any

from geodata.geometry import VIETNAM
from geodata.tiles import LAST_ZOOM
from geodata.tiles.grid import HALF, project

SET = "WebMercatorQuad"
SET_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
PIXEL_M = 0.00028
"""The width of a pixel that scale denominators assume (OGC 17-083r4, clause 6.1)."""


def definition() -> dict[str, Any]:
    return {
        "id": SET,
        "title": "Google Maps Compatible for the World",
        "uri": SET_URI,
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "orderedAxes": ["X", "Y"],
        "tileMatrices": [matrix(zoom) for zoom in range(LAST_ZOOM + 1)],
    }


def matrix(zoom: int) -> dict[str, Any]:
    cell = 2 * HALF / 256 / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": cell / PIXEL_M,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF, HALF],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


def limits(last: int) -> list[dict[str, Any]]:
    """Which tiles of each zoom the country lies in."""
    west, south = project(VIETNAM.west, VIETNAM.south)
    east, north = project(VIETNAM.east, VIETNAM.north)
    found = []
    for zoom in range(last + 1):
        width = 2 * HALF / 2**zoom
        found.append(
            {
                "tileMatrix": str(zoom),
                "minTileRow": int((HALF - north) / width),
                "maxTileRow": int((HALF - south) / width),
                "minTileCol": int((west + HALF) / width),
                "maxTileCol": int((east + HALF) / width),
            }
        )
    return found
