"""The pages on which people change the register: edit a record, record an event, propose, approve, publish, undo.

Every write leads by 303 to a page that can be loaded again. What this person may do is asked of the path itself, which
knows the provinces and the fields of each proposal; `require` here keeps out who may do nothing of the kind.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from geodata.imports import run
from geodata.imports.refusals import Refused, UnknownRun
from geodata.models import Proposal
from geodata.people import permits
from geodata.proposals import drafting, path, publication, reading, reviews, steps
from geodata.proposals.edits import touched
from geodata.proposals.entries import entries
from geodata.proposals.forms import Given
from geodata.proposals.merging import ThreeWay, three_way
from geodata.proposals.planning import institutions_asked, of_province, provinces_of, touched_since
from geodata.proposals.refusals import (
    Fault,
    Faulty,
    MovedOn,
    NotAllowed,
    UnknownProposal,
    WrongStep,
)
from geodata.records import SeveralInstitutions, UnknownInstitution, get
from geodata.text import clean
from geodata.undoing import LaterChanges, NotUndoable
from geodata.unit_reads import unit
from geodata.vocabulary import PersonAct, ProposalKind, RowOutcome, Wizard
from mapapp import doors
from mapapp.db import session, today
from mapapp.errors import CONFLICT, INVALID, NOT_FOUND, UNKNOWN_INSTITUTION, Problem, handle
from mapapp.i18n import language, page_url
from mapapp.identifiers import readable_identifier
from mapapp.proposal_jobs import goes_to_background, in_background
from mapapp.proposal_preview import Ahead, look_ahead
from mapapp.proposal_view import proposal_page, proposals_page
from mapapp.record_form_view import record_form
from mapapp.revising import AGAIN, BASE, SEEN, asked_before, opened_on, step_seen, taken_up
from mapapp.sign_in import NOT_ALLOWED, require, require_own_form, unseen, visitor
from mapapp.stewardship_view import provinces_page
from mapapp.wizard_values import WHY, Asked, wizard_values
from mapapp.wizard_view import first_values, province_page, wizard_page
from mapapp.writing import writing

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
NUMBER = "<int(max=2147483647):number>"
COMMON = ("token", *WHY, BASE, "more", *AGAIN)

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


@bp.get(f"/steward/proposals/{NUMBER}")
def one(number: int) -> Response:
    """A proposal: its exact changes, what they change for readers, its way, and what may be done now."""
    return show(number, ahead=look_ahead(the_proposal(session(), number).id, visitor().person, asked=is_asked()))


def is_asked() -> bool:
    """Whether the outcome of a long file was asked for."""
    return request.args.get("foresee") == "1"


def show(number: int, *, ahead: Ahead, status: int = 200) -> Response:
    """The proposal's page, with what it would change or why that is not shown."""
    return page("proposal", proposal_page(visitor(), the_proposal(session(), number), ahead=ahead), status)


@bp.post(f"/steward/proposals/{NUMBER}/<any(propose, approve, publish, send_back, withdraw, undo, replan):act>")
def act(number: int, act: str) -> Response:
    """One step on the way."""
    reason = clean(request.form.get("reason", ""))[:500]
    try:
        with writing() as writer:
            found = the_proposal(writer, number)
            require_as_seen(writer, found)
            if goes_to_background(found, act):
                return in_background(writer, found, act, visitor().person, reason=reason)
            step(writer, found, act, reason)
            writer.commit()
    except MovedOn as error:
        return show(number, ahead=Ahead(moved=error.moved), status=409)
    except (LaterChanges, NotUndoable) as error:
        raise Problem(CONFLICT, str(error) if language() == "en" else getattr(error, "vi", str(error))) from error
    return to("one", number=number)


def require_as_seen(writer: Session, found: Proposal) -> None:
    """What somebody else made of a proposal meanwhile is neither approved nor withdrawn unseen. Raises `WrongStep`."""
    if SEEN in request.form:
        steps.lock(writer, found)
        steps.must_be_as_seen(writer, found, step_seen(SEEN))


def step(writer: Session, found: Proposal, act: str, reason: str) -> None:
    person = visitor().person
    if ACTS[act] is PersonAct.PUBLISH:
        permits.carry(writer, doors.permit(person.id))
    if act == "propose":
        path.propose(writer, found, person)
    elif act == "approve":
        path.approve(writer, found, person, reason=reason)
    elif act == "publish":
        publication.publish(writer, found, person)
    elif act == "send_back":
        path.send_back(writer, found, person, reason=reason)
    elif act == "withdraw":
        path.withdraw(writer, found, person, reason=reason)
    elif act == "undo":
        publication.undo(writer, found, person, reason=reason)
    else:
        drafting.revise(writer, found, person, today=today())


@bp.post(f"/steward/imports/{NUMBER}/propose")
def propose_import(number: int) -> Response:
    """Hand a staged file to the second person."""
    with writing() as writer:
        person, found = visitor().person, run.find(writer, number)
        if request.form.get("policy") == "all" and found.counts[RowOutcome.REJECTED]:
            raise Refused("Còn dòng bị từ chối: không đề xuất dòng nào.", "Rows are rejected: nothing is proposed.")
        proposal = drafting.draft_import(writer, person, found, reason=clean(request.form.get("reason", ""))[:500])
        path.propose(writer, proposal, person)
        writer.commit()
        made = proposal.id
    return to("one", number=made)


# -- one record ----------------------------------------------------------------------------------------------------


@bp.get("/steward/institutions/<id>")
def record(id: str) -> Response:
    """The form of one record; with a proposal that is taken up again, as that one asked."""
    institution = the_institution(id)
    before = taken_up(institution, None)
    if before is None:
        return page("record", record_form(visitor(), institution, on=today()))
    given = {key: str(text) for key, text in asked_before(before).items()}
    base = reading.typed_on(before)
    return page("record", record_form(visitor(), institution, on=today(), given=given, base=base))


@bp.post("/steward/institutions/<id>")
def save(id: str) -> Response:
    """A draft of the changed values; 409 with the three sides where the record moved since the form was opened. `more`
    asks for one more empty row instead, and loses nothing that was typed."""
    institution = the_institution(id)
    form = {clean(key): clean(value) for key, value in request.form.items() if key not in COMMON}
    given = {**form, **{name: request.form.get(name, "") for name in (*WHY, *AGAIN)}}
    base, more = opened_on() or 0, request.form.get("more", "")
    if more:
        return page("record", record_form(visitor(), institution, on=today(), given=given, more=more, base=base))
    before = taken_up(institution, None)

    def moved(reader: Session) -> tuple[ThreeWay, ...]:
        return three_way(reader, institution, form, base=base, on=today())

    asked = touched(form, entries(session(), institution, on=today()))
    try:
        if not moved(session()):
            return drafted(ProposalKind.EDIT, None, {"institution": institution, "values": asked}, before, moved=moved)
    except MovedOn:
        pass  # just now, while the draft was written
    except Faulty as error:
        again = record_form(visitor(), institution, on=today(), given=given, faults=error.faults, base=base)
        return page("record", again, 400)
    return page("record", record_form(visitor(), institution, on=today(), given=given, merge=moved(session())), 409)


@bp.get(f"/steward/institutions/<id>/{EVENTS}")
def wizard(id: str, wizard: str) -> Response:
    """The form of an event; `into` names who takes over in a merger."""
    institution, event = the_institution(id), Wizard(wizard)
    into = clean(request.args.get("into", ""))[:100]
    given = {**first_values(event, institution, today()), "into": into} if into and event == Wizard.MERGE else None
    base = None
    if before := taken_up(institution, event):
        given, base = asked_before(before), reading.typed_on(before)
    return page("wizard", wizard_page(visitor(), event, institution, on=today(), given=given, base=base))


@bp.post(f"/steward/institutions/<id>/{EVENTS}")
def start_wizard(id: str, wizard: str) -> Response:
    """A draft of the event; its page shows what it would change before anybody proposes it. `find` only looks for the
    institutions that were named; words that name no single one come back with whom they may mean. 409 with what was
    published about the institutions since the form was opened: sent again, it is taken as known."""
    institution, event = the_institution(id), Wizard(wizard)
    asked, base = wizard_values(request.form, institution, event, on=today()), opened_on()

    def moved(reader: Session) -> Sequence[str]:
        return touched_since(reader, institutions_asked(asked.values), base) if base is not None else ()

    try:
        if asked.faults:
            raise Faulty(*asked.faults)
        if not request.form.get("find"):
            return drafted(ProposalKind.ACT, event, asked.values, taken_up(institution, event), moved=moved)
    except MovedOn:
        return wizard_again(event, institution, asked, status=409)
    except Faulty as error:
        return wizard_again(event, institution, asked, error.faults, status=200 if request.form.get("find") else 400)
    return wizard_again(event, institution, asked)


def wizard_again(
    event: Wizard, institution: str, asked: Asked, faults: Sequence[Fault] = (), *, status: int = 200
) -> Response:
    """The form with what was typed, what is wrong with it, who may be meant, and what was published meanwhile."""
    typed = {key: text for key, text in request.form.items() if key.startswith("goes.")}
    given = {**typed, **asked.values, **{name: request.form.get(name, "") for name in (*WHY, *AGAIN)}}
    for at in ("typed", "into"):
        if at in asked.candidates or at in [fault.field for fault in faults]:
            given[at] = request.form.get(at, "")
    shown = wizard_page(
        visitor(),
        event,
        institution,
        on=today(),
        given=given,
        faults=faults,
        candidates=asked.candidates,
        base=opened_on(),
    )
    return page("wizard", shown, status)


def drafted(
    kind: ProposalKind,
    wizard: Wizard | None,
    values: dict[str, Any],
    before: Proposal | None = None,
    *,
    moved: Callable[[Session], Sequence[object]] = lambda _: (),
) -> Response:
    """The draft of what the form says, or `before`, which its form takes up again; and the way to its page. Raises
    `MovedOn` where the record has `moved` by the end of it."""
    given = Given(request.form)
    effective, decision, reason = given.day("effective"), given.text("decision"), given.text("reason")
    given.done()
    why: dict[str, Any] = {"effective": effective, "decision": decision or None, "reason": reason, "today": today()}
    with writing() as writer:
        if before is not None:
            proposal = the_proposal(writer, before.id)
            drafting.revise(writer, proposal, visitor().person, values=values, seen=step_seen(), **why)
        else:
            proposal = drafting.draft(writer, visitor().person, kind, values, wizard=wizard, **why)
        if moved(writer):
            raise MovedOn(())
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
            writer,
            visitor().person,
            unit(writer, code, today()),
            owner=clean(request.form.get("owner", "")),
            on=today(),
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
        "declared_by": clean(request.form.get("declared_by", "")),
        "institutions": of_province(session(), province.code, on=today()),
    }
    try:
        return drafted(ProposalKind.ACT, Wizard.DECLARE_COMPLETE, values)
    except Faulty as error:
        given = {name: request.form.get(name, "") for name in ("effective", "decision", "reason", "declared_by")}
        return page("wizard", province_page(visitor(), code, on=today(), given=given, faults=error.faults), 400)


# -- what is refused -----------------------------------------------------------------------------------------------


def the_institution(id: str) -> str:
    """The registry id behind an identifier; 404 for nobody's, and for a code of several."""
    with suppress(UnknownInstitution, SeveralInstitutions):
        return get(session(), readable_identifier(id), on=today()).id
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
