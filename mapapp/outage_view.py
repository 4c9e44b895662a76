"""What still works without the database: the list with words and simple filters, and single institutions, for people
and for machines. Every answer says how old it is, and nothing of it is kept by anybody."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from babel.dates import format_datetime
from flask import Response, g, redirect, render_template, request

from geodata.institutions import Item
from geodata.kept.register import Wanted
from geodata.verification import Fact
from geodata.verification.facts import Record
from mapapp import labels
from mapapp.cards import PAGE_SIZE, card, total_label
from mapapp.db import VIETNAM, Register, data_status, now, today
from mapapp.errors import UNKNOWN_INSTITUTION, Problem, handle
from mapapp.geojson import collection, respond, to_json, with_properties
from mapapp.i18n import gettext as _
from mapapp.i18n import language, page_url
from mapapp.identifiers import readable_identifier
from mapapp.outage import Kept
from mapapp.params import (
    HomeQuestion,
    InstitutionFilters,
    InstitutionQuestion,
    InstitutionsQuestion,
    InvalidParameters,
    read,
)
from mapapp.questions import here_with
from mapapp.views import ResultCard
from mapapp.wording import period

UNDERSTOOD = {
    "q",
    "type",
    "ownership",
    "training_level",
    "occupation",
    "unit",
    "status",
    "on",
    "limit",
    "count",
    "page",
}
"""Of a question to the list; whatever else is asked needs the database."""


@dataclass(frozen=True)
class OutageList:
    """The list from the disk; `left_out` names what was asked for and could not be considered."""

    title: str
    description: str
    age_label: str
    query: str
    total_label: str
    cards: tuple[ResultCard, ...]
    next_url: str | None
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class OutageInstitution:
    """One institution from the disk, its facts under headings."""

    title: str
    description: str
    age_label: str
    card: ResultCard
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    verify_url: str


def home(kept: Kept) -> Response:
    asked = read(HomeQuestion, request.args)
    found = kept.register.find(wanted(asked), limit=PAGE_SIZE, offset=(asked.page - 1) * PAGE_SIZE)
    items = [item(feature) for feature in found.features]
    first = (asked.page - 1) * PAGE_SIZE + 1
    more = first - 1 + len(items) < found.number_matched
    shown = OutageList(
        title=_("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"),
        description=_("Danh sách từ bản lưu gần nhất của sổ đăng ký."),
        age_label=age_label(kept.seen_at),
        query=asked.q,
        total_label=total_label(found.number_matched),
        cards=tuple(card(one, number, asked) for number, one in enumerate(items, start=first)),
        next_url=here_with(page=asked.page + 1) if more else None,
        left_out=left_out(),
    )
    return page("citizen/outage.html", shown)


def institution(kept: Kept) -> Response:
    asked = read(InstitutionQuestion, request.args)
    id_or_code = str((request.view_args or {})["id_or_code"])
    feature, record = one_of(kept, id_or_code, asked)
    if id_or_code != record.id:
        return cast(Response, redirect(page_url("citizen.institution", id_or_code=record.id, **request.args.to_dict())))
    shown = card(item(feature), 1, cast(InstitutionFilters, asked))
    about = OutageInstitution(
        title=shown.title,
        description=_("Thông tin từ bản lưu gần nhất của sổ đăng ký."),
        age_label=age_label(kept.seen_at),
        card=shown,
        sections=sections(record),
        verify_url=page_url("verify.page", code=record.id),
    )
    return page("citizen/outage_institution.html", about)


def api_institutions(kept: Kept) -> Response:
    asked = read(InstitutionsQuestion, request.args)
    if left_out() or asked.cursor:
        raise NeedsDatabase
    found = kept.register.find(wanted(asked), limit=asked.limit)
    return private(
        respond(
            collection(
                found.features,
                numberMatched=found.number_matched,
                numberReturned=len(found.features),
                **facts(kept, asked.on),
            )
        )
    )


def api_institution(kept: Kept) -> Response:
    asked = read(InstitutionQuestion, request.args)
    feature, record = one_of(kept, str((request.view_args or {})["id_or_code"]), asked)
    told = {heading: list(lines) for heading, lines in sections(record)}
    return private(respond(with_properties(feature, recorded=told, **facts(kept, asked.on))))


def api_status(kept: Kept) -> Response:
    head = kept.register.head
    body = {name: head[name] for name in ("release", "published_at", "data_status", "institutions")}
    return private(Response(to_json({**body, **facts(kept, None)}), mimetype="application/json"))


class NeedsDatabase(Exception):
    """The question cannot be answered from the disk."""


def one_of(kept: Kept, id_or_code: str, asked: InstitutionQuestion) -> tuple[str, Record]:
    """The one institution meant. Raises `Problem` where there is none, `NeedsDatabase` where there are several or
    another release is asked for."""
    if asked.release not in (None, kept.register.edition.release):
        raise NeedsDatabase
    found = kept.register.institutions(readable_identifier(id_or_code), asked.on or today())
    if not found:
        raise Problem(UNKNOWN_INSTITUTION)
    if len(found) > 1:
        raise NeedsDatabase
    return found[0]


def wanted(asked: InstitutionFilters) -> Wanted:
    province = asked.unit if asked.unit and len(asked.unit) == 2 else None
    return Wanted(
        on=asked.on or today(),
        q=asked.q,
        type=tuple(asked.type),
        ownership=tuple(asked.ownership),
        status=tuple(asked.status),
        training_level=tuple(asked.training_level),
        occupation=tuple(asked.occupation),
        province=province,
    )


def left_out() -> tuple[str, ...]:
    """Parameters of the request that the disk knows nothing about."""
    names = [name for name in request.args if request.args[name] and name not in UNDERSTOOD]
    unit = request.args.get("unit", "")
    return tuple([*names, "unit"] if unit and len(unit) != 2 else names)


def facts(kept: Kept, on: Any) -> dict[str, Any]:
    """What every answer for machines says of itself."""
    seen_at = kept.seen_at
    return {
        "on": on or today(),
        "release": kept.register.edition.release,
        "data_status": kept.register.edition.data_status,
        "stale": True,
        "register_seen_at": f"{seen_at:%Y-%m-%dT%H:%M:%SZ}",
        "age_s": max(0, int((now() - seen_at).total_seconds())),
    }


def item(feature: str) -> Item:
    return Item(json.loads(feature)["id"], feature, None, None)


def age_label(seen_at: datetime) -> str:
    moment = seen_at.astimezone(VIETNAM)
    time = format_datetime(moment, "HH:mm dd/MM/y" if language() == "vi" else "d MMM y, HH:mm", locale=language())
    return _("Cơ sở dữ liệu tạm thời không trả lời: đây là dữ liệu lúc %(time)s.", time=time)


def sections(record: Record) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the register says, under headings, with the days of each fact; empty headings are left out."""
    found = (
        (_("Tên gọi"), [dated(fact.value, fact) for fact in record.names]),
        (_("Mã và định danh"), [dated(fact.value, fact) for fact in record.identifiers]),
        (_("Trạng thái"), [dated(labels.label(labels.STATUS, fact.value), fact) for fact in record.statuses]),
        (_("Giấy chứng nhận"), [dated(fact.value, fact) for fact in record.licences]),
        (_("Ngành, nghề"), [dated(f"{x.value}, {level(x.training_level)}", x) for x in record.programmes]),
    )
    return tuple((heading, tuple(lines)) for heading, lines in found if lines)


def level(value: str) -> str:
    return labels.label(labels.TRAINING_LEVEL, value).lower()


def dated(text: str, fact: Fact) -> str:
    days = period(fact.valid_from, fact.valid_to)
    return f"{text} ({days})" if days else text


def page(template: str, shown: object) -> Response:
    return private(Response(render_template(template, page=shown), mimetype="text/html"))


def private(response: Response) -> Response:
    """It is old already: nobody shall keep it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def told(view: Callable[[Kept], Response]) -> Callable[[Kept], Response | None]:
    """The view with its own refusals answered as everywhere; None where it needs the database after all."""

    def answer(kept: Kept) -> Response | None:
        g.register, g.away = shown_register(kept), True
        try:
            return view(kept)
        except NeedsDatabase:
            return None
        except (InvalidParameters, Problem) as refused:
            return handle(refused)

    return answer


def shown_register(kept: Kept) -> Register:
    """The release on the disk as pages show it."""
    head, summary = kept.register.head, kept.register.summary
    published_at = datetime.fromisoformat(head["published_at"])
    return Register(head["release"], published_at, data_status(summary.get("by_data_status", {})), summary)


VIEWS: dict[str, Callable[[Kept], Response | None]] = {
    "citizen.home": told(home),
    "citizen.institution": told(institution),
    "api.institutions": told(api_institutions),
    "api.institution": told(api_institution),
    "api.status": told(api_status),
}
"""By endpoint: what is answered from the disk."""
