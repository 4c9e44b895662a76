"""`/api/v1/audit`: what anybody may ask of the transparency log."""

import time
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session

from geodata.audit import proofs
from geodata.audit.log import Head, head
from mapapp.checkpoints import sign_checkpoint
from mapapp.db import now, session
from mapapp.errors import SIGNING_AWAY, Kind, Problem
from mapapp.geojson import to_json
from mapapp.i18n import N_
from mapapp.issuing import Issuer
from mapapp.key_store import KeysUnusable
from mapapp.openapi import operation
from mapapp.params import CatalogueQuestion, read
from mapapp.questions import external
from mapapp.schemas import audit as schemas

TAG = "Transparency"
SIGNED_AGAIN_S = 60
"""A checkpoint over the same log is signed anew after so long, so that its time tells that the log still stands."""

NOT_IN_THE_LOG = Kind(
    404,
    "not-in-the-log",
    N_("Không có trong nhật ký minh bạch"),
    N_("Nhật ký minh bạch không có mục này (chưa có, hoặc không còn)."),
)

bp = APIBlueprint("audit", __name__, url_prefix="/api/v1/audit")


class Checkpoints:
    """The last checkpoint that this process signed."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._last: tuple[Head, str, float, str] | None = None

    def current(self, session: Session, issuer: str, now: datetime) -> tuple[Head, str]:
        """The log as it is, and signed. Raises `KeysUnusable`."""
        found = head(session)
        if self._last and self._last[:2] == (found, issuer) and time.monotonic() - self._last[2] < SIGNED_AGAIN_S:
            return found, self._last[3]
        token = sign_checkpoint(self._issuer.signer, found, issuer=issuer, now=now)
        self._last = found, issuer, time.monotonic(), token
        return found, token


def install(app: Flask) -> None:
    """Give the application its checkpoints, which are signed with the verifier's keys."""
    app.extensions["mapapp.checkpoints"] = Checkpoints(app.extensions["mapapp.verifier"].issuer)


@bp.get("/checkpoint")
@bp.doc(operation_id="audit_checkpoint", tags=[TAG])
@operation("The state of the log, signed", question=CatalogueQuestion, answer=schemas.CheckpointAnswer)
def audit_checkpoint() -> Response:
    """How many leaves the transparency log has, the root of their Merkle tree (RFC 6962) and the end of their hash
    chain; `checkpoint` is the same as a compact JWS (ES256, typ log-checkpoint+jwt). Keep it: whoever has one can show
    later that the log began like this."""
    read(CatalogueQuestion, request.args)
    checkpoints: Checkpoints = current_app.extensions["mapapp.checkpoints"]
    try:
        found, token = checkpoints.current(session(), external(""), now())
    except KeysUnusable as error:
        current_app.logger.error("checkpoint: %s", error)
        raise Problem(SIGNING_AWAY) from error
    return answer({**plain_head(found), "checkpoint": token})


@bp.get("/inclusion")
@bp.doc(operation_id="audit_inclusion", tags=[TAG])
@operation(
    "Proof that something is in the log",
    question=schemas.InclusionQuestion,
    answer=schemas.InclusionAnswer,
    answers={"404": "The log has no such leaf (yet, or any more)."},
    example="release=1",
)
def audit_inclusion() -> Response:
    """A leaf of the log and its audit path (RFC 6962, 2.1.1) in the tree of `size` leaves. A signed answer is asked for
    by its `jti`: it lies in a batch, `answer` is its path to the batch's root, and the batch is the leaf. Hashes are
    hexadecimal."""
    asked = read(schemas.InclusionQuestion, request.args)
    try:
        if asked.jti is not None:
            return answer(plain_answer(proofs.of_answer(session(), asked.jti, asked.size)))
        if asked.release is not None:
            return answer(plain_inclusion(proofs.of_release(session(), asked.release, asked.size)))
        return answer(plain_inclusion(proofs.inclusion(session(), asked.index or 0, asked.size)))
    except proofs.NotInTheLog as error:
        raise Problem(NOT_IN_THE_LOG) from error


@bp.get("/consistency")
@bp.doc(operation_id="audit_consistency", tags=[TAG])
@operation(
    "Proof that the log only grew",
    question=schemas.ConsistencyQuestion,
    answer=schemas.ConsistencyAnswer,
    answers={"404": "The log is not that long."},
    example="first=1",
)
def audit_consistency() -> Response:
    """That the log of `second` leaves (default: all of them) begins with the log of `first` leaves: RFC 6962, 2.1.2.
    With the roots of two checkpoints this shows that nothing was changed or cut off between them."""
    asked = read(schemas.ConsistencyQuestion, request.args)
    try:
        size, proof = proofs.consistency(session(), asked.first, asked.second)
    except proofs.NotInTheLog as error:
        raise Problem(NOT_IN_THE_LOG) from error
    return answer({"first": asked.first, "second": size, "proof": hexes(proof)})


def plain_head(found: Head) -> dict[str, Any]:
    return {"size": found.size, "root": found.root.hex(), "chain": found.chain.hex(), "release": found.release}


def plain_inclusion(found: proofs.Inclusion) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "reference": found.reference,
        "index": found.index,
        "size": found.size,
        "leaf_hash": found.leaf_hash.hex(),
        "content": found.content,
        "proof": hexes(found.proof),
    }


def plain_answer(found: proofs.AnswerInclusion) -> dict[str, Any]:
    within = {
        "jti": found.jti,
        "index": found.index,
        "size": found.size,
        "leaf_hash": found.leaf_hash.hex(),
        "proof": hexes(found.proof),
        "root": found.root.hex(),
    }
    return {**plain_inclusion(found.batch), "answer": within}


def hexes(hashes: tuple[bytes, ...]) -> list[str]:
    return [one.hex() for one in hashes]


def answer(body: dict[str, Any]) -> Response:
    """The log grows at any moment: readers ask again, and hear 304 where nothing is new."""
    response = Response(to_json(body), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
