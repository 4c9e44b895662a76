"""Who may do what where: one table of roles and acts, and the question `may`.

Province codes here are those of the units in force today, as campuses carry them; a right over a former province is
over what it became (`geodata.people.territories`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geodata.vocabulary import PersonAct, Role

ACTS: Mapping[Role, frozenset[PersonAct]] = {
    Role.NATIONAL_STEWARD: frozenset(
        {
            *(PersonAct.READ_WORK, PersonAct.STAGE, PersonAct.EDIT, PersonAct.PROPOSE, PersonAct.ANSWER_REPORTS),
            *(PersonAct.REVIEW_CLIENTS, PersonAct.MANAGE_USERS),
        }
    ),
    Role.PROVINCIAL_STEWARD: frozenset(
        {
            *(PersonAct.READ_WORK, PersonAct.STAGE, PersonAct.EDIT, PersonAct.PROPOSE, PersonAct.ANSWER_REPORTS),
            PersonAct.MANAGE_REPORTERS,
        }
    ),
    Role.APPROVER: frozenset({PersonAct.READ_WORK, PersonAct.APPROVE, PersonAct.PUBLISH, PersonAct.APPROVE_REPORT}),
    Role.REPORTER: frozenset({PersonAct.REPORT}),
    Role.AUDITOR: frozenset({PersonAct.READ_WORK, PersonAct.READ_AUDIT}),
}
"""What each role allows, within its territory. Who writes what others approve cannot approve, and the other way round:
one person may hold both roles, and still no one approves their own work."""


@dataclass(frozen=True, slots=True)
class Right:
    """A role over provinces (codes of today; None: the whole country) or over one institution (reporters)."""

    role: Role
    provinces: frozenset[str] | None = None
    institution: str | None = None

    def allows(self, act: PersonAct, *, province: str | None, institution: str | None) -> bool:
        """Whether this right alone allows the act there; with neither place, on the whole country."""
        if act not in ACTS[self.role]:
            return False
        if self.institution is not None:
            return institution == self.institution
        return self.provinces is None or province in self.provinces


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signed in, with the rights that are theirs now. `actor` is what records of their acts carry."""

    id: int
    login: str
    name: str
    rights: tuple[Right, ...] = ()

    @property
    def actor(self) -> str:
        return self.login


def may(person: Person, act: PersonAct, *, province: str | None = None, institution: str | None = None) -> bool:
    """Whether the person may do this in the province or, for a reporter, to the institution.

    An act without a place concerns the whole country. An act that touches several provinces needs every one: see
    `may_everywhere`.
    """
    return any(right.allows(act, province=province, institution=institution) for right in person.rights)


def may_everywhere(person: Person, act: PersonAct, provinces: Iterable[str | None]) -> bool:
    """Whether the person may do this in each of the provinces; None among them (no known place), or none at all, needs
    the whole country."""
    asked = set(provinces) or {None}
    return all(may(person, act, province=province) for province in asked)


def may_somewhere(person: Person, act: PersonAct) -> bool:
    """Whether any right of the person allows the act at all: for showing a page, never for a write."""
    return any(act in ACTS[right.role] for right in person.rights)


def provinces_for(person: Person, act: PersonAct) -> frozenset[str] | None:
    """The provinces in which the person may do this, for lists of their work; None: the whole country."""
    held = [right.provinces for right in person.rights if act in ACTS[right.role] and right.institution is None]
    if any(provinces is None for provinces in held):
        return None
    return frozenset(code for provinces in held if provinces for code in provinces)
