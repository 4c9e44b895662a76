"""Signs of institutions on paper and in a map to keep: shape and colour together, as the site's own map has them."""

import math
from collections.abc import Iterator, Mapping
from typing import Final

CORNERS: Final[Mapping[str, tuple[tuple[float, float], ...] | None]] = {
    "college": None,
    "intermediate_school": ((-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)),
    "vocational_high_school": ((0, -1.1), (1.05, 0.8), (-1.05, 0.8)),
    "vocational_centre": ((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)),
    "vocational_continuing_centre": ((-0.55, -0.95), (0.55, -0.95), (1.1, 0), (0.55, 0.95), (-0.55, 0.95), (-1.1, 0)),
}
"""Corners around the middle of a sign by type, y downwards, in radii; None is a circle."""

INKS: Final[Mapping[str, str]] = {
    "college": "#0b4f9e",
    "intermediate_school": "#8a4300",
    "vocational_high_school": "#8b1a62",
    "vocational_centre": "#1d6b3c",
    "vocational_continuing_centre": "#5a4a9c",
}
"""The light colours of `base.css`, on which white edges stand out."""

RADII = ((300, 5.0), (1_200, 3.6), (math.inf, 2.6))
"""The radius of signs where there are at most so many of them: pixels of a screen, units of a drawing."""


def radius_for(count: int) -> float:
    return next(radius for most, radius in RADII if count <= most)


def corners(kind: str, x: float, y: float, radius: float, *, up: float = -1) -> Iterator[tuple[float, float]]:
    """Corners of a sign around (x, y); `up` is 1 where y grows upwards."""
    for right, down in CORNERS[kind] or ():
        yield x + right * radius, y - up * down * radius


def path_data(kind: str, x: float, y: float, radius: float) -> str:
    """A sign as data of an SVG path."""
    if CORNERS[kind] is None:
        return f"M{x - radius:.1f} {y:.1f}" + "".join(
            f"a{radius} {radius} 0 1 0 {turn * 2 * radius:g} 0" for turn in (1, -1)
        )
    return "M" + "L".join(f"{at:.1f} {below:.1f}" for at, below in corners(kind, x, y, radius)) + "z"
