"""Where illustrative campuses may lie: places whose unit codes agree in both worlds of administrative units."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.demo.rows import Floats, Ints, Words
from geodata.demo.words import POPULATION_THOUSANDS

WIDEST_DEGREES = 0.012
"""A campus lies at most this far (1.3 km) from its place's point."""

URBAN_WEIGHT = {"phuong": 5.0, "thi_tran": 4.0, "xa": 1.0}
"""How much likelier an institution stands in a ward or town than in a rural commune."""

# Keeping a margin inside both cells makes every scattered point lie in its old district and its commune of today.
PLACES = """
    SELECT commune.code AS former_commune, district.code AS former_district, old.code AS former_province,
        today.code AS commune, province.code AS province, commune.kind,
        ST_X(commune.point) AS lon, ST_Y(commune.point) AS lat,
        least(ST_Distance(commune.point, ST_Boundary(cell.geom)),
            ST_Distance(commune.point, ST_Boundary(old_cell.geom))) AS radius_degrees,
        old.name AS former_province_name, old.name_en AS former_province_name_en, old.full_name AS former_province_full,
        district.full_name AS district_full, district.name AS district_name, district.name_en AS district_name_en,
        province.full_name AS province_full, today.full_name AS commune_full
    FROM administrative_unit AS commune
    JOIN administrative_unit AS district ON district.key = commune.parent_key
    JOIN administrative_unit AS old ON old.key = district.parent_key
    JOIN unit_succession AS succession ON succession.predecessor_key = commune.key AND succession.is_default
    JOIN administrative_unit AS today ON today.key = succession.successor_key
    JOIN administrative_unit AS province ON province.key = today.parent_key
    JOIN unit_boundary AS cell ON cell.unit_key = today.key
    JOIN unit_boundary AS old_cell ON old_cell.unit_key = district.key
    WHERE commune.level = 'commune' AND commune.valid_to = date '2025-07-01'
        AND ST_Covers(cell.geom, commune.point) AND ST_Covers(old_cell.geom, commune.point)
    ORDER BY commune.code
"""


@dataclass(frozen=True)
class Places:
    """The places, one array per property; `lon`/`lat` is the old commune's point, which lies in today's commune too."""

    former_commune: Words
    former_district: Words
    former_province: Words
    commune: Words
    province: Words
    kind: Words
    lon: Floats
    lat: Floats
    radius_degrees: Floats
    former_province_name: Words
    former_province_name_en: Words
    former_province_full: Words
    district_full: Words
    district_name: Words
    district_name_en: Words
    province_full: Words
    commune_full: Words

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def ladder(self) -> Floats:
        """Cumulated probabilities: provinces by population, in them wards and towns before rural communes."""
        weights = np.array([URBAN_WEIGHT.get(kind, 1.0) for kind in self.kind])
        codes, province = np.unique(self.former_province.astype(str), return_inverse=True)
        population = np.array([POPULATION_THOUSANDS.get(code, 1) for code in codes], dtype=float)
        share = weights / np.bincount(province, weights=weights)[province] * population[province]
        ladder: Floats = np.cumsum(share / share.sum())
        return ladder

    def draw(self, chance: np.random.Generator, count: int) -> Ints:
        """Indices of places at random."""
        drawn: Ints = np.minimum(np.searchsorted(self.ladder, chance.random(count)), len(self) - 1)
        return drawn

    def scatter(self, chance: np.random.Generator, places: Ints) -> tuple[Floats, Floats]:
        """Longitudes and latitudes near the places' points, inside their units."""
        reach = np.minimum(self.radius_degrees[places] * 0.8, WIDEST_DEGREES) * np.sqrt(chance.random(len(places)))
        turn = chance.random(len(places)) * 2 * np.pi
        return self.lon[places] + reach * np.cos(turn), self.lat[places] + reach * np.sin(turn)


NUMBERS = {"lon", "lat", "radius_degrees"}


def read_places(session: Session) -> Places:
    """The places of the loaded units and their boundaries, by old commune code."""
    found = session.execute(text(PLACES)).mappings().all()
    columns = {
        name: np.array([row[name] for row in found], dtype=float if name in NUMBERS else object)
        for name in Places.__dataclass_fields__
    }
    return Places(**columns)
