"""The rules that browsers apply to the offline list are the register's: the same answers over generated histories."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geodata.days import vietnamese_day
from geodata.kept.encoding import plain_origin, plain_record, to_line
from geodata.verification.answers import Decision
from geodata.verification.facts import Match, Origin
from tests.geodata.verification.histories import history, questions
from tests.geodata.verification.judged import _matches, decide, records, shape

RULES = Path(__file__).parents[2] / "mapapp" / "static" / "js" / "offline-rules.js"
SEED = 20_260_601
EACH = 12
JUDGE = """
import { readFileSync } from "node:fs";
import { decide, nameOn, record } from "RULES";
const told = JSON.parse(readFileSync(0)).map(({ lines, origins, edition, asked }) => {
  const records = new Map(lines.map((line) => [line[0], record(line)]));
  const list = { edition, records, origins: new Map(Object.entries(origins)) };
  return asked.map(({ question, on, byCode, byName }) => {
    const found = decide(list, question, on, { byCode, byName });
    return {
      answer: found.answer, institution: found.institution, candidates: found.candidates,
      successors: found.successors.map((one) => [one.predecessor, one.id]).sort(), keepers: found.keepers,
      reasons: found.reasons.map(({ why, facts }) => [why, facts.map((fact) => fact[1])]),
      data_status: found.data_status,
      name: found.institution ? nameOn(records.get(found.institution), on) : null,
    };
  });
});
console.log(JSON.stringify(told));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not on the path")
@pytest.mark.parametrize("histories", [150, pytest.param(3_000, marks=pytest.mark.long)], ids=["some", "many"])
def test_browsers_decide_as_the_register_does(histories: int, tmp_path: Path) -> None:
    made = [(f"{SEED}/{number}", history(f"{SEED}/{number}")) for number in range(histories)]
    asked = [questions(name, one, EACH) for name, one in made]
    given = judged([as_list(one, about) for (_, one), about in zip(made, asked, strict=True)], tmp_path)
    wrong = [
        (name, question, on, answer, right)
        for (name, one), about, answers in zip(made, asked, given, strict=True)
        for (question, on), answer in zip(about, answers, strict=True)
        if (right := in_its_words(decide(one, records(one), question, on))) != answer
    ]
    assert wrong == []
    assert len({answer["answer"] for answers in given for answer in answers}) >= 9


def judged(lists: list[dict[str, Any]], place: Path) -> Any:
    script = place / "judge.mjs"
    script.write_text(JUDGE.replace("RULES", RULES.as_uri()))
    found = subprocess.run(
        ["node", "--no-warnings", str(script)], input=to_line(lists), capture_output=True, text=True, check=False
    )
    assert found.stderr == ""
    return json.loads(found.stdout)


def as_list(made: dict[str, Any], asked: list[tuple[dict[str, Any], date]]) -> dict[str, Any]:
    names: dict[Origin, str] = {}
    lines = [plain_record(one, (), names) for one in records(made).values()]
    edition = {
        "release": 1,
        "published_on": vietnamese_day(made["published_at"]),
        "data_status": "official",
        "max_age_days": made["max_age_days"],
    }
    return {
        "lines": lines,
        "origins": {name: plain_origin(origin) for origin, name in names.items()},
        "edition": edition,
        "asked": [
            {
                "question": question,
                "on": on,
                "byCode": plain_matches(_matches(made, "codes", question["code"])),
                "byName": plain_matches(_matches(made, "names", question["name"])),
            }
            for question, on in asked
        ],
    }


def plain_matches(found: list[Match] | None) -> list[dict[str, Any]] | None:
    if found is None:
        return None
    return [{"id": one.institution_id, "by": one.by, "from": one.valid_from, "to": one.valid_to} for one in found]


def in_its_words(found: Decision) -> dict[str, Any]:
    told = shape(found)
    return {
        **told,
        "successors": [list(one) for one in told["successors"]],
        "reasons": [[reason.why.value, [fact.value for fact in reason.facts]] for reason in found.reasons],
        "data_status": found.data_status,
        "name": found.institution.name if found.institution else None,
    }
