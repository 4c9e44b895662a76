"""What the pages about machines with a key show."""

from dataclasses import dataclass

from geodata import api_clients
from geodata.models import ApiClient, ApiClientAct
from geodata.vocabulary import ClientState
from mapapp.db import session
from mapapp.i18n import N_, number, page_url
from mapapp.i18n import gettext as _
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame, frame, moment
from mapapp.views import Link

A_PAGE = 30
FILTER = {
    ClientState.REQUESTED: N_("Đang chờ"),
    ClientState.ACTIVE: N_("Đang dùng"),
    ClientState.REVOKED: N_("Từ chối, thu hồi"),
}
STATE = {
    "requested": (N_("Chờ trả lời"), "warn"),
    "active": (N_("Đang dùng"), "good"),
    "revoked": (N_("Không còn dùng được"), "plain"),
}
STEP = {
    "approved": N_("cấp khóa, %(quota)s lần mỗi phút"),
    "refused": N_("từ chối"),
    "rotated": N_("thay khóa"),
    "quota_set": N_("đổi hạn mức thành %(quota)s lần mỗi phút"),
    "revoked": N_("thu hồi khóa"),
}


@dataclass(frozen=True)
class ActLine:
    """A decision: what, by whom, when, why."""

    what: str
    who: str
    when: str
    reason: str


@dataclass(frozen=True)
class ClientView:
    """A machine with a key, or one that waits for it. `seen` is the last decision shown."""

    number: int
    name: str
    purpose: str
    contact: str
    state: str
    state_label: str
    tone: str
    quota: int
    facts: tuple[tuple[str, str], ...]
    acts: tuple[ActLine, ...]
    seen: int


@dataclass(frozen=True)
class ClientsPage:
    """Clients of one state; `next_url` continues."""

    frame: Frame
    clients: tuple[ClientView, ...]
    filters: tuple[Link, ...]
    next_url: str | None
    notice: str | None

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


@dataclass(frozen=True)
class KeyPage:
    """A key, shown this once, and where to send it."""

    frame: Frame
    name: str
    contact: str
    key: str

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def clients_page(visitor: Visitor, state: ClientState, *, after: int, notice: str | None) -> ClientsPage:
    found = api_clients.listed(session(), state, after=after, limit=A_PAGE + 1)
    shown = found[:A_PAGE]
    ids = [one.id for one in shown]
    contacts, acts = api_clients.contacts(session(), ids), api_clients.acts(session(), ids)
    return ClientsPage(
        frame=frame(_("Khóa cho phần mềm"), visitor),
        clients=tuple(client_view(one, contacts.get(one.id, ""), acts[one.id]) for one in shown),
        filters=tuple(filter_link(one, state) for one in ClientState),
        next_url=page_url("clients.listed", state=state.value, after=ids[-1]) if found[A_PAGE:] else None,
        notice=notice,
    )


def filter_link(one: ClientState, here: ClientState) -> Link:
    label = _(FILTER[one])
    if one is ClientState.REQUESTED:
        label = f"{label} ({number(api_clients.waiting(session()))})"
    return Link(label, page_url("clients.listed", state=one.value), current=one is here)


def client_view(one: ApiClient, contact: str, acts: list[ApiClientAct]) -> ClientView:
    label, tone = STATE[one.state]
    told = [(_("Xin khóa"), moment(one.created_at))]
    if one.state == ClientState.ACTIVE:
        told += [
            (_("Hạn mức"), _("%(n)s lần mỗi phút", n=number(one.requests_per_minute))),
            (_("Dùng lần cuối"), moment(one.last_used_at) if one.last_used_at else _("chưa dùng lần nào")),
        ]
    if one.old_key_until is not None:
        told.append((_("Khóa cũ còn dùng được đến"), moment(one.old_key_until)))
    return ClientView(
        number=one.id,
        name=one.name,
        purpose=one.purpose,
        contact=contact,
        state=one.state,
        state_label=_(label),
        tone=tone,
        quota=one.requests_per_minute,
        facts=tuple(told),
        acts=tuple(map(act_line, acts)),
        seen=acts[0].id if acts else 0,
    )


def act_line(act: ApiClientAct) -> ActLine:
    what = _(STEP[act.step], quota=number(act.requests_per_minute or 0))
    return ActLine(what, act.by_name, moment(act.at), act.reason)


def key_page(visitor: Visitor, client_id: int, key: str) -> KeyPage:
    (client,) = api_clients.listed(session(), after=client_id - 1, limit=1)
    contact = api_clients.contacts(session(), [client_id]).get(client_id, "")
    title = _("Khóa mới cho %(name)s", name=client.name)
    trail = Link(_("Khóa cho phần mềm"), page_url("clients.listed"))
    return KeyPage(frame(title, visitor, trail), client.name, contact, key)
