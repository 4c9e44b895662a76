"""Tiles hold everybody once, stay small, follow each publication, and name the archipelagos."""

import gzip
import itertools
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import Mock

import mapbox_vector_tile
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import releases, tiles
from geodata.checkup import Look, register
from geodata.downloads.rows import Edition, Scope, chunks
from geodata.geometry import LonLat
from geodata.tiles import Tile, UnknownTile, bring_tiles_up_to_date, derive_tiles, tile, tile_facts
from geodata.tiles.grid import HALF, LAST_STORED, LAST_ZOOM, project
from geodata.undoing import revert
from tests.builders import an_institution, publish

STORED_BYTES, LIVE_BYTES = 25_000, 90_000


def decoded(session: Session, wanted: Tile) -> dict[str, Any]:
    found = tile(session, wanted)
    return mapbox_vector_tile.decode(gzip.decompress(found)) if found else {}


def counted(session: Session, wanted: Tile) -> int:
    layers = decoded(session, wanted)
    return sum(
        feature["properties"]["count"]
        for name in ("institutions", "unlocated")
        for feature in layers.get(name, {"features": []})["features"]
    )


def over(point: LonLat, z: int) -> Tile:
    x, y = project(point.lon, point.lat)
    return Tile(z, int((x + HALF) / (2 * HALF) * 2**z), int((HALF - y) / (2 * HALF) * 2**z))


def stored(session: Session, z: int) -> list[Tile]:
    rows = session.execute(text("SELECT z, x, y FROM stored_tile WHERE z = :z"), {"z": z})
    return [Tile(row.z, row.x, row.y) for row in rows]


def crowd(number: int, around: LonLat, width: float) -> list[Any]:
    chance = random.Random(7)
    return [
        an_institution(
            f"Trường Cao đẳng Minh họa có tên dài vừa phải số {i}",
            at=LonLat(around.lon + chance.uniform(-width, width), around.lat + chance.uniform(-width, width)),
            ownership=("public", "private")[i % 3 == 0],
        )
        for i in range(number)
    ]


@pytest.mark.parametrize("z", range(LAST_STORED + 1))
def test_counts_of_every_stored_zoom_sum_to_the_true_count(places: Session, z: int) -> None:
    placed = crowd(40, LonLat(106, 16), 4)
    publish(places, *placed, an_institution(province="79"), an_institution(province="79"), an_institution())
    facts = tile_facts(places)
    assert facts is not None
    assert (facts.placed, facts.by_province, facts.nowhere) == (40, 2, 1)
    assert sum(counted(places, one) for one in stored(places, z)) == 42


@pytest.mark.parametrize("z", [12, 14])
def test_counts_of_live_zooms_sum_to_the_true_count(places: Session, z: int) -> None:
    publish(places, *crowd(30, LonLat(105.85, 21.03), 0.1))
    corner, far = over(LonLat(105.74, 21.14), z), over(LonLat(105.96, 20.92), z)
    covering = [Tile(z, x, y) for x in range(corner.x, far.x + 1) for y in range(corner.y, far.y + 1)]
    assert sum(counted(places, one) for one in covering) == 30


def test_full_tiles_show_cells_whose_counts_are_exact_and_stay_small(places: Session) -> None:
    here = LonLat(105.85, 21.03)
    publish(places, *crowd(700, here, 0.004))
    for z in (12, 13):
        wanted = over(here, z)
        assert counted(places, wanted) + sum(counted(places, one) for one in around(wanted)) == 700
        assert len(gzip.decompress(tile(places, wanted))) < LIVE_BYTES


def around(one: Tile) -> list[Tile]:
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)]
    return [Tile(one.z, one.x + a, one.y + b) for a, b in steps]


def test_single_institutions_say_who_they_are(places: Session) -> None:
    wanted = an_institution("Trường Cao đẳng Minh họa Huế", at=LonLat(107.59, 16.46))
    publish(places, wanted)
    (feature,) = decoded(places, over(LonLat(107.59, 16.46), 16))["institutions"]["features"]
    assert feature["properties"] == {
        "id": wanted.id,
        "name": "Trường Cao đẳng Minh họa Huế",
        "type": "college",
        "ownership": "public",
        "status": "active",
        "precise": True,
        "count": 1,
    }


def test_a_tile_of_five_hundred_with_the_longest_names_stays_small(places: Session) -> None:
    here = LonLat(105.85, 21.03)
    long = [an_institution(f"{'Trường Cao đẳng Kỹ thuật ' * 4}{i}", at=here) for i in range(500)]
    publish(places, *long)
    assert len(gzip.decompress(tile(places, over(here, 15)))) < LIVE_BYTES


@pytest.mark.parametrize("z", [0, 5, 11, 12, 18])
@pytest.mark.parametrize(("name", "lon", "lat"), [("Hoàng Sa", 111.8, 16.5), ("Trường Sa", 114.3, 8.64)])
def test_the_archipelagos_are_named_in_their_tiles(places: Session, z: int, name: str, lon: float, lat: float) -> None:
    publish(places, an_institution(at=LonLat(105.8, 21.0)))
    spot = places.execute(
        text("SELECT ST_X(point) AS x, ST_Y(point) AS y FROM administrative_unit WHERE name = :n AND valid_to IS NULL"),
        {"n": name},
    ).one()
    assert abs(spot.x - lon) + abs(spot.y - lat) < 3
    features = decoded(places, over(LonLat(spot.x, spot.y), z))["places"]["features"]
    assert name in [feature["properties"]["name"].removeprefix("Đặc khu ") for feature in features]
    assert all(feature["properties"]["province"] for feature in features)


def test_tiles_follow_what_is_published_and_undone(places: Session) -> None:
    here = LonLat(105.85, 21.03)
    publish(places, an_institution("Một", at=here))
    second = publish(places, an_institution("Hai", at=here), an_institution("Ba", at=LonLat(106.7, 10.8)))
    assert counted(places, Tile(0, 0, 0)) == 3
    assert counted(places, over(here, 16)) == 2
    revert(places, second.id, actor="tester", reason="test")
    assert counted(places, Tile(0, 0, 0)) == counted(places, over(here, 16)) == 1


def test_closed_institutions_are_not_on_tiles(places: Session) -> None:
    closed = (("active", (None, date(2020, 1, 1))), ("closed", (date(2020, 1, 1), None)))
    publish(places, an_institution(at=LonLat(105, 21)), an_institution(at=LonLat(105, 21), status=closed))
    assert counted(places, Tile(3, 6, 3)) == 1


def test_tiles_made_by_parts_are_those_made_at_once(places: Session) -> None:
    publish(places, *crowd(20, LonLat(106, 16), 4))
    publish(places, *crowd(5, LonLat(107, 11), 1), an_institution(province="01"))
    by_parts = {one: tile(places, one) for z in range(LAST_STORED + 1) for one in stored(places, z)}
    places.execute(text("UPDATE tile_stamp SET method = 0"))
    assert bring_tiles_up_to_date(places)
    assert not bring_tiles_up_to_date(places)
    assert {one: tile(places, one) for z in range(LAST_STORED + 1) for one in stored(places, z)} == by_parts


@pytest.mark.parametrize("days", [0, 1, 40])
def test_on_a_later_day_those_who_opened_and_closed_since_are_told_anew(places: Session, days: int) -> None:
    first, here = date(2026, 6, 1), LonLat(106, 16)
    opens, closes = first + timedelta(days=1), first + timedelta(days=30)
    later = (("closed", (None, opens)), ("active", (opens, None)))
    ends = (("active", (None, closes)), ("closed", (closes, None)))
    known = publish(
        places, *crowd(3, here, 1), an_institution(at=here, status=later), an_institution(at=here, status=ends)
    )
    known.published_at = datetime.combine(first, time(5), UTC)
    new = publish(places, an_institution(at=LonLat(105, 21)))
    new.published_at = datetime.combine(first + timedelta(days=days), time(5), UTC)
    (added,) = set(places.scalars(OF_RELEASE, {"release": new.id}))
    derive_tiles(places, known, None)
    places.execute(text("DELETE FROM tile_point WHERE institution_id = :added"), {"added": added})
    derive_tiles(places, new, [added])
    found = points(places)
    assert {0: 5, 1: 6, 40: 5}[days] == len(found) == counted(places, Tile(0, 0, 0))
    derive_tiles(places, new, None)
    assert points(places) == found


NEW_YEAR = datetime(2025, 12, 31, 23, tzinfo=UTC)
"""Six in the morning of 1 January 2026 in Vietnam."""


def test_what_is_published_early_in_the_morning_shows_that_day_in_vietnam(
    places: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, new_year = LonLat(106, 16), date(2026, 1, 1)
    opening = (("closed", (None, new_year)), ("active", (new_year, None)))
    opens = an_institution(at=here, status=opening)
    closes = an_institution(at=here, status=(("active", (None, new_year)), ("closed", (new_year, None))))
    monkeypatch.setattr(releases, "datetime", Mock(now=Mock(return_value=NEW_YEAR - timedelta(hours=7))))
    publish(places, opens, closes)
    assert [one.institution_id for one in points(places)] == [closes.id]
    monkeypatch.setattr(releases, "datetime", Mock(now=Mock(return_value=NEW_YEAR)))
    release = publish(places, an_institution(status=opening))
    facts = tile_facts(places)
    assert facts is not None
    assert (facts.day, [one.institution_id for one in points(places)]) == (new_year, [opens.id])
    assert release.summary["by_status"] == {"active": 2, "closed": 1}
    look = Look(places, NEW_YEAR)
    assert list(register.counts(look)) == []
    (rows,) = chunks(places, Edition(release.id, release.published_at, "official"), Scope())
    assert {row["id"]: row["status"] for row in rows if row["id"] in (opens.id, closes.id)} == {
        opens.id: "active",
        closes.id: "closed",
    }


def test_counts_of_the_day_in_utc_were_right_once(places: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older versions published them, and what is published never changes."""
    new_year = date(2026, 1, 1)
    ends = (("active", (None, new_year)), ("suspended", (new_year, None)))
    monkeypatch.setattr(releases, "datetime", Mock(now=Mock(return_value=NEW_YEAR)))
    release = publish(places, an_institution(status=ends))
    look = Look(places, NEW_YEAR)
    for status, wrong in (("suspended", 0), ("active", 0), ("closed", 1)):
        release.summary = {**release.summary, "by_status": {status: 1}}
        assert len(list(register.counts(look))) == wrong, status


OF_RELEASE = text("SELECT institution_id FROM institution_state WHERE release_from = :release")


def points(session: Session) -> list[Any]:
    return list(session.execute(text("SELECT quad, institution_id FROM tile_point ORDER BY 1, 2")))


def test_shares_of_a_zoom_sum_to_a_hundred(places: Session) -> None:
    publish(places, *crowd(40, LonLat(106, 16), 4))
    shares = [
        feature["properties"]["share_pct"]
        for one in stored(places, 7)
        for feature in decoded(places, one).get("institutions", {"features": []})["features"]
    ]
    assert sum(shares) == pytest.approx(100, abs=0.5)


@pytest.mark.parametrize(
    "place", [("19", "0", "0"), ("1", "2", "0"), ("1", "0", "2"), ("-1", "0", "0"), ("a", "0", "0")]
)
def test_places_outside_of_the_set_are_refused(place: tuple[str, str, str]) -> None:
    with pytest.raises(UnknownTile):
        Tile.parse(*place)


def test_the_range_of_a_tile_holds_those_of_its_children() -> None:
    parent = Tile(5, 26, 14)
    ranges = sorted(Tile(6, 52 + a, 28 + b).quads for a in (0, 1) for b in (0, 1))
    assert (ranges[0][0], ranges[-1][1]) == parent.quads
    assert all(one[1] == other[0] for one, other in itertools.pairwise(ranges))
    assert tiles.LAST_ZOOM == LAST_ZOOM
