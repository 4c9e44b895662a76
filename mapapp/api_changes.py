"""`/api/v1/changes` and `/changes.atom`: every public change in order, deletions as tombstones."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any
from xml.sax.saxutils import escape, quoteattr

from flask import Response, url_for
from pydantic import AfterValidator, Field

from geodata import changes as changes_
from geodata.changes import Change, Place
from mapapp.api import json_answer, public_get
from mapapp.db import VIETNAM, register, session
from mapapp.i18n import gettext as _
from mapapp.params import InvalidParameters, Question
from mapapp.questions import external, here_with, self_address
from mapapp.schemas import changes as schemas

TAG = "Changes"
ATOM = "application/atom+xml"
MOST_IN_FEED = 100
SINCE = re.compile(r"\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2}))?", re.ASCII)


def parse_since(text: str) -> str:
    """An RFC 3339 day (its beginning in Vietnam) or time."""
    moment_of(text)
    return text


def moment_of(text: str) -> datetime:
    try:
        if SINCE.fullmatch(text):
            found = datetime.fromisoformat(text.upper())
            found = found if found.tzinfo else found.replace(tzinfo=VIETNAM)
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(_("phải là ngày hoặc thời điểm RFC 3339, ví dụ 2026-01-31 hoặc 2026-01-31T00:00:00Z"))


class ChangesQuestion(Question):
    since: Annotated[str, AfterValidator(parse_since)] | None = Field(
        None,
        max_length=40,
        description="only releases published after this RFC 3339 time or day",
        examples=["2026-01-01"],
    )
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=200, description="opaque; from `cursor` or links[rel=next]")


class FeedQuestion(Question):
    """The feed has no parameters."""


@public_get(
    "/changes",
    "What changed, in order",
    tag=TAG,
    question=ChangesQuestion,
    answer=schemas.ChangeList,
    example="limit=5",
)
def changes(asked: ChangesQuestion) -> Response:
    """One entry per release and institution: `created`, `changed` or `removed` (a tombstone; the id is never given
    again). Ask again later with the `cursor` of the last answer and only what came since is told; nothing is repeated
    or left out while the register is being written."""
    place = place_of(asked.cursor) if asked.cursor else Place()
    since = moment_of(asked.since) if asked.since else None
    found = changes_.changes(session(), behind=place, since=since, limit=asked.limit)
    cursor = text_of(found.place)
    links = [{"rel": "self", "href": self_address(), "type": "application/json"}]
    if found.more:
        links.append({"rel": "next", "href": external(here_with(cursor=cursor)), "type": "application/json"})
    body = {
        "changes": [change_json(one) for one in found.items],
        "numberReturned": len(found.items),
        "cursor": cursor,
        "links": links,
        "release": register().release,
        "data_status": register().data_status,
    }
    return json_answer(body)


def change_json(one: Change) -> dict[str, Any]:
    return {
        "id": one.institution_id,
        "change": one.kind,
        "release": one.release,
        "published_at": one.published_at.astimezone(UTC),
        "by": one.reason,
        "name": one.name,
        "data_status": one.data_status,
        "href": external(url_for("api.institution", id_or_code=one.institution_id, release=one.release)),
    }


def text_of(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps([place.release, place.after]).encode()).decode().rstrip("=")


def place_of(text: str) -> Place:
    try:
        release, after = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
        place = Place(int(release), str(after))
    except (ValueError, TypeError, OverflowError, binascii.Error):
        place = Place(-1)
    if not 0 <= place.release < 2**31 or not re.fullmatch(r"[0-9a-z]{0,40}", place.after):
        raise InvalidParameters([("cursor", "not one of ours; start again without it")])
    return place


@public_get(
    "/changes.atom",
    "The newest changes as a feed",
    tag=TAG,
    question=FeedQuestion,
    answer=schemas.Feed,
    media_type=ATOM,
)
def changes_atom(_asked: FeedQuestion) -> Response:
    """The newest hundred changes as Atom (RFC 4287), newest release first; removals are tombstones (RFC 6721)."""
    found = changes_.latest(session(), limit=MOST_IN_FEED)
    published = register().published_at
    head = [
        f"<id>{external('/api/v1/changes.atom')}</id>",
        "<title>Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp: thay đổi · changes</title>",
        f"<updated>{written(published or datetime(2000, 1, 1, tzinfo=UTC))}</updated>",
        f"<author><name>{escape(external('/'))}</name></author>",
        f'<link rel="self" type="{ATOM}" href={quoteattr(external("/api/v1/changes.atom"))}/>',
        f'<link rel="alternate" type="application/json" href={quoteattr(external("/api/v1/changes"))}/>',
    ]
    body = "".join([*head, *map(entry, found)])
    opening = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="vi">'
    )
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{opening}{body}</feed>', mimetype=ATOM)


def entry(one: Change) -> str:
    """An entry, or a tombstone, of one institution in one release."""
    page = external(f"/institutions/{one.institution_id}")
    when = written(one.published_at)
    if one.kind == "removed":
        return f"<at:deleted-entry ref={quoteattr(page)} when={quoteattr(when)}/>"
    return (
        f"<entry><id>{page}#r{one.release}</id><title>{escape(one.name or one.institution_id)}</title>"
        f'<updated>{when}</updated><link rel="alternate" type="text/html" href={quoteattr(page)}/>'
        f'<category term="{one.kind}"/><summary>{one.kind} · {escape(one.data_status or "")}</summary></entry>'
    )


def written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
