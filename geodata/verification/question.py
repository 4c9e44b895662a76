"""A question as asked: who, which action, which programme; it parses itself from text."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from geodata.errors import GeodataError
from geodata.vocabulary import TrainingLevel

LONGEST_CODE = 64
LONGEST_NAME = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_OCCUPATION = re.compile(r"[0-9]{7}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Action(StrEnum):
    OPERATE = "operate"
    ENROL = "enrol"
    TRAIN = "train"
    AWARD = "award"


ACTIONS = {action.value: action for action in Action}
LEVELS = frozenset(level.value for level in TrainingLevel)
FOR_PROGRAMMES = (Action.TRAIN, Action.AWARD)
"""Actions that are always about an occupation; `enrol` is where one is asked, `operate` never."""


class Fault(NamedTuple):
    """What is wrong with a parameter; `code` is one of `missing`, `too_long`, `control_character`, `unknown_value`,
    `not_seven_digits`, `not_a_day`, `needed_for_action`."""

    parameter: str
    code: str


class MalformedQuestion(GeodataError):
    """A question that cannot be answered; `faults` names every wrong parameter."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.parameter}: {fault.code}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Question:
    """Was the institution with this code (or name, or both) authorised to do this?

    `code` is any identifier: code, e-ID, licence number, registry id, present or former. `occupation` is a 7-digit
    code; `training_level` None asks about any level.
    """

    code: str = ""
    action: Action = Action.OPERATE
    occupation: str | None = None
    training_level: str | None = None
    name: str = ""


def parse(given: Mapping[str, str], *, today: date) -> tuple[Question, date]:
    """The question and its day from texts; absent and empty texts take the defaults. Raises `MalformedQuestion`."""
    code, name = _line(given.get("code", "")), _line(given.get("name", ""))
    action, occupation = given.get("action", "").strip() or "operate", given.get("occupation", "").strip() or None
    level, written = given.get("training_level", "").strip() or None, given.get("on", "").strip()
    on = _day(written) if written else today
    faults = [
        *_of_identity(code, name),
        *_of_programme(action, occupation, level),
        *([] if on else [Fault("on", "not_a_day")]),
    ]
    if faults or on is None:
        raise MalformedQuestion(tuple(faults))
    return Question(code, ACTIONS[action], occupation, level, name), on


def _of_identity(code: str, name: str) -> list[Fault]:
    faults = [] if code or name else [Fault("code", "missing")]
    for parameter, text, longest in (("code", code, LONGEST_CODE), ("name", name, LONGEST_NAME)):
        if len(text) > longest:
            faults.append(Fault(parameter, "too_long"))
        if _CONTROL.search(text):
            faults.append(Fault(parameter, "control_character"))
    return faults


def _of_programme(action: str, occupation: str | None, level: str | None) -> list[Fault]:
    faults = [] if action in ACTIONS else [Fault("action", "unknown_value")]
    if occupation is None:
        if action in FOR_PROGRAMMES:
            faults.append(Fault("occupation", "needed_for_action"))
    elif not _OCCUPATION.fullmatch(occupation):
        faults.append(Fault("occupation", "not_seven_digits"))
    if level is not None and level not in LEVELS:
        faults.append(Fault("training_level", "unknown_value"))
    return faults


def _line(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
