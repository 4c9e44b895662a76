"""The pages of yearly reports: who is how far, whom to remind, and the form that an institution's reporter fills in.

A report is a proposal: it is approved, sent back and published on the proposal's page, by somebody else.
"""

from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from geodata.imports.refusals import Refused
from geodata.people.rights import may_everywhere, may_somewhere
from geodata.proposals import drafting, path
from geodata.proposals.planning import provinces_of
from geodata.proposals.refusals import AlreadyUnderWay, Faulty, MovedOn, NotAllowed, WrongStep
from geodata.reports.planning import CELLS, EVIDENCE
from geodata.reports.sheet import MAX_BYTES, figures_of_sheet, filled_in
from geodata.reports.subjects import Subject, UnknownSubject, may_fill, subject_named, territories_of
from geodata.reports.under_way import codes_of, figures_asked, report_under_way, stamp
from geodata.text import clean
from geodata.vocabulary import PersonAct, ProposalKind
from mapapp.db import session, today
from mapapp.errors import CONFLICT, INVALID, NOT_FOUND, Problem, handle
from mapapp.i18n import language, page_url
from mapapp.reports_form_view import report_page
from mapapp.reports_list_view import ListQuestion, list_page
from mapapp.reports_meeting import Figures, Opened
from mapapp.reports_reminders import reminder_file
from mapapp.sign_in import NOT_ALLOWED, require, require_own_form, require_person, unseen, visitor
from mapapp.writing import writing

YEARS = "<int(min=2022, max=2100):year>"
ACTS = {"propose": path.propose, "withdraw": path.withdraw}

bp = APIBlueprint("reports", __name__, enable_openapi=False)
bp.after_request(unseen)


@bp.before_request
def guard() -> None:
    """Who is signed in, what they may do with this subject, then the form's own token: nobody else's body is read."""
    person = require_person()
    name = (request.endpoint or "").rpartition(".")[2]
    if not (may_somewhere(person, PersonAct.REPORT) or may_somewhere(person, PersonAct.READ_WORK)):
        raise Problem(NOT_ALLOWED)
    if name == "remind":
        require(PersonAct.READ_WORK)
    if request.method == "POST":
        if not fills(the_subject((request.view_args or {})["subject"])):
            raise Problem(NOT_ALLOWED)
        if name == "sheet":
            request.max_content_length = MAX_BYTES + 100_000
        require_own_form()


def the_subject(key: str) -> Subject:
    """Whom the address is about; 404 for nobody."""
    if clean(key) != key:
        raise Problem(NOT_FOUND)
    try:
        return subject_named(session(), key)
    except UnknownSubject as error:
        raise Problem(NOT_FOUND, error.in_language(language())) from error


def provinces(subject: Subject) -> list[str]:
    """Codes of the provinces of today that the subject belongs to; none: the country."""
    if subject.institutions:
        return provinces_of(session(), subject.institutions, [])
    return territories_of(session(), subject, today())


def fills(subject: Subject) -> bool:
    """Whether this person may write the subject's report."""
    return may_fill(visitor().person, subject, provinces(subject))


def page(name: str, shown: object, status: int = 200) -> Response:
    return Response(render_template(f"reports/{name}.html", page=shown), status, mimetype="text/html")


def to(subject: Subject, year: int) -> Response:
    return cast(Response, redirect(page_url("reports.one", subject=subject.key, year=year), 303))


@bp.get("/steward/reports")
def listed() -> Response:
    """How far everybody is: the institutions of a province, or province by province; a reporter's own."""
    return page("listed", list_page(visitor(), ListQuestion.read(request.args)))


@bp.get("/steward/reports/remind.csv")
def remind() -> Response:
    """Who has not sent the report yet, with the institution's own public contacts: to remind them."""
    name, data = reminder_file(visitor(), ListQuestion.read(request.args))
    response = Response(data, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get(f"/steward/reports/<subject>/{YEARS}")
def one(subject: str, year: int) -> Response:
    """The form, filled in with what is known; for those who may not write, to read."""
    found = the_subject(subject)
    filling = fills(found)
    if not filling and not may_everywhere(visitor().person, PersonAct.READ_WORK, provinces(found)):
        raise Problem(NOT_ALLOWED)
    return page("report", report_page(visitor(), found, year, may_fill=filling))


@bp.post(f"/steward/reports/<subject>/{YEARS}")
def save(subject: str, year: int) -> Response:
    """Keep the draft; 409 with the three sides where somebody else changed the report since the form was opened."""
    found, given, note = the_subject(subject), typed(), clean(request.form.get("reason", ""))[:500]
    opened = Opened.read()
    try:
        with writing() as writer:
            if stamp(writer, found, year, report_under_way(writer, found, year, lock=True)) != opened.base:
                raise AlreadyUnderWay("", "")
            keep(writer, found, year, given, note)
            writer.commit()
    except AlreadyUnderWay:
        shown = report_page(visitor(), found, year, may_fill=True, given=given, note=note, opened=opened, met=True)
        return page("report", shown, 409)
    except Faulty as error:
        shown = report_page(
            visitor(), found, year, may_fill=True, given=given, note=note, faults=error.faults, opened=opened
        )
        return page("report", shown, 400)
    return to(found, year)


def keep(writer: Session, subject: Subject, year: int, given: Figures, note: str) -> None:
    """The draft as it is now. Raises what planning and the way of proposals raise."""
    person = visitor().person
    values = {"subject": subject.key, "period": str(year), "figures": given}
    under_way = report_under_way(writer, subject, year)
    if under_way is None:
        drafting.draft(writer, person, ProposalKind.REPORT, values, today=today(), reason=note)
    else:
        drafting.revise(writer, under_way, person, today=today(), values=values, reason=note)


def typed() -> dict[str, dict[str, str]]:
    """{indicator: {cell: text}} of the form, whose fields are called `<indicator>.<cell>`."""
    found: dict[str, dict[str, str]] = {}
    for name, sent in request.form.items():
        (indicator, dot, cell), text = clean(name).rpartition("."), clean(sent)
        if dot and cell in (*CELLS, EVIDENCE) and text:
            found.setdefault(indicator[:100], {})[cell] = text[:2_000]
    return found


@bp.post(f"/steward/reports/<subject>/{YEARS}/sheet")
def sheet(subject: str, year: int) -> Response:
    """The form filled in from an uploaded sheet "Chỉ số"; nothing is kept until it is saved."""
    found, file = the_subject(subject), request.files.get("file")
    data = file.stream.read(MAX_BYTES + 1) if file else b""
    try:
        if not found.institutions or not file or not data or len(data) > MAX_BYTES:
            raise Refused("Hãy chọn một tệp nhỏ hơn 1 MB.", "Choose a file of less than 1 MB.")
        name = file.filename or "chi-so.xlsx"
        read = figures_of_sheet(name, data, found, year, known=codes_of(session(), found))
    except Faulty as error:
        return page("report", report_page(visitor(), found, year, may_fill=True, faults=error.faults), 400)
    under_way = report_under_way(session(), found, year)
    given = filled_in(figures_asked(under_way) if under_way else {}, read)
    return page("report", report_page(visitor(), found, year, may_fill=True, given=given, read_from_sheet=len(read)))


@bp.post(f"/steward/reports/<subject>/{YEARS}/<any(propose, withdraw):act>")
def act(subject: str, year: int, act: str) -> Response:
    """Send the report to whoever approves it, or take it back."""
    found = the_subject(subject)
    with writing() as writer:
        under_way = report_under_way(writer, found, year, lock=True)
        if under_way is None:
            raise WrongStep("Chưa có báo cáo nào đang soạn.", "There is no report under way.")
        if request.form.get("base") not in (None, stamp(writer, found, year, under_way)):
            raise WrongStep(
                "Người khác vừa thay đổi báo cáo này. Hãy tải lại trang.",
                "Somebody else has just changed this report. Reload the page.",
            )
        ACTS[act](writer, under_way, visitor().person)
        writer.commit()
    return to(found, year)


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """What the path refuses, as a page."""
    kinds: dict[type[Refused], Any] = {NotAllowed: NOT_ALLOWED, MovedOn: CONFLICT, WrongStep: CONFLICT}
    kind = next((kind for noun, kind in kinds.items() if isinstance(error, noun)), INVALID)
    return handle(Problem(kind, error.in_language(language())))
