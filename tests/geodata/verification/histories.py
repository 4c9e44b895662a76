"""Made-up histories, each from a seed: few institutions, short spans, many dates that meet, and questions on them."""

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from tests.geodata.verification.oracle import CALENDAR, Days

INSIDE = CALENDAR[3:-3]
OCCUPATIONS, LEVELS = ("6480201", "5510202"), ("college", "intermediate")
CODES = ("CDD0201", "CDD0202", "TCD0203", "TCD0204")
NAMES = ("Trường Một", "Trường Hai", "Trường Ba", "Trường Bốn")
STATUSES = ("active", "active", "active", "suspended", "closed", "merged")
KINDS = ("merge", "absorb", "split", "rename", "upgrade")
ACTIONS = ("operate", "enrol", "train", "award", "train", "award")
MAX_AGE_DAYS = 10


def history(seed: str) -> dict[str, Any]:
    """A history; the same seed gives the same one."""
    chance = random.Random(seed)
    ids = [f"v{letter}" for letter in "abcd"[: chance.randint(2, 4)]]
    grid = sorted(chance.sample(INSIDE, 9))  # few dates, so that facts begin and end on the same days
    return {
        "institutions": {one: institution(chance, one, grid) for one in ids},
        "relations": relations(chance, ids, grid),
        "published_at": moment(chance, CALENDAR[-chance.randint(8, 20)]),
        "max_age_days": MAX_AGE_DAYS,
    }


def institution(chance: random.Random, one: str, grid: list[date]) -> dict[str, Any]:
    licences = [
        {
            "id": f"{one}.L{chance.randint(1, 2)}",
            "days": days,
            "issued_on": chance.choice([None, *grid]) if days[0] is None else None,
            "received_at": moment(chance, chance.choice(grid)),
        }
        for days in spans(chance, grid, chance.choice([0, 1, 1, 1, 2, 3]), gaps=0.4)
    ]
    return {
        "status": status(chance, grid),
        "enrolment": [(chance.choice(["open", "stopped"]), days) for days in spans(chance, grid, chance.randint(0, 2))],
        "licences": licences,
        "programmes": [programme(chance, one, grid) for _ in range(chance.randint(0, 4))],
        "campuses": [(f"{one}.1", days) for days in spans(chance, grid, chance.randint(0, 2), gaps=0.5)],
        "complete": spans(chance, grid, chance.choice([0, 1, 1, 2])),
        "names": known_as(chance, grid, NAMES, one),
        "codes": known_as(chance, grid, CODES, one),
    }


def status(chance: random.Random, grid: list[date]) -> list[tuple[str, Days]]:
    """Half of the institutions simply work all the time, so that the evidence decides."""
    if chance.random() < 0.5:
        return [("active", (chance.choice([None, grid[0]]), None))]
    return [(chance.choice(STATUSES), days) for days in spans(chance, grid, chance.choice([0, 1, 2, 3, 4]))]


def known_as(chance: random.Random, grid: list[date], texts: tuple[str, ...], one: str) -> list[tuple[str, Days]]:
    """A code or name of its own for always, or one after the other out of those that all of them use."""
    if chance.random() < 0.6:
        return [(texts["abcd".index(one[1])], (None, None))]
    return [(chance.choice(texts), days) for days in spans(chance, grid, chance.randint(1, 3))]


def programme(chance: random.Random, one: str, grid: list[date]) -> dict[str, Any]:
    (days,) = spans(chance, grid, 1)
    until = chance.choice(grid)
    return {
        "occupation": chance.choice(OCCUPATIONS),
        "training_level": chance.choice(LEVELS),
        "licence": chance.choice([*[f"{one}.L1", f"{one}.L2"] * 3, None, "elsewhere"]),
        "campus": chance.choice([None, None, f"{one}.1"]),
        "days": days,
        "taught_out_until": until if chance.random() < 0.6 else None,
    }


def relations(chance: random.Random, ids: list[str], grid: list[date]) -> list[dict[str, Any]]:
    found = []
    for _ in range(chance.choice([0, 0, 1, 2, 4])):
        predecessor, successor = chance.sample(ids, 2)
        starts = None if chance.random() < 0.15 else chance.choice(grid)
        ends = chance.choice([day for day in grid if starts and day > starts] or [None])
        days = (starts, ends if chance.random() < 0.2 else None)
        step = {"kind": chance.choice(KINDS), "from": predecessor, "to": successor, "days": days}
        found.append({**step, "keeps": chance.random() < 0.7})
    return found


def spans(chance: random.Random, grid: list[date], count: int, *, gaps: float = 0.2) -> list[Days]:
    """So many spans one after the other, often without a gap; the first may be open at its start, the last at its
    end."""
    cuts: list[date | None] = sorted(chance.sample(grid, count + 1))
    if chance.random() < 0.4:
        cuts[0] = None
    if chance.random() < 0.6:
        cuts[-1] = None
    found = list(pairwise(cuts))
    return [days for days in found if len(found) == 1 or chance.random() > gaps]


def moment(chance: random.Random, day: date) -> datetime:
    """A time of that UTC day; in the evening Vietnam is in the next one."""
    return datetime.combine(day, time(chance.choice([0, 16, 17, 23]), chance.choice([0, 59])), UTC)


def questions(seed: str, made: dict[str, Any], count: int) -> list[tuple[dict[str, Any], date]]:
    """Questions with their day, most of them on, just before or just after a day on which something changes."""
    chance = random.Random(f"{seed}?")
    days = boundaries(made)
    found = []
    for _ in range(count):
        action = chance.choice(ACTIONS)
        about = action in ("train", "award") or chance.random() < 0.6
        by = chance.choice(["code", "code", "name", "both"])
        question = {
            "action": action,
            "occupation": chance.choice(OCCUPATIONS) if about else None,
            "training_level": chance.choice([None, *LEVELS]) if about else None,
            "code": chance.choice(CODES) if by != "name" else "",
            "name": chance.choice(NAMES) if by != "code" else "",
        }
        on = chance.choice(days) + timedelta(days=chance.choice([-1, 0, 0, 1]))
        found.append((question, min(max(on, CALENDAR[0]), CALENDAR[-1])))
    return found


def boundaries(made: dict[str, Any]) -> list[date]:
    """Every day on which something begins or ends."""

    def walk(value: Any) -> set[date]:
        if isinstance(value, datetime):
            return {value.date()}
        if isinstance(value, date):
            return {value}
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
        return {day for part in parts for day in walk(part)}

    return sorted(walk(made))
