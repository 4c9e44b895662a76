"""The API reference as a page, from the same document that machines read."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mapapp.api_keys import TOO_MANY, UNKNOWN_KEY
from mapapp.audit import NOT_IN_THE_LOG
from mapapp.errors import KINDS
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.offline_list import NO_LIST
from mapapp.openapi import OPERATIONS


@dataclass(frozen=True)
class ApiParameter:
    name: str
    place: str
    description: str
    type: str
    required: bool


@dataclass(frozen=True)
class ApiOperation:
    method: str
    path: str
    anchor: str
    summary: str
    description: str
    parameters: tuple[ApiParameter, ...]
    answers: tuple[tuple[str, str], ...]
    example_url: str | None


@dataclass(frozen=True)
class ApiGroup:
    name: str
    description: str
    operations: tuple[ApiOperation, ...]


@dataclass(frozen=True)
class ApiProblem:
    """A kind of refusal; `anchor` ends its stable `type`."""

    anchor: str
    status: int
    title: str
    text: str


@dataclass(frozen=True)
class DocsPage:
    title: str
    description: str
    version: str
    openapi_url: str
    groups: tuple[ApiGroup, ...]
    problems: tuple[ApiProblem, ...]


def docs_page(spec: dict[str, Any]) -> DocsPage:
    """The page of an OpenAPI document; its texts stay English, as the API is."""
    return DocsPage(
        title=_("Giao diện lập trình (API)"),
        description=_("Mọi dữ liệu công khai của bản đồ đều đọc được bằng máy, không cần đăng ký."),
        version=spec["info"]["version"],
        openapi_url=page_url("openapi.spec"),
        groups=tuple(groups(spec)),
        problems=tuple(problem_rows()),
    )


def problem_rows() -> list[ApiProblem]:
    kinds = (*KINDS, UNKNOWN_KEY, TOO_MANY, NOT_IN_THE_LOG, NO_LIST)
    return [ApiProblem(f"problem-{kind.slug}", kind.status, _(kind.title), _(kind.advice)) for kind in kinds]


def groups(spec: dict[str, Any]) -> list[ApiGroup]:
    """Operations by tag, in the order of the document."""
    operations = [(path, bare) for path, item in spec["paths"].items() for bare in item.values()]
    ordered = sorted(operations, key=lambda one: tag_of(one[1]))
    return [
        ApiGroup(tag, "", tuple(operation(path, bare) for path, bare in members))
        for tag, members in groupby(ordered, key=lambda one: tag_of(one[1]))
    ]


def tag_of(bare: dict[str, Any]) -> str:
    return str((bare.get("tags") or [""])[0])


def operation(path: str, bare: dict[str, Any]) -> ApiOperation:
    described = OPERATIONS[bare["operationId"]]
    return ApiOperation(
        method="GET",
        path=path,
        anchor=bare["operationId"].replace("_", "-"),
        summary=bare["summary"],
        description=bare["description"],
        parameters=tuple(map(parameter, bare["parameters"])),
        answers=tuple((status, answer["description"]) for status, answer in bare["responses"].items()),
        example_url=f"{path}?{described.example}".replace(" ", "+") if described.example and "{" not in path else None,
    )


def parameter(given: dict[str, Any]) -> ApiParameter:
    return ApiParameter(
        name=given["name"],
        place=given["in"],
        description=given.get("description", ""),
        type=type_name(given["schema"]),
        required=given["required"],
    )


def type_name(schema: dict[str, Any]) -> str:
    """The type in a few signs: `integer 1–1000`, `college | …`, `date`, lists with commas."""
    if "items" in schema:
        return f"{type_name(schema['items'])} (a,b,…)"
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    kind = str(schema.get("format", schema.get("type", "")))
    bounds = [schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")]
    shown = ["" if bound is None else f"{bound:g}" for bound in bounds]
    return f"{kind} {shown[0]}–{shown[1]}" if any(shown) else kind
