"""Illustrative authorities with figures of their own: departments of the old and new provinces, two ministries."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.demo.profile import NEW_PROVINCES, TRANSFER
from geodata.demo.readiness import YEARS, Reports
from geodata.demo.rows import NULL, Ints, Rows
from geodata.indicators import Indicator, indicators
from geodata.models import AdministrativeUnit
from geodata.vocabulary import SubjectKind, UnitLevel

COLUMNS = ("id", "name", "name_en", "kind", "territory_key", "valid_from", "valid_to")
BASES = {"public_services": (12, 30), "inspections": (6, 40), "reports": (18, 36)}
"""Fewest and (exclusive) most of what a year's figures are shares of."""


@dataclass(frozen=True)
class Territory:
    """A province of either world."""

    key: str
    code: str
    full_name: str
    name_en: str
    old: bool


def territories(session: Session) -> list[Territory]:
    """The provinces of both worlds, by key."""
    unit = AdministrativeUnit
    found = session.execute(
        select(unit.key, unit.code, unit.full_name, unit.name_en, unit.valid_to.is_not(None))
        .where(unit.level == UnitLevel.PROVINCE)
        .order_by(unit.key)
    )
    return [Territory(*row) for row in found]


def authority_indicators() -> list[Indicator]:
    """What authorities report on: shares of their services, inspections and reports."""
    return [i for i in indicators().values() if i.subject is SubjectKind.AUTHORITY and i.base in BASES]


def authority_rows(provinces: list[Territory]) -> Rows:
    """A ministry and the departments of its provinces, for the time before and after the transfer of 01/03/2025."""
    rows = Rows("authority", *COLUMNS)
    transfer, today = str(TRANSFER), str(NEW_PROVINCES)
    _add(
        rows,
        "bo-ldtbxh",
        "Bộ quản lý minh họa (đến 28/02/2025)",
        "Illustrative ministry (until 28/02/2025)",
        valid_to=transfer,
    )
    _add(
        rows,
        "bo-gddt",
        "Bộ quản lý minh họa (từ 01/03/2025)",
        "Illustrative ministry (since 01/03/2025)",
        valid_from=transfer,
    )
    for place in provinces:
        known, until, since = ("so-ldtbxh", transfer, NULL) if place.old else ("so-gddt", NULL, today)
        name = f"Sở quản lý minh họa, {place.full_name}{' (cũ)' if place.old else ''}"
        name_en = f"Illustrative department, {place.name_en}{' (former)' if place.old else ''}"
        _add(
            rows,
            f"{known}-{place.code}",
            name,
            name_en,
            kind="province",
            territory_key=place.key,
            valid_from=since,
            valid_to=until,
        )
    return rows


def authority_reports(chance: np.random.Generator, authorities: Rows) -> Reports:
    """Figures of every authority for the years at whose end it existed, rising, with gaps."""
    to = Reports(first=1)
    ids, until = authorities.columns["id"], authorities.columns["valid_to"]
    level = {id_: chance.normal(0.35, 0.12) for id_ in ids}
    for year in YEARS:
        then = [id_ for id_, end in zip(ids, until, strict=True) if (year < 2025) == (end != NULL)]
        who = [id_ for id_ in then if chance.random() < 0.9]
        numbers = to.report(year, SubjectKind.AUTHORITY, who)
        ready = np.clip([level[id_] + 0.15 * (year - YEARS[0]) for id_ in who], 0.03, 0.98)
        for indicator in authority_indicators():
            whole: Ints = chance.integers(*BASES[indicator.base or ""], len(who))
            to.figures(chance, indicator.id, numbers, chance.binomial(whole, ready), whole)
    return to


def _add(rows: Rows, id_: str, name: str, name_en: str, *, kind: str = "ministry", **further: str) -> None:
    rows.add(1, id=f"mh-{id_}", name=name, name_en=name_en, kind=kind, **further)
