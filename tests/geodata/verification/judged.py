"""A made-up history as the rules take it, and where their answers differ from the oracle's."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from geodata.days import vietnamese_day
from geodata.verification import rules
from geodata.verification.answers import Decision
from geodata.verification.facts import Edition, Fact, LicenceFact, Match, Origin, ProgrammeFact, Record, Succession
from geodata.verification.loading import record
from geodata.verification.question import ACTIONS, Question
from tests.geodata.verification.histories import history, questions
from tests.geodata.verification.oracle import FIRST, expected

SOURCE = Origin("Made up", "official", FIRST)


def records(made: dict[str, Any]) -> dict[str, Record]:
    """The history's institutions; their facts in no particular order, as a database gives them."""
    return {one: record(one, reversed(list(_facts(made, one)))) for one in made["institutions"]}


def _facts(made: dict[str, Any], one: str) -> Iterator[tuple[str, Fact]]:
    facts = made["institutions"][one]
    plain = (("status", "statuses"), ("enrolment", "enrolment"), ("names", "names"), ("campuses", "campuses"))
    for field, part in plain:
        yield from ((part, Fact(field, value, *days, SOURCE)) for value, days in facts[field])
    yield from (("declarations", Fact("complete", "somebody", *days, SOURCE)) for days in facts["complete"])
    for held in facts["licences"]:
        origin = Origin("Made up", "official", vietnamese_day(held["received_at"]))
        yield "licences", LicenceFact("licence", held["id"], *held["days"], origin, held["id"], held["issued_on"])
    for taught in facts["programmes"]:
        about = (taught["training_level"], taught["licence"], taught["campus"], taught["taught_out_until"])
        yield "programmes", ProgrammeFact("programme", taught["occupation"], *taught["days"], SOURCE, *about)
    for step in made["relations"]:
        if step["from"] == one:
            yield "successions", Succession(step["kind"], step["to"], *step["days"], SOURCE, step["keeps"])


def decide(made: dict[str, Any], known: dict[str, Record], question: dict[str, Any], on: date) -> Decision:
    asked = Question(
        question["code"],
        ACTIONS[question["action"]],
        question["occupation"],
        question["training_level"],
        question["name"],
    )
    edition = Edition(1, vietnamese_day(made["published_at"]), "official")
    by_code, by_name = (
        _matches(made, field, question[asked_by]) for field, asked_by in (("codes", "code"), ("names", "name"))
    )
    return rules.decide_from(asked, on, edition, by_code, by_name, known, max_age_days=made["max_age_days"])


def _matches(made: dict[str, Any], field: str, text: str) -> list[Match] | None:
    if not text:
        return None
    return [
        Match(one, field, *days)
        for one, facts in made["institutions"].items()
        for value, days in facts[field]
        if value == text
    ]


def shape(found: Decision) -> dict[str, Any]:
    """A decision in the oracle's words."""
    return {
        "answer": found.answer.value,
        "institution": found.institution.id if found.institution else None,
        "candidates": sorted(one.institution.id for one in found.candidates),
        "successors": sorted((one.predecessor, one.institution.id) for one in found.successors),
        "keepers": sorted(one.id for one in found.records_held_by),
    }


def disagreements(seed: int, histories: int, *, each: int = 12) -> Iterator[dict[str, Any]]:
    """Every question of the histories on which rules and oracle differ, with both answers."""
    for number in range(histories):
        name = f"{seed}/{number}"
        made = history(name)
        known = records(made)
        for question, on in questions(name, made, each):
            right, given = expected(made, question, on), shape(decide(made, known, question, on))
            if right != given:
                yield {"history": name, "question": question, "on": on, "oracle": right, "rules": given}
