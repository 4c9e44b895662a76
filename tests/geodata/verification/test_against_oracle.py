"""The rules against an oracle that walks through every day: no wrong `authorised`, no disagreement at all."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from geodata.verification import evidence, facts, rules, standing
from geodata.verification.answers import Answer, Reason, Why
from geodata.verification.evidence import Finding, State
from tests.geodata.verification import judged
from tests.geodata.verification.histories import history, questions
from tests.geodata.verification.judged import decide, disagreements, records

SEED = 20_250_701
IN_CI, IN_FULL = 500, 10_000


def no_disagreement(histories: int) -> None:
    found = list(islice(disagreements(SEED, histories), 5))
    wrongly_authorised = [one for one in found if one["rules"]["answer"] == "authorised"]
    assert wrongly_authorised == []
    assert found == []


def test_500_histories_of_seed_20250701_agree_with_the_oracle() -> None:
    no_disagreement(IN_CI)


@pytest.mark.long
def test_10000_histories_of_seed_20250701_agree_with_the_oracle() -> None:
    no_disagreement(IN_FULL)


def test_the_histories_reach_every_answer_and_reason() -> None:
    answers: Counter[str] = Counter()
    reasons: set[Why] = set()
    for number in range(IN_CI):
        made = history(f"{SEED}/{number}")
        known = records(made)
        for question, on in questions(f"{SEED}/{number}", made, 12):
            found = decide(made, known, question, on)
            answers[found.answer] += 1
            reasons |= {reason.why for reason in found.reasons}
    assert set(answers) == set(Answer) - {Answer.MALFORMED}
    assert min(answers.values()) >= 30, answers
    assert set(Why) - reasons == {Why.NOTHING_PUBLISHED, Why.REGISTER_AWAY}


Patch = Callable[[pytest.MonkeyPatch], None]


def replaced(module: Any, name: str, mistake: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(module, name, mistake)


def changed(module: Any, name: str, change: Callable[[Any], Any]) -> Patch:
    """The function with its result changed."""
    right = getattr(module, name)
    return lambda monkeypatch: monkeypatch.setattr(module, name, lambda *given, **more: change(right(*given, **more)))


def last_day_included(fact: Any, on: Any) -> bool:
    return (fact.valid_from is None or fact.valid_from <= on) and (fact.valid_to is None or on <= fact.valid_to)


def taken_as_met(finding: Finding) -> Finding:
    return dataclasses.replace(finding, state=State.MET)


MISTAKES: dict[str, Patch] = {
    "the day after a span still belongs to it": replaced(facts.Fact, "holds", last_day_included),
    "the first of several bearers is meant": changed(rules, "plausible", lambda found: dict(islice(found.items(), 1))),
    "former bearers of a code count like the present one": replaced(facts.Match, "holds", lambda _match, _on: True),
    "a licence of unknown start was always in force": changed(
        evidence,
        "_in_force",
        lambda found: taken_as_met(found) if found.state is State.UNCERTAIN else found,
    ),
    "a programme needs no licence": changed(evidence, "_covers", taken_as_met),
    "an expired licence counts": changed(evidence, "_in_force", taken_as_met),
    "a stop of enrolment is overlooked": changed(evidence, "_enrolling", taken_as_met),
    "every record is complete": replaced(rules, "declaration", lambda *_: Reason(Why.DECLARED_COMPLETE)),
    "the last day of a teach-out is included": replaced(
        evidence,
        "_teaches_out",
        lambda one, on: bool(one.valid_to and one.taught_out_until and one.valid_to <= on <= one.taught_out_until),
    ),
    "a merger counts only where the status says so too": replaced(standing, "ENDING", ()),
    "a merger without a day is overlooked": replaced(evidence, "undated", lambda _record: ()),
    "a closure ends with its row": replaced(
        standing, "_status", lambda record, on: next((one for one in record.statuses if one.holds(on)), None)
    ),
    "only the next successor is told": changed(rules, "successors", lambda found: found[:1]),
    "the day of publication is counted in UTC": replaced(judged, "vietnamese_day", lambda moment: moment.date()),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_seeded_mistake_is_caught(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MISTAKES[mistake](monkeypatch)
    assert next(disagreements(SEED, IN_CI), None) is not None
