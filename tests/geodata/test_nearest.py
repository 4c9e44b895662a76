"""The nearest institutions are those that measuring all of them finds, wherever one stands."""

import random
from datetime import date

import pytest
from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session

from geodata import nearest
from geodata.filters import InstitutionFilter, conditions
from geodata.geometry import LonLat
from geodata.institutions import search
from geodata.releases import moment
from tests.builders import an_institution, publish

TODAY = date(2026, 11, 22)
SCAN = text(
    "SELECT id, m FROM (SELECT institution_id AS id, min(ST_Distance(geog, geography(ST_MakePoint(:lon, :lat)))) AS m"
    " FROM institution_state WHERE release_to IS NULL AND geog IS NOT NULL GROUP BY 1) AS each ORDER BY m, id LIMIT 25"
)


def scattered(chance: random.Random) -> LonLat:
    return LonLat(chance.uniform(102, 115), chance.uniform(8, 23))


def fill(session: Session, chance: random.Random, number: int) -> None:
    """A third of them alone, a third at points that they share, a third with several campuses."""
    shared = [scattered(chance) for _ in range(max(2, number // 40))]
    alone = [an_institution(at=scattered(chance)) for _ in range(number // 3)]
    together = [an_institution(at=chance.choice(shared)) for _ in range(number // 3)]
    spread = [
        an_institution(at=scattered(chance), other_campuses=[scattered(chance) for _ in range(3)])
        for _ in range(number // 3)
    ]
    publish(session, *alone, *together, *spread)


def assert_as_scanned(session: Session, here: LonLat) -> None:
    first = search(session, InstitutionFilter(on=TODAY, near=here), limit=10)
    second = search(session, InstitutionFilter(on=TODAY, near=here), limit=10, cursor=first.next_cursor)
    found = [(item.id, item.distance_m) for page in (first, second) for item in page.items]
    scanned = session.execute(SCAN, {"lon": here.lon, "lat": here.lat}).all()
    assert found == [(row.id, row.m) for row in scanned[:20]], here


@pytest.mark.parametrize("seed", range(4))
def test_they_are_those_of_a_full_scan(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    fill(session, chance, 240)
    for _ in range(25):
        assert_as_scanned(session, scattered(chance))


@pytest.mark.long
def test_they_are_those_of_a_full_scan_at_ten_thousand_points(session: Session) -> None:
    chance = random.Random(20251122)
    fill(session, chance, 2_000)
    for _ in range(10_000):
        assert_as_scanned(session, scattered(chance))


def test_few_are_all_found_and_none_beyond(session: Session) -> None:
    publish(session, *(an_institution(at=LonLat(105 + number, 21)) for number in range(3)), an_institution())
    page = search(session, InstitutionFilter(on=TODAY, near=LonLat(105, 21)), limit=10)
    assert (len(page.items), page.without_location, page.next_cursor) == (3, 0, None)
    assert nearest.nearest(session, LonLat(105, 21), conditions_here(session), None, limit=10, offset=3) == []


def test_one_query_does_unless_places_lie_on_one_another(session: Session) -> None:
    apart = [an_institution(at=LonLat(105 + number / 100, 21)) for number in range(60)]
    together = [an_institution(at=LonLat(109, 12)) for _ in range(60)]
    publish(session, *apart, *together)
    assert nearest.among_candidates(session, near(session, LonLat(105, 21))) is not None
    assert nearest.among_candidates(session, near(session, LonLat(109, 12))) is None
    assert len(nearest.nearest(session, LonLat(109, 12), conditions_here(session), None, limit=11, offset=0)) == 11


def near(session: Session, point: LonLat) -> nearest.Near:
    return nearest.Near(point, tuple(conditions_here(session)), None, limit=11, offset=0)


def conditions_here(session: Session) -> list[ColumnElement[bool]]:
    return conditions(session, InstitutionFilter(on=TODAY, near=LonLat(105, 21)), moment(session, TODAY))
