"""`/ogc/collections/{id}/items` and one feature."""

import json
from dataclasses import replace
from typing import Any

from flask import Response, request

from geodata.collections import Collection, Items, UnknownItem
from geodata.collections import item as one_feature
from geodata.collections import items as page_of
from geodata.cql2 import InvalidFilter
from geodata.indicators import UnknownIndicator
from geodata.unit_reads import LevelNotInVintage
from mapapp.db import register, session
from mapapp.errors import NOT_FOUND, UNKNOWN_INDICATOR, Problem
from mapapp.field_words import PROPERTIES
from mapapp.geojson import collection as feature_collection
from mapapp.geojson import to_json
from mapapp.i18n import gettext as _
from mapapp.i18n import number, page_url
from mapapp.ogc.blueprint import GEOJSON, HTML, JSON, answer, bp, link, own_links, wants_page
from mapapp.ogc.collection_documents import collection_named, own_page, title
from mapapp.ogc.landing import trail
from mapapp.ogc.pages import Cell, DocumentPage, FilterForm, Section, Table
from mapapp.ogc.question import Page, item_question, items_question
from mapapp.params import InvalidParameters
from mapapp.questions import external, here_with
from mapapp.views import Link

MOST_ON_A_PAGE = 100
SHOWN = 5
"""Columns of the table for people; the feature's own page has all."""


@bp.get("/ogc/collections/<collection_id>/items")
def items(collection_id: str) -> Response:
    """A page of features."""
    found = collection_named(collection_id)
    asked = items_question(found)
    if wants_page():
        asked = replace(asked, limit=min(asked.limit, MOST_ON_A_PAGE))
    read = read_items(found, asked)
    document = "" if wants_page() else items_json(read)
    response = answer(document, items_page(found, asked, read) if wants_page() else EMPTY_PAGE, GEOJSON)
    response.headers["Content-Crs"] = f"<{asked.asked.system.uri}>"
    return response


def read_items(found: Collection, asked: Page) -> Items:
    """The page; what cannot be asked is told as a fault of its parameter."""
    try:
        return page_of(session(), found, asked.asked, limit=asked.limit, cursor=asked.cursor)
    except InvalidFilter as error:
        raise InvalidParameters([("filter" if asked.asked.filter else "bbox", str(error))]) from error
    except UnknownIndicator as error:
        raise Problem(UNKNOWN_INDICATOR) from error
    except LevelNotInVintage as error:
        raise InvalidParameters([("level", str(error))]) from error


def items_json(read: Items) -> str:
    links = own_links(GEOJSON)
    if read.next_cursor:
        links.append(link("next", here_with(cursor=read.next_cursor), GEOJSON))
    return feature_collection(
        read.features,
        links=links,
        numberMatched=read.number_matched,
        numberReturned=len(read.features),
        release=read.moment.release,
        data_status=register().data_status,
    )


EMPTY_PAGE = DocumentPage("", "", (), "", ())


def items_page(found: Collection, asked: Page, read: Items) -> DocumentPage:
    features = [json.loads(feature) for feature in read.features]
    names = [one.name for one in found.queryables[:SHOWN]]
    rows = tuple(
        (
            Cell(str(feature["id"]), page_url("ogc.item", collection_id=found.id, item_id=feature["id"], f="html")),
            *(Cell(shown(feature["properties"].get(name))) for name in names),
        )
        for feature in features
    )
    counted = number(read.number_matched) if read.number_matched is not None else _("hơn 100.000")
    return DocumentPage(
        title=_("Dữ liệu"),
        description=_("%(count)s bản ghi phù hợp.", count=counted),
        trail=trail(Link(title(found), own_page(found))),
        json_url=here_with(f="json"),
        form=FilterForm(request.path, asked.asked.filter or "", found.example, asked.limit),
        sections=(Section(title(found), table=Table(title(found), ("id", *names), rows)),),
        next_url=here_with(cursor=read.next_cursor) if read.next_cursor else None,
    )


def shown(value: Any) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@bp.get("/ogc/collections/<collection_id>/items/<path:item_id>")
def item(collection_id: str, item_id: str) -> Response:
    """One feature."""
    found = collection_named(collection_id)
    asked = item_question()
    try:
        feature = one_feature(session(), found, item_id, asked)
    except UnknownItem:
        raise Problem(NOT_FOUND, _("Không có bản ghi này trong tập dữ liệu.")) from None
    links = [
        *own_links(GEOJSON),
        link("collection", page_url("ogc.collection", collection_id=found.id), JSON),
        *institution_link(found, item_id),
    ]
    document = f'{feature.rstrip()[:-1]},"links":{json.dumps(links, ensure_ascii=False)}}}'
    response = answer(document, item_page(found, item_id, json.loads(feature)), GEOJSON)
    response.headers["Content-Crs"] = f"<{asked.system.uri}>"
    return response


def institution_link(found: Collection, item_id: str) -> list[dict[str, str]]:
    if found.id != "institutions":
        return []
    return [link("about", page_url("citizen.institution", id_or_code=item_id), HTML)]


def item_page(found: Collection, item_id: str, feature: dict[str, Any]) -> DocumentPage:
    rows = [
        (Cell(name), Cell(shown(value)), Cell(_(PROPERTIES[name]))) for name, value in feature["properties"].items()
    ]
    geometry = feature["geometry"]
    if geometry and geometry["type"] == "Point":
        rows.append((Cell("geometry"), Cell(to_json(geometry["coordinates"])), Cell(_(PROPERTIES["geometry"]))))
    return DocumentPage(
        title=str(feature["properties"].get("name") or feature["properties"].get("full_name") or item_id),
        description=f"{title(found)}: {item_id}",
        trail=trail(
            Link(title(found), own_page(found)),
            Link(_("Dữ liệu"), page_url("ogc.items", collection_id=found.id, f="html")),
        ),
        json_url=external(here_with(f="json")),
        sections=(
            Section(_("Thuộc tính"), table=Table(_("Thuộc tính"), (_("Tên"), _("Giá trị"), _("Ý nghĩa")), tuple(rows))),
        ),
    )
