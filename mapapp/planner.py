"""Pages for planners: an overlay of the country, the targets of the documents, the profile of a unit."""

from apiflask import APIBlueprint
from flask import Response, render_template, request

from mapapp.headers import answer_if_unchanged, mark_public
from mapapp.params import CatalogueQuestion, read
from mapapp.planner_access_view import access_page
from mapapp.planner_compare_view import compare_page
from mapapp.planner_question import (
    AccessPageQuestion,
    CompareQuestion,
    InstitutionStandardQuestion,
    PlannerQuestion,
    ReportsQuestion,
    UnitProfileQuestion,
)
from mapapp.planner_reports_view import reports_page
from mapapp.planner_standard_view import institution_standard_page
from mapapp.planner_targets_view import targets_page
from mapapp.planner_unit_view import unit_profile_page
from mapapp.planner_view import planner_page

bp = APIBlueprint("planner", __name__, enable_openapi=False)
bp.before_request(answer_if_unchanged)
bp.after_request(mark_public)


def page(template: str, shown: object, **more: object) -> Response:
    return Response(render_template(template, page=shown, **more), mimetype="text/html")


@bp.get("/planner")
def planner() -> Response:
    """Indicator, year, level and vintage in; map, table and exports out; the address carries the whole state."""
    return page("planner/planner.html", planner_page(read(PlannerQuestion, request.args)))


@bp.get("/planner/targets")
def targets() -> Response:
    """Every target of the documents with where the country or the territory stands."""
    read(CatalogueQuestion, request.args)
    return page("planner/targets.html", targets_page())


@bp.get("/planner/units/<reference>")
def unit_profile(reference: str) -> Response:
    """One unit of any vintage: every indicator, its target, how it moved."""
    return page("planner/unit.html", unit_profile_page(reference, read(UnitProfileQuestion, request.args)))


@bp.get("/planner/reports")
def reports() -> Response:
    """Who has reported and who has not, by the deadlines of the documents; with `unit` the institutions themselves."""
    return page("planner/reports.html", reports_page(read(ReportsQuestion, request.args)))


@bp.get("/planner/standard/<id_or_code>")
def institution_standard(id_or_code: str) -> Response:
    """The legal standard on one institution and data year."""
    asked = read(InstitutionStandardQuestion, request.args)
    return page("planner/standard.html", institution_standard_page(id_or_code, asked))


@bp.get("/planner/access")
def access() -> Response:
    """How far from every commune the nearest institution is that teaches an occupation and is ready."""
    asked = read(AccessPageQuestion, request.args)
    return page("planner/access.html", access_page(asked, scenario=False), scenario=False)


@bp.get("/planner/what-if")
def what_if() -> Response:
    """The same before and after closing, merging or upgrading institutions; nothing is written."""
    asked = read(AccessPageQuestion, request.args)
    return page("planner/access.html", access_page(asked, scenario=True), scenario=True)


@bp.get("/planner/compare")
def compare() -> Response:
    """Two years or two indicators side by side, and what changed between two years."""
    return page("planner/compare.html", compare_page(read(CompareQuestion, request.args)))
