"""The public API's blueprint: read only, open to every origin, cacheable. Each subject adds its routes to it."""

from collections.abc import Callable
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import Response, request

from mapapp.geojson import to_json
from mapapp.headers import answer_if_unchanged, mark_public
from mapapp.openapi import operation
from mapapp.params import Question, read

Q = TypeVar("Q", bound=Question)
View = Callable[..., Response]


bp = APIBlueprint("api", __name__, url_prefix="/api/v1")
bp.before_request(answer_if_unchanged)
bp.after_request(mark_public)


def public_get(rule: str, summary: str, *, tag: str, question: type[Q], **described: Any) -> Callable[[View], View]:
    """Route a view at `rule`, describe it under `tag`, and hand it the question in the address as first argument."""

    def route(view: View) -> View:
        def asked(**path: str) -> Response:
            return view(read(question, request.args), **path)

        asked.__name__, asked.__doc__ = view.__name__, view.__doc__
        operation(summary, question=question, **described)(asked)
        bp.get(rule)(bp.doc(operation_id=view.__name__, tags=[tag])(asked))
        return view

    return route


def json_answer(body: dict[str, Any], status: int = 200, media_type: str = "application/json") -> Response:
    return Response(to_json(body), status, mimetype=media_type)
