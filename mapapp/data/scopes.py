"""Which part of the register a download is about."""

from geodata.administrative_units import units
from geodata.downloads import Scope
from mapapp.db import session, today
from mapapp.errors import UNKNOWN_UNIT, Problem

WHOLE = "institutions"


def provinces() -> list[tuple[str, str]]:
    """(code, full name) of the provinces of today, by code."""
    return [(unit.code, unit.full_name) for unit in units(session(), level="province", on=today())]


def scope_of(stem: str) -> Scope:
    """From a file's name without its ending. Raises `Problem` for what is no province of today."""
    if stem == WHOLE:
        return Scope()
    code = stem.removeprefix(f"{WHOLE}-")
    if code == stem or code not in {known for known, _name in provinces()}:
        raise Problem(UNKNOWN_UNIT)
    return Scope(code)
