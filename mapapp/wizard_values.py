"""The form of an event as it is planned: texts, ticks, lists, and institutions for the words that name them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from geodata.proposals.forms import Given
from geodata.proposals.refusals import Fault
from geodata.proposals.splits import CHOSEN, KIND_OF, PARTS
from geodata.text import clean
from geodata.vocabulary import Wizard
from mapapp.institution_pick import Candidate, meant
from mapapp.revising import AGAIN, BASE

WHY = ("effective", "decision", "reason")
TICKS = ("campuses", "programmes", "keeps_records", "continues")
APART = ("token", *WHY, BASE, *AGAIN, "find", "typed", "into_chosen", "institution", "institutions")
OTHERWISE = frozenset((*APART, *TICKS))
GOES = "goes."
NEW_ID = "new_id"
"""How the ids of new institutions are called: the register issues them, no form does."""


@dataclass
class Asked:
    """`values` as they are planned; `candidates` by field where words may mean several; `faults` of those words."""

    values: dict[str, Any]
    candidates: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def wizard_values(form: MultiDict[str, str], institution: str, wizard: Wizard, *, on: date) -> Asked:
    """What the form asks about the institution."""
    told = {clean(key): clean(text) for key, text in form.items()}
    plain = {key: text for key, text in told.items() if not key.startswith((GOES, NEW_ID)) and key not in OTHERWISE}
    values: dict[str, Any] = plain | {name: "1" for name in TICKS if form.get(name)}
    if wizard == Wizard.MERGE:
        return merged(values, form, on=on)
    if wizard == Wizard.DECLARE_COMPLETE:
        return Asked(values | {"institutions": [institution]})
    if wizard == Wizard.SPLIT:
        values |= divided(told)
    return Asked(values | {"institution": institution})


def merged(values: dict[str, Any], form: MultiDict[str, str], *, on: date) -> Asked:
    """Whom a merger is about: those ticked, those named in words, and the successor."""
    asked, given = Asked(values), Given(values)
    words = [clean(word) for text in form.getlist("institutions") for word in text.replace("\n", ",").split(",")]
    words += [clean(form.get("typed", ""))]
    ticked = {word for word in words if word}
    found = [pick(asked, given, "typed", word, on, ticked) for word in words if word]
    into = clean(form.get("into_chosen") or form.get("into", ""))
    values |= {
        "institutions": list(dict.fromkeys(id for id in found if id)),
        "into": (pick(asked, given, "into", into, on) or "") if into else "",
    }
    asked.faults = tuple(given.faults)
    return asked


def pick(
    asked: Asked, given: Given, at: str, words: str, on: date, ticked: Collection[str] = frozenset()
) -> str | None:
    """The id behind the words; else a fault at the field, and whom they may mean, unless one of these is `ticked`."""
    found = meant(words, on=on)
    if found.id is None and not {one.id for one in found.candidates} & set(ticked):
        asked.candidates[at] = (*asked.candidates.get(at, ()), *found.candidates)
        if found.candidates:
            given.fault(at, f"Hãy chọn cơ sở cho: {words}", f"Choose the institution meant by: {words}")
        else:
            given.fault(at, f"Không tìm thấy cơ sở: {words}", f"No institution is found for: {words}")
    return found.id


def divided(form: Mapping[str, str]) -> dict[str, list[str]]:
    """{`campuses1`: [ids]} from the choices `goes.campus.<id>`: 1 to 3, or nothing for what stays."""
    found: dict[str, list[str]] = {}
    for kind in CHOSEN:
        start = f"{GOES}{KIND_OF[kind]}."
        for key, part in form.items():
            if key.startswith(start) and part in map(str, PARTS):
                found.setdefault(f"{kind}{part}", []).append(key.removeprefix(start))
    return found
