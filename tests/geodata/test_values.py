"""Values that parse themselves, and the ids of the registry."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import registry_ids
from geodata.geometry import BBox, InvalidBBox, InvalidPoint, LonLat


def test_a_point_is_lon_then_lat() -> None:
    assert LonLat.parse("105.85", "21.03") == LonLat(105.85, 21.03)


@pytest.mark.parametrize(("lon", "lat"), [("181", "0"), ("0", "91"), ("nan", "0"), ("0", "inf"), ("x", "1"), ("", "")])
def test_places_off_the_earth_are_refused(lon: str, lat: str) -> None:
    with pytest.raises(InvalidPoint, match=r"longitude|latitude"):
        LonLat.parse(lon, lat)


@pytest.mark.parametrize("box", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "3,0,1,1", "0,3,1,1", "0,0,nan,1", "0,0,1,91"])
def test_boxes_out_of_order_are_refused(box: str) -> None:
    with pytest.raises(InvalidBBox, match="bbox"):
        BBox.parse(box)


def test_a_box_writes_itself_as_it_is_read() -> None:
    assert BBox.parse(str(BBox(102, 8.5, 110, 23.25))) == BBox(102, 8.5, 110, 23.25)


def test_issued_ids_fit_their_check_character() -> None:
    assert all(registry_ids.is_registry_id(registry_ids.issue()) for _ in range(100))
    assert registry_ids.issue(random.Random(1)) == registry_ids.issue(random.Random(1))


@given(st.integers(1, registry_ids.LENGTH), st.sampled_from(registry_ids.ALPHABET), st.randoms(use_true_random=False))
def test_one_wrong_character_is_noticed(place: int, letter: str, chance: random.Random) -> None:
    issued = registry_ids.issue(chance)
    wrong = issued[:place] + letter + issued[place + 1 :]
    assert registry_ids.is_registry_id(wrong) == (wrong == issued)


@given(st.integers(1, registry_ids.LENGTH), st.randoms(use_true_random=False))
def test_swapped_neighbours_are_noticed(place: int, chance: random.Random) -> None:
    issued = registry_ids.issue(chance)
    letters = list(issued)
    letters[place], letters[place + 1] = letters[place + 1], letters[place]
    assert registry_ids.is_registry_id("".join(letters)) == ("".join(letters) == issued)


@pytest.mark.parametrize("other", ["CDD0203", "", "v", "V22222222222", "x222222222", "79"])
def test_codes_are_no_registry_ids(other: str) -> None:
    assert not registry_ids.is_registry_id(other)
