"""Vector tiles (MVT) of the current release in the WebMercatorQuad tile matrix set.

Up to zoom 11 tiles are stored with each release: cells with exact counts. From zoom 12 they are made when asked for:
single institutions, or cells again where a tile holds too many. Nothing is sampled: the counts of a zoom's tiles sum to
the institutions with a point or a province.
"""

from geodata.tiles.derived import METHOD, bring_tiles_up_to_date, derive_tiles
from geodata.tiles.grid import LAST_STORED, LAST_ZOOM, Tile, UnknownTile
from geodata.tiles.reading import TileFacts, tile, tile_facts

__all__ = [
    "LAST_STORED",
    "LAST_ZOOM",
    "METHOD",
    "Tile",
    "TileFacts",
    "UnknownTile",
    "bring_tiles_up_to_date",
    "derive_tiles",
    "tile",
    "tile_facts",
]
