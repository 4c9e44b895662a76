"""`/steward/people`: who may work here, looked after by whoever may, with who, when and why.

A national steward looks after everybody but themselves, a provincial steward after reporters of institutions of the own
provinces (`geodata.people.managing`). A link for a password is in the answer to the form that made it and nowhere else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from geodata.models import Person as Account
from geodata.people import managing
from geodata.people.accounts import AccountRefused
from geodata.people.acts import LONGEST_REASON, Hand
from geodata.people.managing import NotYours
from geodata.people.rights import may_somewhere
from geodata.text import clean
from geodata.vocabulary import PersonAct
from mapapp import doors
from mapapp.db import acting, now
from mapapp.errors import NOT_FOUND, Problem, handle
from mapapp.i18n import page_url
from mapapp.people_desk_form import RightForm
from mapapp.people_desk_view import link_page, new_page, people_page, person_page
from mapapp.people_desk_words import Fault
from mapapp.sign_in import NOT_ALLOWED, require, require_own_form, require_person, unseen, visitor

ACTS: dict[str, Callable[[Session, Hand, Account], object]] = {
    "lock": managing.lock,
    "unlock": managing.unlock,
    "second_factor": managing.reset_second_factor,
    "sessions": managing.end_sessions,
}
PERSON = "<int(max=2147483647):number>"

bp = APIBlueprint("people_desk", __name__, enable_openapi=False)
bp.after_request(unseen)


@bp.before_request
def guard() -> None:
    """Who looks after somebody at all; after whom, each act asks."""
    everybody = may_somewhere(require_person(), PersonAct.MANAGE_USERS)
    require(PersonAct.MANAGE_USERS if everybody else PersonAct.MANAGE_REPORTERS)
    if request.method == "POST":
        require_own_form()


@contextmanager
def door() -> Iterator[Session]:
    """The door's session, in which this person acts: the policies of the database ask after them, too."""
    with doors.door() as session:
        yield acting(session)


def page(name: str, shown: object, status: int = 200) -> Response:
    return Response(render_template(f"people_desk/{name}.html", page=shown), status, mimetype="text/html")


def to(endpoint: str, **values: Any) -> Response:
    return cast(Response, redirect(page_url(f"people_desk.{endpoint}", **values), 303))


def hand() -> Hand:
    return Hand(visitor().person, now(), clean(request.form.get("reason", ""))[:LONGEST_REASON])


@bp.get("/steward/people")
def listed() -> Response:
    """People by login, with rights, state, last sign-in and second factor."""
    words, after = clean(request.args.get("q", ""))[:100], clean(request.args.get("after", ""))[:64]
    with door() as session:
        return page("listed", people_page(visitor(), session, words=words, after=after, at=now()))


@bp.get("/steward/people/new")
def new() -> Response:
    """The form for another person."""
    return page("new", new_page(visitor(), RightForm()))


@bp.post("/steward/people")
def create() -> Response:
    """An account with a first right, and the link for its password, shown this once."""
    form = RightForm.read(request.form)
    faults = form.faults(with_person=True)
    if faults:
        return page("new", new_page(visitor(), form, faults), 400)
    try:
        with door() as session:
            account, token = managing.create(session, hand(), form.login, form.name, form.asked())
            session.commit()
            shown = link_page(visitor(), account, token)
    except NotYours:
        raise
    except AccountRefused as refused:
        return page("new", new_page(visitor(), form, (Fault.of(refused),)), 400)
    return without_referrer(page("link", shown))


@bp.get(f"/steward/people/{PERSON}")
def one(number: int) -> Response:
    """One person: rights, what may be done, what was done."""
    with door() as session:
        return shown(session, number)


@bp.post(f"/steward/people/{PERSON}/rights")
def grant(number: int) -> Response:
    """One more right."""
    form = RightForm.read(request.form)
    with door() as session:
        account = theirs(session, number)
        faults = form.faults()
        if faults:
            return shown(session, number, form, faults)
        try:
            managing.grant(session, hand(), account, form.asked())
            session.commit()
        except NotYours:
            raise
        except AccountRefused as refused:
            session.rollback()
            return shown(session, number, form, (Fault.of(refused),))
    return to("one", number=number)


@bp.post(f"/steward/people/{PERSON}/rights/<int(max=2147483647):right>/end")
def end_right(number: int, right: int) -> Response:
    """Take a right away."""
    return done(
        number, lambda session, hand, account: managing.end_right(session, hand, account, right), f"end-{right}"
    )


@bp.post(f"/steward/people/{PERSON}/<any({', '.join(ACTS)}):act>")
def act(number: int, act: str) -> Response:
    """Lock, unlock, forget the second factor, end all sessions."""
    return done(number, ACTS[act], act)


@bp.post(f"/steward/people/{PERSON}/invite")
def invite(number: int) -> Response:
    """Another link for a password, shown this once; the one before works no more."""
    with door() as session:
        account = theirs(session, number)
        try:
            token = managing.invite(session, hand(), account)
            session.commit()
        except NotYours:
            raise
        except AccountRefused as refused:
            session.rollback()
            return shown(session, number, faults=(Fault.of(refused, "invite"),))
        made = link_page(visitor(), account, token)
    return without_referrer(page("link", made))


def done(number: int, do: Callable[[Session, Hand, Account], object], where: str) -> Response:
    """One act on an account; back to the account (to the list once another looks after it), or to its page with what
    is wrong beside `where`."""
    with door() as session:
        account = theirs(session, number)
        try:
            do(session, hand(), account)
            session.commit()
        except NotYours:
            raise
        except AccountRefused as refused:
            session.rollback()
            return shown(session, number, faults=(Fault.of(refused, where),))
        still_mine = managing.looks_after(session, visitor().person, account, at=now())
    return to("one", number=number) if still_mine else to("listed")


def shown(session: Session, number: int, form: RightForm | None = None, faults: tuple[Fault, ...] = ()) -> Response:
    account = theirs(session, number)
    return page("person", person_page(visitor(), session, account, form, faults, at=now()), 400 if faults else 200)


def theirs(session: Session, number: int) -> Account:
    """The account, which this person looks after. 404, 403."""
    account = session.get(Account, number)
    if account is None:
        raise Problem(NOT_FOUND)
    managing.require_looking_after(session, visitor().person, account, at=now())
    return account


def without_referrer(response: Response) -> Response:
    """The page holds a link that opens an account: its own address is told to nobody."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.errorhandler(NotYours)
def refused(_error: NotYours) -> Response:
    """403, as everywhere."""
    return handle(Problem(NOT_ALLOWED))
