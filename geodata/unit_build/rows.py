"""Rows of the three tables, in the order and spelling that COPY reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date

from geodata.text import fold
from geodata.unit_build.sources import NEW_FROM, OLD_FROM, SOURCE, Link, Place
from geodata.unit_names import english_name, short_name, spellings, split_kind

EXTRA_ALIASES = {
    "46@2008-08-01": ("Thừa Thiên Huế", "Tỉnh Thừa Thiên Huế", "TT Huế"),
    "46@2025-07-01": ("Thừa Thiên Huế", "Tỉnh Thừa Thiên Huế", "TT Huế"),
    "75@2025-07-01": ("Thành phố Đồng Nai",),
    "77@2008-08-01": ("BRVT",),
    "79@2008-08-01": ("HCM", "TPHCM", "HCMC", "SG", "Sài Gòn"),
    "79@2025-07-01": ("HCM", "TPHCM", "HCMC", "SG", "Sài Gòn"),
    "01@2008-08-01": ("HN", "Hà Tây", "Tỉnh Hà Tây"),
    "01@2025-07-01": ("HN", "Hà Tây", "Tỉnh Hà Tây"),
    "66@2008-08-01": ("Đắc Lắc", "Đắc Lắk"),
    "66@2025-07-01": ("Đắc Lắc", "Đắc Lắk"),
    "67@2008-08-01": ("Đắc Nông",),
}
"""What people write that the source does not list. Hà Tây joined Hà Nội on 01/08/2008 (15/2008/QH12);
Huế bore the name Thừa Thiên Huế until 31/12/2024 (175/2024/QH15); Đồng Nai is a central city since 30/04/2026 (one
source)."""

WRONG_KEYWORDS = {"baria", "vungtau"}
"""Cities that the source gives as names of their province."""


@dataclass(frozen=True)
class UnitRow:
    """One row of `administrative_unit`; `point` as EWKT, `aliases` as an array literal."""

    key: str
    code: str
    level: str
    name: str
    full_name: str
    name_en: str
    kind: str
    parent_key: str
    valid_from: date
    valid_to: date | str
    point: str
    area_km2: float | str
    folded: str
    aliases: str
    source: str


@dataclass(frozen=True)
class SuccessionRow:
    """One row of `unit_succession`."""

    predecessor_key: str
    successor_key: str
    effective_on: date
    part: str
    is_default: bool


def old_key(code: str) -> str:
    """'52' → '52@2008-08-01'."""
    return f"{code}@{OLD_FROM}"


def new_key(code: str) -> str:
    """'52' → '52@2025-07-01'."""
    return f"{code}@{NEW_FROM}"


def unit_rows(old: dict[str, Place], new: dict[str, Place]) -> list[UnitRow]:
    """Both worlds, parents before children."""
    rows = [_unit_row(place, OLD_FROM, NEW_FROM) for place in old.values()]
    rows += [_unit_row(place, NEW_FROM, "") for place in new.values()]
    order = {"province": 0, "district": 1, "commune": 2}
    return sorted(rows, key=lambda row: (order[row.level], row.key))


def succession_rows(old: dict[str, Place], provinces: dict[str, str], links: list[Link]) -> list[SuccessionRow]:
    """Provinces, districts and communes, old to new; a district's row says which communes took its land."""
    rows = [SuccessionRow(old_key(a), new_key(b), NEW_FROM, "whole", True) for a, b in provinces.items()]
    rows += [
        SuccessionRow(old_key(link.old), new_key(link.new), NEW_FROM, _part(link.whole), link.is_default)
        for link in links
    ]
    rows += list(_district_rows(old, links))
    return sorted(rows, key=lambda row: (row.predecessor_key, row.successor_key))


def total_areas(new: dict[str, Place]) -> dict[str, float]:
    """Province code → km², the sum of its communes; provinces with a commune of unknown area are left out."""
    areas: dict[str, list[float | None]] = defaultdict(list)
    for place in new.values():
        if place.parent_code is not None:
            areas[place.parent_code].append(place.area_km2)
    return {code: round(sum(a for a in known if a), 2) for code, known in areas.items() if None not in known}


def header(row_type: type) -> list[str]:
    """Column names of a row type."""
    return [field.name for field in fields(row_type)]


def values(rows: Iterable[UnitRow | SuccessionRow]) -> Iterator[tuple[object, ...]]:
    """Rows as tuples."""
    return (astuple(row) for row in rows)


def _unit_row(place: Place, valid_from: date, valid_to: date | str) -> UnitRow:
    name = short_name(place.full_name)
    key = f"{place.code}@{valid_from}"
    return UnitRow(
        key=key,
        code=place.code,
        level=place.level,
        name=name,
        full_name=place.full_name,
        name_en=english_name(name),
        kind=split_kind(place.full_name)[0] or "",
        parent_key=f"{place.parent_code}@{valid_from}" if place.parent_code else "",
        valid_from=valid_from,
        valid_to=valid_to,
        point="" if place.lon_lat is None else "SRID=4326;POINT({:.6f} {:.6f})".format(*place.lon_lat),
        area_km2="" if place.area_km2 is None else place.area_km2,
        folded=fold(name),
        aliases="{" + ",".join(_aliases(place, key)) + "}",
        source=SOURCE,
    )


def _aliases(place: Place, key: str) -> list[str]:
    """Full name, bare name, former names and the usual abbreviations, squeezed."""
    bare = short_name(place.full_name)
    texts = [place.full_name, bare, english_name(bare), *place.keywords, *EXTRA_ALIASES.get(key, ())]
    found = {spelling for text in texts for spelling in spellings(text)}
    return sorted(alias for alias in found if alias and not (place.level == "province" and alias in WRONG_KEYWORDS))


def _district_rows(old: dict[str, Place], links: list[Link]) -> Iterator[SuccessionRow]:
    targets: dict[str, set[str]] = defaultdict(set)
    for link in links:
        parent = old[link.old].parent_code
        if old[link.old].level == "commune" and parent is not None:
            targets[parent].add(link.new)
    for district, communes in targets.items():
        whole = len(communes) == 1
        for commune in communes:
            yield SuccessionRow(old_key(district), new_key(commune), NEW_FROM, _part(whole), whole)


def _part(whole: bool) -> str:
    return "whole" if whole else "part"
