"""The institutions that a planner lays above an overlay: those of chosen types on the vintage's day, each once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter, conditions
from geodata.models import InstitutionState
from geodata.releases import moment

State = InstitutionState
SHOWN = (
    *(State.institution_id, State.name, State.type, State.ownership, State.status),
    *(State.location_precision, State.data_status, State.feature),
)


@dataclass(frozen=True)
class Site:
    """An institution at its main campus. `lon` and `lat` (degrees, WGS 84) are None together where no point is known:
    then it is listed and not drawn. Places are names of the time after 01/07/2025, None where not known."""

    id: str
    codes: tuple[str, ...]
    name: str
    type: str
    ownership: str
    status: str
    address: str | None
    commune: str | None
    province: str | None
    location_precision: str
    data_status: str
    lon: float | None
    lat: float | None

    @property
    def is_placed(self) -> bool:
        return self.lon is not None


def sites(session: Session, types: Sequence[str], *, on: date, release: int | None = None) -> tuple[Site, ...]:
    """All but closed and merged ones of the types, by type, name and id; none for no types. Raises `UnknownRelease`."""
    if not types:
        return ()
    query = (
        select(*SHOWN, func.ST_X(State.geom).label("lon"), func.ST_Y(State.geom).label("lat"))
        .where(*_chosen(session, types, on, release))
        .order_by(State.type, State.name_folded, State.institution_id)
    )
    return tuple(map(_site, session.execute(query)))


def count_sites(session: Session, types: Sequence[str], *, on: date, most: int, release: int | None = None) -> int:
    """How many `sites` would give; more than `most` are told as `most` + 1, without counting on."""
    if not types:
        return 0
    some = select(State.row_id).where(*_chosen(session, types, on, release)).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _chosen(session: Session, types: Sequence[str], on: date, release: int | None) -> list[ColumnElement[bool]]:
    wanted = InstitutionFilter(on=on, types=tuple(types), release=release)
    return conditions(session, wanted, moment(session, on, release))


def _site(state: Row[Any]) -> Site:
    said = json.loads(state.feature)["properties"]
    return Site(
        id=state.institution_id,
        codes=tuple(said["codes"]),
        name=state.name,
        type=state.type,
        ownership=state.ownership,
        status=state.status,
        address=said["address"],
        commune=_name(said["commune"]),
        province=_name(said["province"]),
        location_precision=state.location_precision,
        data_status=state.data_status,
        lon=None if state.lon is None else round(state.lon, 6),
        lat=None if state.lat is None else round(state.lat, 6),
    )


def _name(unit: dict[str, Any] | None) -> str | None:
    return unit["name"] if unit else None
