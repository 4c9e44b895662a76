"""What lies on the planner's map besides the figures: institutions by type, and how smaller units are drawn."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import url_for

from geodata.administrative_units import boundaries_version
from geodata.boundaries import boundary_sets
from geodata.overlays import Overlay
from geodata.vocabulary import BoundaryQuality, InstitutionType, UnitLevel
from mapapp import labels
from mapapp.db import session, today
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.planner_question import PlannerQuestion
from mapapp.questions import here_with
from mapapp.views import Link, Option

MOST_AREAS = 5_000
"""More outlines than that make the map too slow; the 10,035 former communes stay symbols."""


@dataclass(frozen=True)
class ShapesView:
    """How the units are drawn: `areas` by their outlines; the ways to choose, and what has to be said about it."""

    areas: bool
    choices: tuple[Link, ...]
    note: str | None


def layer_options(asked: PlannerQuestion) -> tuple[Option, ...]:
    """The types of institutions that can be drawn above the overlay."""
    return tuple(
        Option(one.value, labels.label(labels.TYPE, one.value), None, one in asked.layer) for one in InstitutionType
    )


def shapes_view(asked: PlannerQuestion, overlay: Overlay) -> ShapesView:
    """Provinces are always areas. Smaller units are symbols unless areas are asked for, or official ones are there."""
    level, on = overlay.vintage.level, overlay.vintage.on
    if level == UnitLevel.PROVINCE:
        return ShapesView(True, (), None)
    official = has_official(boundaries_version(session()), level, on)
    if len(overlay.rows) > MOST_AREAS:
        return ShapesView(False, (), symbols_note())
    areas = asked.shapes == "areas" or (asked.shapes is None and official)
    label = _("Ranh giới") if official else _("Ô ranh giới xấp xỉ")
    choices = (
        Link(_("Ký hiệu tròn"), here_with(shapes="symbols"), not areas),
        Link(label, here_with(shapes="areas"), areas),
    )
    return ShapesView(areas, choices, areas_note(official=official) if areas else symbols_note())


@lru_cache(maxsize=64)
def has_official(_version: str, level: str, on: date) -> bool:
    """Whether every outline of the level on the day came from an official file."""
    sets = [one for one in boundary_sets(session()) if one.level == level and one.valid_from <= on]
    newest = max((one.valid_from for one in sets), default=None)
    qualities = {one.quality for one in sets if one.valid_from == newest}
    return qualities == {BoundaryQuality.OFFICIAL}


def symbols_note() -> str:
    return _(
        "Cấp này được vẽ bằng ký hiệu tròn đặt tại điểm đại diện của đơn vị; diện tích vòng tròn là số thuộc đối "
        "tượng. Ranh giới nền là ranh giới tỉnh."
    )


def areas_note(*, official: bool) -> str:
    if official:
        return _("Cấp này được vẽ theo tệp ranh giới chính thức đã nhập.")
    return _(
        "Ranh giới xấp xỉ: ô dựng từ điểm đại diện của đơn vị, chỉ để nhìn, không dùng để xác định cơ sở thuộc đơn "
        "vị nào. Bản vẽ khi in vẫn dùng ký hiệu tròn."
    )


def live_layers(asked: PlannerQuestion, overlay: Overlay) -> dict[str, Any]:
    """What the live map needs for the institutions above the overlay: those of the vintage's day and of the release
    asked, as the exports have them."""
    return {
        "layers": [one.value for one in asked.layer],
        "clusters": url_for("api.clusters"),
        "institution": page_url("citizen.institution", id_or_code="{id}").replace("%7B", "{").replace("%7D", "}"),
        "filters": {},
        "moment": moment_asked(asked, overlay),
    }


def moment_asked(asked: PlannerQuestion, overlay: Overlay) -> dict[str, list[str]]:
    """Parameters of the API for another day than today and another release than the current one."""
    on = overlay.vintage.on
    given = {"on": [] if on == today() else [on.isoformat()], "release": [str(asked.release)] if asked.release else []}
    return {name: values for name, values in given.items() if values}
