"""`/verify` for a person, and the page that shows how to check a signed answer."""

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, current_app, render_template, request, url_for

from geodata.verification import MalformedQuestion, parse
from mapapp.answers import Verifier
from mapapp.db import now, session, today
from mapapp.i18n import gettext as _
from mapapp.params import CatalogueQuestion, InvalidParameters, read
from mapapp.questions import external
from mapapp.verify_request import ASKS, printable
from mapapp.verify_view import (
    SignaturePage,
    VerifyPage,
    fault_lines,
    meant,
    occupation_links,
    sheet,
    verify_page,
)

EXAMPLES = Path(__file__).parent / "templates" / "verifier" / "examples"
LONGEST = 400

bp = APIBlueprint("verify", __name__, enable_openapi=False)


@bp.get("/verify")
def page() -> Response:
    """The form; below it the answer to what was asked. The address carries the whole question."""
    shown = answered(typed_question())
    response = Response(render_template("verifier/verify.html", page=shown), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store" if shown.sheet else "public, max-age=60"
    return response


def typed_question() -> dict[str, str]:
    """What was typed, by field. Raises `InvalidParameters` for fields there are none of."""
    unknown = [name for name in request.args if name not in (*ASKS, "release")]
    if unknown:
        raise InvalidParameters((printable(name), _("không có tham số này")) for name in unknown)
    return {name: request.args.get(name, "").strip()[:LONGEST] for name in (*ASKS, "release")}


def answered(typed: dict[str, str]) -> VerifyPage:
    """The page with the answer, with what to correct, or with occupations to choose from."""
    if not any(typed[name] for name in ASKS):
        return verify_page(typed, today())
    words = typed["occupation"]
    if words and not words.isdecimal():
        rows = meant(words, typed["training_level"])
        if len(rows) == 1:
            return answered({**typed, "occupation": rows[0].code})
        if rows:
            return verify_page(typed, today(), choices=occupation_links(rows, typed))
    try:
        asked = parse(typed, today=today())
    except MalformedQuestion as malformed:
        return verify_page(typed, today(), faults=fault_lines(malformed.faults))
    verifier: Verifier = current_app.extensions["mapapp.verifier"]
    decision, seen_at = verifier.decided(session, asked, release_of(typed), now())
    ttl_s = verifier.lives_s(now(), seen_at)
    return verify_page(typed, today(), sheet=sheet(decision, typed, ttl_s, seen_at))


def release_of(typed: dict[str, str]) -> int | None:
    text = typed["release"]
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:12]) < 2**31):
        raise InvalidParameters([("release", _("phải là số của một lần công bố"))])
    return int(text)


@bp.get("/verify/signature")
def signature() -> Response:
    """How to check a signed answer with common tools."""
    read(CatalogueQuestion, request.args)
    shown = SignaturePage(
        title=_("Kiểm tra chữ ký của câu trả lời"),
        description=_("Ví dụ chạy được bằng curl, Python và JavaScript."),
        examples=(
            ("curl", "ask.sh", None, example("ask.sh")),
            ("Python", "check.py", "pip install 'pyjwt[crypto]'", example("check.py")),
            ("JavaScript (Node)", "check.mjs", "npm install jose", example("check.mjs")),
        ),
        jwks_url=external(url_for("verifier.jwks")),
    )
    return Response(render_template("verifier/signature.html", page=shown), mimetype="text/html")


def example(name: str) -> str:
    """The example with this installation's address in it."""
    return (EXAMPLES / name).read_text(encoding="utf-8").replace("https://BASE", external(""))
