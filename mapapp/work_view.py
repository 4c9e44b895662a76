"""The first page of the desk: everything that waits, by list and by province; and the lists of records."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from geodata.people.rights import may, provinces_for
from geodata.unit_reads import by_key, units
from geodata.vocabulary import PersonAct
from geodata.work.lists import NOWHERE, Entry, Waiting, waiting
from mapapp import labels
from mapapp.db import session, today
from mapapp.i18n import N_, day, number, page_url
from mapapp.i18n import gettext as _
from mapapp.places import NOW
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame, frame
from mapapp.views import Link, Option
from mapapp.work_counts import DUPLICATES, OVERDUE, REPORTS, Counts, work

A_PAGE = 30
Listed = TypeVar("Listed")
LIST = {
    Waiting.UNPLACED: N_("Chưa có tọa độ"),
    Waiting.APPROXIMATE: N_("Vị trí gần đúng"),
    Waiting.UNCONFIRMED: N_("Hơn một năm chưa xác nhận"),
}
WHY = {
    Waiting.UNPLACED: N_(
        "Các địa điểm này có trong danh sách nhưng không có trên bản đồ và không tìm thấy được theo khoảng cách."
    ),
    Waiting.APPROXIMATE: N_("Các địa điểm này được đặt ở điểm đại diện của xã, phường. Hãy đặt lại đúng chỗ."),
    Waiting.UNCONFIRMED: N_(
        "Hồ sơ không thay đổi và không được xác nhận từ hơn 12 tháng. Nếu đã đối chiếu và vẫn đúng: hãy xác nhận, kèm "
        "nguồn. Nếu sai: hãy sửa hồ sơ."
    ),
}
DONE = {
    "confirmed": N_("Đã ghi nhận: hồ sơ vẫn đúng."),
    "apart": N_("Đã ghi nhận: là hai cơ sở khác nhau."),
    "answered": N_("Đã trả lời; câu trả lời hiện ở trang của phiếu."),
    "promised": N_("Đã đổi ngày hẹn; lý do hiện ở trang của phiếu."),
    "handled": N_("Đã ghi nhận là đã xử lý."),
}


@dataclass(frozen=True)
class Tile:
    """A list with how much waits on it."""

    label: str
    count: str
    url: str
    tone: str
    note: str = ""


@dataclass(frozen=True)
class ProvinceLine:
    """What waits in a province: (label, count, url) of every list where something does."""

    name: str
    total: str
    lists: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class WorkPage:
    """Everything that waits for this person."""

    frame: Frame
    tiles: tuple[Tile, ...]
    provinces: tuple[ProvinceLine, ...]

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


@dataclass(frozen=True)
class EntryView:
    """A record that waits; the urls only for who may act. `site`: which of its places, where it is not the main one."""

    key: str
    name: str
    url: str
    site: str
    place: str
    precision: str
    known: str
    place_url: str
    record_url: str
    confirm_url: str
    field: str


@dataclass(frozen=True, kw_only=True)
class WorkList(Generic[Listed]):
    """What every list has: its entries, its filters, the way on. `kept` goes along with the filter by province, `done`
    says what the person has just done."""

    frame: Frame
    entries: tuple[Listed, ...]
    next_url: str | None
    provinces: tuple[Option, ...] = ()
    filters: tuple[Link, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    done: str | None = None

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


@dataclass(frozen=True, kw_only=True)
class ListPage(WorkList[EntryView]):
    """A list of records, and why they wait."""

    why: str


def work_page(visitor: Visitor) -> WorkPage:
    found = work(visitor)
    names = province_names()
    lines = [line(names.get(code, _("Chưa rõ tỉnh, thành phố")), code, one) for code, one in found.by_province.items()]
    tiles = [tile(list_label(kind), found.of(kind), page_url("work.records", kind=kind)) for kind in Waiting]
    tiles += [
        tile(_("Có thể trùng nhau"), found.pairs, page_url("work.pairs")),
        tile(_("Báo sai của người dân"), found.of(REPORTS), page_url("work.reports"), late=found.of(OVERDUE)),
        tile(_("Đề xuất chờ duyệt, công bố"), found.proposals, page_url("proposals.listed")),
    ]
    if found.missed is not None:
        tiles.append(tile(_("Từ tìm không ra"), found.missed, page_url("work.missed")))
    if found.clients is not None:
        tiles.append(tile(_("Yêu cầu cấp khóa"), found.clients, page_url("clients.listed")))
    return WorkPage(
        frame(_("Việc đang chờ"), visitor),
        tuple(tiles),
        tuple(sorted(lines, key=lambda one: one.name)),
    )


def list_label(kind: Waiting) -> str:
    return _(LIST[kind])


def tile(label: str, count: int, url: str, *, late: int = 0) -> Tile:
    note = _("%(n)s quá hạn trả lời", n=number(late)) if late else ""
    return Tile(label, number(count), url, "bad" if late else "warn" if count else "good", note)


def line(name: str, code: str, counts: Counts) -> ProvinceLine:
    told = [(list_label(kind), counts.of(kind), page_url("work.records", kind=kind, province=code)) for kind in Waiting]
    told += [
        (_("Có thể trùng nhau"), counts.of(DUPLICATES), page_url("work.pairs", province=code)),
        (_("Báo sai của người dân"), counts.of(REPORTS), page_url("work.reports", province=code)),
    ]
    return ProvinceLine(name, number(counts.whole), tuple((label, number(n), url) for label, n, url in told if n))


def province_names() -> dict[str, str]:
    """{code: full name} of today's provinces."""
    return {one.code: one.full_name for one in units(session(), level="province")}


def chosen(visitor: Visitor, province: str | None) -> frozenset[str] | None:
    """The provinces asked about: the one of the filter, where the person may read, or all of theirs."""
    own = provinces_for(visitor.person, PersonAct.READ_WORK)
    if province is None:
        return own
    return frozenset({province} if own is None or province in own else ())


def province_options(visitor: Visitor, province: str | None) -> tuple[Option, ...]:
    """The person's provinces as choices; none where there is only one."""
    own = provinces_for(visitor.person, PersonAct.READ_WORK)
    named = [(code, name) for code, name in province_names().items() if own is None or code in own]
    if len(named) < 2:
        return ()
    choices = [("", _("Mọi tỉnh, thành phố")), *sorted(named, key=lambda pair: pair[1])]
    choices += [(NOWHERE, _("Chưa rõ tỉnh, thành phố"))] if own is None else []
    return tuple(Option(code, name, None, checked=code == (province or "")) for code, name in choices)


def done(act: str | None) -> str | None:
    """What to say after an act of that name."""
    return _(DONE[act]) if act in DONE else None


def list_page(
    visitor: Visitor, kind: Waiting, *, province: str | None, after: str | None, act: str | None = None
) -> ListPage:
    found = waiting(session(), kind, on=today(), provinces=chosen(visitor, province), after=after, limit=A_PAGE + 1)
    shown = found[:A_PAGE]
    more = page_url("work.records", kind=kind, province=province, after=shown[-1].cursor) if found[A_PAGE:] else None
    names, communes = province_names(), commune_names([one.commune_code for one in shown if one.commune_code])
    return ListPage(
        frame=frame(list_label(kind), visitor),
        why=_(WHY[kind]),
        done=done(act),
        entries=tuple(entry_view(visitor, kind, one, names, communes, province) for one in shown),
        provinces=province_options(visitor, province),
        next_url=more,
    )


def commune_names(codes: list[str]) -> dict[str, str]:
    """{code: full name} of those communes."""
    found = by_key(session(), {f"{code}@{NOW}" for code in codes})
    return {one.code: one.full_name for one in found.values()}


def entry_view(
    visitor: Visitor,
    kind: Waiting,
    one: Entry,
    names: dict[str, str],
    communes: dict[str, str],
    asked: str | None,
) -> EntryView:
    may_edit = may(visitor.person, PersonAct.EDIT, province=one.province_code)
    places = (communes.get(one.commune_code or ""), names.get(one.province_code or ""))
    id = one.institution_id
    return EntryView(
        key=f"record-{one.campus_id or id}",
        name=one.name,
        url=page_url("citizen.institution", id_or_code=id),
        site=(one.site or _("địa điểm khác")) if one.site is not None else "",
        place=", ".join(place for place in places if place) or _("Chưa rõ tỉnh, thành phố"),
        precision=labels.label(labels.LOCATION_PRECISION, one.precision),
        known=_("biết đến ngày %(day)s", day=day(one.known_on)) if one.known_on else "",
        place_url=page_url("work.place", id=id, campus=one.campus_id) if may_edit and one.campus_id else "",
        record_url=page_url("proposals.record", id=id) if may_edit else "",
        confirm_url=page_url("work.confirm", id=id, province=asked) if may_edit and kind is Waiting.UNCONFIRMED else "",
        field=f"source-{id}",
    )
