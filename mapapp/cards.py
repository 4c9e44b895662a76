"""Institutions of a list as cards, from their GeoJSON Features."""

import json
from collections.abc import Sequence
from typing import Any

from geodata.counting import COUNTED_EXACTLY
from geodata.institutions import Item, Page
from mapapp import labels, wording
from mapapp.i18n import gettext as _
from mapapp.i18n import ngettext, number, page_url
from mapapp.params import InstitutionFilters
from mapapp.questions import here_with
from mapapp.views import ResultCard, ResultList

PAGE_SIZE = 20


def result_list(page: Page, asked: InstitutionFilters, *, part: int, previous: str | None = None) -> ResultList:
    """The cards of a part of the list, numbered through all parts, with the ways onward and back; `previous` is the
    cursor of the part before, None for the first."""
    first = (part - 1) * PAGE_SIZE + 1
    following = here_with(cursor=page.next_cursor, page=part + 1) if page.next_cursor else None
    back = here_with(cursor=previous, page=part - 1 if previous and part > 2 else None) if part > 1 else None
    return ResultList(
        cards=tuple(card(item, number_, asked) for number_, item in enumerate(page.items, start=first)),
        total=page.number_matched,
        total_label=total_label(page.number_matched, page.more_than),
        without_location=page.without_location,
        without_location_label=_without_location(page.without_location),
        first_number=first,
        next_url=following,
        first_url=here_with(cursor=None, page=None) if part > 1 else None,
        previous_url=back,
    )


def total_label(total: int | None, more_than: int = COUNTED_EXACTLY) -> str:
    if total is None:
        return _("Hơn %(count)s cơ sở", count=number(more_than))
    return ngettext("%(n)s cơ sở", "%(n)s cơ sở", total)


def _without_location(count: int) -> str | None:
    if not count:
        return None
    return ngettext(
        "%(n)s cơ sở chưa có tọa độ: bản đồ gộp theo tỉnh (dấu ≈) khi biết tỉnh, còn lại chỉ có trong danh sách.",
        "%(n)s cơ sở chưa có tọa độ: bản đồ gộp theo tỉnh (dấu ≈) khi biết tỉnh, còn lại chỉ có trong danh sách.",
        count,
    )


def card(item: Item, number_: int, asked: InstitutionFilters) -> ResultCard:
    """The card of a result."""
    feature = json.loads(item.feature)
    known: dict[str, Any] = feature["properties"]
    lon, lat = feature["geometry"]["coordinates"] if feature["geometry"] else (None, None)
    return ResultCard(
        number=number_,
        id=item.id,
        url=page_url("citizen.institution", id_or_code=item.id, on=asked.on),
        title=known["name"],
        subtitle=_subtitle(known),
        type=known["type"] or "unknown",
        type_label=labels.label(labels.TYPE, known["type"]) if known["type"] else _("Chưa rõ loại cơ sở"),
        ownership_label=labels.label(labels.OWNERSHIP, known["ownership"]),
        status=known["status"],
        status_label=labels.label(labels.STATUS, known["status"]),
        status_notable=known["status"] != "active",
        address=known["address"],
        place_label=place_label(known),
        former_place_label=former_place_label(known),
        distance_m=item.distance_m,
        distance_label=None if item.distance_m is None else wording.distance(item.distance_m),
        approximate_label=approximate_label(known),
        matched_label=labels.label(labels.MATCHED, item.matched) if item.matched in labels.MATCHED else None,
        levels_label=levels_label(known["training_levels"]),
        codes=tuple(known["codes"]),
        data_status=known["data_status"],
        data_status_label=labels.label(labels.DATA_STATUS, known["data_status"]),
        lon=lon,
        lat=lat,
    )


def _subtitle(known: dict[str, Any]) -> str | None:
    """Former names, which explain why an institution was found."""
    former = known["former_names"]
    return _("Tên cũ: %(names)s", names="; ".join(former)) if former else None


def place_label(known: dict[str, Any]) -> str | None:
    """Commune and province of today."""
    return wording.joined((known[level] or {}).get("name") for level in ("commune", "province"))


def former_place_label(known: dict[str, Any]) -> str | None:
    """The place before 01/07/2025, where its province had another name."""
    former = known["former_place"]
    now = (known["province"] or {}).get("name")
    if not former or not former["province"] or former["province"] == now:
        return None
    place = wording.joined(former[level] for level in ("commune", "district", "province"))
    return _("trước 01/07/2025: %(place)s", place=place)


def approximate_label(known: dict[str, Any]) -> str | None:
    if not known["approximate"]:
        return None
    return labels.label(labels.LOCATION_PRECISION, known["location_precision"])


def levels_label(levels: Sequence[str]) -> str | None:
    """Training levels, lowest first."""
    ordered = [labels.label(labels.TRAINING_LEVEL, level) for level in labels.TRAINING_LEVEL if level in levels]
    return _("Trình độ: %(levels)s", levels=", ".join(ordered)) if ordered else None
