"""From a question in an address to a question to the register, and back into addresses."""

from datetime import date
from typing import Any

from flask import current_app, request, url_for
from werkzeug.urls import iri_to_uri

from geodata.filters import InstitutionFilter
from mapapp.db import register, today
from mapapp.i18n import with_query
from mapapp.params import InstitutionFilters


def day_asked(on: date | None) -> date:
    return on or today()


def to_filter(question: InstitutionFilters) -> InstitutionFilter:
    """The same question as the register takes it."""
    return InstitutionFilter(
        on=day_asked(question.on),
        q=question.q,
        near=question.point,
        radius_m=question.radius_m,
        bbox=question.box,
        types=tuple(question.type),
        ownerships=tuple(question.ownership),
        training_levels=tuple(question.training_level),
        occupations=tuple(question.occupation),
        unit=question.unit,
        statuses=tuple(question.status),
        identifier=question.identifier,
        release=question.release,
    )


def facts(on: date, release: int) -> dict[str, Any]:
    """What every answer says of the register: the release it comes from, the data's status, the day asked about."""
    return {"release": release, "data_status": register().data_status, "on": on}


def external(path: str) -> str:
    """The absolute address of a path of this site, ASCII only (GDAL refuses other links)."""
    return base_address() + iri_to_uri(path)


def base_address() -> str:
    """What the addresses of this site begin with, for whoever asks now."""
    return iri_to_uri(current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/"))


def self_address() -> str:
    return external(request.full_path.rstrip("?"))


def here_with(**changes: Any) -> str:
    """The path asked for with some parameters changed, or removed by None; the rest as it was given."""
    given: dict[str, Any] = {name: values for name, values in request.args.lists() if values}
    given |= changes
    named = {name: _single(value) for name, value in given.items() if value is not None}
    return with_query(url_for(str(request.endpoint), **(request.view_args or {})), named)


def _single(value: Any) -> Any:
    """A list of one as that one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def links(next_cursor: str | None, media_type: str) -> list[dict[str, str]]:
    """`self`, and `next` where there is more."""
    found = [{"rel": "self", "href": self_address(), "type": media_type}]
    if next_cursor is not None:
        found.append({"rel": "next", "href": external(here_with(cursor=next_cursor)), "type": media_type})
    return found
