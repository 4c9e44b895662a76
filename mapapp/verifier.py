"""`/api/v1/verify` and the keys its signatures are checked with."""

from contextlib import suppress
from datetime import datetime

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request

from geodata.engine import AWAY
from geodata.releases import UnknownRelease
from geodata.verification import Fault, MalformedQuestion
from mapapp import at_once
from mapapp.answers import LOOK_AGAIN_S, Asked, Told, Verifier, Writing
from mapapp.db import Sessions, lately_read_at_source, now, register, session, today
from mapapp.errors import INVALID, SIGNING_AWAY, Problem, problem_json
from mapapp.geojson import to_json
from mapapp.i18n import gettext as _
from mapapp.issuing import make_issuer
from mapapp.key_store import JWKS_FRESH_S, KeysUnusable
from mapapp.openapi import operation
from mapapp.schemas import verification as schemas
from mapapp.settings import Settings
from mapapp.spool import SpoolUnusable
from mapapp.verdicts import FAULT
from mapapp.verify_request import JOSE, Malformed, Wanted, from_address, from_body

TAG = "Verification"
FRESH_S = 60

bp = APIBlueprint("verifier", __name__)


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Give the application its verifier; reads no key and asks no database yet. Whoever brings sessions may publish
    through them at any moment: then the current release is looked up for every request."""
    app.extensions["mapapp.verifier"] = Verifier(
        make_issuer(settings),
        app.extensions["mapapp.outage"],
        ttl_s=settings.verify_ttl_s,
        max_age_days=settings.register_max_age_days,
        look_again_s=0 if sessions else LOOK_AGAIN_S,
    )


def the_verifier() -> Verifier:
    verifier: Verifier = current_app.extensions["mapapp.verifier"]
    return verifier


@bp.get("/api/v1/verify")
@bp.doc(operation_id="verify", tags=[TAG])
@operation(
    "Was this institution authorised?",
    question=schemas.VerifyQuestion,
    answer=schemas.Verdict,
    also={JOSE: "The same as a compact JWS (ES256); its keys are at /.well-known/jwks.json."},
    example="code=CDD0203&action=train&occupation=6480201&training_level=college&on=2019-06-30",
)
def verify() -> Response:
    """One of a closed set of answers for one institution, action, occupation and day, with reasons, the facts relied
    on and an expiry. A well-formed question always gets 200; a malformed one 400."""
    asked, wanted = from_address(request, today())
    verifier = the_verifier()
    telling = verifier.telling(session, [asked], wanted.release, now())
    (answer,) = telling.answers
    if not (wanted.nonce or telling.seen_at):
        with suppress(*AWAY):
            state = lately_read_at_source() or register()
            if wanted.release is not None or state.release == telling.edition.release:
                at_once.retell(Writing(verifier, answer, issuer() if wanted.signed else None), state)
    body = verifier.timed(answer, now(), wanted.nonce, telling.seen_at)
    return send(verifier, body, answer.subject, wanted, telling.seen_at)


@bp.post("/api/v1/verify")
@bp.doc(operation_id="verify_many", tags=[TAG])
@operation(
    "Up to 1,000 questions at once",
    question=schemas.BatchParameters,
    body=schemas.VerifyBatch,
    answer=schemas.Verdicts,
    also={JOSE: "The whole batch as one compact JWS."},
)
def verify_many() -> Response:
    """The same answers, in the order of the questions, all from one release. A malformed question among them gets the
    answer `malformed` with its errors and does not spoil the others."""
    questions, wanted = from_body(request, today())
    verifier = the_verifier()
    asked = [one for one in questions if not isinstance(one, Malformed)]
    telling = verifier.telling(session, asked, wanted.release, now())
    told = dict(zip(asked, telling.answers, strict=True))
    answers = ",".join(text_of(one, told) for one in questions)
    head = {
        "release": telling.edition.release,
        "data_status": telling.edition.data_status,
        "numberReturned": len(questions),
        **verifier.times(now(), telling.seen_at),
        **({"nonce": wanted.nonce} if wanted.nonce else {}),
    }
    return send(verifier, f'{to_json(head)[:-1]},"answers":[{answers}]}}', "batch", wanted, telling.seen_at)


def text_of(one: Asked | Malformed, told: dict[Asked, Told]) -> str:
    if isinstance(one, Malformed):
        return to_json({"answer": "malformed", "errors": errors_of(one.faults)})
    return f"{told[one].open_json}}}"


def send(verifier: Verifier, body: str, subject: str, wanted: Wanted, seen_at: datetime | None) -> Response:
    """The answer as JSON or signed. What is signed, carries a nonce or tells an age is for this caller only and never
    kept."""
    media_type = "application/json"
    if wanted.signed:
        body, media_type = signed(verifier, body, subject, verifier.lives_s(now(), seen_at)), JOSE
    if seen_at or wanted.signed or wanted.nonce or request.method == "POST":
        return Response(body, headers=[("Cache-Control", "no-store")], mimetype=media_type)
    etag = at_once.weak_etag(body.encode())
    kept = [
        ("Cache-Control", f"public, max-age={min(FRESH_S, verifier.ttl_s // 5)}"),
        ("ETag", etag),
        ("Vary", "Accept"),
    ]
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(etag[3:-1]):
        return Response(status=304, headers=kept)
    return Response(body, headers=kept, mimetype=media_type)


def signed(verifier: Verifier, body: str, subject: str, ttl_s: int) -> str:
    try:
        return verifier.issuer.issue(body, issuer=issuer(), subject=subject, now=now(), ttl_s=ttl_s)
    except (KeysUnusable, SpoolUnusable) as error:
        current_app.logger.error("signing: %s", error)
        raise Problem(SIGNING_AWAY) from error


def issuer() -> str:
    """Who signs: the public address of this installation."""
    return str(current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/"))


@bp.get("/.well-known/jwks.json")
def jwks() -> Response:
    """The public keys; copies are good for five minutes, new keys are published longer before they sign."""
    try:
        ring = the_verifier().issuer.signer.ring(now())
    except KeysUnusable as error:
        current_app.logger.error("keys: %s", error)
        raise Problem(SIGNING_AWAY) from error
    response = Response(to_json(ring.jwks(now())), mimetype="application/jwk-set+json")
    response.headers["Cache-Control"] = f"public, max-age={JWKS_FRESH_S}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.errorhandler(MalformedQuestion)
def malformed(error: MalformedQuestion) -> Response:
    """400: the problem, and the answer in the closed set."""
    return refuse(error.faults)


@bp.errorhandler(UnknownRelease)
def unknown_release(_error: UnknownRelease) -> Response:
    return refuse((Fault("release", "not_a_release"),))


def refuse(faults: tuple[Fault, ...]) -> Response:
    body = {**problem_json(Problem(INVALID)), "answer": "malformed", "errors": errors_of(faults)}
    response = Response(to_json(body), 400, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    return response


def errors_of(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    return [{"parameter": fault.parameter, "message": _(FAULT[fault.code])} for fault in faults]
