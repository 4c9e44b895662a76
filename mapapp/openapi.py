"""The description of the API: what each operation takes and gives, written where the operation is.

`@operation(...)` notes it on the view; `complete(spec)` writes all of it into the document that APIFlask makes from the
routes. Parameters come from the same pydantic models that read the questions, so the two cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mapapp.params import Question
from mapapp.schemas.shared import Problem

REF = "#/components/schemas/{model}"
View = TypeVar("View", bound=Callable[..., Any])
PROBLEM_ANSWERS = {
    "400": "The question cannot be answered as asked: `errors` names each parameter.",
    "401": "The key is unknown, replaced or revoked.",
    "429": "Too many requests from this address or with this key; see Retry-After.",
    "503": "The register does not answer now; see Retry-After.",
}
BODY_ANSWERS = {
    "408": "The body came too slowly; nothing of it was looked at.",
    "411": "The body has no length: of what comes in pieces only JSON is taken.",
    "413": "The body is longer than is taken.",
}
BARE_ANSWERS = {
    "414": "The address is longer than the server reads; no problem comes with it.",
    "431": "The headers are longer than the server reads; no problem comes with it.",
}
"""Of the server itself, or of what stands in front of it (nginx says 400 instead of 431)."""


@dataclass(frozen=True)
class Operation:
    """`answers` adds further status codes; `path` describes parameters in the path; `example` is a query to try; `body`
    is what a POST takes; `also` are further media types of the answer, each with what they are."""

    summary: str
    description: str
    question: type[Question]
    answer: type[BaseModel]
    media_type: str
    answers: dict[str, str]
    path: dict[str, str]
    example: str | None
    body: type[BaseModel] | None = None
    also: dict[str, str] = field(default_factory=dict)


KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key is not needed: each address may send 1,200 requests a minute (installations may set another "
    "number), and ten times as many to /api/v1/verify; bursts of one minute's allowance are fine, and every 2 kB of a "
    "request's body count as one more. With a key, asked for at /verify/clients, its own quota counts instead. What is "
    "beyond gets 429 with Retry-After. Answers that a server has in memory are given without counting.",
}

OPERATIONS: dict[str, Operation] = {}


def operation(
    summary: str,
    *,
    question: type[Question],
    answer: type[BaseModel],
    media_type: str = "application/json",
    answers: dict[str, str] | None = None,
    path: dict[str, str] | None = None,
    example: str | None = None,
    body: type[BaseModel] | None = None,
    also: dict[str, str] | None = None,
) -> Callable[[View], View]:
    """Describe a view, whose docstring is the description; its function name is the operation's id."""

    def describe(view: View) -> View:
        text = " ".join((view.__doc__ or "").split())
        OPERATIONS[view.__name__] = Operation(
            summary, text, question, answer, media_type, answers or {}, path or {}, example, body, also or {}
        )
        return view

    return describe


def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """The OpenAPI 3.1 document with every described operation; also the schemas they use."""
    if isinstance(spec, str):
        raise TypeError("only the JSON form of the description can be completed")
    paths = {path: item for path, item in spec["paths"].items() if path.startswith("/api/")}
    for path, item in paths.items():
        for method, bare in item.items():
            described = OPERATIONS.get(path_operation(bare))
            if described is not None:
                item[method] = write(described, bare, path_parameters(path))
    spec["paths"] = paths
    spec["components"] = {"schemas": schemas(), "securitySchemes": {"key": KEY}}
    spec["security"] = [{}, {"key": []}]
    return spec


def path_operation(bare: dict[str, Any]) -> str:
    """The operation's id, which APIFlask derives from method and endpoint or takes from us."""
    return str(bare.get("operationId", ""))


def path_parameters(path: str) -> list[str]:
    return [part.strip("{}") for part in path.split("/") if part.startswith("{")]


def write(described: Operation, bare: dict[str, Any], in_path: list[str]) -> dict[str, Any]:
    """One operation object."""
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(model=Problem.__name__)}}}
    found = {described.media_type: {"schema": {"$ref": REF.format(model=described.answer.__name__)}}}
    found |= {kind: {"schema": {"type": "string", "description": text}} for kind, text in described.also.items()}
    failures = {**PROBLEM_ANSWERS, **(BODY_ANSWERS if described.body else {}), **described.answers}
    return {
        "operationId": bare["operationId"],
        "tags": bare.get("tags", []),
        "summary": described.summary,
        "description": described.description,
        "parameters": [
            *(path_parameter(name, described.path.get(name, "")) for name in in_path),
            *query_parameters(described.question),
        ],
        **request_body(described.body),
        "responses": {
            "200": {"description": "The answer.", "headers": ANSWER_HEADERS, "content": found},
            "304": {"description": "What the reader has is still right (If-None-Match)."},
            **{status: {"description": text, "content": problem} for status, text in sorted(failures.items())},
            **{status: {"description": text} for status, text in BARE_ANSWERS.items()},
        },
    }


def request_body(body: type[BaseModel] | None) -> dict[str, Any]:
    if body is None:
        return {}
    schema = {"$ref": REF.format(model=body.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


ANSWER_HEADERS = {
    "ETag": {"description": "Changes with the release, the day and the question.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long the answer stays fresh.", "schema": {"type": "string"}},
}


def path_parameter(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": {"type": "string"}}


def query_parameters(question: type[Question]) -> list[dict[str, Any]]:
    """Parameter objects of a question, enumerations written out."""
    schema = question.model_json_schema()
    definitions = schema.get("$defs", {})
    required = schema.get("required", [])
    return [
        query_parameter(question, name, plain(prop, definitions), required=name in required)
        for name, prop in schema.get("properties", {}).items()
    ]


def query_parameter(question: type[Question], name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    description = schema.pop("description", "")
    parameter: dict[str, Any] = {"name": name, "in": "query", "required": required, "schema": schema}
    if description:
        parameter["description"] = description
    if get_origin(question.model_fields[name].annotation) is list:
        parameter |= {"style": "form", "explode": False}
    return parameter


def plain(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A field's schema with references resolved and without titles and null (a parameter is absent, never null)."""
    if "$ref" in schema:
        target = definitions[schema["$ref"].rsplit("/", 1)[1]]
        return plain({**target, **{key: value for key, value in schema.items() if key != "$ref"}}, definitions)
    if "anyOf" in schema:
        kinds = [option for option in schema["anyOf"] if option.get("type") != "null"]
        return plain({**{key: value for key, value in schema.items() if key != "anyOf"}, **kinds[0]}, definitions)
    kept = {key: value for key, value in schema.items() if key != "title" and not (key == "default" and value is None)}
    if "items" in kept:
        kept["items"] = plain(kept["items"], definitions)
    if "enum" in kept:
        kept.pop("description", None)
    return kept


def schemas() -> dict[str, Any]:
    """Every schema the operations use."""
    bodies = {described.body for described in OPERATIONS.values() if described.body}
    models = {described.answer for described in OPERATIONS.values()} | bodies | {Problem}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, document = models_json_schema([(model, "serialization") for model in ordered], ref_template=REF)
    return dict(document["$defs"])
