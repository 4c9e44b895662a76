"""Lists from the copy of a release are those of the database."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata import boxes
from geodata.filters import InstitutionFilter
from geodata.geometry import VIETNAM, BBox, LonLat
from geodata.institutions import search
from geodata.kept import atlas
from geodata.kept.building import build
from geodata.kept.files import REGISTER
from geodata.kept.lists import lying, nearest
from geodata.kept.register import KeptRegister
from geodata.kept.telling import Teller
from geodata.releases import Moment, moment
from tests.builders import ALWAYS, an_institution, publish
from tests.geodata.test_nearest import SCAN, fill, scattered

TODAY, NEW_YEAR = date(2026, 11, 22), date(2027, 1, 1)


@dataclass(frozen=True)
class Copied:
    session: Session
    kept: KeptRegister

    def assert_same_nearest(self, point: LonLat, on: date = TODAY, limit: int = 11) -> bool:
        """Whether the copy told them at all."""
        found = nearest(self.kept, point, on, limit=limit)
        if found is None:
            return False
        assert tuple(found) == search(self.session, InstitutionFilter(on=on, near=point), limit=limit).items, point
        return True

    def assert_same_lying(self, box: BBox, on: date = TODAY, limit: int = 100) -> bool:
        found = lying(self.kept, box, on, limit=limit)
        crowded = boxes.crowded(self.session, InstitutionFilter(on=on, bbox=box), self.moment(on))
        assert (found is not None) == crowded, box
        if found is None:
            return False
        page = search(self.session, InstitutionFilter(on=on, bbox=box), limit=limit)
        told = (found.number, found.features.decode())
        assert told == (len(page.items), ",".join(item.feature for item in page.items)), box
        expected = boxes.as_they_lie(
            self.session, InstitutionFilter(on=on, bbox=box), self.moment(on), limit=limit + 1, after=None
        )
        assert found.key == (expected[limit - 1].key if len(expected) > limit else None)
        return True

    def moment(self, on: date) -> Moment:
        return moment(self.session, on)


def copied(session: Session, directory: Path) -> Copied:
    build(session, directory, teller=Teller("one", TODAY, lambda _, records: ["" for _ in records]))
    return Copied(session, KeptRegister(directory / REGISTER))


@pytest.fixture(scope="module")
def of_the_network(network_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copied]:
    with Session(network_engine) as session:
        yield copied(session, tmp_path_factory.mktemp("lists"))


@pytest.fixture
def network(of_the_network: Copied, monkeypatch: pytest.MonkeyPatch) -> Copied:
    """The illustrative network and its copy, taken for a large one."""
    monkeypatch.setattr(boxes, "LARGE", 10)
    monkeypatch.setattr(boxes, "CROWD", 20)
    return of_the_network


def test_what_is_nearest_in_the_network(network: Copied) -> None:
    chance = random.Random(1)
    told = [
        network.assert_same_nearest(scattered(chance), on, limit)
        for on in (TODAY, NEW_YEAR)
        for limit in (1, 11, 51)
        for _ in range(12)
    ]
    assert sum(told) > len(told) * 0.8


def test_what_lies_in_boxes_of_the_network(network: Copied) -> None:
    chance = random.Random(2)
    told = []
    for limit in (1, 30, 1_000):
        for _ in range(12):
            corner, wide = scattered(chance), chance.choice([0.1, 1, 4])
            box = BBox(corner.lon, corner.lat, corner.lon + wide, corner.lat + wide)
            told.append(network.assert_same_lying(box, chance.choice([TODAY, NEW_YEAR]), limit))
    assert network.assert_same_lying(VIETNAM)
    assert 5 < sum(told) < len(told)


def assert_as_scanned(copy: Copied, point: LonLat) -> bool:
    """Compared with measuring everybody; whether the copy told them at all."""
    found = nearest(copy.kept, point, TODAY, limit=20)
    if found is None:
        return False
    scanned = copy.session.execute(SCAN, {"lon": point.lon, "lat": point.lat}).all()
    assert [(item.id, item.distance_m) for item in found] == [(row.id, row.m) for row in scanned[:20]], point
    return True


@pytest.mark.parametrize("few", [0, 64])
def test_what_is_nearest_is_what_a_full_scan_finds(
    session: Session, tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether all are measured that may be among them, or but those that look nearest."""
    monkeypatch.setattr(atlas, "FEW", few)
    chance = random.Random(few)
    fill(session, chance, 600)
    copy = copied(session, tmp_path)
    told = [assert_as_scanned(copy, scattered(chance)) for _ in range(60)]
    assert sum(told) > len(told) / 2


@pytest.mark.long
def test_what_is_nearest_is_what_a_full_scan_finds_at_ten_thousand_points(session: Session, tmp_path: Path) -> None:
    chance = random.Random(20261122)
    fill(session, chance, 3_000)
    copy = copied(session, tmp_path)
    assert sum(assert_as_scanned(copy, scattered(chance)) for _ in range(10_000)) > 9_000


MOVING = {1: {"valid_to": NEW_YEAR}}
HANOI, HUE = LonLat(105.85, 21.03), LonLat(107.58, 16.46)


@pytest.fixture
def no_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every box is crowded."""
    monkeypatch.setattr(boxes, "LARGE", 0)
    monkeypatch.setattr(boxes, "CROWD", 0)


@pytest.mark.usefixtures("no_crowd")
def test_a_campus_is_shown_on_its_days(session: Session, tmp_path: Path) -> None:
    """The main one closes at the end of the year: from then on another stands for the school."""
    one = an_institution(at=HANOI, other_campuses=[HUE], campuses=MOVING)
    publish(session, one, *(an_institution(at=LonLat(105 + n / 10, 21 - n / 10)) for n in range(8)))
    copy = copied(session, tmp_path)
    for on in (TODAY, NEW_YEAR):
        assert copy.assert_same_nearest(HANOI, on, limit=4)
        for box in (VIETNAM, BBox(105, 20, 107, 22), BBox(106.9, 16, 108, 17)):
            copy.assert_same_lying(box, on)


@pytest.mark.usefixtures("no_crowd")
def test_an_institution_is_listed_once_in_a_box(session: Session, tmp_path: Path) -> None:
    """At the main campus where that lies in the box, else at the first of the others that do."""
    spread = an_institution(at=LonLat(105.8, 21.0), other_campuses=[LonLat(106.0, 21.0), LonLat(106.01, 21.0)])
    closed = an_institution(at=LonLat(105.8, 21.01), status=[("closed", ALWAYS)])
    publish(session, spread, closed)
    copy = copied(session, tmp_path)
    for box, campus in ((BBox(105, 20, 107, 22), f"{spread.id}.1"), (BBox(105.9, 20, 107, 22), f"{spread.id}.2")):
        found = lying(copy.kept, box, TODAY, limit=5)
        assert found is not None
        assert found.number == 1
        assert f'"{campus}"' in found.features.decode()
        assert copy.assert_same_lying(box)


def test_a_day_before_the_copy_was_made_is_left_to_the_database(network: Copied) -> None:
    yesterday = TODAY - timedelta(days=1)
    assert nearest(network.kept, HANOI, yesterday, limit=3) is None
    assert lying(network.kept, VIETNAM, yesterday, limit=3) is None


@pytest.mark.parametrize("point", [LonLat(-180, 21), LonLat(180, 0), LonLat(0, 90), LonLat(-75, -89.9)])
def test_at_the_edge_of_the_map_the_database_measures(network: Copied, point: LonLat) -> None:
    assert nearest(network.kept, point, TODAY, limit=3) is None


def test_more_than_there_are_is_left_to_the_database(session: Session, tmp_path: Path) -> None:
    publish(session, *(an_institution(at=scattered(random.Random(n))) for n in range(3)))
    copy = copied(session, tmp_path)
    assert nearest(copy.kept, HANOI, TODAY, limit=4) is None


@pytest.mark.usefixtures("no_crowd")
def test_places_written_later_stand_where_they_belong(session: Session, tmp_path: Path) -> None:
    """Also where a release is followed: what was written then lies behind everything else."""
    publish(session, *(an_institution(at=LonLat(105 + n / 10, 21)) for n in range(0, 20, 2)))
    copied(session, tmp_path)
    publish(session, *(an_institution(at=LonLat(105 + n / 10, 21)) for n in range(1, 20, 2)))
    copy = copied(session, tmp_path)
    for limit in (3, 7, 50):
        assert copy.assert_same_lying(VIETNAM, limit=limit)
        assert copy.assert_same_nearest(HANOI, limit=min(limit, 20))
