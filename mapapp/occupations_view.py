"""Names of occupations in the reader's language."""

from geodata.occupations import load
from mapapp.i18n import language


def occupation_name(code: str, recorded: str | None = None) -> str:
    """As the programme was recorded, in Vietnamese; else from the catalogue; else the code alone."""
    known = load().occupations.get(code)
    if language() == "en" and known:
        return known.name_en
    return recorded or (known.name_vi if known else code)


def occupation_label(code: str) -> str:
    """Name and code; the code alone where the catalogue has no name for it."""
    name = occupation_name(code)
    return name if name == code else f"{name} ({code})"
