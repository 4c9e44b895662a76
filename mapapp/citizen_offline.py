"""`/offline`: provinces to take along, and search in those that were; what the app shows when there is no network."""

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request

from geodata.administrative_units import units
from geodata.text import fold
from mapapp import labels
from mapapp.citizen import bp
from mapapp.db import session
from mapapp.filter_view import unit_name
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.params import OfflineQuestion, read
from mapapp.views import Link


@dataclass(frozen=True)
class OfflinePage:
    """`packs`: label and address of each province's pack; `words`: the labels that the page's script needs."""

    title: str
    description: str
    query: str
    packs: tuple[Link, ...]
    words: dict[str, Any]


@bp.get("/offline")
def offline() -> Response:
    """Works without any answer from here once it was opened: its script searches the packs in the browser."""
    asked = read(OfflineQuestion, request.args)
    return Response(render_template("citizen/offline.html", page=offline_page(asked.q)), mimetype="text/html")


def offline_page(query: str) -> OfflinePage:
    provinces = sorted(units(session(), level="province"), key=lambda unit: fold(unit.name))
    return OfflinePage(
        title=_("Dùng khi không có mạng"),
        description=_("Tải dữ liệu của một tỉnh về máy để tìm cơ sở giáo dục nghề nghiệp khi không có mạng."),
        query=query,
        packs=tuple(Link(unit_name(unit), page_url("api.pack", code=unit.code)) for unit in provinces),
        words={
            "institution": page_url("citizen.institution", id_or_code="ID").replace("ID", "{id}"),
            "type": spoken(labels.TYPE),
            "status": spoken(labels.STATUS),
            "training_level": spoken(labels.TRAINING_LEVEL),
            "data_status": spoken(labels.DATA_STATUS),
        },
    )


def spoken(vocabulary: dict[str, str]) -> dict[str, str]:
    return {value: labels.label(vocabulary, value) for value in vocabulary}
