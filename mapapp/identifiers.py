"""Identifiers in paths: what may be asked for at all."""

from geodata.records import UnknownInstitution
from mapapp.i18n import gettext as _
from mapapp.params import CONTROL, InvalidParameters

LONGEST = 64


def readable_identifier(text: str) -> str:
    """The identifier as written. Raises `InvalidParameters` for control characters, `UnknownInstitution` for nothing
    and for a text too long to be one."""
    if CONTROL.search(text):
        raise InvalidParameters([("id_or_code", _("có ký tự điều khiển, không phải văn bản"))])
    if len(text) > LONGEST:
        raise UnknownInstitution("no identifier is that long")
    written = text.strip()
    if not written:
        raise UnknownInstitution("nothing is no identifier")
    return written
