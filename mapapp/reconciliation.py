"""`/reconcile`: Reconciliation Service API 0.2 (W3C community group), for OpenRefine and others."""

import json
from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template, request

from geodata.collections import COLLECTIONS, Asked, UnknownItem, item
from geodata.reconciliation import Line, candidates
from geodata.records import the_state
from geodata.releases import moment
from geodata.suggestions import suggest
from geodata.vocabulary import InstitutionType
from mapapp import __version__, labels
from mapapp.db import session, today
from mapapp.field_words import PROPERTIES
from mapapp.geojson import to_json
from mapapp.headers import CONTENT_SECURITY_POLICY, FRAMED_BY_NOBODY, answer_if_unchanged, mark_public
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.identifiers import readable_identifier
from mapapp.params import InvalidParameters
from mapapp.questions import external
from mapapp.reconciliation_questions import batch_of, extension_of

MOST_SUGGESTED = 20
WHOLE = "institution"
EXTENDABLE = tuple(one.name for one in COLLECTIONS["institutions"].properties)
ASKED_ABOUT = ("code", "province", "website")

bp = APIBlueprint("reconciliation", __name__, enable_openapi=False)
bp.before_request(answer_if_unchanged)
bp.after_request(mark_public)


def answer(body: dict[str, Any]) -> Response:
    return Response(to_json(body), mimetype="application/json")


@bp.get("/reconcile")
@bp.post("/reconcile")
def reconcile() -> Response:
    """The manifest; with `queries` the candidates of each; with `extend` the values asked for."""
    only("queries", "extend")
    if queries := request.values.get("queries"):
        return answer({name: {"result": found(query)} for name, query in batch_of(queries).items()})
    if extend := request.values.get("extend"):
        return answer(extended(*extension_of(extend, EXTENDABLE)))
    return answer(manifest())


def only(*known: str) -> None:
    text = _("không có tham số này; dùng được: %(known)s", known=", ".join(known))
    wrong = [(name[:80], text) for name in request.values if name not in known]
    if wrong:
        raise InvalidParameters(wrong)


def manifest() -> dict[str, Any]:
    root = external(page_url("reconciliation.reconcile"))
    service: Callable[[str], dict[str, str]] = lambda path: {"service_url": root, "service_path": path}  # noqa: E731
    return {
        "versions": ["0.2"],
        "name": _("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"),
        "identifierSpace": external("/institutions/"),
        "schemaSpace": external("/ogc/collections/institutions/schema"),
        "serviceVersion": __version__,
        "documentation": external(page_url("citizen.docs")),
        "defaultTypes": types()[:1],
        "view": {"url": external("/institutions/") + "{{id}}"},
        "preview": {"url": root + "/preview/{{id}}", "width": 420, "height": 220},
        "suggest": {
            "entity": service("/suggest/entity"),
            "property": service("/suggest/property"),
            "type": service("/suggest/type"),
        },
        "extend": {"propose_properties": service("/properties"), "property_settings": []},
    }


def types() -> list[dict[str, str]]:
    """All institutions, then each model of them."""
    models = [{"id": value.value, "name": labels.label(labels.TYPE, value.value)} for value in InstitutionType]
    return [{"id": WHOLE, "name": _("Cơ sở giáo dục nghề nghiệp")}, *models]


def found(query: dict[str, Any]) -> list[dict[str, Any]]:
    """The candidates of one query."""
    wanted = tuple(one for one in query["types"] if one != WHOLE)
    line = Line(query["query"], query["known"], wanted)
    return [
        {
            "id": one.id,
            "name": one.name,
            "description": description(one.properties),
            "type": [type_of(one.type)],
            "score": one.score,
            "match": one.match,
            "features": [{"id": name, "value": value} for name, value in one.features],
        }
        for one in candidates(session(), line, on=today(), limit=query["limit"])
    ]


def type_of(value: str) -> dict[str, str]:
    return {"id": value, "name": labels.label(labels.TYPE, value)}


def description(shown: dict[str, Any]) -> str:
    """Place, codes and status in one line, to tell namesakes apart."""
    place = [unit["name"] for unit in (shown["commune"], shown["province"]) if unit and unit["name"]]
    status = [] if shown["status"] == "active" else [labels.label(labels.STATUS, shown["status"])]
    return " · ".join(filter(None, [", ".join(place), ", ".join(shown["codes"]), *status]))


def extended(ids: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Any]:
    """Values of properties of the institutions; an id nobody has gives empty cells."""
    return {
        "meta": [{"id": name, "name": _(PROPERTIES[name])} for name in names],
        "rows": {id_: {name: cells(values.get(name)) for name in names} for id_ in ids for values in [values_of(id_)]},
    }


def values_of(id_: str) -> dict[str, Any]:
    try:
        feature = item(session(), COLLECTIONS["institutions"], id_, Asked(on=today()))
    except UnknownItem:
        return {}
    values: dict[str, Any] = json.loads(feature)["properties"]
    return values


def cells(value: Any) -> list[dict[str, str]]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [{"str": str(one)} for one in values]


@bp.get("/reconcile/properties")
def properties() -> Response:
    """What can be fetched for an institution."""
    only("type", "limit")
    return answer({"type": WHOLE, "properties": [{"id": name, "name": _(PROPERTIES[name])} for name in EXTENDABLE]})


@bp.get("/reconcile/suggest/entity")
def suggest_entity() -> Response:
    """Institutions while their name is being typed."""
    prefix, start = prefix_and_start()
    named = suggest(session(), prefix, on=today(), limit=10) if prefix else ()
    schools = [one for one in named if one.kind == "institution"][start:]
    return answer(
        {"result": [{"id": one.value, "name": one.label, "description": one.detail or ""} for one in schools]}
    )


@bp.get("/reconcile/suggest/property")
def suggest_property() -> Response:
    """Properties by the beginning of a word of their id or name."""
    return answer({"result": beginning([{"id": name, "name": words_of(name)} for name in (*ASKED_ABOUT, *EXTENDABLE)])})


def words_of(name: str) -> str:
    return _(PROPERTIES["identifiers"]) if name == "code" else _(PROPERTIES[name])


@bp.get("/reconcile/suggest/type")
def suggest_type() -> Response:
    """Types by the beginning of a word of their id or name."""
    return answer({"result": beginning(types())})


def beginning(named: list[dict[str, str]]) -> list[dict[str, str]]:
    prefix, start = prefix_and_start()
    wanted = prefix.lower()
    once = {one["id"]: one for one in named}
    fitting = [one for one in once.values() if f" {one['id']} {one['name']}".lower().find(f" {wanted}") >= 0]
    return fitting[start : start + MOST_SUGGESTED]


def prefix_and_start() -> tuple[str, int]:
    only("prefix", "cursor", "limit", "type")
    cursor = request.args.get("cursor", "0") or "0"
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 6):
        raise InvalidParameters([("cursor", _("phải là số nguyên dương"))])
    return request.args.get("prefix", "").replace("\x00", "").strip()[:200], int(cursor)


@bp.get("/reconcile/preview/<id_>")
def preview(id_: str) -> Response:
    """A small page about an institution for other programs' frames."""
    only()
    state = the_state(session(), readable_identifier(id_), moment(session(), today()))
    shown = json.loads(state.feature)["properties"]
    text = render_template(
        "reconciliation/preview.html",
        shown=shown,
        url=external(page_url("citizen.institution", id_or_code=state.institution_id)),
        type_label=labels.label(labels.TYPE, shown["type"]),
        status_label=labels.label(labels.STATUS, shown["status"]),
        data_status_label=labels.label(labels.DATA_STATUS, shown["data_status"]),
        where=description(shown),
    )
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(FRAMED_BY_NOBODY, "frame-ancestors *")
    return response
