"""The description of the API for programs that read OpenAPI 3.0 only, and with Vietnamese texts for people."""

import json
from typing import Any, cast

from flask import Flask, Response, request

from mapapp.openapi_vietnamese import WORDS
from mapapp.params import InvalidParameters

JSON = "application/json"
VERSIONS = ("3.0", "3.1")
LANGUAGES = ("en", "vi")
BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
DROPPED = ("$defs", "examples", "contentEncoding", "contentMediaType", "prefixItems", "propertyNames", "$schema")
LITERAL = ("example", "examples", "enum", "default", "const")
"""Members whose values are data, not descriptions."""


def install(app: Flask) -> None:
    """Let `/api/v1/openapi.json` take `version` (3.0 or 3.1) and `lang` (en or vi)."""
    plain = app.view_functions["openapi.spec"]

    def spec() -> Response:
        version, language = asked("version", VERSIONS, "3.1"), asked("lang", LANGUAGES, "en")
        refuse_others()
        answer = app.make_response(cast(Any, plain()))
        if (version, language) == ("3.1", "en"):
            return answer
        document = json.loads(answer.get_data())
        return Response(written(in_vietnamese(document) if language == "vi" else document, version), mimetype=JSON)

    app.view_functions["openapi.spec"] = spec


def asked(name: str, known: tuple[str, ...], default: str) -> str:
    given = request.args.get(name, default)
    if given not in known:
        raise InvalidParameters([(name, f"must be one of: {', '.join(known)}")])
    return given


def refuse_others() -> None:
    wrong = [(name[:80], "there is no such parameter; use: version, lang") for name in request.args]
    wrong = [pair for pair in wrong if pair[0] not in ("version", "lang")]
    if wrong:
        raise InvalidParameters(wrong)


def written(document: dict[str, Any], version: str) -> str:
    found = as_3_0(document) if version == "3.0" else document
    return json.dumps(found, ensure_ascii=False)


def as_3_0(document: dict[str, Any]) -> dict[str, Any]:
    """The same description in OpenAPI 3.0.3: what 3.1 took over from JSON Schema is said in the older way."""
    found: dict[str, Any] = {**older(document), "openapi": "3.0.3"}
    found["info"].pop("summary", None)
    return found


def older(node: Any) -> Any:
    """A part of the description in the words of 3.0."""
    if isinstance(node, list):
        return [older(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    kept = {name: value if name in LITERAL else older(value) for name, value in node.items()}
    if is_schema(node):
        return older_schema(kept)
    return kept


def is_schema(node: dict[str, Any]) -> bool:
    """Whether this describes a value: has a type, choices, or one constant."""
    kinds = ("type", "anyOf", "oneOf", "allOf", "const", "enum", "exclusiveMinimum")
    return any(name in node for name in kinds) and "in" not in node


def older_schema(kept: dict[str, Any]) -> dict[str, Any]:
    if isinstance(kept.get("examples"), list) and kept["examples"]:
        kept["example"] = kept["examples"][0]
    for name in DROPPED:
        kept.pop(name, None)
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    for name, inclusive in BOUNDS.items():
        if isinstance(kept.get(name), int | float) and not isinstance(kept[name], bool):
            kept[inclusive], kept[name] = kept[name], True
    return without_null(kept)


def without_null(kept: dict[str, Any]) -> dict[str, Any]:
    """`type: [string, null]` and `anyOf: […, {type: null}]` as `nullable`."""
    if isinstance(kept.get("type"), list):
        kinds = [kind for kind in kept["type"] if kind != "null"]
        nullable = {"nullable": True} if len(kinds) < len(kept["type"]) else {}
        return {**kept, "type": kinds[0], **nullable}
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        others = [one for one in choices if one != {"type": "null"}]
        rest = {name: value for name, value in kept.items() if name != "anyOf"}
        single = others[0] if len(others) == 1 and "$ref" not in others[0] else {"anyOf": others}
        return {**rest, **single, "nullable": True}
    return kept


def in_vietnamese(document: dict[str, Any]) -> dict[str, Any]:
    """The description with Vietnamese summaries and texts of its operations."""
    for item in document["paths"].values():
        for operation in item.values():
            words = WORDS.get(operation.get("operationId", ""))
            if words is not None:
                operation["summary"], operation["description"] = words
    return document
