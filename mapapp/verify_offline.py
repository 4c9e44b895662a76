"""`/verify/offline`: verification in the browser alone, from the signed national list it keeps."""

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for

from geodata.verification import Action
from mapapp import labels
from mapapp.i18n import gettext as _
from mapapp.params import CatalogueQuestion, read
from mapapp.verdicts import ACTION, ANSWER, MEANING, TONE, WHY
from mapapp.verify_pages import bp
from mapapp.verify_view import options
from mapapp.views import Option


@dataclass(frozen=True)
class OfflineVerifyPage:
    """`words`: the labels and addresses that the page's script needs."""

    title: str
    description: str
    actions: tuple[Option, ...]
    levels: tuple[Option, ...]
    words: dict[str, Any]


@bp.get("/verify/offline")
def offline() -> Response:
    """Works without any answer from here once it was opened and the list was downloaded."""
    read(CatalogueQuestion, request.args)
    shown = OfflineVerifyPage(
        title=_("Xác minh khi không có mạng"),
        description=_("Tải danh sách quốc gia có chữ ký về máy để xác minh cơ sở và câu trả lời khi không có mạng."),
        actions=options({action.value: ACTION[action] for action in Action}, Action.OPERATE),
        levels=options(labels.TRAINING_LEVEL, ""),
        words=words(),
    )
    return Response(render_template("verifier/offline.html", page=shown), mimetype="text/html")


def words() -> dict[str, Any]:
    return {
        "list": url_for("offline_list.offline_list_head"),
        "keys": url_for("verifier.jwks"),
        "answer": {answer.value: _(text) for answer, text in ANSWER.items()},
        "meaning": {answer.value: _(text) for answer, text in MEANING.items()},
        "tone": {answer.value: tone for answer, tone in TONE.items()},
        "why": {why.value: _(text) for why, text in WHY.items()},
        "action": {action.value: _(text) for action, text in ACTION.items()},
        "data_status": {value: labels.label(labels.DATA_STATUS, value) for value in labels.DATA_STATUS},
    }
