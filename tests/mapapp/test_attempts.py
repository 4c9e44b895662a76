"""Attempts at random through the application: every private way, bodies of any kind, aimed at another province."""

import random
import re
from collections import Counter
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from mapapp.people_desk import ACTS as OF_ACCOUNTS
from mapapp.proposals import ACTS
from tests.geodata.people.guarded import ELSEWHERE, Guarded
from tests.mapapp.test_rights import PRIVATE, got_in, site, things, visitors

__all__ = ["site", "things", "visitors"]  # fixtures that live beside the matrix of rights

STRANGERS = "PAUR0"
"""Whose rights, if any, are over another province."""

STATE_OF_OTHERS = """
    SELECT md5(string_agg(kept, ',' ORDER BY kept)) FROM (
        SELECT 'run ' || id || state || provinces::text AS kept FROM import_run WHERE provinces @> ARRAY[:p]
        UNION ALL SELECT 'proposal ' || id || state || changed_at::text FROM proposal WHERE provinces && ARRAY[:p]
        UNION ALL SELECT 'step ' || id FROM proposal_log WHERE proposal_id IN
            (SELECT id FROM proposal WHERE provinces && ARRAY[:p])
        UNION ALL SELECT 'row ' || r.id || r.outcome FROM import_row AS r JOIN import_run AS i ON i.id = r.run_id
            WHERE i.provinces @> ARRAY[:p]
        UNION ALL SELECT 'fact ' || row_id || coalesce(release_to::text, '-') FROM campus WHERE province_code = :p
        UNION ALL SELECT 'review ' || province_code || count(*) FROM province_review WHERE province_code = :p
            GROUP BY province_code
        UNION ALL SELECT 'report ' || id || state FROM report WHERE institution_id = ANY (:others)
        UNION ALL SELECT 'told ' || ticket || state FROM error_report WHERE institution_id = ANY (:others)
        UNION ALL SELECT 'right ' || r.id || coalesce(r.valid_to::text, '-') || p.active || p.failed_count
            || coalesce(p.password_hash, '-') FROM person_right AS r JOIN person AS p ON p.id = r.person_id
            WHERE r.institution_id = ANY (:others) OR p.login IN ('other', 'national', 'signer')
        UNION ALL SELECT 'invited ' || person_id || made_at FROM person_invitation
        UNION ALL SELECT 'release ' || max(id) FROM release
    ) AS everything
"""
EVENTS = ("rename", "merge", "split", "close", "suspend", "stop_enrolment", "reopen", "declare_complete")
ESSENTIAL: dict[str, Callable[[str], dict[str, object]]] = {
    "merge": lambda id: {"institutions": id, "effective": "2026-09-01"},
    "merge into": lambda id: {"into": id, "effective": "2026-09-01"},
    "people": lambda id: {"login": f"{id}x", "name": "X", "role": "reporter", "institution": id, "sure": "1"},
    "": lambda id: {"campus.new1.name": f"Cơ sở {id}", "campus.new1.province": ELSEWHERE, "base": "1"},
}
"""Forms about one's own institution that mean another province as well, by the end of their address."""

WORDS = ("", "1", "x", "2026-09-01", "12/QĐ-UBND", "college", "on", ELSEWHERE, "01", "*", "all", "end", "' OR 1=1 --")
NAMES = (
    *("reason", "effective", "decision", "name", "name1", "type1", "name.official", "attribute.website", "policy"),
    *("institution", "institutions", "into", "into_chosen", "typed", "programmes", "campuses", "continues", "owner"),
    *(
        "declared_by",
        "provinces",
        "province",
        "code",
        "id",
        "person",
        "sure",
        "base",
        "more",
        "find",
        "answer",
        "state",
    ),
    *("login", "role", "until"),
    *("campus.new1.name", "campus.new1.province", "licence.new1.number", "programme.new1.occupation_code"),
)


def a_body(chance: random.Random, others: list[str]) -> dict[str, object]:
    """Some fields of some forms, filled in with anything."""
    names = chance.sample(NAMES, k=chance.randint(0, 8))
    return {name: chance.choice([*WORDS, *chance.sample(others, k=2)]) for name in names}


def a_way(chance: random.Random, ways: list[str]) -> str:
    """A private way, with any step or event where its example names one."""
    way = chance.choice(ways)
    way = re.sub(r"(/proposals/\{proposal\})/approve", lambda found: f"{found[1]}/{chance.choice(list(ACTS))}", way)
    way = re.sub(r"(/people/\{person\})/lock", lambda found: f"{found[1]}/{chance.choice(list(OF_ACCOUNTS))}", way)
    return re.sub(r"(/institutions/\{id\})/close", lambda found: f"{found[1]}/{chance.choice(EVENTS)}", way)


def own_tokens(visitors: dict[str, FlaskClient]) -> dict[str, str]:
    """What each stranger's forms carry now; it changes with their session."""
    forms = {letter: visitors[letter].get("/account").text for letter in STRANGERS}
    return {letter: re.findall(r'name="token" value="([0-9a-f]{64})"', told)[0] for letter, told in forms.items()}


PARTS = [(1, 120), *(pytest.param(part, 5_000, marks=pytest.mark.long) for part in range(2, 6))]
"""A few for every day; 20,000 in four parts, which workers share out."""


@pytest.mark.parametrize(("part", "count"), PARTS)
def test_no_attempt_through_the_application_reaches_another_province(
    part: int, count: int, visitors: dict[str, FlaskClient], things: dict[str, dict[str, object]], guarded: Guarded
) -> None:
    seed = 20261122 + part
    chance = random.Random(seed)
    ways = [one.way for one in PRIVATE.values() if "{" in one.way and not set(STRANGERS) & set(one.other)]
    others = guarded.institutions(ELSEWHERE)

    def others_state() -> str:
        with guarded.owner() as session:
            return str(session.scalar(text(STATE_OF_OTHERS), {"p": ELSEWHERE, "others": others}))

    before, succeeded, tokens = others_state(), [], {}
    answers: Counter[int] = Counter()
    for number in range(count):
        if number % 200 == 0:
            tokens = own_tokens(visitors)
        letter, language = chance.choice(STRANGERS), chance.choice(["", "/en"])
        if chance.random() < 0.25:
            event, form = chance.choice(list(ESSENTIAL.items()))
            own = "/steward" if event == "people" else f"/steward/institutions/{things['own']['id']}"
            verb, path = "POST", f"{own}/{event.split(' ')[0]}" if event else own
            body = {**form(chance.choice(others)), "reason": chance.choice(WORDS)}
        else:
            named = {**things["other"], "id": chance.choice(others)}
            verb, path = a_way(chance, ways).format(**named).split(" ")
            body = a_body(chance, others)
        client, body = visitors[letter], {**body, "token": tokens[letter]}
        answer = client.get(language + path) if verb == "GET" else client.post(language + path, data=body)
        answers[answer.status_code] += 1
        if got_in(answer) and answer.status_code < 400:
            succeeded.append((letter, verb, path, body, answer.status_code, answer.headers.get("Location")))
    told = ", ".join(f"{number} times {status}" for status, number in sorted(answers.items()))
    whose = f"{len(STRANGERS)} people"
    print(f"{count} attempts through the application, seed {seed}, {len(ways)} ways, {whose}: {told}; ", end="")  # noqa: T201
    print(f"{len(succeeded)} succeeded")  # noqa: T201
    assert succeeded == []
    assert others_state() == before
