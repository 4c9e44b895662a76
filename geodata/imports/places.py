"""Where a row says its campus is: units of both worlds, how exactly they are known, and what was doubtful."""

import re
from dataclasses import dataclass, replace

from geodata.geometry import LonLat
from geodata.imports.gazetteer import Gazetteer, Place
from geodata.vocabulary import LocationPrecision

_SMALLER = re.compile(
    r"^\s*(phường|xã|thị trấn|đặc khu|quận|huyện|thị xã|thành phố|p\.|x\.|tt\.?|q\.|h\.|tx\.?|tp\.?)\s*\S|^\s*[pq]\d",
    re.I,
)


@dataclass(frozen=True)
class Whereabouts:
    """Unit codes of both worlds as far as the row says; `doubts` are (finding code, field, candidates)."""

    province_code: str | None = None
    commune_code: str | None = None
    former_province_code: str | None = None
    former_district_code: str | None = None
    former_commune_code: str | None = None
    precision: LocationPrecision = LocationPrecision.NONE
    point: LonLat | None = None
    province: Place | None = None
    doubts: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def doubting(self, code: str, field: str, candidates: list[Place] | None = None) -> "Whereabouts":
        names = tuple(f"{place.full_name} ({place.key})" for place in candidates or [])
        return replace(self, doubts=(*self.doubts, (code, field, names[:10])))


def whereabouts(
    units: Gazetteer, *, province: str | None, district: str | None, commune: str | None, address: str | None
) -> Whereabouts:
    """What the four texts name. Without a province nothing smaller is read: names of communes repeat all over."""
    province, district, commune = _with_address(units, province, district, commune, address)
    if not province:
        return Whereabouts()
    found = _province(units, province)
    if found.province is None:
        return found
    former_district = _district(units, found, district)
    if district and former_district is None and not _district_is_commune(units, found, district, commune):
        found = found.doubting("unknown_district", "district")
    if former_district:
        found = _in_district(units, found, former_district)
    return _commune(units, found, former_district, commune) if commune else found


def _province(units: Gazetteer, text: str) -> Whereabouts:
    named = units.named("province", text)
    current = [place for place in named if not place.former]
    choice = current or named
    if len(choice) != 1:
        code = "ambiguous_province" if choice else "unknown_province"
        return Whereabouts().doubting(code, "province", choice)
    place = choice[0]
    now, before = units.today(place), units.before(place)
    return Whereabouts(
        province_code=now[0].code if len(now) == 1 else None,
        former_province_code=before[0].code if len(before) == 1 else None,
        precision=LocationPrecision.PROVINCE,
        province=place,
    )


def _district(units: Gazetteer, found: Whereabouts, text: str | None) -> Place | None:
    """The former district of that name in the province (of today: in what it was made of), if it is one only."""
    if not text or found.province is None:
        return None
    provinces = {place.key for place in units.before(found.province)}
    matches = [place for place in units.named("district", text) if place.parent_key in provinces]
    return matches[0] if len(matches) == 1 else None


def _district_is_commune(units: Gazetteer, found: Whereabouts, district: str, commune: str | None) -> bool:
    """Some lists keep a column of districts and write today's commune into it."""
    return not commune and bool(_in_province(units, found, district))


def _in_district(units: Gazetteer, found: Whereabouts, district: Place) -> Whereabouts:
    return replace(
        found,
        former_district_code=district.code,
        former_province_code=units.province_of(district).code,
        precision=LocationPrecision.DISTRICT,
    )


def _commune(units: Gazetteer, found: Whereabouts, district: Place | None, text: str) -> Whereabouts:
    matches = _in_province(units, found, text)
    if district:
        inside = [place for place in matches if place.former and place.parent_key == district.key]
        matches = inside or [place for place in matches if not place.former]
    else:
        world = [place for place in matches if place.former == (found.province is not None and found.province.former)]
        matches = world or matches
    if len(matches) != 1:
        return found.doubting("ambiguous_commune" if matches else "unknown_commune", "commune", matches)
    return _at_commune(units, found, matches[0])


def _in_province(units: Gazetteer, found: Whereabouts, text: str) -> list[Place]:
    if found.province is None:
        return []
    provinces = {found.province.key, *(place.key for place in units.before(found.province))}
    provinces |= {place.key for place in units.today(found.province)}
    return [place for place in units.named("commune", text) if units.province_of(place).key in provinces]


def _at_commune(units: Gazetteer, found: Whereabouts, commune: Place) -> Whereabouts:
    now, before = units.today(commune), units.before(commune)
    former = before[0] if len(before) == 1 else None
    placed = replace(
        found,
        commune_code=now[0].code if len(now) == 1 else None,
        precision=LocationPrecision.COMMUNE if commune.point else found.precision,
        point=commune.point,
    )
    if former:
        district = units.by_key[former.parent_key] if former.parent_key else None
        placed = replace(
            placed,
            former_commune_code=former.code,
            former_district_code=district.code if district else placed.former_district_code,
            former_province_code=units.province_of(former).code,
        )
    return placed.doubting("split_commune", "commune", now) if len(now) > 1 else placed


def _with_address(
    units: Gazetteer, province: str | None, district: str | None, commune: str | None, address: str | None
) -> tuple[str | None, str | None, str | None]:
    """What the columns leave open, from the last parts of the address, where a part says what kind of unit it is."""
    parts = [part.strip(" .") for part in re.split(r"[,;]|\s[-–]\s", address or "") if part.strip(" .")]
    if parts and len(parts) > 1 and units.named("province", parts[-1]):
        last = parts.pop()
        province = province or last
    for part in reversed(parts[1:]):
        if not _SMALLER.match(part):
            break
        if not district and not commune and units.named("district", part):
            district = part
        elif not commune and units.named("commune", part):
            commune = part
    return province, district, commune
