"""How days, distances and places read on pages."""

from collections.abc import Iterable
from datetime import date, timedelta

from geodata.records import Provenance as Recorded
from mapapp import labels
from mapapp.db import VIETNAM
from mapapp.i18n import day, number
from mapapp.i18n import gettext as _
from mapapp.institution_parts import Provenance


def period(valid_from: date | None, valid_to: date | None) -> str | None:
    """Days of validity in words; the last day is the one before `valid_to`. None when neither end is known."""
    last = None if valid_to is None else valid_to - timedelta(days=1)
    if valid_from and last:
        return _("từ %(first)s đến %(last)s", first=day(valid_from), last=day(last))
    if valid_from:
        return _("từ %(first)s", first=day(valid_from))
    if last:
        return _("đến %(last)s", last=day(last))
    return None


def distance(metres: float) -> str:
    """A straight-line distance, said to be one: "350 m đường chim bay", "1,2 km đường chim bay"."""
    if metres < 1000:
        length = f"{number(round(metres, -1))} m"
    else:
        length = f"{number(metres / 1000, digits=1 if metres < 100_000 else 0)} km"
    return _("%(length)s đường chim bay", length=length)


def joined(parts: Iterable[str | None]) -> str | None:
    """Parts of a place from small to large, None when none is known."""
    return ", ".join(part for part in parts if part) or None


def provenance(source: Recorded) -> Provenance:
    return Provenance(
        source=source.source,
        received_label=_("nhận ngày %(date)s", date=day(source.received_at.astimezone(VIETNAM).date())),
        data_status=source.data_status,
        data_status_label=labels.label(labels.DATA_STATUS, source.data_status),
        decision=source.decision,
    )
