"""`/steward/waiting`: what waits, list by list, and what may be done about each entry right there.

Nothing here writes to the register: a place becomes a proposal, a report leads to the form of a record. What is written
is that a record was confirmed, two were told apart, a report answered, words dealt with: each with who and why.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from geodata import error_reports
from geodata.error_reports import LONGEST_ANSWER, LONGEST_REASON
from geodata.imports.preview import names_of
from geodata.imports.refusals import Refused
from geodata.proposals import drafting
from geodata.proposals.forms import Given
from geodata.proposals.planning import provinces_of
from geodata.proposals.refusals import Fault, Faulty, NotAllowed
from geodata.records import SeveralInstitutions, UnknownInstitution, get
from geodata.text import clean
from geodata.vocabulary import ErrorReportState, MissedKind, PersonAct, ProposalKind
from geodata.work import confirmations, duplicates
from geodata.work import missed as missed_words
from geodata.work.lists import NOWHERE, Waiting
from geodata.work.placing import Moved, Site, UnknownCampus, moved_since, site
from geodata.work.reports import LINK
from mapapp.db import now, session, today
from mapapp.errors import CONFLICT, INVALID, NOT_FOUND, UNKNOWN_INSTITUTION, Problem, handle
from mapapp.i18n import gettext as _
from mapapp.i18n import language, page_url
from mapapp.identifiers import readable_identifier
from mapapp.revising import opened_on
from mapapp.sign_in import NOT_ALLOWED, require, require_own_form, unseen, visitor
from mapapp.work_lists_view import missed_page, pairs_page, reports_page
from mapapp.work_place_view import degrees, place_page
from mapapp.work_view import list_page, work_page
from mapapp.writing import writing

RECORDS = f"<any({', '.join(Waiting)}):kind>"
WHY = ("decision", "reason")
ANSWERS = {"answer": ErrorReportState.ANSWERED, "accept": ErrorReportState.ACCEPTED, "close": ErrorReportState.REJECTED}

bp = APIBlueprint("work", __name__, enable_openapi=False)
bp.after_request(unseen)


@bp.before_request
def guard() -> None:
    """Who is signed in, then what they may in the places that the address is about, then the form's own token."""
    require(PersonAct.READ_WORK)
    asked = request.view_args or {}
    named = [asked[name] for name in ("id", "one", "other") if name in asked]
    if named:
        places = provinces_of(session(), [the_institution(id) for id in named], [])
        require(PersonAct.EDIT, provinces=places)
    if "ticket" in asked:
        require(PersonAct.ANSWER_REPORTS, provinces=provinces_of(session(), [reported(asked["ticket"])], []))
    if request.endpoint and request.endpoint.endswith(".handle_missed"):
        require(PersonAct.ANSWER_REPORTS, provinces=[None])
    if request.method == "POST":
        require_own_form()


def page(name: str, shown: object, status: int = 200) -> Response:
    return Response(render_template(f"work/{name}.html", page=shown), status, mimetype="text/html")


def to(endpoint: str, **values: Any) -> Response:
    return cast(Response, redirect(page_url(endpoint, **values), 303))


def asked_province() -> str | None:
    code = request.args.get("province", "")
    known = code.isascii() and code.isdecimal() and len(code) == 2
    return code if known or code == NOWHERE else None


def just_done() -> str | None:
    """The act after which the person was led here."""
    return request.args.get("done")


def asked_position() -> int:
    after = request.args.get("after", "")
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 7 else 0


@bp.get("/steward/waiting")
def start() -> Response:
    """Everything that waits for this person."""
    return page("start", work_page(visitor()))


@bp.get(f"/steward/waiting/{RECORDS}")
def records(kind: str) -> Response:
    """Records without coordinates, placed by their commune only, or not confirmed for a year."""
    shown = list_page(
        visitor(), Waiting(kind), province=asked_province(), after=request.args.get("after"), act=just_done()
    )
    return page("records", shown)


@bp.post("/steward/waiting/confirm/<id>")
def confirm(id: str) -> Response:
    """The record was checked against a source and stands."""
    institution = the_institution(id)
    with writing() as writer:
        confirmations.confirm(writer, visitor().person, institution, source=request.form.get("source", ""), on=today())
        writer.commit()
    return to("work.records", kind=Waiting.UNCONFIRMED.value, province=asked_province(), done="confirmed")


@bp.get("/steward/waiting/place/<id>/<campus>")
def place(id: str, campus: str) -> Response:
    """The form that places a campus; `candidate` fills in the point of one of its candidates, without scripts too."""
    found = the_site(id, campus)
    chosen = next((one for one in found.candidates if one.code == request.args.get("candidate")), None)
    given: dict[str, str] = {}
    if chosen is not None:
        given = {"lat": degrees(chosen.point.lat), "lon": degrees(chosen.point.lon), "precision": "commune"}
    return page("place", place_page(visitor(), id, name_of(id), found, given=given))


@bp.post("/steward/waiting/place/<id>/<campus>")
def propose_place(id: str, campus: str) -> Response:
    """A draft that places the campus; a second person approves it as any other. 409 with both places where somebody
    else's was published since the form was opened: sent again, it is taken as known."""
    found, given, base = the_site(id, campus), Given(request.form), opened_on()
    said = {"lat": given.text("lat", needed=True), "lon": given.text("lon", needed=True)}
    said["location_precision"] = given.text("precision", needed=True)
    decision, reason = (given.text(name) for name in WHY)
    values = {found.keys[column]: text.replace(",", ".") for column, text in said.items()}
    try:
        given.done()
        with writing() as writer:
            proposal = drafting.draft(
                writer,
                visitor().person,
                ProposalKind.EDIT,
                {"institution": id, "values": values},
                decision=decision or None,
                reason=reason,
                today=today(),
            )
            number, moved = proposal.id, placed_since(writer, id, campus, base)
            if moved is None:
                writer.commit()
    except Faulty as error:
        return place_again(id, campus, moved=placed_since(session(), id, campus, base), faults=error.faults)
    if moved is not None:
        return place_again(id, campus, moved=moved)
    return to("proposals.one", number=number)


def place_again(id: str, campus: str, *, moved: Moved | None, faults: Sequence[Fault] = ()) -> Response:
    """The form with what was typed, what is wrong with it, and where the campus was put meanwhile."""
    typed = {name: request.form.get(name, "") for name in ("lat", "lon", "precision", *WHY)}
    found = the_site(id, campus)
    shown = place_page(visitor(), id, name_of(id), found, given=typed, faults=faults, moved=moved)
    return page("place", shown, 400 if faults else 409)


def placed_since(reading: Session, id: str, campus: str, base: int | None) -> Moved | None:
    """Where somebody else put the campus after release `base`, as that session sees it. 404 where it has no campus."""
    if base is None:
        return None
    return moved_since(reading, id, the_site(id, campus, reading), base=base, on=today())


@bp.get("/steward/waiting/duplicates")
def pairs() -> Response:
    """Two records that may be one institution."""
    return page("pairs", pairs_page(visitor(), province=asked_province(), after=asked_position(), act=just_done()))


@bp.post("/steward/waiting/duplicates/<one>/<other>")
def tell_apart(one: str, other: str) -> Response:
    """They are two institutions, and why; nobody is asked again."""
    first, second = the_institution(one), the_institution(other)
    if first == second:
        raise Problem(INVALID, _("Hai hồ sơ này là một."))
    with writing() as writer:
        duplicates.tell_apart(writer, visitor().person, first, second, reason=request.form.get("reason", ""))
        writer.commit()
    return to("work.pairs", province=asked_province(), done="apart")


@bp.get("/steward/waiting/reports")
def reports() -> Response:
    """Citizens' reports of errors."""
    after, every = request.args.get("after"), bool(request.args.get("all"))
    shown = reports_page(visitor(), province=asked_province(), open_only=not every, after=after, act=just_done())
    return page("reports", shown)


@bp.post("/steward/waiting/reports/<ticket>")
def answer(ticket: str) -> Response:
    """Answer a report, close it with a reason, or accept it: then on to the form of the record, which keeps the
    report's number."""
    words, act = clean(request.form.get("text", "")), request.form.get("act", "")
    if act not in ANSWERS or not 0 < len(words) <= LONGEST_ANSWER:
        raise Problem(INVALID, _("Hãy viết câu trả lời công khai, nhiều nhất %(n)s ký tự.", n=LONGEST_ANSWER))
    try:
        with writing() as writer:
            found = error_reports.answer(writer, ticket, state=ANSWERS[act], text=words, by=visitor().actor, at=now())
            writer.commit()
            institution = found.institution_id
    except error_reports.AlreadyAnswered as error:
        raise Problem(CONFLICT, _("Phiếu này đã có người trả lời.")) from error
    if act == "accept":
        return to("proposals.record", id=institution, **{LINK: ticket})
    return to("work.reports", province=asked_province(), done="answered")


@bp.post("/steward/waiting/reports/<ticket>/promise")
def move_promise(ticket: str) -> Response:
    """Another day for the answer, with a reason that the report's page shows beside the day before."""
    reason, day = clean(request.form.get("reason", "")), asked_day()
    if day is None or not 0 < len(reason) <= LONGEST_REASON:
        raise Problem(INVALID, _("Hãy chọn ngày hẹn mới và ghi lý do công khai."))
    try:
        with writing() as writer:
            person = visitor().person
            error_reports.move_promise(writer, ticket, to=day, reason=reason, by_id=person.id, at=now(), today=today())
            writer.commit()
    except error_reports.AlreadyAnswered as error:
        raise Problem(CONFLICT, _("Phiếu này đã có người trả lời.")) from error
    except error_reports.NoSuchPromise as error:
        raise Problem(INVALID, _("Ngày hẹn mới phải khác ngày cũ, từ hôm nay và trong vòng một năm.")) from error
    return to("work.reports", province=asked_province(), done="promised")


def asked_day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("promised_on", ""))
    except ValueError:
        return None


@bp.get("/steward/waiting/missed")
def missed() -> Response:
    """Words that people looked for in vain."""
    return page("missed", missed_page(visitor(), after=asked_position(), act=just_done()))


@bp.post("/steward/waiting/missed")
def handle_missed() -> Response:
    """The words were dealt with; they come back when they are missed again."""
    kind, words = request.form.get("kind", ""), request.form.get("words", "")
    if kind not in list(MissedKind) or not words:
        raise Problem(INVALID)
    with writing() as writer:
        missed_words.handle(
            writer, visitor().person, MissedKind(kind), words, note=request.form.get("note", ""), on=today()
        )
        writer.commit()
    return to("work.missed", done="handled")


def the_institution(id: str) -> str:
    """Its registry id, by whatever identifier. A code of several is nobody's here."""
    try:
        return get(session(), readable_identifier(id), on=today()).id
    except (UnknownInstitution, SeveralInstitutions) as error:
        raise Problem(UNKNOWN_INSTITUTION) from error


def the_site(id: str, campus: str, reading: Session | None = None) -> Site:
    """The campus as the session sees it, else as this request does. 404 where there is none."""
    try:
        return site(reading or session(), id, campus, on=today())
    except UnknownCampus as error:
        raise Problem(NOT_FOUND) from error


def reported(ticket: str) -> str:
    try:
        return error_reports.find(session(), ticket).institution_id
    except error_reports.UnknownTicket as error:
        raise Problem(NOT_FOUND) from error


def name_of(id: str) -> str:
    return names_of(session(), [id]).get(id, id)


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """What is refused, as a page."""
    kind = NOT_ALLOWED if isinstance(error, NotAllowed) else INVALID
    return handle(Problem(kind, error.in_language(language())))
