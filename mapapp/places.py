"""Names of the administrative units that campuses lie in, in both worlds, read at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from geodata.administrative_units import Unit, by_key
from geodata.records import CampusRecord

NOW, FORMER = "2025-07-01", "2008-08-01"
"""First days of the two worlds whose codes campuses carry."""


@dataclass(frozen=True)
class Places:
    """Units by key."""

    units: dict[str, Unit]

    def unit(self, code: str | None, world: str = NOW) -> Unit | None:
        return None if code is None else self.units.get(f"{code}@{world}")

    def now(self, code: str | None) -> dict[str, str | None] | None:
        """Code, key and name of a unit of today; a code without a unit keeps the code."""
        if code is None:
            return None
        found = self.unit(code)
        return {"code": code, "key": found.key if found else None, "name": found.name if found else None}

    def former(self, campus: CampusRecord) -> dict[str, Any] | None:
        """Names of the units before 01/07/2025, None where the register knows none."""
        codes = {
            "province": campus.former_province_code,
            "district": campus.former_district_code,
            "commune": campus.former_commune_code,
        }
        if not any(codes.values()):
            return None
        found = {level: self.unit(code, FORMER) for level, code in codes.items()}
        return {level: unit.name if unit else None for level, unit in found.items()}


def places_of(session: Session, campuses: Iterable[CampusRecord]) -> Places:
    """The units of all campuses in one query."""
    keys = {
        f"{code}@{world}"
        for campus in campuses
        for world, codes in (
            (NOW, (campus.province_code, campus.commune_code)),
            (FORMER, (campus.former_province_code, campus.former_district_code, campus.former_commune_code)),
        )
        for code in codes
        if code is not None
    }
    return Places(by_key(session, keys))
