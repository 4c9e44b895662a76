"""The slow and obvious way to the same answers, day by day. Imports nothing of the code it judges.

A history is a plain dictionary:

    institutions: {id: {status, enrolment, licences, programmes, campuses, complete, names, codes}}
    relations: [{kind, from, to, days, keeps}]
    published_at: the moment of publication (UTC); licences have `received_at` likewise
    max_age_days: how long after it the register tells

Every fact carries `days`: (first day or None, first day after or None). The oracle writes each fact down on every
single day of a calendar and then looks at one page of it; no span is ever compared with another.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

FIRST, LAST = date(2020, 1, 1), date(2020, 3, 15)
CALENDAR = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
OVER = ("closed", "merged")
ENDS_THE_PREDECESSOR = ("merge", "absorb", "rename", "upgrade")

Days = tuple[date | None, date | None]


@cache
def days_of(days: Days) -> frozenset[date]:
    """Each day of the calendar on which the fact held: not before the first day, not on the first day after."""
    first, after = days
    return frozenset(day for day in CALENDAR if (first is None or first <= day) and (after is None or day < after))


def in_vietnam(moment: datetime) -> date:
    """The calendar day in Vietnam, seven hours ahead of UTC all year round."""
    return (moment.replace(tzinfo=None) + timedelta(hours=7)).date()


def up_to(day: date) -> Iterator[date]:
    """The calendar from its first day to this one."""
    for one in CALENDAR:
        yield one
        if one == day:
            return


class Life:
    """One institution, walked through from the first day of the calendar to the day asked about."""

    def __init__(self, history: dict[str, Any], institution: str, on: date) -> None:
        self.facts = history["institutions"][institution]
        self.steps = [step for step in history["relations"] if step["from"] == institution]
        self.on = on
        self.state: str | None = None
        self.reopened_after: set[int] = set()
        self.steps_today: list[dict[str, Any]] = []
        self._walk()

    def _walk(self) -> None:
        written: dict[date, list[str]] = {day: [] for day in CALENDAR}
        for value, days in self.facts["status"]:
            for day in days_of(days):
                written[day].append(value)
        begins = {days[0]: value for value, days in self.facts["status"]}
        effective: set[int] = set()
        for day in up_to(self.on):
            if day in begins and begins[day] not in OVER:
                self.reopened_after |= effective
            if written[day]:
                self.state = written[day][0]
            elif self.state not in OVER:
                self.state = None
            effective = {n for n, step in enumerate(self.steps) if step["days"][0] and day in days_of(step["days"])}
        self.steps_today = [self.steps[n] for n in sorted(effective)]
        self._end_by_steps(effective)

    def _end_by_steps(self, effective: set[int]) -> None:
        """Merged because of a step, unless it opened again on a later day."""
        ending = {n for n in effective if self.steps[n]["kind"] in ENDS_THE_PREDECESSOR}
        self.ended = self.state in OVER or bool(ending - (set() if self.state is None else self.reopened_after))
        if self.state in OVER:
            self.steps_today += [step for step in self.steps if step["days"][0] is None]

    @property
    def not_yet(self) -> bool:
        """The first thing known of it is that it opens, on a day still to come."""
        ordered = sorted(self.facts["status"], key=lambda fact: fact[1][0] or date.min)
        if not ordered or ordered[0][0] != "active" or ordered[0][1][0] is None:
            return False
        return ordered[0][1][0] not in list(up_to(self.on))

    @property
    def merger_of_unknown_day(self) -> bool:
        ever_over = any(value in OVER for value, _ in self.facts["status"])
        unknown = [s for s in self.steps if s["days"][0] is None and s["kind"] in ENDS_THE_PREDECESSOR]
        return bool(unknown) and not ever_over


def expected(history: dict[str, Any], question: dict[str, Any], on: date) -> dict[str, Any]:
    """{answer, institution, candidates, successors, keepers}"""
    nothing = {"institution": None, "candidates": [], "successors": [], "keepers": []}
    if (on - in_vietnam(history["published_at"])).days > history["max_age_days"]:
        return {"answer": "register_stale", **nothing}
    bearers = who(history, question, on)
    if not bearers:
        return {"answer": "unknown_code", **nothing}
    if len(bearers) > 1:
        return {"answer": "ambiguous", **nothing, "candidates": sorted(bearers)}
    (institution,) = bearers
    known = {**nothing, "institution": institution}
    life = Life(history, institution, on)
    if life.not_yet:
        return {**known, "answer": "not_yet_open"}
    if life.ended and (life.steps_today or life.state == "merged"):
        return {**known, "answer": "merged_into", **whereto(history, institution, on)}
    if life.ended:
        return {**known, "answer": "closed"}
    if life.state == "suspended":
        return {**known, "answer": "suspended"}
    return {**known, "answer": by_evidence(life, question, on)}


def who(history: dict[str, Any], question: dict[str, Any], on: date) -> set[str]:
    """Whoever bears the code (and the name); a bearer of the day goes before one of another day."""
    ever: list[set[str]] = []
    today: set[str] = set()
    for field, asked in (("codes", question.get("code")), ("names", question.get("name"))):
        if asked:
            bears = {
                institution: [days for text, days in facts[field] if text == asked]
                for institution, facts in history["institutions"].items()
            }
            ever.append({institution for institution, spans in bears.items() if spans})
    both = ever[0] & ever[1] if len(ever) == 2 else ever[0]
    found: set[str] = set()
    for field, asked in (("codes", question.get("code")), ("names", question.get("name"))):
        if asked:
            today = {
                institution
                for institution in both
                for text, days in history["institutions"][institution][field]
                if text == asked and on in days_of(days)
            }
            found |= today or both
    return found


def whereto(history: dict[str, Any], start: str, on: date) -> dict[str, Any]:
    """Everyone reached by steps out of institutions that have ended, and where the records are."""
    reached: list[tuple[str, str]] = []
    front, seen = [start], {start}
    while front:
        next_front: list[str] = []
        for institution in front:
            life = Life(history, institution, on)
            if life.not_yet or not life.ended:
                continue
            for step in life.steps_today:
                reached.append((institution, step["to"]))
                if step["to"] not in seen:
                    seen.add(step["to"])
                    next_front.append(step["to"])
        front = next_front
    keepers = keep(history, start, on, [])
    return {"successors": sorted(reached), "keepers": sorted(set(keepers)) if keepers and reached else []}


def keep(history: dict[str, Any], institution: str, on: date, way: list[str]) -> list[str]:
    """Institutions that hold the records; empty as soon as one link of the chain is unknown."""
    life = Life(history, institution, on)
    if life.not_yet or not life.ended:
        return [institution]
    heirs = [step["to"] for step in life.steps_today if step["keeps"]]
    if institution in way or not heirs:
        return []
    onward = [keep(history, heir, on, [*way, institution]) for heir in heirs]
    return [one for found in onward for one in found] if all(onward) else []


def by_evidence(life: Life, question: dict[str, Any], on: date) -> str:
    """Yes, no and don't know for every need; all yes is authorised, a no counts in a complete record only."""
    needs = []
    if life.merger_of_unknown_day:
        needs.append("don't know")
    action = question["action"]
    if action == "award":
        covered = licensed_for(life, question, on, campus_matters=False)
        needs.append("yes" if taught_out(life, question, on) else covered)
    else:
        needs.append("yes" if life.state == "active" else "don't know")
        needs.append(strongest([in_force(licence, on) for licence in life.facts["licences"]]))
        if action in ("enrol", "train") and (question.get("occupation") or question.get("training_level")):
            needs.append(licensed_for(life, question, on, campus_matters=True))
    if action == "enrol":
        stopped = [days for value, days in life.facts["enrolment"] if value == "stopped"]
        needs.append("no" if any(on in days_of(days) for days in stopped) else "yes")
    if set(needs) == {"yes"}:
        return "authorised"
    complete = any(on in days_of(days) for days in life.facts["complete"])
    return "not_authorised" if complete and "no" in needs else "not_recorded"


def strongest(found: list[str]) -> str:
    for answer in ("yes", "don't know"):
        if answer in found:
            return answer
    return "no"


def in_force(licence: dict[str, Any], on: date) -> str:
    first, after = licence["days"]
    known_from = first or licence["issued_on"]
    if on not in days_of((known_from, after)):
        return "no"
    if known_from is None and on not in days_of((in_vietnam(licence["received_at"]), after)):
        return "don't know"
    return "yes"


def asked_about(life: Life, question: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = []
    for programme in life.facts["programmes"]:
        if question.get("occupation") and question["occupation"] != programme["occupation"]:
            continue
        if question.get("training_level") and question["training_level"] != programme["training_level"]:
            continue
        wanted.append(programme)
    return wanted


def licensed_for(life: Life, question: dict[str, Any], on: date, *, campus_matters: bool) -> str:
    answers = []
    for programme in asked_about(life, question):
        if on not in days_of(programme["days"]):
            continue
        licences = [one for one in life.facts["licences"] if one["id"] == programme["licence"]]
        answer = strongest([in_force(one, on) for one in licences]) if licences else "don't know"
        campus = programme["campus"]
        if campus_matters and campus and answer == "yes":
            open_today = any(name == campus and on in days_of(days) for name, days in life.facts["campuses"])
            answer = "yes" if open_today else "don't know"
        answers.append(answer)
    return strongest(answers)


def taught_out(life: Life, question: dict[str, Any], on: date) -> bool:
    """The day lies in a teach-out: from the day the programme ends to the day before the recorded one."""
    for programme in asked_about(life, question):
        ends, until = programme["days"][1], programme["taught_out_until"]
        if ends and until and on in days_of((ends, until)):
            return True
    return False
