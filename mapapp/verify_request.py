"""Questions to `/api/v1/verify` as they arrive, in an address or in a body, read by hand because they come often."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Request
from werkzeug.datastructures import MultiDict

from geodata.verification import Fault, MalformedQuestion, parse
from mapapp.answers import Asked
from mapapp.params import CONTROL

ASKS = ("code", "name", "action", "occupation", "training_level", "on")
WITH = ("release", "nonce", "format")
JOSE = "application/jose"
LONGEST_NONCE = 128
MOST_QUESTIONS = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What comes with a question: which release (None: the current one), the caller's nonce, a signature or not."""

    release: int | None
    nonce: str | None
    signed: bool


@dataclass(frozen=True, slots=True)
class Malformed:
    """One question of a batch that cannot be answered."""

    faults: tuple[Fault, ...]


def from_address(request: Request, today: date) -> tuple[Asked, Wanted]:
    """The one question of a GET. Raises `MalformedQuestion` that names every wrong parameter."""
    args: MultiDict[str, str] = request.args
    faults = [Fault(printable(name), "unknown_parameter") for name in args if name not in (*ASKS, *WITH)]
    faults += [Fault(name, "given_twice") for name, values in args.lists() if len(set(values)) > 1]
    given = args.to_dict()
    asked, wrong = _asked(given, today)
    wanted, wrong_with = _wanted(given, request)
    if faults or wrong or wrong_with or asked is None:
        raise MalformedQuestion((*faults, *wrong, *wrong_with))
    return asked, wanted


def from_body(request: Request, today: date) -> tuple[list[Asked | Malformed], Wanted]:
    """The questions of a POST, in order: `{"questions": [...], "release": …, "nonce": …}` or only the list. Raises
    `MalformedQuestion` when the whole cannot be read."""
    body = _json(request)
    whole = {"questions": body} if isinstance(body, list) else body
    if not isinstance(whole, dict):
        raise MalformedQuestion((Fault("questions", "not_a_list"),))
    given = {**request.args.to_dict(), **whole}
    faults = [Fault(printable(name), "unknown_parameter") for name in given if name not in ("questions", *WITH)]
    questions = whole.get("questions")
    if not isinstance(questions, list) or not 1 <= len(questions) <= MOST_QUESTIONS:
        raise MalformedQuestion((*faults, Fault("questions", "not_a_list")))
    wanted, wrong = _wanted({name: str(given[name]) for name in WITH if given.get(name) is not None}, request)
    if faults or wrong:
        raise MalformedQuestion((*faults, *wrong))
    return [one_of_batch(question, today) for question in questions], wanted


def one_of_batch(given: Any, today: date) -> Asked | Malformed:
    """A question of a batch; `null` counts as not given."""
    if not isinstance(given, dict):
        return Malformed((Fault("questions", "not_an_object"),))
    present = {name: value for name, value in given.items() if value is not None}
    faults = [Fault(printable(name), "unknown_parameter") for name in present if name not in ASKS]
    faults += [Fault(name, "not_text") for name in ASKS if not isinstance(present.get(name, ""), str)]
    if faults:
        return Malformed(tuple(faults))
    asked, wrong = _asked(present, today)
    return Malformed(wrong) if asked is None else asked


def printable(name: str) -> str:
    return CONTROL.sub("?", name)[:80]


def _asked(given: Mapping[str, str], today: date) -> tuple[Asked | None, tuple[Fault, ...]]:
    try:
        return parse(given, today=today), ()
    except MalformedQuestion as malformed:
        return None, malformed.faults


def _wanted(given: Mapping[str, str], request: Request) -> tuple[Wanted, list[Fault]]:
    faults = []
    release, nonce, form = given.get("release", ""), given.get("nonce"), given.get("format", "")
    if release and not (release.isascii() and release.isdecimal() and 1 <= int(release[:12]) < 2**31):
        faults.append(Fault("release", "not_a_release"))
    if nonce and len(nonce) > LONGEST_NONCE:
        faults.append(Fault("nonce", "too_long"))
    if nonce and CONTROL.search(nonce):
        faults.append(Fault("nonce", "control_character"))
    if form not in ("", "json", "jws"):
        faults.append(Fault("format", "unknown_value"))
    number = int(release) if release and not faults else None
    return Wanted(number, nonce or None, form == "jws" or (not form and _accepts_jose(request))), faults


def _accepts_jose(request: Request) -> bool:
    if JOSE not in request.headers.get("Accept", ""):
        return False
    return request.accept_mimetypes.best_match(["application/json", JOSE]) == JOSE


def _json(request: Request) -> Any:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None
