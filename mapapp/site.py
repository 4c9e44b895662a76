"""What stands on every page: the data's status, the release, the languages, the way around."""

from typing import Any

from flask import Flask, g, request

from geodata.engine import AWAY
from mapapp import labels
from mapapp.db import EMPTY, VIETNAM, Register, known_register, register
from mapapp.i18n import day, language, page_url, with_query
from mapapp.i18n import gettext as _
from mapapp.questions import external
from mapapp.views import Link, Site

HOME = "citizen.home"
PAGES = (
    *("citizen.", "planner.", "verify.", "ogc.", "data.", "reconciliation."),
    *("steward.", "people.", "proposals.", "clients.", "work.", "reports."),
)
"""Blueprints whose pages exist in both languages."""


def install(app: Flask) -> None:
    """Give templates `site`."""
    app.context_processor(lambda: {"site": site()})


def site() -> Site:
    """The site as this request sees it; without the register when that is away."""
    state = _state()
    status = state.data_status if state else "unknown"
    return Site(
        data_status=status,
        data_status_label=labels.label(labels.DATA_STATUS, status),
        warning=_(labels.DATA_WARNING[status]) if status in labels.DATA_WARNING else None,
        release_id=state.release if state else None,
        release_date=_published(state),
        release_label=_release_label(state),
        other_language=Link("English" if language() == "vi" else "Tiếng Việt", in_language(_other(), keep_query=True)),
        alternates=_alternates(),
        canonical=external(in_language(language())),
        navigation=_navigation(),
    )


def _state() -> Register | None:
    """The register, or what this request knows of it when the database is away."""
    try:
        return known_register() if g.get("away") else register()
    except AWAY:
        g.away = True
        return None


def _published(state: Register | None) -> str | None:
    return day(state.published_at.astimezone(VIETNAM).date()) if state and state.published_at else None


def _release_label(state: Register | None) -> str | None:
    if state is None or state.release == EMPTY.release:
        return None
    return _("Lần công bố %(release)s, ngày %(date)s", release=state.release, date=_published(state))


def _other() -> str:
    return "en" if language() == "vi" else "vi"


def _alternates() -> tuple[tuple[str, str], ...]:
    """(hreflang, absolute address) of this page in every language."""
    vietnamese, english = external(in_language("vi")), external(in_language("en"))
    return ("vi", vietnamese), ("en", english), ("x-default", vietnamese)


def in_language(lang: str, *, keep_query: bool = False) -> str:
    """This page in a language; the home page for an address that is none."""
    endpoint, values = request.endpoint, request.view_args
    if endpoint is None or not endpoint.removeprefix("en_").startswith(PAGES):
        endpoint, values = HOME, {}
    query: dict[str, Any] = request.args.to_dict(flat=False) if keep_query and request.endpoint else {}
    return with_query(page_url(endpoint.removeprefix("en_"), lang=lang, **(values or {})), query)


def is_here(endpoint: str, here: str) -> bool:
    """Whether a way leads to the page shown, or to the first of its several pages."""
    return endpoint == here or (endpoint == "planner.planner" and here.startswith("planner."))


def _navigation() -> tuple[Link, ...]:
    here = (request.endpoint or "").removeprefix("en_")
    pages = (
        (HOME, _("Tìm kiếm")),
        ("citizen.nearby", _("Gần tôi")),
        ("planner.planner", _("Quy hoạch")),
        ("verify.page", _("Xác minh")),
        ("data.downloads", _("Dữ liệu")),
        ("citizen.about", _("Giới thiệu")),
        ("citizen.docs", "API"),
    )
    return tuple(Link(label, page_url(endpoint), current=is_here(endpoint, here)) for endpoint, label in pages)
