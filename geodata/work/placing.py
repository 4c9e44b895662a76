"""Where a campus without coordinates may be: the point of the commune that its record or its address names."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.geometry import LonLat
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.places import whereabouts
from geodata.proposals.entries import Entry, entries
from geodata.unit_reads import Unit, UnknownUnit, unit

PLACE = ("lat", "lon", "location_precision")


class UnknownCampus(GeodataError):
    """The institution has no campus of this number today."""


@dataclass(frozen=True)
class Candidate:
    """A commune whose point may stand for a campus."""

    code: str
    name: str
    point: LonLat


@dataclass(frozen=True)
class Site:
    """A campus to place: the values of its record by column, the keys of the form that change them, and candidates:
    the commune of the record, or those that the address may mean."""

    campus_id: str
    told: dict[str, str]
    keys: dict[str, str]
    province: Unit | None
    commune: Unit | None
    candidates: tuple[Candidate, ...]


def site(session: Session, institution: str, campus_id: str, *, on: date) -> Site:
    """The campus as the register says it today. Raises `UnknownCampus`."""
    values = {entry.column: entry for entry in entries(session, institution, on=on) if _campus_of(entry) == campus_id}
    if not set(PLACE) <= set(values):
        raise UnknownCampus(campus_id)
    told = {column: entry.value for column, entry in values.items()}
    province, commune = _unit(session, told["province"], on), _unit(session, told["commune"], on)
    found = (commune,) if commune else _named(session, province, told["address"], on)
    keys = {column: values[column].key for column in PLACE}
    candidates = tuple(Candidate(one.code, one.full_name, one.lon_lat) for one in found if one.lon_lat)
    return Site(campus_id, told, keys, province, commune, candidates)


@dataclass(frozen=True)
class Moved:
    """What two releases say of a campus's place, by column; the texts are empty where nothing was recorded."""

    was: dict[str, str]
    now: dict[str, str]


def moved_since(session: Session, institution: str, found: Site, *, base: int, on: date) -> Moved | None:
    """Where the campus was in release `base` and is now; None where it stands as it stood."""
    before = {entry.key: entry.value for entry in entries(session, institution, on=on, release=base)}
    was = {column: before.get(found.keys[column], "") for column in PLACE}
    now = {column: found.told[column] for column in PLACE}
    return Moved(was, now) if was != now else None


def _campus_of(entry: Entry) -> str | None:
    fact = entry.fact if entry.field.table == "campus" else None
    return str(fact["campus_id"]) if fact else None


def _unit(session: Session, code: str, on: date) -> Unit | None:
    try:
        return unit(session, code, on) if code else None
    except UnknownUnit:
        return None


def _named(session: Session, province: Unit | None, address: str, on: date) -> tuple[Unit, ...]:
    """The communes of today that the address names; several where it does not say which."""
    if province is None or not address:
        return ()
    found = whereabouts(
        Gazetteer.load(session), province=province.full_name, district=None, commune=None, address=address
    )
    codes = [found.commune_code] if found.commune_code else [one for doubt in found.doubts for one in _keys(doubt[2])]
    units = (_unit(session, code, on) for code in dict.fromkeys(codes) if code)
    return tuple(one for one in units if one is not None and one.level == "commune")[:8]


def _keys(candidates: tuple[str, ...]) -> list[str]:
    """The codes of candidates told as "Phường X (12345@…)"; of today's units only."""
    return [told.rpartition("(")[2].partition("@")[0].rstrip(")") for told in candidates]
