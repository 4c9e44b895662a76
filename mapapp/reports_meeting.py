"""Two people wrote one report at once: what it said when this one opened the form, what it says now, what they typed.

Numerator and denominator stand or fall together, so that no figure comes out that nobody wrote.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import request

from geodata.reports.planning import CELLS, EVIDENCE
from mapapp.i18n import gettext as _

Figures = Mapping[str, Mapping[str, str]]
UNITS = (CELLS, (EVIDENCE,))
"""Cells that one person's answer fills together."""

BASE, OPENED = "base", "opened"
"""Names of the fields in which a form says what it was opened on."""


@dataclass(frozen=True)
class Opened:
    """What a form was opened on: the report's stamp, and its cells and note as they stood then."""

    base: str = ""
    figures: Figures = field(default_factory=dict)
    note: str = ""

    @classmethod
    def read(cls) -> "Opened":
        """What the form that was sent says; nothing filled in where it says nothing that can be read."""
        try:
            told = json.loads(request.form.get(OPENED, ""))
            json.dumps(told, ensure_ascii=False).encode()  # half a character cannot be shown
            figures, note = told["figures"].items(), told["note"]
            cells = {str(id): {str(name): str(text) for name, text in one.items()} for id, one in figures}
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return cls(request.form.get(BASE, ""))
        return cls(request.form.get(BASE, ""), cells, str(note))

    def as_text(self) -> str:
        """For the form, without empty cells."""
        cells = {id: {name: text for name, text in one.items() if text} for id, one in self.figures.items()}
        told = {"figures": {id: one for id, one in cells.items() if one}, "note": self.note}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Difference:
    """What one side or both changed: as it was, as it is now, as it was typed. `conflict`: both, differently."""

    id: str
    label: str
    was: str
    theirs: str
    yours: str
    conflict: bool


@dataclass(frozen=True)
class Meeting:
    """The three sides put together: what only one changed is theirs; what both changed stays as it was typed."""

    figures: Figures
    note: str
    differences: tuple[Difference, ...]


Words = Callable[[str, Mapping[str, str]], str]


def meet(labels: Mapping[str, str], words: Words, was: Opened, now: Opened, typed: Figures, note: str) -> Meeting:
    """The sides, indicator by indicator as `labels` name them; `words(indicator, cells)` says what some cells state."""
    merged: dict[str, dict[str, str]] = {}
    found: list[Difference] = []
    for id, label in labels.items():
        for unit in UNITS:
            before, theirs, yours = (_cells(figures, id, unit) for figures in (was.figures, now.figures, typed))
            merged.setdefault(id, {}).update(theirs if yours == before else yours)
            name = f"{label}: {_('minh chứng')}" if unit == (EVIDENCE,) else label
            said = words(id, before), words(id, theirs), words(id, yours)
            found += (
                [Difference(id, name, *said, _both(before, theirs, yours))] if not before == theirs == yours else []
            )
    if not was.note == now.note == note:
        conflict = _both(was.note, now.note, note)
        found.append(Difference("reason", _("Ghi chú cho người duyệt"), was.note, now.note, note, conflict))
    return Meeting(merged, now.note if note == was.note else note, tuple(found))


def _cells(figures: Figures, id: str, unit: tuple[str, ...]) -> dict[str, str]:
    return {name: figures.get(id, {}).get(name, "") for name in unit}


def _both(was: object, theirs: object, yours: object) -> bool:
    return theirs != was and yours not in (was, theirs)
