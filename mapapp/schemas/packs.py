"""A province to take along."""

from datetime import date, datetime
from typing import Any, Literal

from mapapp.schemas.shared import Shape
from mapapp.schemas.units import BoundaryCollection


class PackedProvince(Shape):
    code: str
    name: str
    name_en: str | None


class ProvincePack(Shape):
    """`institutions.features[].properties` also have `programmes` and `search`, the folded words to look in."""

    format: Literal[1]
    province: PackedProvince
    on: date
    release: int
    published_at: datetime | None
    data_status: str
    institutions: dict[str, Any]
    boundaries: BoundaryCollection
