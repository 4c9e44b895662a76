"""What the pages on which people are looked after show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request
from sqlalchemy.orm import Session

from geodata.imports.preview import names_of
from geodata.models import AccountAct, PersonRight
from geodata.models import Person as Account
from geodata.people import listing, managing
from geodata.people.accounts import INVITATION_LASTS
from geodata.people.acts import acts as acts_on
from geodata.people.listing import AccountState, Listed
from geodata.people.rights import may_somewhere
from geodata.people.sessions import lasts, open_sessions
from geodata.unit_reads import by_key, units
from geodata.vocabulary import PersonAct, Role
from mapapp.db import VIETNAM, session
from mapapp.i18n import day, number, page_url
from mapapp.i18n import gettext as _
from mapapp.institution_pick import Candidate
from mapapp.people_desk_form import RightForm
from mapapp.people_desk_words import STATE, STEP, Fault
from mapapp.people_view import ROLE
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame, frame, moment
from mapapp.views import Option

A_PAGE = 50
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class RightLine:
    """A right in words; `id` where it can be taken away."""

    id: int | None
    what: str
    where: str
    days: str


@dataclass(frozen=True)
class PersonLine:
    """One person in the list; `url` where the visitor may act on them."""

    name: str
    login: str
    state: str
    tone: str
    rights: tuple[RightLine, ...]
    facts: tuple[tuple[str, str], ...]
    url: str | None


@dataclass(frozen=True)
class Paged:
    """What each of these pages has."""

    frame: Frame

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


@dataclass(frozen=True)
class PeoplePage(Paged):
    """People by login; `next_url` continues."""

    people: tuple[PersonLine, ...]
    words: str
    everybody: bool
    next_url: str | None


@dataclass(frozen=True)
class Giving:
    """The fields of a form that gives a right: choices, what was typed, what is wrong."""

    form: RightForm
    roles: tuple[Option, ...]
    provinces: tuple[Option, ...]
    candidates: tuple[Candidate, ...]
    faults: tuple[Fault, ...]

    def fault(self, name: str) -> str | None:
        return next((fault.text for fault in self.faults if fault.field == name), None)


@dataclass(frozen=True)
class NewPage(Paged):
    """The form for another person."""

    giving: Giving


@dataclass(frozen=True)
class ActLine:
    """What was done to an account: what, about which right, by whom, when, why."""

    what: str
    about: str
    who: str
    when: str
    reason: str


@dataclass(frozen=True)
class PersonPage(Paged):
    """One account with what may be done about it."""

    number: int
    person: PersonLine
    locked: bool
    may_have_link: bool
    second_factor: bool
    sessions: int
    rights: tuple[RightLine, ...]
    past: tuple[RightLine, ...]
    giving: Giving
    acts: tuple[ActLine, ...]


@dataclass(frozen=True)
class LinkPage(Paged):
    """A link for a password, shown this once."""

    name: str
    link: str
    hours: str
    person_url: str


def people_page(visitor: Visitor, door: Session, *, words: str, after: str, at: datetime) -> PeoplePage:
    found = listing.page(door, visitor.person, words=words, after=after, limit=A_PAGE + 1, at=at)
    shown = found[:A_PAGE]
    names = Names.of(right for one in shown for right in one.rights)
    more = page_url("people_desk.listed", q=words or None, after=shown[-1].account.login) if found[A_PAGE:] else None
    return PeoplePage(
        frame(_("Người dùng và quyền"), visitor),
        tuple(person_line(visitor, one, names, at) for one in shown),
        words,
        may_somewhere(visitor.person, PersonAct.MANAGE_USERS),
        more,
    )


@dataclass(frozen=True)
class Names:
    """Places of rights by name."""

    provinces: dict[str, str]
    institutions: dict[str, str]

    @classmethod
    def of(cls, rights: Iterable[PersonRight]) -> "Names":
        every = list(rights)
        keys = {right.province_key for right in every if right.province_key}
        ids = sorted({right.institution_id for right in every if right.institution_id})
        return cls({key: unit.full_name for key, unit in by_key(session(), keys).items()}, names_of(session(), ids))

    def where(self, province: str | None, institution: str | None) -> str:
        if institution:
            return self.institutions.get(institution, institution)
        return self.provinces.get(province, province) if province else _("cả nước")


def person_line(visitor: Visitor, one: Listed, names: Names, at: datetime) -> PersonLine:
    label, tone = STATE[one.state]
    return PersonLine(
        name=one.account.name,
        login=one.account.login,
        state=_(label),
        tone=tone,
        rights=tuple(right_line(right, names, at) for right in one.rights),
        facts=(
            (_("Đăng nhập lần cuối"), moment(one.last_here) if one.last_here else _("chưa có trong một năm qua")),
            (_("Xác thực hai lớp"), _("có") if one.second_factor else _("không")),
        ),
        url=page_url("people_desk.one", number=one.account.id) if one.account.id != visitor.person.id else None,
    )


def right_line(right: PersonRight, names: Names, at: datetime) -> RightLine:
    where = names.where(right.province_key, right.institution_id)
    return RightLine(right.id if lasts(right, at=at) else None, _(ROLE[Role(right.role)]), where, days(right, at))


def days(right: PersonRight, at: datetime) -> str:
    """From when a right holds and until which day, in words."""
    begins = day(right.valid_from.astimezone(VIETNAM).date())
    if right.valid_to is None:
        return _("từ %(day)s", day=begins)
    if right.valid_to <= right.valid_from:
        return _("thu hồi trước khi bắt đầu (%(day)s)", day=begins)
    last = right.valid_to - A_MOMENT if right.valid_to > at else right.valid_to
    return _("từ %(day)s đến %(last)s", day=begins, last=day(last.astimezone(VIETNAM).date()))


def giving(visitor: Visitor, form: RightForm, faults: tuple[Fault, ...] = ()) -> Giving:
    everybody = may_somewhere(visitor.person, PersonAct.MANAGE_USERS)
    roles = [role for role in Role if everybody or role is Role.REPORTER]
    named = sorted((unit.full_name, unit.code) for unit in units(session(), level="province")) if everybody else []
    return Giving(
        form,
        tuple(Option(role.value, _(ROLE[role]), None, checked=form.role == role) for role in roles),
        tuple(Option(code, name, None, checked=form.province == code) for name, code in named),
        form.candidates if any(fault.field == "institution" for fault in faults) else (),
        faults,
    )


def new_page(visitor: Visitor, form: RightForm, faults: tuple[Fault, ...] = ()) -> NewPage:
    title = _("Thêm người")
    return NewPage(frame(title, visitor), giving(visitor, form, faults))


def person_page(
    visitor: Visitor,
    door: Session,
    account: Account,
    form: RightForm | None,
    faults: tuple[Fault, ...],
    *,
    at: datetime,
) -> PersonPage:
    (one,) = listing.described(door, [account], at=at)
    every, done = managing.rights(door, account.id), acts_on(door, account.id)
    names = Names.of(every)
    lines = [right_line(right, names, at) for right in every]
    return PersonPage(
        frame=frame(account.name, visitor),
        number=account.id,
        person=person_line(visitor, one, names, at),
        locked=one.state in (AccountState.LOCKED, AccountState.LOCKED_OUT),
        may_have_link=account.active,
        second_factor=one.second_factor,
        sessions=len(open_sessions(door, account.id, at=at)),
        rights=tuple(line for line in lines if line.id is not None),
        past=tuple(line for line in lines if line.id is None),
        giving=giving(visitor, form or RightForm(), faults),
        acts=tuple(act_line(act, names) for act in done),
    )


def act_line(act: AccountAct, names: Names) -> ActLine:
    role = act.detail.get("role")
    about = ""
    if role in list(Role):
        about = f"{_(ROLE[Role(role)])}, {names.where(act.detail.get('province'), act.detail.get('institution'))}"
    return ActLine(_(STEP[act.step]), about, act.by_name, moment(act.at), act.reason)


def link_page(visitor: Visitor, account: Account, token: str) -> LinkPage:
    base = (current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/")
    title = _("Đường dẫn cho %(name)s", name=account.name)
    return LinkPage(
        frame(title, visitor),
        account.name,
        f"{base}{page_url('people.invitation', token=token)}",
        number(int(INVITATION_LASTS.total_seconds() // 3600)),
        page_url("people_desk.one", number=account.id),
    )
