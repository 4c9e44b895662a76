"""A page of institutions in the words in which machines get it."""

from collections.abc import Sequence
from typing import Any

from geodata.institutions import Item
from mapapp.geojson import collection, with_features, with_properties


def told_page(
    items: Sequence[Item],
    *,
    number_matched: int | None,
    without_location: int,
    links: list[dict[str, str]],
    of_the_register: dict[str, Any],
) -> str:
    """The FeatureCollection text."""
    return collection(
        map(feature, items),
        numberMatched=number_matched,
        numberReturned=len(items),
        withoutLocation=without_location,
        links=links,
        **of_the_register,
    )


def told_ready(
    features: bytes,
    number: int,
    *,
    number_matched: int | None,
    links: list[dict[str, str]],
    of_the_register: dict[str, Any],
) -> bytes:
    """The same of so many Feature texts that are put together already."""
    frame = collection(
        (),
        numberMatched=number_matched,
        numberReturned=number,
        withoutLocation=0,
        links=links,
        **of_the_register,
    )
    return with_features(features, frame)


def feature(item: Item) -> str:
    distance = None if item.distance_m is None else round(item.distance_m, 1)
    return with_properties(item.feature, distance_m=distance, matched=item.matched)
