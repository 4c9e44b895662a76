"""GeoJSON put together from ready Feature texts, without parsing them."""

import json
from collections.abc import Iterable
from typing import Any

from flask import Response

GEOJSON = "application/geo+json"


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "as_integer_ratio"):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def to_json(value: Any) -> str:
    """JSON as we send it: letters as they are, dates in ISO form, no spaces."""
    return ENCODER.encode(value)


def with_properties(feature: str, **more: Any) -> str:
    """The Feature text with further properties; ours end with the properties, so they are added at the end."""
    added = {name: value for name, value in more.items() if value is not None}
    body, end = feature.rstrip()[:-1].rstrip(), "}}"
    if not added:
        return feature
    if not body.endswith("}"):
        raise ValueError("a Feature text must end with its properties")
    return f"{body[:-1]},{to_json(added)[1:-1]}{end}"


def collection(features: Iterable[str], **members: Any) -> str:
    """A FeatureCollection text with further members after its features; None members are left out."""
    rest = {name: value for name, value in members.items() if value is not None}
    tail = f",{to_json(rest)[1:-1]}" if rest else ""
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]{tail}}}'


def with_features(features: bytes, collection: str) -> bytes:
    """The text of an empty collection with features that are put together already."""
    before, after = collection.split('"features":[', 1)
    return b'%b"features":[%b%b' % (before.encode(), features, after.encode())


def respond(text: str | bytes) -> Response:
    return Response(text, mimetype=GEOJSON)
