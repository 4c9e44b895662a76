"""Made-up histories published in the database and asked there: reading the facts loses and invents nothing."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from geodata import registry_ids, verification
from geodata.models import (
    Campus,
    CompletenessDeclaration,
    Identifier,
    Institution,
    InstitutionAttribute,
    InstitutionName,
    Licence,
    Programme,
    Relation,
    Release,
    Source,
)
from geodata.releases import finish_release, open_release
from geodata.text import fold
from geodata.verification.question import ACTIONS, Question
from geodata.vocabulary import ReleaseKind
from tests.geodata.verification.histories import history, questions
from tests.geodata.verification.judged import shape
from tests.geodata.verification.oracle import FIRST, Days, expected

SEED = 20_260_101
EACH = 12


@pytest.mark.parametrize("number", range(6))
def test_history_in_the_register_agrees_with_the_oracle(session: Session, number: int) -> None:
    agrees(session, f"{SEED}/{number}")


@pytest.mark.long
@pytest.mark.parametrize("number", range(6, 200))
def test_many_histories_in_the_register_agree_with_the_oracle(session: Session, number: int) -> None:
    agrees(session, f"{SEED}/{number}")


def agrees(session: Session, name: str) -> None:
    made = history(name)
    ids = publish(session, made)
    asked = questions(name, made, EACH)
    given = verification.decide_many(
        session, [(to_question(question), on) for question, on in asked], max_age_days=made["max_age_days"]
    )
    for (question, on), decision in zip(asked, given, strict=True):
        assert translated(shape(decision), ids) == expected(made, question, on), (question, on)


def to_question(asked: dict[str, Any]) -> Question:
    return Question(
        asked["code"], ACTIONS[asked["action"]], asked["occupation"], asked["training_level"], asked["name"].upper()
    )


def translated(found: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """Registry ids back to those of the history."""
    short = {long: short for short, long in ids.items()}
    return {
        "answer": found["answer"],
        "institution": short.get(found["institution"]),
        "candidates": sorted(short[one] for one in found["candidates"]),
        "successors": sorted((short[a], short[b]) for a, b in found["successors"]),
        "keepers": sorted(short[one] for one in found["keepers"]),
    }


def publish(session: Session, made: dict[str, Any]) -> dict[str, str]:
    """Publish the history in one release; {its ids: registry ids}."""
    release = open_release(session, kind=ReleaseKind.EDIT, actor="tester", reason="history")
    ids = {one: registry_ids.issue() for one in made["institutions"]}
    session.add_all(Institution(id=one) for one in ids.values())
    source = new_source(session, made["published_at"])
    for one, facts in made["institutions"].items():
        session.add_all(rows(session, ids[one], facts, {"release_from": release.id, "source_id": source}))
    for step in made["relations"]:
        session.add(
            Relation(
                kind=step["kind"],
                predecessor_id=ids[step["from"]],
                successor_id=ids[step["to"]],
                keeps_records=step["keeps"],
                release_from=release.id,
                source_id=source,
                **span(step["days"]),
            )
        )
    finish_release(session, release, institutions=list(ids.values()))
    session.execute(update(Release).where(Release.id == release.id).values(published_at=made["published_at"]))
    session.flush()
    session.expire_all()
    return ids


def new_source(session: Session, received_at: Any) -> int:
    source = Source(kind="edit", title="Made up", data_status="official", received_at=received_at)
    session.add(source)
    session.flush()
    return source.id


def rows(session: Session, one: str, facts: dict[str, Any], said: dict[str, int]) -> list[Any]:
    common = {"institution_id": one, **said}
    kinds = ("status", "enrolment")
    attributes = [("type", "college", (None, None)), *((kind, *fact) for kind in kinds for fact in facts[kind])]
    place = {"kind": "main", "location_precision": "none"}
    return [
        *(InstitutionAttribute(kind=kind, value=value, **span(days), **common) for kind, value, days in attributes),
        *(InstitutionName(kind="official", text=t, folded=fold(t), **span(d), **common) for t, d in facts["names"]),
        *(Identifier(scheme="code", value=value, **span(days), **common) for value, days in facts["codes"]),
        *(Campus(campus_id=f"{one}.{name}", **place, **span(days), **common) for name, days in facts["campuses"]),
        *(
            CompletenessDeclaration(declared_by="tester", declared_on=days[0] or FIRST, **span(days), **common)
            for days in facts["complete"]
        ),
        *(
            Licence(
                licence_id=f"{one}.{held['id']}",
                number=held["id"],
                issued_on=held["issued_on"],
                **span(held["days"]),
                **{**common, "source_id": new_source(session, held["received_at"])},
            )
            for held in facts["licences"]
        ),
        *(
            Programme(
                occupation_code=taught["occupation"],
                training_level=taught["training_level"],
                licence_id=taught["licence"] and f"{one}.{taught['licence']}",
                campus_id=taught["campus"] and f"{one}.{taught['campus']}",
                taught_out_until=taught["taught_out_until"],
                **span(taught["days"]),
                **common,
            )
            for taught in facts["programmes"]
        ),
    ]


def span(days: Days) -> dict[str, Any]:
    return {"valid_from": days[0], "valid_to": days[1]}
