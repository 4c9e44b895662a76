"""`/api/v1/offline-list`: the signed list of who was authorised for what and when, for places without a network.

The list is a file that `mapapp audit collect` made of the release; only its head is signed anew for whoever asks, with
the key of the moment and an end of validity.
"""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request

from geodata.kept.listing import list_file
from geodata.kept.offline_list import difference
from mapapp.assets import takes_gzip
from mapapp.db import now
from mapapp.errors import NOT_FOUND, SIGNING_AWAY, Kind, Problem
from mapapp.geojson import to_json
from mapapp.i18n import N_
from mapapp.issuing import Issuer
from mapapp.key_store import KeysUnusable
from mapapp.openapi import operation
from mapapp.outage import DIRECTORY
from mapapp.params import CatalogueQuestion, read
from mapapp.questions import external
from mapapp.schemas import offline as schemas
from mapapp.settings import Settings
from mapapp.signing import Signer

TAG = "Verification"
TYPE = "offline-list+jwt"
NDJSON = "application/x-ndjson"
NO_LIST = Kind(
    503,
    "offline-list-not-ready",
    N_("Danh sách chưa soạn xong"),
    N_("Danh sách dùng khi không có mạng đang được soạn. Hãy thử lại sau ít phút."),
)

bp = APIBlueprint("offline_list", __name__, url_prefix="/api/v1/offline-list")


class Lists:
    """The lists on this host's disk."""

    def __init__(self, settings: Settings, issuer: Issuer) -> None:
        self.directory = settings.data / DIRECTORY
        self.signer = issuer.signer
        self.valid_days = settings.offline_list_days
        self.max_age_days = settings.register_max_age_days

    def releases(self) -> list[int]:
        """Those that there is a list of, newest first."""
        heads = self.directory.glob("list-*.json")
        return sorted((int(path.name[5:13]) for path in heads), reverse=True)

    def head(self, release: int) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(list_file(self.directory, release).with_suffix(".json").read_text())
        return found


def claims(lists: Lists, issuer: str, now: datetime) -> dict[str, Any]:
    """What is signed about the newest list. Raises `Problem` where there is none yet."""
    releases = lists.releases()
    if not releases:
        raise Problem(NO_LIST)
    issued = int(now.timestamp())
    return {
        "iss": issuer,
        "sub": "offline-list",
        "iat": issued,
        "nbf": issued,
        "exp": issued + lists.valid_days * 86_400,
        **lists.head(releases[0]),
        "max_age_days": lists.max_age_days,
        "differences_from": releases[1:],
    }


def sign_head(signer: Signer, told: dict[str, Any], now: datetime) -> str:
    return signer.sign(to_json(told), now, TYPE)


def install(app: Flask, settings: Settings) -> None:
    """Give the application its lists, signed with the verifier's keys."""
    app.extensions["mapapp.offline_lists"] = Lists(settings, app.extensions["mapapp.verifier"].issuer)


def the_lists() -> Lists:
    found: Lists = current_app.extensions["mapapp.offline_lists"]
    return found


@bp.get("")
@bp.doc(operation_id="offline_list_head", tags=[TAG])
@operation("The national list to take along: its head, signed", question=CatalogueQuestion, answer=schemas.ListHead)
def offline_list_head() -> Response:
    """Release, size, hashes and end of validity of the newest list; `list` is the same as a compact JWS (ES256, typ
    offline-list+jwt). The list itself is at /api/v1/offline-list/{release}; its SHA-256 must be that of the head."""
    read(CatalogueQuestion, request.args)
    lists = the_lists()
    told = claims(lists, external(""), now())
    try:
        token = sign_head(lists.signer, told, now())
    except KeysUnusable as error:
        current_app.logger.error("offline list: %s", error)
        raise Problem(SIGNING_AWAY) from error
    response = Response(to_json({**told, "list": token}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/<release>")
@bp.doc(operation_id="offline_list", tags=[TAG])
@operation(
    "The national list of a release",
    question=CatalogueQuestion,
    answer=schemas.ListLines,
    media_type=NDJSON,
    answers={"404": "There is no list of this release (any more)."},
    path={"release": "number of the release, as in the head"},
)
def offline_list(release: str) -> Response:
    """Lines of JSON: origins (`{name: [source, data status, received on, decision, since release]}`) and records
    (`[id, data status, names, identifiers, statuses, enrolment, licences, programmes, campuses, declarations,
    successions, other names]`) by id. A fact is `[kind, value, from, to, origin, …]` with half-open days."""
    read(CatalogueQuestion, request.args)
    return send(list_file(the_lists().directory, numbered(release)))


@bp.get("/<release>/since/<base>")
@bp.doc(operation_id="offline_list_difference", tags=[TAG])
@operation(
    "What changed in the national list",
    question=CatalogueQuestion,
    answer=schemas.ListLines,
    media_type=NDJSON,
    answers={"404": "There is no list of one of these releases (any more)."},
    path={"release": "number of the release", "base": "number of the earlier release"},
)
def offline_list_difference(release: str, base: str) -> Response:
    """The lines of records that are new or changed since the list of `base`, the origins they name, and the ids that
    are gone (`{"-": [id, …]}`). The SHA-256 over the record lines of the result, by id, is `records_sha256` of the
    head."""
    read(CatalogueQuestion, request.args)
    directory = the_lists().directory
    return send(difference_file(directory, numbered(base), numbered(release)))


def difference_file(directory: Path, base: int, release: int) -> Path:
    """Made when first asked for. Raises `Problem`."""
    before, after = list_file(directory, base), list_file(directory, release)
    if not (before.exists() and after.exists()):
        raise Problem(NOT_FOUND)
    target = directory / f"difference-{base:08}-{release:08}-{int(before.stat().st_mtime)}.ndjson.gz"
    if not target.exists():
        draft = target.with_suffix(".new")
        draft.write_bytes(
            gzip.compress("".join(f"{line}\n" for line in difference(before, after)).encode(), 6, mtime=0)
        )
        draft.rename(target)
    return target


def numbered(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Problem(NOT_FOUND)
    return int(text)


def send(path: Path) -> Response:
    """The file as it lies there, compressed, or unfolded for who does not take that."""
    if not path.exists():
        raise Problem(NOT_FOUND)
    content = path.read_bytes()
    response = Response(content if takes_gzip() else gzip.decompress(content), mimetype=NDJSON)
    if takes_gzip():
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
