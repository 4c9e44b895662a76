"""Campuses of illustrative institutions: addresses, unit codes of both worlds, points with their precision."""

from dataclasses import dataclass

import numpy as np

from geodata.demo.cohort import Cohort, Fate, Kind
from geodata.demo.places import Places
from geodata.demo.rows import NULL, Days, Ints, Rows, Words, day_texts, no_days, random_words
from geodata.vocabulary import CampusKind, LocationPrecision, RelationKind

COLUMNS = (
    *("institution_id", "campus_id", "kind", "name", "address", "province_code", "commune_code"),
    *("former_province_code", "former_district_code", "former_commune_code", "location_precision", "geom"),
    *("valid_from", "valid_to", "decision_id"),
)
PRECISIONS = {
    LocationPrecision.SURVEYED: 0.20,
    LocationPrecision.ADDRESS: 0.51,
    LocationPrecision.COMMUNE: 0.15,
    LocationPrecision.DISTRICT: 0.02,
    LocationPrecision.PROVINCE: 0.09,
    LocationPrecision.NONE: 0.03,
}
"""How well campuses are placed, as shares."""
PLACED = (LocationPrecision.SURVEYED, LocationPrecision.ADDRESS, LocationPrecision.COMMUNE)
MOVED = 0.02
"""Share of steady institutions whose main campus moved once."""
STREETS = 40


@dataclass(frozen=True)
class Sites:
    """Campuses before they become rows: institution (index), number in it, kind, place, precision and days."""

    institution: Ints
    number: Words
    kind: Words
    place: Ints
    precision: Words
    since: Days
    until: Days


def campus_rows(chance: np.random.Generator, found: Cohort, places: Places) -> Rows:
    """Every campus with its former seats."""
    rows = Rows("campus", *COLUMNS)
    for sites in (*_mains(chance, found, places), *_further(chance, found, places), _taken_over(chance, found)):
        _add(rows, chance, found, places, sites)
    return rows


def _mains(chance: np.random.Generator, found: Cohort, places: Places) -> list[Sites]:
    """The seat of each institution; for those that moved the seat before it, near by."""
    everyone = np.arange(len(found))
    moved = (found.fate == Fate.STEADY) & (chance.random(len(found)) < MOVED) & ~np.isnat(found.founded)
    left = np.where(moved, np.datetime64("2018-01-01", "D") + chance.integers(0, 2000, len(found)), found.founded)
    precision = _precisions(chance, len(found))
    before = np.flatnonzero(moved)
    neighbour = np.clip(found.place[before] + 1, 0, len(places) - 1)
    commune = np.full(len(before), LocationPrecision.COMMUNE.value, dtype=object)
    return [
        Sites(
            before, *_kind(len(before), "1", CampusKind.MAIN), neighbour, commune, found.founded[before], left[before]
        ),
        Sites(everyone, *_kind(len(found), "1", CampusKind.MAIN), found.place, precision, left, no_days(len(found))),
    ]


def _further(chance: np.random.Generator, found: Cohort, places: Places) -> list[Sites]:
    """Second and third campuses: sites in the same province, for one college in four a branch elsewhere."""
    sites = []
    for number in (2, 3):
        who = np.flatnonzero(found.campuses >= number)
        branch = (found.kind[who] == Kind.COLLEGE) & (chance.random(len(who)) < 0.25)
        near = _same_province(chance, places, found.place[who])
        place = np.where(branch, places.draw(chance, len(who)), near)
        kind = np.where(branch, CampusKind.BRANCH.value, CampusKind.SITE.value).astype(object)
        numbers = np.full(len(who), str(number), dtype=object)
        precision = _precisions(chance, len(who))
        sites.append(Sites(who, numbers, kind, place, precision, found.founded[who], no_days(len(who))))
    return sites


def _taken_over(chance: np.random.Generator, found: Cohort) -> Sites:
    """The seats of absorbed and merged institutions become sites of the successor."""
    links = [link for link in found.links if link.kind is not RelationKind.SPLIT]
    heirs = np.array([link.successor for link in links], dtype=np.int64)
    gone = np.array([link.predecessor for link in links], dtype=np.int64)
    numbers = np.array([f"m{number}" for number in found.numbers[gone].tolist()], dtype=object)
    kind = np.full(len(links), CampusKind.SITE.value, dtype=object)
    precision = _precisions(chance, len(links))
    return Sites(heirs, numbers, kind, found.place[gone], precision, found.gone_on[gone], no_days(len(links)))


def _same_province(chance: np.random.Generator, places: Places, seats: Ints) -> Ints:
    """Another place of the same old province: places are in the order of their codes, so a near index is near by."""
    moved = np.clip(seats + chance.integers(-40, 41, len(seats)), 0, len(places) - 1)
    same = places.former_province[moved] == places.former_province[seats]
    near: Ints = np.where(same, moved, seats)
    return near


def _kind(count: int, number: str, kind: CampusKind) -> tuple[Words, Words]:
    return np.full(count, number, dtype=object), np.full(count, kind.value, dtype=object)


def _precisions(chance: np.random.Generator, count: int) -> Words:
    return random_words(chance, {precision.value: share for precision, share in PRECISIONS.items()}, count)


def _add(rows: Rows, chance: np.random.Generator, found: Cohort, places: Places, sites: Sites) -> None:
    """Rows with what the precision allows to say, and no more."""
    ids = found.ids[sites.institution].tolist()
    rows.add(
        len(ids),
        institution_id=ids,
        campus_id=[f"{id_}-{number}" for id_, number in zip(ids, sites.number, strict=True)],
        kind=sites.kind.tolist(),
        name=_names(sites),
        address=_addresses(chance, places, sites),
        location_precision=sites.precision.tolist(),
        geom=_points(chance, places, sites),
        valid_from=day_texts(sites.since),
        valid_to=day_texts(sites.until),
        **_codes(places, sites),
    )


def _codes(places: Places, sites: Sites) -> dict[str, list[str]]:
    known = sites.precision != LocationPrecision.NONE
    district = known & (sites.precision != LocationPrecision.PROVINCE)
    commune = district & (sites.precision != LocationPrecision.DISTRICT)
    columns = {
        "province_code": (known, places.province),
        "former_province_code": (known, places.former_province),
        "former_district_code": (district, places.former_district),
        "commune_code": (commune, places.commune),
        "former_commune_code": (commune, places.former_commune),
    }
    return {name: np.where(said, codes[sites.place], NULL).tolist() for name, (said, codes) in columns.items()}


def _names(sites: Sites) -> list[str]:
    titles = {
        CampusKind.MAIN.value: "Cơ sở chính",
        CampusKind.SITE.value: "Cơ sở",
        CampusKind.BRANCH.value: "Phân hiệu",
    }
    pairs = zip(sites.kind, sites.number, strict=True)
    return [
        titles[kind] if kind == CampusKind.MAIN else f"{titles[kind]} {number.lstrip('m')}" for kind, number in pairs
    ]


def _addresses(chance: np.random.Generator, places: Places, sites: Sites) -> list[str]:
    """Today's address down to what is known, for a district that of before; numbered streets are no real ones."""
    house = chance.integers(1, 400, len(sites.place)).tolist()
    street = chance.integers(1, STREETS, len(sites.place)).tolist()
    commune, province = places.commune_full[sites.place], places.province_full[sites.place]
    district, former = places.district_full[sites.place], places.former_province_full[sites.place]
    to_the_door = (LocationPrecision.SURVEYED, LocationPrecision.ADDRESS)
    told = []
    for index, precision in enumerate(sites.precision):
        if precision == LocationPrecision.NONE:
            told.append(NULL)
        elif precision == LocationPrecision.PROVINCE:
            told.append(province[index])
        elif precision == LocationPrecision.DISTRICT:
            told.append(f"{district[index]}, {former[index]}")
        elif precision in to_the_door:
            told.append(f"Số {house[index]} đường Minh họa {street[index]}, {commune[index]}, {province[index]}")
        else:
            told.append(f"{commune[index]}, {province[index]}")
    return told


def _points(chance: np.random.Generator, places: Places, sites: Sites) -> list[str]:
    """EWKT: scattered for addresses, the commune's own point for communes, none below that."""
    lon, lat = places.scatter(chance, sites.place)
    central = sites.precision == LocationPrecision.COMMUNE
    lon, lat = np.where(central, places.lon[sites.place], lon), np.where(central, places.lat[sites.place], lat)
    placed = np.isin(sites.precision.astype(str), [p.value for p in PLACED])
    return [
        ewkt(x, y) if here else NULL for x, y, here in zip(lon.tolist(), lat.tolist(), placed.tolist(), strict=True)
    ]


def ewkt(lon: float, lat: float) -> str:
    """A WGS 84 point as COPY reads it, to a tenth of a metre."""
    return f"SRID=4326;POINT({lon:.6f} {lat:.6f})"
