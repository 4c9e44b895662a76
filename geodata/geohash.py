"""Geohashes: texts in whose order places that lie together stand together."""

from typing import Any

import numpy as np

from geodata.geometry import BBox, LonLat

LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz"
LONGEST = 8
ROUNDING = 1e-9
"""Degrees: far more than two ways to halve a number can differ by."""

AFTER = "~"
"""Stands after every letter."""

MASKS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
PAIRS = [first + second for first in LETTERS for second in LETTERS]
Span = tuple[str, str]
"""A stretch of the order: its first text, and the first one that does not belong to it."""

AS_DIGITS = str.maketrans(LETTERS, "0123456789abcdefghijklmnopqrstuv")


def number_of(text: str) -> int:
    """A geohash as a number; those of as many letters stand in the same order."""
    return int(text.translate(AS_DIGITS), 32)


def text_of(number: int, letters: int) -> str:
    """The geohash of so many letters that `number_of` makes the number of; put together two letters at a time."""
    text = "".join([PAIRS[number >> shift & 1023] for shift in range(10 * ((letters - 1) // 2), -1, -10)])
    return text[letters % 2 :]


def covering(box: BBox, *, most_cells: int = 256) -> list[Span]:
    """Stretches that hold the geohash of every point in the box, its edges included, in order and without overlaps;
    they reach beyond the box by less than a cell of the smallest size of which so many would cover it."""
    cells, letters = _covering(box, most_cells)
    return [(text_of(first, letters), text_of(last, letters) + AFTER) for first, last in cells]


def numbers_covering(box: BBox, *, letters: int, most_cells: int = 256) -> list[tuple[int, int]]:
    """The same stretches of the numbers of geohashes of so many letters, half-open."""
    cells, given = _covering(box, most_cells)
    shift = 5 * (letters - given)
    return [(first << shift, last + 1 << shift) for first, last in cells]


def numbers_around(point: LonLat, halvings: int, *, letters: int) -> tuple[list[tuple[int, int]], BBox] | None:
    """The cell of the point after so many halvings of each direction, and the eight around it: half-open stretches of
    the numbers of geohashes of so many (even) letters, and the box of all nine; None at the edge of the map."""
    cells = 1 << halvings
    wide, high = 360 / cells, 180 / cells
    x, y = int((point.lon + 180) / wide), int((point.lat + 90) / high)
    if not (0 < x < cells - 1 and 0 < y < cells - 1):
        return None
    shift = 5 * letters - 2 * halvings
    rows = [_spread(row) for row in (y - 1, y, y + 1)]
    columns = [_spread(column) << 1 for column in (x - 1, x, x + 1)]
    found = [((column | row) << shift, (column | row) + 1 << shift) for column in columns for row in rows]
    box = BBox((x - 1) * wide - 180, (y - 1) * high - 90, (x + 2) * wide - 180, (y + 2) * high - 90)
    return found, box


def _covering(box: BBox, most_cells: int) -> tuple[list[tuple[int, int]], int]:
    """The first and the last cell of each stretch, and the letters of a cell."""
    for letters in range(LONGEST, 0, -1):
        bits_x, bits_y = _bits(letters)
        columns, rows = _cells(box.west, box.east, 360, bits_x), _cells(box.south, box.north, 180, bits_y)
        if len(columns) * len(rows) <= most_cells:
            break
    x, y = (_spread(np.arange(cells.start, cells.stop)) for cells in (columns, rows))
    codes = np.bitwise_or.outer(x << (5 * letters + 1) % 2, y << 5 * letters % 2).reshape(-1)
    codes.sort()
    gaps = np.flatnonzero(np.diff(codes) > 1)
    firsts, lasts = codes[np.concatenate(([0], gaps + 1))], codes[np.concatenate((gaps, [-1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True)), letters


def _bits(letters: int) -> tuple[int, int]:
    """Halvings of the longitude, which comes first, and of the latitude."""
    return (5 * letters + 1) // 2, 5 * letters // 2


def _cells(low: float, high: float, degrees: float, bits: int) -> range:
    """The cells of one direction, counted from its end, that hold something between the two values."""
    number = 1 << bits
    first, last = (int((value + degrees / 2) / degrees * number) for value in (low - ROUNDING, high + ROUNDING))
    return range(min(max(first, 0), number - 1), min(last, number - 1) + 1)


def _spread(number: Any) -> Any:
    """The bits of a number, or of each in an array, every second one left free."""
    for shift, mask in MASKS:
        number = (number | number << shift) & mask
    return number
