"""How institutions can be reached, as they publish it themselves: for reminding those whose report is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from geodata.imports.facts import holds, open_facts
from geodata.vocabulary import AttributeKind, IdentifierScheme

KINDS = (AttributeKind.TELEPHONE, AttributeKind.EMAIL, AttributeKind.WEBSITE)


@dataclass(frozen=True)
class Contact:
    """Code and the institution's own telephone, mailbox and site; "" where nothing is recorded."""

    code: str = ""
    telephone: str = ""
    email: str = ""
    website: str = ""


def contacts(session: Session, institutions: Sequence[str], *, on: date) -> dict[str, Contact]:
    """{institution: how it can be reached on the day}."""
    facts = open_facts(session, list(institutions), ("identifier", "institution_attribute"))
    found = {}
    for id in institutions:
        codes = [row for row in facts[id].get("identifier", []) if row["scheme"] == IdentifierScheme.CODE]
        told = {row["kind"]: row["value"] for row in facts[id].get("institution_attribute", []) if holds(row, on)}
        code = next((row["value"] for row in codes if holds(row, on)), "")
        found[id] = Contact(code, *(told.get(kind.value, "") for kind in KINDS))
    return found
