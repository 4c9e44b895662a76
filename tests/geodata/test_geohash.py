"""Stretches of the order of places hold what lies in a box, as PostGIS names places."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.geohash import LONGEST, covering
from geodata.geometry import BBox

LON, LAT = st.floats(-180, 180), st.floats(-90, 90)


def box_of(lons: list[float], lats: list[float]) -> BBox:
    return BBox(min(lons), min(lats), max(lons), max(lats))


boxes = st.builds(box_of, st.lists(LON, min_size=2, max_size=2), st.lists(LAT, min_size=2, max_size=2))
small = st.builds(
    lambda lon, lat, wide, high: BBox(lon, lat, min(lon + wide, 180), min(lat + high, 90)),
    *(LON, LAT, st.floats(0, 0.3), st.floats(0, 0.3)),
)


@given(box=boxes | small)
def test_stretches_are_in_order_and_apart(box: BBox) -> None:
    ends = [end for span in covering(box) for end in span]
    assert ends == sorted(ends)
    assert len(set(ends)) == len(ends)
    assert all(len(start) <= LONGEST for start in ends[::2])


def test_every_place_of_a_box_stands_in_one_of_its_stretches(session: Session) -> None:
    """Corners, edges and inner points of boxes all over the world and of some the size of a city."""
    query = text(
        "SELECT lon, lat, ST_GeoHash(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 10)"
        " FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) AS point(lon, lat)"
    )

    def named(box: BBox) -> list[str]:
        shares = [step / 7 for step in range(8)]
        points = [
            (box.west + (box.east - box.west) * x, box.south + (box.north - box.south) * y)
            for x in shares
            for y in shares
        ]
        lons, lats = zip(*points, strict=True)
        return [place for *_, place in session.execute(query, {"lons": list(lons), "lats": list(lats)})]

    @given(box=boxes | small)
    def check(box: BBox) -> None:
        spans = covering(box)
        for place in named(box):
            assert any(start <= place < end for start, end in spans), (place, spans)

    check()


def test_a_city_takes_few_stretches_that_end_near_it() -> None:
    spans = covering(BBox(105.78, 20.98, 105.9, 21.06))
    assert 1 < len(spans) < 60
    assert all(start.startswith("w7e") for start, _ in spans)
