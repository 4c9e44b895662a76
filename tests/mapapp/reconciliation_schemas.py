"""The shapes of Reconciliation Service API 0.2, for the parts of it that we answer.

They restate the JSON Schemas that the specification publishes (manifest, result batch, suggestions, data extension
response, type) and are stricter where we promise more: every type and property has a name, a score is from 0 to 100, a
candidate always says whether it is a match.
"""

from typing import Any

from jsonschema import Draft202012Validator

TEXT = {"type": "string"}
NAMED = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT, "description": TEXT}}
TEMPLATE = {"type": "string", "pattern": r"\{\{id\}\}"}
ADDRESS = {"type": "string", "pattern": "^https?://"}
SERVICE = {
    "type": "object",
    "required": ["service_url", "service_path"],
    "properties": {"service_url": ADDRESS, "service_path": {"type": "string", "pattern": "^/"}},
}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": ADDRESS,
        "schemaSpace": ADDRESS,
        "documentation": ADDRESS,
        "serviceVersion": TEXT,
        "view": {"type": "object", "required": ["url"], "properties": {"url": TEMPLATE}},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}},
        },
        "defaultTypes": {"type": "array", "uniqueItems": True, "items": NAMED},
        "suggest": {"type": "object", "properties": dict.fromkeys(("entity", "property", "type"), SERVICE)},
        "extend": {
            "type": "object",
            "properties": {"propose_properties": SERVICE, "property_settings": {"type": "array", "maxItems": 0}},
        },
    },
}
CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score", "match"],
    "properties": {
        "id": TEXT,
        "name": TEXT,
        "description": TEXT,
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "match": {"type": "boolean"},
        "type": {"type": "array", "items": NAMED},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "value"],
                "properties": {"id": TEXT, "value": {"type": ["number", "boolean"]}},
            },
        },
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
    },
}
SUGGESTIONS = {
    "type": "object",
    "required": ["result"],
    "properties": {"result": {"type": "array", "items": NAMED}},
}
PROPOSED = {
    "type": "object",
    "required": ["properties"],
    "properties": {"type": TEXT, "properties": {"type": "array", "items": NAMED}},
}
CELL = {"type": "object", "required": ["str"], "additionalProperties": False, "properties": {"str": TEXT}}
ROW = {"type": "object", "additionalProperties": {"type": "array", "items": CELL}}
EXTENSION = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {"type": "object", "additionalProperties": ROW},
    },
}


def faults(schema: dict[str, Any], body: Any) -> list[str]:
    """What does not fit, each with its place."""
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(body)]


def check(schema: dict[str, Any], body: Any) -> None:
    assert faults(schema, body) == []
