"""Ways to reach an institution, as links where the value is certainly one."""

import re
from dataclasses import replace

from mapapp.institution_parts import FactLine

HOST = re.compile(r"(https?://)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?(/[^\s\"'<>]*)?", re.IGNORECASE | re.ASCII)
TELEPHONE = re.compile(r"\+?[0-9][0-9 .()-]{5,20}", re.ASCII)
EMAIL = re.compile(r"[^\s@<>\"'?&]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII)


def contact_line(line: FactLine) -> FactLine:
    """The line with its link."""
    return replace(line, href=link(line.key, line.value))


def link(kind: str, value: str) -> str | None:
    """An http(s), tel or mailto address; None for anything that does not look like one."""
    if kind == "website":
        return web_address(value)
    if kind == "telephone" and TELEPHONE.fullmatch(value):
        return "tel:" + re.sub(r"[^+0-9]", "", value)
    if kind == "email" and EMAIL.fullmatch(value):
        return f"mailto:{value}"
    return None


def web_address(value: str) -> str | None:
    """The website's address; a bare host name is taken as https."""
    if not HOST.fullmatch(value):
        return None
    return value if value.lower().startswith(("http://", "https://")) else f"https://{value}"
