"""The form that gives a right, and with it perhaps an account, as it came: what was typed and what is wrong with it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from werkzeug.datastructures import MultiDict

from geodata.people.managing import Asked
from geodata.text import clean
from geodata.vocabulary import Role
from mapapp.db import VIETNAM, today
from mapapp.institution_pick import Candidate, meant
from mapapp.people_desk_words import Fault

FIELDS = ("login", "name", "role", "province", "institution", "starts", "until", "reason")
LONGEST = 200
FARTHEST = timedelta(days=3650)


@dataclass(frozen=True)
class RightForm:
    """Each field as it was typed; days as calendar fields send them, 2026-12-31. `until` is the last day."""

    login: str = ""
    name: str = ""
    role: str = ""
    province: str = ""
    institution: str = ""
    starts: str = ""
    until: str = ""
    reason: str = ""

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "RightForm":
        return cls(*(clean(form.get(name, ""))[:LONGEST] for name in FIELDS))

    def faults(self, *, with_person: bool = False) -> tuple[Fault, ...]:
        """What is wrong before the database is asked."""
        needed = ["role", "reason", *(["login", "name"] if with_person else [])]
        found = [Fault(name, "missing") for name in needed if not getattr(self, name)]
        if self.role and self.role not in list(Role):
            found.append(Fault("role", "place"))
        found += [Fault(name, "day") for name in ("starts", "until") if not self._acceptable(name)]
        if self.role == Role.REPORTER and self.institution_id is None:
            found.append(Fault("institution", "which"))
        return tuple(found)

    def _acceptable(self, name: str) -> bool:
        """Whether the field is empty or a day from today on, within ten years."""
        text, found = getattr(self, name), self._day(name)
        return not text or (found is not None and today() <= found <= today() + FARTHEST)

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(getattr(self, name))
        except ValueError:
            return None

    @property
    def institution_id(self) -> str | None:
        return meant(self.institution, on=today()).id if self.institution else None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Institutions to choose from, where the words are not the name or number of one."""
        return meant(self.institution, on=today()).candidates if self.institution else ()

    def asked(self) -> Asked:
        """The right; call it once nothing is wrong."""
        reporter, starts, until = self.role == Role.REPORTER, self._day("starts"), self._day("until")
        return Asked(
            role=Role(self.role),
            province=None if reporter else self.province or None,
            institution=self.institution_id if reporter else None,
            starts=midnight(starts) if starts and starts > today() else None,
            until=midnight(until + timedelta(days=1)) if until else None,
        )


def midnight(day: date) -> datetime:
    """When the day begins in Vietnam."""
    return datetime.combine(day, time(), VIETNAM)
