"""How much waits where. What depends on the publication alone is worked out once per process and publication."""

from collections.abc import Collection
from dataclasses import dataclass

from geodata import api_clients
from geodata.people.rights import may, may_somewhere, provinces_for
from geodata.remembered import Remembered
from geodata.vocabulary import PersonAct
from geodata.work import confirmations, duplicates, lists, reports
from geodata.work.duplicates import Pair
from geodata.work.lists import Waiting
from geodata.work.missed import unanswered
from mapapp.db import register, session, today
from mapapp.sign_in import Visitor

_pairs: Remembered[tuple[Pair, ...]] = Remembered(2)
_counted: Remembered[dict[Waiting, dict[str, int]]] = Remembered(2)

DUPLICATES, REPORTS, OVERDUE = "duplicates", "reports", "overdue"


@dataclass(frozen=True)
class Counts:
    """What waits in one province."""

    by_list: dict[str, int]

    def of(self, name: str) -> int:
        return self.by_list.get(name, 0)

    @property
    def whole(self) -> int:
        """Everything; overdue reports are among the reports."""
        return sum(number for name, number in self.by_list.items() if name != OVERDUE)


@dataclass(frozen=True)
class Work:
    """What waits for a person: by province (`-`: none known), what has no province, and possible duplicates: a pair
    waits in the provinces of both, and is one."""

    by_province: dict[str, Counts]
    pairs: int
    proposals: int
    missed: int | None
    clients: int | None

    def of(self, name: str) -> int:
        return sum(counts.of(name) for counts in self.by_province.values())

    @property
    def whole(self) -> int:
        """Everything that waits: the number beside the navigation."""
        listed = sum(counts.whole - counts.of(DUPLICATES) for counts in self.by_province.values())
        return listed + self.pairs + self.proposals + (self.missed or 0) + (self.clients or 0)


def pairs() -> tuple[Pair, ...]:
    """Possible duplicates of the country that nobody told apart."""
    key = register().edition, today()
    found = _pairs.get(key, lambda: duplicates.possible(session(), on=today()))
    return duplicates.left(found, duplicates.told_apart(session()))


def work(visitor: Visitor) -> Work:
    """What waits in this person's provinces; requests for keys and missed words for those who answer them."""
    provinces = provinces_for(visitor.person, PersonAct.READ_WORK)
    answers = may(visitor.person, PersonAct.ANSWER_REPORTS)
    clients = may_somewhere(visitor.person, PersonAct.REVIEW_CLIENTS)
    return Work(
        by_province=by_province(provinces),
        pairs=sum(pair.concerns(provinces) for pair in pairs()),
        proposals=reports.proposals_waiting(session(), provinces),
        missed=len(unanswered(session(), on=today())) if answers else None,
        clients=api_clients.waiting(session()) if clients else None,
    )


def by_province(provinces: Collection[str] | None) -> dict[str, Counts]:
    """Counts of the provinces (None: of all, and of what lies in none) in which something waits."""
    key = register().edition, today(), confirmations.version(session())
    told: dict[str, dict[str, int]] = {}
    for kind, numbers in _counted.get(key, lambda: lists.counted(session(), on=today())).items():
        for code, number in numbers.items():
            told.setdefault(code, {})[kind.value] = number
    for pair in pairs():
        for code in {one or lists.NOWHERE for one in pair.provinces}:
            of_province = told.setdefault(code, {})
            of_province[DUPLICATES] = of_province.get(DUPLICATES, 0) + 1
    for code, (number, late) in reports.open_reports(session(), on=today()).items():
        told.setdefault(code, {}).update({REPORTS: number, OVERDUE: late})
    return {code: Counts(found) for code, found in told.items() if provinces is None or code in provinces}


def waiting_for(visitor: Visitor) -> int | None:
    """The number beside the navigation of every page of the desk; None for who reads no work."""
    return work(visitor).whole if may_somewhere(visitor.person, PersonAct.READ_WORK) else None
