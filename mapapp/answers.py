"""Answers of verification as JSON: complete, ready to be sent or signed, kept in memory while they are true."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from geodata import verification
from geodata.engine import AWAY
from geodata.verification import Decision, Edition, Fact, Named, Question, Reason, Shelf, Successor
from mapapp.geojson import to_json
from mapapp.i18n import catalogue
from mapapp.issuing import Issuer
from mapapp.outage import Outage
from mapapp.verdicts import WHY

LOOK_AGAIN_S = 1.0
"""How long the number of the current release is remembered; every answer names the release it comes from."""

KEPT_ANSWERS = 20_000
Asked = tuple[Question, date]
Opened = Callable[[], Session]
"""Gives the session when the database is needed; most answers come from memory."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer without its time: a JSON object that still lacks `}`; `subject` is whom it is about."""

    open_json: str
    subject: str
    answer: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Answers of one release, in the order of the questions. `seen_at` tells that they come from the disk: when the
    database last said the same."""

    edition: Edition
    answers: list[Told]
    seen_at: datetime | None = None


class Verifier:
    """Answers questions from one shelf; the settings of this installation; signs with its keys."""

    def __init__(
        self, issuer: Issuer, outage: Outage, *, ttl_s: int, max_age_days: int, look_again_s: float = LOOK_AGAIN_S
    ) -> None:
        self.issuer = issuer
        self.outage = outage
        self.ttl_s = ttl_s
        self.max_age_days = max_age_days
        self.look_again_s = look_again_s
        self._shelf = Shelf()
        self._told: OrderedDict[tuple[str, Asked], Told] = OrderedDict()
        self._telling = Lock()
        self._current: tuple[float, Edition] | None = None

    def lately(self) -> Edition | None:
        """The current release, if it was looked up within the last second."""
        looked = self._current
        return looked[1] if looked and time.monotonic() - looked[0] < self.look_again_s else None

    def edition(self, session: Opened, release: int | None) -> Edition:
        """The release asked. Raises `UnknownRelease`. None: the current one, looked up at most once a second."""
        if release is not None:
            return verification.edition(session(), release, self._shelf)
        return self.lately() or self.look(session())

    def look(self, session: Session) -> Edition:
        """The current release, looked up now."""
        began = time.monotonic()
        found = verification.edition(session, None, self._shelf)
        with self._telling:
            if self._current is None or self._current[0] <= began:  # nobody who began later was sooner
                self._current = began, found
        return found

    def telling(self, session: Opened, asked: Sequence[Asked], release: int | None, now: datetime) -> Telling:
        """An answer per question, from the database or, while that is away, from the disk. Raises `UnknownRelease`."""
        try:
            edition = self.edition(session, release)
            return Telling(edition, self.tell(session, asked, edition))
        except AWAY as error:
            edition, decisions, seen_at = self._from_disk(error, asked, release, now)
            return Telling(edition, list(map(told, decisions)), seen_at or now)

    def decided(
        self, session: Opened, asked: Asked, release: int | None, now: datetime
    ) -> tuple[Decision, datetime | None]:
        """The decision itself, and `seen_at` as in `Telling`. Raises `UnknownRelease`."""
        try:
            return self.decide(session, [asked], self.edition(session, release))[0], None
        except AWAY as error:
            _, decisions, seen_at = self._from_disk(error, [asked], release, now)
            return decisions[0], seen_at or now

    def _from_disk(
        self, error: Exception, asked: Sequence[Asked], release: int | None, now: datetime
    ) -> tuple[Edition, tuple[Decision, ...], datetime | None]:
        if not self.outage.breaker.is_open:
            logging.getLogger(__name__).warning("verification goes on from the disk: %s", type(error).__name__)
            self.outage.breaker.trip()
        return self.outage.decide(asked, release, now, max_age_days=self.max_age_days)

    def decide(self, session: Opened, asked: Sequence[Asked], edition: Edition) -> tuple[Decision, ...]:
        """From the copy on the disk where it is of this very release: it holds the same facts for the same rules, and
        needs no way to the database; else from the database."""
        copied = self.outage.decide_in(edition, asked, max_age_days=self.max_age_days)
        if copied is not None:
            return copied
        return verification.decide_many(
            session(), asked, release=edition.release, max_age_days=self.max_age_days, shelf=self._shelf
        )

    def tell(self, session: Opened, asked: Sequence[Asked], edition: Edition) -> list[Told]:
        """An answer per question, in order, in English; those of before from memory."""
        kept = {one: self._told.get((edition.key, one)) for one in asked}
        known = {one: answer for one, answer in kept.items() if answer is not None}
        missing = [one for one in kept if one not in known]
        fresh = dict(zip(missing, map(told, self.decide(session, missing, edition)), strict=True)) if missing else {}
        with self._telling:
            for one, answer in fresh.items():
                self._told[edition.key, one] = answer
            while len(self._told) > KEPT_ANSWERS:
                self._told.popitem(last=False)
        return [fresh[one] if one in fresh else known[one] for one in asked]

    def lives_s(self, now: datetime, seen_at: datetime | None) -> int:
        """For how long an answer may be relied on: one from the disk no longer than what it comes from."""
        if seen_at is None:
            return self.ttl_s
        left = int((seen_at - now).total_seconds()) + self.outage.allowed_age_s
        return min(self.ttl_s, left) if left > 0 else self.ttl_s

    def times(self, now: datetime, seen_at: datetime | None = None) -> dict[str, Any]:
        """When the answer was given and until when it may be relied on; from the disk also how old it is."""
        expires = now + timedelta(seconds=self.lives_s(now, seen_at))
        times = {"evaluated_at": rfc3339(now), "expires_at": rfc3339(expires)}
        if seen_at is None:
            return times
        age_s = max(0, int((now - seen_at).total_seconds()))
        return {**times, "register_seen_at": rfc3339(seen_at), "age_s": age_s}

    def timed(self, answer: Told, now: datetime, nonce: str | None = None, seen_at: datetime | None = None) -> str:
        """The whole answer as JSON text, with its time and the caller's nonce."""
        times, asked = self.times(now, seen_at), f',"nonce":{to_json(nonce)}' if nonce else ""
        aged = f',"register_seen_at":"{times["register_seen_at"]}","age_s":{times["age_s"]}' if seen_at else ""
        return (
            f'{answer.open_json},"evaluated_at":"{times["evaluated_at"]}","expires_at":"{times["expires_at"]}"'
            f"{aged}{asked}}}"
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes an answer for any moment of asking, signed in the name of `issuer` if there is one."""

    verifier: Verifier
    answer: Told
    issuer: str | None

    def __call__(self, now: datetime) -> str:
        """Raises what issuing raises."""
        body = self.verifier.timed(self.answer, now)
        if self.issuer is None:
            return body
        issue = self.verifier.issuer.issue
        return issue(body, issuer=self.issuer, subject=self.answer.subject, now=now, ttl_s=self.verifier.ttl_s)


def rfc3339(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def told(decision: Decision) -> Told:
    subject = decision.institution.id if decision.institution else decision.question.code or decision.question.name
    return Told(to_json(plain(decision))[:-1], subject, decision.answer.value)


def plain(decision: Decision) -> dict[str, Any]:
    """Everything of an answer but its time and nonce."""
    institution = decision.institution
    return {
        "question": plain_question(decision.question, decision.on),
        "answer": decision.answer.value,
        "reasons": list(map(plain_reason, decision.reasons)),
        "institution": {**plain_named(institution), "matched_by": decision.matched} if institution else None,
        "candidates": [{**plain_named(one.institution), "matched_by": one.matched} for one in decision.candidates],
        "successors": list(map(plain_successor, decision.successors)),
        "records_held_by": list(map(plain_named, decision.records_held_by)),
        "licences": decision.licences,
        "decisions": decision.decisions,
        "on": decision.on,
        "release": decision.release,
        "data_status": decision.data_status,
    }


def plain_question(question: Question, on: date) -> dict[str, Any]:
    asked = {
        "code": question.code,
        "name": question.name,
        "action": question.action.value,
        "occupation": question.occupation,
        "training_level": question.training_level,
    }
    return {**{name: value for name, value in asked.items() if value}, "on": on}


def plain_reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.why.value,
        "text": catalogue("en").gettext(WHY[reason.why]),
        "facts": list(map(plain_fact, reason.facts)),
    }


FURTHER = ("licence_id", "issued_on", "training_level", "campus_id", "taught_out_until", "keeps_records")


def plain_fact(fact: Fact) -> dict[str, Any]:
    """The fact with its days and where it comes from."""
    further = {name: getattr(fact, name) for name in FURTHER if getattr(fact, name, None) is not None}
    origin = fact.origin
    return {
        "kind": fact.kind,
        "value": fact.value,
        **further,
        "valid_from": fact.valid_from,
        "valid_to": fact.valid_to,
        "source": origin.source,
        "received_on": origin.received_on,
        "data_status": origin.data_status,
        "decision": origin.decision,
        "since_release": origin.release,
    }


def plain_named(one: Named) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "codes": one.codes}


def plain_successor(one: Successor) -> dict[str, Any]:
    return {
        **plain_named(one.institution),
        "kind": one.kind,
        "predecessor": one.predecessor,
        "effective_on": one.effective_on,
        "keeps_records": one.keeps_records,
        "continues": one.continues,
    }
