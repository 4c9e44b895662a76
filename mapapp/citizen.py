"""Pages for everyone: search, what is near, one institution, about, the API reference."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from flask import Response, current_app, redirect, render_template, request

from geodata.records import InstitutionRecord, SeveralInstitutions, UnknownInstitution, get
from mapapp.about_view import about_page
from mapapp.db import session
from mapapp.docs_view import docs_page
from mapapp.errors import UNKNOWN_INSTITUTION, Problem
from mapapp.headers import answer_if_unchanged, mark_public
from mapapp.history_view import history_page
from mapapp.home_view import home_page
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.identifiers import readable_identifier
from mapapp.institution_pick import sharing
from mapapp.institution_view import institution_page
from mapapp.nearby_view import nearby_page
from mapapp.params import CatalogueQuestion, HomeQuestion, InstitutionQuestion, NearbyQuestion, read
from mapapp.questions import day_asked
from mapapp.stewardship_view import stewardship_page
from mapapp.views import Choice, ChoicesPage

bp = APIBlueprint("citizen", __name__, enable_openapi=False)
bp.before_request(answer_if_unchanged)
bp.after_request(mark_public)


def page(template: str, shown: object, status: int = 200) -> Response:
    return Response(render_template(template, page=shown), status, mimetype="text/html")


@bp.get("/")
def home() -> Response:
    """Search, list and map; the address carries the whole state."""
    return page("citizen/home.html", home_page(read(HomeQuestion, request.args)))


@bp.get("/nearby")
def nearby() -> Response:
    """Nearest first from a position or a typed place."""
    return page("citizen/nearby.html", nearby_page(read(NearbyQuestion, request.args)))


@bp.get("/institutions/<id_or_code>")
def institution(id_or_code: str) -> Response:
    """One institution; a code leads to its id, a code of several to a choice."""
    return of_one(id_or_code, "institution", institution_page)


@bp.get("/institutions/<id_or_code>/history")
def history(id_or_code: str) -> Response:
    """What the register said of the institution from release to release."""
    return of_one(id_or_code, "history", history_page)


def of_one(id_or_code: str, name: str, make: Callable[[InstitutionRecord], Any]) -> Response:
    """The page `name` of one institution under its id; a code leads there, a code of several to a choice."""
    asked = read(InstitutionQuestion, request.args)
    try:
        found = get(session(), readable_identifier(id_or_code), on=day_asked(asked.on), release=asked.release)
    except UnknownInstitution as error:
        raise Problem(UNKNOWN_INSTITUTION) from error
    except SeveralInstitutions as several:
        return page("citizen/choices.html", choices_page(several, day_asked(asked.on), asked.release), 300)
    if id_or_code != found.id:
        return cast(Response, redirect(page_url(f"citizen.{name}", id_or_code=found.id, **request.args.to_dict())))
    return page(f"citizen/{name}.html", make(found))


@bp.get("/stewardship")
def stewardship() -> Response:
    """Who answers for which field, and for which province's records."""
    read(CatalogueQuestion, request.args)
    return page("citizen/stewardship.html", stewardship_page())


def choices_page(several: SeveralInstitutions, on: date, release: int | None) -> ChoicesPage:
    return ChoicesPage(
        title=_("Một mã, nhiều cơ sở"),
        description=_("Mã %(code)s được ghi cho nhiều cơ sở.", code=several.identifier),
        identifier=several.identifier,
        text=_("Mã %(code)s được ghi cho nhiều cơ sở. Hãy chọn cơ sở bạn cần.", code=several.identifier),
        choices=tuple(
            Choice(page_url("citizen.institution", id_or_code=one.id), one.name, one.detail)
            for one in sharing(several, on, release)
        ),
    )


@bp.get("/about")
def about() -> Response:
    """Sources, licence, method, data status."""
    read(CatalogueQuestion, request.args)
    return page("citizen/about.html", about_page())


@bp.get("/docs")
def docs() -> Response:
    """The API reference."""
    read(CatalogueQuestion, request.args)
    return page("docs.html", docs_page(cast(dict[str, Any], cast(APIFlask, current_app).spec)))
