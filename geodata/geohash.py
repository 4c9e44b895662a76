"""Geohashes: texts in whose order places that lie together stand together."""

from itertools import pairwise

from geodata.geometry import BBox

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


def covering(box: BBox, *, most_cells: int = 256) -> list[Span]:
    """Stretches that hold the geohash of every point in the box, its edges included, in order and without overlaps;
    they reach beyond the box by less than a cell of the smallest size of which so many would cover it."""
    letters = next(n for n in range(LONGEST, 0, -1) if n == 1 or _number(box, n) <= most_cells)
    bits_x, bits_y = _bits(letters)
    columns = [_spread(x) << (5 * letters + 1) % 2 for x in _cells(box.west, box.east, 360, bits_x)]
    rows = [_spread(y) << 5 * letters % 2 for y in _cells(box.south, box.north, 180, bits_y)]
    codes = sorted(column | row for column in columns for row in rows)
    gaps = [(before, code) for before, code in pairwise(codes) if code != before + 1]
    starts, ends = [codes[0], *(code for _, code in gaps)], [*(before for before, _ in gaps), codes[-1]]
    return [(_text(start, letters), _text(end, letters) + AFTER) for start, end in zip(starts, ends, strict=True)]


def _bits(letters: int) -> tuple[int, int]:
    """Halvings of the longitude, which comes first, and of the latitude."""
    return (5 * letters + 1) // 2, 5 * letters // 2


def _number(box: BBox, letters: int) -> int:
    """Of cells of so many letters that touch the box."""
    bits_x, bits_y = _bits(letters)
    return len(_cells(box.west, box.east, 360, bits_x)) * len(_cells(box.south, box.north, 180, bits_y))


def _cells(low: float, high: float, degrees: float, bits: int) -> range:
    """The cells of one direction, counted from its end, that hold something between the two values."""
    number = 1 << bits
    first, last = (int((value + degrees / 2) / degrees * number) for value in (low - ROUNDING, high + ROUNDING))
    return range(min(max(first, 0), number - 1), min(last, number - 1) + 1)


def _spread(number: int) -> int:
    """The bits of a number, every second one left free."""
    for shift, mask in MASKS:
        number = (number | number << shift) & mask
    return number


def _text(code: int, letters: int) -> str:
    """Two letters at a time."""
    text = "".join([PAIRS[code >> shift & 1023] for shift in range(10 * ((letters - 1) // 2), -1, -10)])
    return text[letters % 2 :]
