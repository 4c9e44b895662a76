"""Every administrative unit in memory, so that thousands of rows find their places without a query each.

It answers as `geodata.administrative_units.resolve` does, narrowed to what a row states: a province, perhaps a
district, perhaps a commune. Nothing is guessed: several equal readings are candidates.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from sqlalchemy import BigInteger, Text, cast, column, func, select
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.models import AdministrativeUnit, UnitSuccession
from geodata.remembered import Remembered
from geodata.unit_names import expand, spellings, split_kind

MOST_ASKED = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A unit: `former` is true for the world before 01/07/2025."""

    key: str
    code: str
    level: str
    full_name: str
    parent_key: str | None
    former: bool
    point: LonLat | None


class Gazetteer:
    """`Gazetteer.load(session)`: units by key and by every spelling, and the crosswalk in both directions."""

    def __init__(self, places: Iterable[tuple[Place, list[str]]], successions: Iterable[tuple[str, str]]) -> None:
        self.by_key: dict[str, Place] = {}
        self._named: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._asked = Remembered[list[Place]](MOST_ASKED)
        self._after: dict[str, list[str]] = defaultdict(list)
        self._before: dict[str, list[str]] = defaultdict(list)
        for place, aliases in places:
            self.by_key[place.key] = place
            for alias in {*aliases, place.code}:
                self._named[place.level, alias].append(place)
        for old, new in successions:
            self._after[old].append(new)
            self._before[new].append(old)

    @classmethod
    def load(cls, session: Session) -> "Gazetteer":
        """About 13,000 units in 0.2 s; the process keeps them for as long as nobody writes the tables they are in."""
        return _kept.get(_written(session), lambda: cls._read(session))

    @classmethod
    def _read(cls, session: Session) -> "Gazetteer":
        unit = AdministrativeUnit
        rows = session.execute(
            select(
                unit.key, unit.code, unit.level, unit.full_name, unit.parent_key, unit.valid_to, unit.aliases,
                func.ST_X(unit.point), func.ST_Y(unit.point),
            )
        )  # fmt: skip
        links = session.execute(select(UnitSuccession.predecessor_key, UnitSuccession.successor_key))
        return cls(
            (
                (
                    Place(key, code, level, name, parent, ended is not None, None if lon is None else LonLat(lon, lat)),
                    aliases,
                )
                for key, code, level, name, parent, ended, aliases, lon, lat in rows
            ),
            ((old, new) for old, new in links),
        )

    def named(self, level: str, text: str) -> list[Place]:
        """Units of a level that answer to a name or code; only if none does, those whose kind is another."""
        return self._asked.get((level, text), lambda: self._search(level, text))

    def _search(self, level: str, text: str) -> list[Place]:
        padded = text.strip().zfill({"province": 2, "district": 3, "commune": 5}[level])
        if padded.isdigit():
            return self._named.get((level, padded), [])
        written = expand(text)
        for asked in ((text, written), (split_kind(written)[1],)):
            found = {
                place.key: place
                for name in asked
                for spelling in spellings(name)
                if spelling
                for place in self._named.get((level, spelling), ())
            }
            if found:
                return list(found.values())
        return []

    def today(self, place: Place) -> list[Place]:
        """The unit itself when it exists today, else what took its land over."""
        return [self.by_key[key] for key in self._after[place.key]] if place.former else [place]

    def before(self, place: Place) -> list[Place]:
        """What a unit of today was made of, on the same level; a former unit itself."""
        if place.former:
            return [place]
        made_of = (self.by_key[key] for key in self._before[place.key])
        return [unit for unit in made_of if unit.level == place.level]

    def former_province(self, code: str) -> Place | None:
        """The province that had the code until 30/06/2025."""
        return next((place for place in self._named.get(("province", code), ()) if place.former), None)

    def province_of(self, place: Place) -> Place:
        while place.parent_key is not None:
            place = self.by_key[place.parent_key]
        return place


_kept = Remembered[Gazetteer](1)


def _written(session: Session) -> Hashable:
    """Another value whenever a row of the units or of the crosswalk was: a transaction's number serves once."""
    tables = (AdministrativeUnit, UnitSuccession)
    by = [select(func.count(), func.sum(cast(cast(column("xmin"), Text), BigInteger))).select_from(t) for t in tables]
    return tuple(tuple(session.execute(one).one()) for one in by)
