"""The pages on which people change the register: edit a record, record an event, propose, approve, publish, undo.

Every write leads by 303 to a page that can be loaded again. What this person may do is asked of the path itself, which
knows the provinces and the fields of each proposal; `require` here keeps out who may do nothing of the kind.
"""

from contextlib import suppress
from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from geodata.imports import run
from geodata.imports.refusals import Refused, UnknownRun
from geodata.models import Proposal
from geodata.proposals import path, reading, reviews
from geodata.proposals.forms import Given
from geodata.proposals.merging import three_way
from geodata.proposals.outcome import Outcome, outcome
from geodata.proposals.planning import of_province, provinces_of
from geodata.proposals.refusals import (
    Faulty,
    Moved,
    MovedOn,
    NotAllowed,
    PublicationUnderWay,
    UnknownProposal,
    WrongStep,
)
from geodata.records import SeveralInstitutions, UnknownInstitution, get
from geodata.text import clean
from geodata.undoing import LaterChanges, NotUndoable
from geodata.unit_reads import unit
from geodata.vocabulary import PersonAct, ProposalKind, ProposalState, RowOutcome, Wizard
from mapapp.db import session, today
from mapapp.errors import INVALID, NOT_FOUND, UNKNOWN_INSTITUTION, Kind, Problem, handle
from mapapp.i18n import N_, language, page_url
from mapapp.proposal_jobs import goes_to_background, in_background
from mapapp.proposal_view import proposal_page, proposals_page
from mapapp.record_form_view import record_form
from mapapp.sign_in import NOT_ALLOWED, require, require_own_form, unseen, visitor
from mapapp.stewardship_view import provinces_page
from mapapp.wizard_view import province_page, wizard_page
from mapapp.writing import writing

CONFLICT = Kind(
    409,
    "moved-on",
    N_("Sổ đăng ký đã thay đổi"),
    N_("Dữ liệu đã thay đổi từ khi bạn mở trang này. Hãy tải lại trang và xem lại."),
)
ACTS = {
    "propose": PersonAct.PROPOSE,
    "replan": PersonAct.EDIT,
    "withdraw": PersonAct.READ_WORK,
    "approve": PersonAct.APPROVE,
    "send_back": PersonAct.APPROVE,
    "publish": PersonAct.PUBLISH,
    "undo": PersonAct.PUBLISH,
}
WRITES = {"save": PersonAct.EDIT, "start_wizard": PersonAct.EDIT, "start_declaration": PersonAct.EDIT}
WRITES |= {"review": PersonAct.PROPOSE, "propose_import": PersonAct.PROPOSE}
PLACED = frozenset({"save", "start_wizard", "start_declaration"})
"""Writes about the place in their address: whoever has no right there is told so before their form is read."""

REFUSALS = {UnknownRun: NOT_FOUND, NotAllowed: NOT_ALLOWED, MovedOn: CONFLICT, WrongStep: CONFLICT}
EVENTS = f"<any({', '.join(Wizard)}):wizard>"
TICKS = ("campuses", "programmes", "keeps_records", "continues")
LISTS = ("campuses1", "campuses2", "campuses3")
COMMON = ("token", "effective", "decision", "reason", "base")

bp = APIBlueprint("proposals", __name__, enable_openapi=False)
bp.after_request(unseen)


@bp.before_request
def guard() -> None:
    """Who is signed in, then what they may at all, then the form's own token."""
    name = (request.endpoint or "").rpartition(".")[2]
    wanted = (request.view_args or {}).get("act", "")
    require(ACTS.get(wanted, PersonAct.READ_WORK) if name == "act" else WRITES.get(name, PersonAct.READ_WORK))
    if request.method == "POST":
        require_own_form()
        if name in PLACED:
            require(PersonAct.EDIT, provinces=places_asked())


def places_asked() -> list[str]:
    """Codes of the provinces that the address is about: its own, or those of its institution."""
    asked = request.view_args or {}
    return [asked["code"]] if "code" in asked else provinces_of(session(), [the_institution(asked["id"])], [])


def page(name: str, shown: object, status: int = 200) -> Response:
    return Response(render_template(f"proposals/{name}.html", page=shown), status, mimetype="text/html")


def to(endpoint: str, **values: Any) -> Response:
    return cast(Response, redirect(page_url(f"proposals.{endpoint}", **values), 303))


# -- proposals -----------------------------------------------------------------------------------------------------


@bp.get("/steward/proposals")
def listed() -> Response:
    """Proposals under way in this person's provinces, or those that are over."""
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 10 else None
    return page("listed", proposals_page(visitor(), over=bool(request.args.get("over")), before=number))


@bp.get("/steward/proposals/<int:number>")
def one(number: int) -> Response:
    """A proposal: its exact changes, what they change for readers, its way, and what may be done now."""
    return show(number)


def show(number: int, status: int = 200, moved: tuple[Moved, ...] | None = None) -> Response:
    """The proposal's page. What it would change is found by doing it in a transaction that is never committed."""
    foreseen, moved_on = look_ahead(number) if moved is None else (None, moved)
    found = the_proposal(session(), number)
    return page("proposal", proposal_page(visitor(), found, foreseen=foreseen, moved=moved_on), status)


def look_ahead(number: int) -> tuple[Outcome | None, tuple[Moved, ...] | None]:
    """The outcome, or what moved so that there is none; neither for imports, which have a preview of their own."""
    with writing() as writer:
        found = the_proposal(writer, number)
        over = found.state in (ProposalState.PUBLISHED, ProposalState.UNDONE, ProposalState.WITHDRAWN)
        if found.kind == ProposalKind.IMPORT or over:
            return None, None
        try:
            return outcome(writer, found, today=today()), None
        except MovedOn as error:
            return None, error.moved
        except PublicationUnderWay:
            return None, None
        finally:
            writer.rollback()


@bp.post("/steward/proposals/<int:number>/<any(propose, approve, publish, send_back, withdraw, undo, replan):act>")
def act(number: int, act: str) -> Response:
    """One step on the way."""
    reason = clean(request.form.get("reason", ""))[:500]
    try:
        with writing() as writer:
            found = the_proposal(writer, number)
            if goes_to_background(found, act):
                return in_background(writer, found, act, visitor().person, reason=reason)
            step(writer, found, act, reason)
            writer.commit()
    except MovedOn as error:
        return show(number, 409, error.moved)
    except (LaterChanges, NotUndoable) as error:
        raise Problem(CONFLICT, str(error) if language() == "en" else getattr(error, "vi", str(error))) from error
    return to("one", number=number)


def step(writer: Session, found: Proposal, act: str, reason: str) -> None:
    person = visitor().person
    if act == "propose":
        path.propose(writer, found, person)
    elif act == "approve":
        path.approve(writer, found, person, reason=reason)
    elif act == "publish":
        path.publish(writer, found, person)
    elif act == "send_back":
        path.send_back(writer, found, person, reason=reason)
    elif act == "withdraw":
        path.withdraw(writer, found, person, reason=reason)
    elif act == "undo":
        path.undo(writer, found, person, reason=reason)
    else:
        path.revise(writer, found, person, today=today())


@bp.post("/steward/imports/<int:number>/propose")
def propose_import(number: int) -> Response:
    """Hand a staged file to the second person."""
    with writing() as writer:
        person, found = visitor().person, run.find(writer, number)
        if request.form.get("policy") == "all" and found.counts[RowOutcome.REJECTED]:
            raise Refused("Còn dòng bị từ chối: không đề xuất dòng nào.", "Rows are rejected: nothing is proposed.")
        proposal = path.draft_import(writer, person, found, reason=clean(request.form.get("reason", ""))[:500])
        path.propose(writer, proposal, person)
        writer.commit()
        made = proposal.id
    return to("one", number=made)


# -- one record ----------------------------------------------------------------------------------------------------


@bp.get("/steward/institutions/<id>")
def record(id: str) -> Response:
    """The form of one record."""
    return page("record", record_form(visitor(), the_institution(id), on=today()))


@bp.post("/steward/institutions/<id>")
def save(id: str) -> Response:
    """A draft of the changed values; 409 with the three sides where the record moved since the form was opened."""
    institution = the_institution(id)
    form = {key: value for key, value in request.form.items() if key not in COMMON}
    base = request.form.get("base", "")
    moved = three_way(session(), institution, form, base=int(base) if base.isdecimal() else 0, on=today())
    if moved:
        return page("record", record_form(visitor(), institution, on=today(), given=form, merge=moved), 409)
    try:
        return drafted(ProposalKind.EDIT, None, {"institution": institution, "values": form})
    except Faulty as error:
        given = {**form, **{name: request.form.get(name, "") for name in ("effective", "decision", "reason")}}
        return page("record", record_form(visitor(), institution, on=today(), given=given, faults=error.faults), 400)


@bp.get(f"/steward/institutions/<id>/{EVENTS}")
def wizard(id: str, wizard: str) -> Response:
    """The form of an event."""
    return page("wizard", wizard_page(visitor(), Wizard(wizard), the_institution(id), on=today()))


@bp.post(f"/steward/institutions/<id>/{EVENTS}")
def start_wizard(id: str, wizard: str) -> Response:
    """A draft of the event; its page shows what it would change before anybody proposes it."""
    institution = the_institution(id)
    values = wizard_values(institution, Wizard(wizard))
    try:
        if wizard == Wizard.MERGE:
            values |= resolved(values)
        return drafted(ProposalKind.ACT, Wizard(wizard), values)
    except Faulty as error:
        given = {**values, **{name: request.form.get(name, "") for name in ("effective", "decision", "reason")}}
        shown = wizard_page(visitor(), Wizard(wizard), institution, on=today(), given=given, faults=error.faults)
        return page("wizard", shown, 400)


def wizard_values(institution: str, wizard: Wizard) -> dict[str, Any]:
    """The form of a wizard as it is planned: texts, ticks and lists."""
    values: dict[str, Any] = {
        key: value for key, value in request.form.items() if key not in (*COMMON, *TICKS, *LISTS, "institutions")
    }
    values |= {name: "1" for name in TICKS if request.form.get(name)}
    values |= {name: request.form.getlist(name) for name in LISTS if request.form.getlist(name)}
    if wizard == Wizard.MERGE:
        typed = request.form.get("institutions", "").replace("\n", ",").split(",")
        return values | {"institutions": [one.strip() for one in typed if one.strip()]}
    if wizard == Wizard.DECLARE_COMPLETE:
        return values | {"institutions": [institution]}
    return values | {"institution": institution}


def resolved(values: dict[str, Any]) -> dict[str, Any]:
    """Registry ids for the codes and ids that were typed; raises `Faulty` for what names nobody, or several."""
    given = Given(values)
    found = [one for typed in values["institutions"] if (one := known(given, "institutions", typed))]
    into = known(given, "into", values["into"]) if values.get("into") else ""
    given.done()
    return {"institutions": found, "into": into or ""}


def known(given: Given, field: str, typed: str) -> str | None:
    """The registry id behind a code or id; "Name (id)" is what the suggestions fill in."""
    text = typed.rpartition("(")[2].rstrip(") ") if typed.endswith(")") else typed
    try:
        return get(session(), text, on=today()).id
    except (UnknownInstitution, SeveralInstitutions):
        given.fault(field, f"Không xác định được một cơ sở: {typed}", f"No single institution is meant: {typed}")
        return None


def drafted(kind: ProposalKind, wizard: Wizard | None, values: dict[str, Any]) -> Response:
    """The draft of what the form says, and the way to its page."""
    given = Given(request.form)
    effective, decision, reason = given.day("effective"), given.text("decision"), given.text("reason")
    given.done()
    with writing() as writer:
        proposal = path.draft(
            writer,
            visitor().person,
            kind,
            values,
            wizard=wizard,
            effective=effective,
            decision=decision or None,
            reason=reason,
            today=today(),
        )
        writer.commit()
        number = proposal.id
    return to("one", number=number)


# -- provinces -----------------------------------------------------------------------------------------------------


@bp.get("/steward/provinces")
def provinces() -> Response:
    """Every province with its owner and review; those of this person first."""
    return page("provinces", provinces_page(visitor()))


@bp.post("/steward/provinces/<code>/review")
def review(code: str) -> Response:
    """The province's records were looked through today."""
    with writing() as writer:
        reviews.record_review(
            writer, visitor().person, unit(writer, code, today()), owner=request.form.get("owner", ""), on=today()
        )
        writer.commit()
    return to("provinces")


@bp.get("/steward/provinces/<code>/declare")
def declare(code: str) -> Response:
    """The form that declares a province's list complete."""
    return page("wizard", province_page(visitor(), code, on=today()))


@bp.post("/steward/provinces/<code>/declare")
def start_declaration(code: str) -> Response:
    """A draft that declares the records of every standing institution of the province complete."""
    province = unit(session(), code, today())
    values: dict[str, Any] = {
        "declared_by": request.form.get("declared_by", ""),
        "institutions": of_province(session(), province.code, on=today()),
    }
    try:
        return drafted(ProposalKind.ACT, Wizard.DECLARE_COMPLETE, values)
    except Faulty as error:
        given = {name: request.form.get(name, "") for name in ("effective", "decision", "reason", "declared_by")}
        return page("wizard", province_page(visitor(), code, on=today(), given=given, faults=error.faults), 400)


# -- what is refused -----------------------------------------------------------------------------------------------


def the_institution(id: str) -> str:
    with suppress(UnknownInstitution):
        return get(session(), id, on=today()).id
    raise Problem(UNKNOWN_INSTITUTION)


def the_proposal(reader: Session, number: int) -> Proposal:
    try:
        return reading.find(reader, number)
    except UnknownProposal as error:
        raise Problem(NOT_FOUND, error.in_language(language())) from error


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """What the path refuses, as a page: 403 for who may not, 409 for what moved or is over, 400 for nonsense."""
    kind = next((kind for noun, kind in REFUSALS.items() if isinstance(error, noun)), INVALID)
    return handle(Problem(kind, error.in_language(language())))
