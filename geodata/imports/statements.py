"""What a row of the sheet "Cơ sở" states: its cells as values of the registry, and every cell that is none."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geodata.geometry import LonLat
from geodata.imports import coordinates, values
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.places import Whereabouts, whereabouts
from geodata.imports.tables import Row
from geodata.vocabulary import Enrolment, HighQuality, InstitutionType, Ownership, Status

NEW = ("mới", "moi", "new")
"""What the column "Mã sổ đăng ký" says of a school that is not in the register, whatever resembles it."""

MAX_CHARS = 500
_VOCABULARIES: dict[str, type[StrEnum]] = {
    "type": InstitutionType,
    "ownership": Ownership,
    "status": Status,
    "enrolment": Enrolment,
    "high_quality": HighQuality,
}


@dataclass(frozen=True)
class Problem:
    """Something about one cell; `code` names a registered check, `details` fill its message."""

    code: str
    field: str | None = None
    details: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """Where a row says a campus is: its address line, its units, and a point of its own."""

    address: str | None
    place: Whereabouts
    point: LonLat | None


@dataclass(frozen=True)
class Stated:
    """An institution as one row states it; None and absent keys are silence, which never erases anything."""

    row: Row
    id: str | None
    name: str | None
    names: dict[str, str]
    identifiers: dict[str, str]
    attributes: dict[str, str]
    established_on: date | None
    site: Site
    problems: tuple[Problem, ...]

    @property
    def place(self) -> Whereabouts:
        return self.site.place

    @property
    def point(self) -> LonLat | None:
        return self.site.point

    @property
    def is_new(self) -> bool:
        return self.id is not None and self.id.casefold() in NEW


def read_institution(row: Row, units: Gazetteer) -> Stated:
    """The statement of a row; whatever cannot be read becomes a problem of its cell, never a silent loss."""
    problems = too_long(row)
    texts = {name: values.stated(cell) for name, cell in row.cells.items()}
    site = read_site(row, units, problems)
    name = values.text(row.cells.get("name"))
    return Stated(
        row=row,
        id=texts.get("id"),
        name=name,
        names=_names(name, texts),
        identifiers=_identifiers(row, problems),
        attributes=_attributes(row, texts, problems),
        established_on=_established(row, problems),
        site=site,
        problems=tuple(problems),
    )


def too_long(row: Row) -> list[Problem]:
    """Cells that no field of the registry fills."""
    return [
        Problem("too_long", name) for name, cell in row.cells.items() if isinstance(cell, str) and len(cell) > MAX_CHARS
    ]


def read_site(row: Row, units: Gazetteer, problems: list[Problem]) -> Site:
    """The place columns of a row; doubts about units and coordinates are added to `problems`."""
    names = ("province", "district", "commune", "address")
    province, district, commune, address = (values.stated(row.cells.get(name)) for name in names)
    place = whereabouts(units, province=province, district=district, commune=commune, address=address)
    problems += [Problem(code, name, {"candidates": "; ".join(candidates)}) for code, name, candidates in place.doubts]
    return Site(address, place, _point(row, place, units, problems))


def _names(name: str | None, texts: dict[str, str | None]) -> dict[str, str]:
    stated = {"official": name, "english": texts.get("name_en"), "short": texts.get("short_name")}
    return {kind: text for kind, text in stated.items() if text}


def _identifiers(row: Row, problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    for scheme, name in (("code", "code"), ("e_id", "e_id")):
        code = values.code(row.cells.get(name))
        if code is None:
            continue
        if not values.CODE.fullmatch(code):
            problems.append(Problem("code_shape", name))
            continue
        found[scheme] = code
        if scheme == "code" and not values.USUAL_CODE.fullmatch(code):
            problems.append(Problem("code_of_digits" if code.isdigit() else "code_unusual", name))
    return found


def _attributes(row: Row, texts: dict[str, str | None], problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, vocabulary in _VOCABULARIES.items():
        words = values.text(row.cells.get(name))
        value = values.member(vocabulary, words) if words else None
        if value:
            found[name] = value
        elif values.stated(row.cells.get(name)):
            problems.append(Problem("not_in_vocabulary", name))
    for name, read in (("website", values.website), ("email", values.email)):
        words = texts.get(name)
        address = read(words) if words else None
        if address:
            found[name] = address
        elif words:
            problems.append(Problem(f"{name}_shape", name))
    found |= {name: words for name in ("managing_body", "telephone") if (words := texts.get(name))}
    return found


def _established(row: Row, problems: list[Problem]) -> date | None:
    try:
        day = values.day(row.cells.get("established_on"))
    except values.NotADay:
        problems.append(Problem("not_a_day", "established_on"))
        return None
    if day and not date(1850, 1, 1) <= day <= date(2100, 1, 1):
        problems.append(Problem("impossible_day", "established_on"))
        return None
    return day


def _point(row: Row, place: Whereabouts, units: Gazetteer, problems: list[Problem]) -> LonLat | None:
    """The point that the row gives in degrees or in VN-2000 metres; one half of a pair is a problem."""
    lat, lon, both = (values.stated(row.cells.get(name)) for name in ("lat", "lon", "coordinates"))
    column = "coordinates" if both else "lat"
    try:
        if both and not (lat or lon):
            lat, lon = coordinates.pair(both)
        if not lat and not lon:
            return None
        if not lat or not lon:
            problems.append(Problem("half_coordinates", "lon" if lat else "lat"))
            return None
        found = coordinates.located(lat, lon, province=_zone(place, units))
    except coordinates.OutsideVietnam:
        problems.append(Problem("outside_vietnam", column))
        return None
    except coordinates.NotCoordinates:
        problems.append(Problem("not_coordinates", column))
        return None
    for assumption in found.assumptions:
        code, _, meridian = assumption.partition(":")
        where = f"{found.point.lat:.6f}, {found.point.lon:.6f}"
        problems.append(Problem(code, column, {"meridian": meridian, "point": where}))
    return found.point


def _zone(place: Whereabouts, units: Gazetteer) -> str | None:
    """The name under which the province's VN-2000 zone is known: the former province where the row tells it."""
    former = units.former_province(place.former_province_code) if place.former_province_code else None
    chosen = former or place.province
    return chosen.full_name if chosen else None
