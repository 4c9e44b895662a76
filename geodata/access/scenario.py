"""A change of the network to try out: it lives in the question and is never written into the register.

close: the institution and all its campuses are gone. merge A into B: A's campuses go on teaching as B's, and B's
readiness counts for them. upgrade: the institution reaches the readiness asked for, and teaches its occupations at the
level asked for as well.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.errors import GeodataError

MOST = 50

KNOWN = """
    SELECT DISTINCT asked.id AS asked, state.institution_id AS id, state.name
    FROM unnest(CAST(:asked AS text[])) AS asked(id)
    JOIN institution_state AS state ON state.release_to IS NULL AND state.is_main
        AND (state.institution_id = lower(asked.id) OR state.identifiers && ARRAY[upper(asked.id)])
    WHERE (state.valid_from IS NULL OR state.valid_from <= current_date)
        AND (state.valid_to IS NULL OR state.valid_to > current_date)
"""


class ImpossibleScenario(GeodataError):
    """A change that contradicts itself or names no institution; `part` is close, merge or upgrade."""

    def __init__(self, part: str, message: str, *, institution: str, reason: str) -> None:
        super().__init__(message)
        self.part, self.institution, self.reason = part, institution, reason


@dataclass(frozen=True)
class Scenario:
    """Registry ids. `merged` are pairs (goes, into). Falsy when nothing changes."""

    closed: tuple[str, ...] = ()
    upgraded: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.closed or self.upgraded or self.merged)

    @property
    def into(self) -> dict[str, str]:
        """The institution that takes over, by the one that goes."""
        return dict(self.merged)

    @property
    def touched(self) -> tuple[str, ...]:
        """Every institution the scenario names, once."""
        pairs = (one for pair in self.merged for one in pair)
        return tuple(dict.fromkeys((*self.closed, *self.upgraded, *pairs)))

    def check(self) -> "Scenario":
        """Itself; raises `ImpossibleScenario` where an institution ends twice, or is built on after its end."""
        ends = [("close", one) for one in self.closed] + [("merge", goes) for goes, _into in self.merged]
        goes_on = [("upgrade", one) for one in self.upgraded] + [("merge", into) for _goes, into in self.merged]
        ended = Counter(one for _part, one in ends)
        for part, one in ends:
            if ended[one] > 1:
                raise ImpossibleScenario(part, f"{one} ends twice", institution=one, reason="ends_twice")
        for part, one in goes_on:
            if ended[one]:
                raise ImpossibleScenario(part, f"{one} ends and goes on", institution=one, reason="ends_and_goes_on")
        if len(self.touched) > MOST:
            raise ImpossibleScenario("close", f"more than {MOST} institutions", institution="", reason="too_many")
        return self


def resolve(
    session: Session, closed: tuple[str, ...], upgraded: tuple[str, ...], merged: tuple[tuple[str, str], ...]
) -> tuple[Scenario, dict[str, str]]:
    """(the scenario with registry ids for whatever identifiers were given, names by id).

    Raises `ImpossibleScenario` for an identifier that names no institution or several.
    """
    parts = {"close": closed, "upgrade": upgraded, "merge": tuple(one for pair in merged for one in pair)}
    asked = [one for given in parts.values() for one in given]
    found: dict[str, dict[str, str]] = {}
    for row in session.execute(text(KNOWN), {"asked": asked}):
        found.setdefault(row.asked, {})[row.id] = row.name
    for part, given in parts.items():
        for one in given:
            if len(found.get(one, {})) != 1:
                reason = "ambiguous" if found.get(one) else "unknown"
                raise ImpossibleScenario(part, f"{one} is {reason}", institution=one, reason=reason)
    ids = {asked: next(iter(known)) for asked, known in found.items()}
    names = {id_: name for known in found.values() for id_, name in known.items()}
    scenario = Scenario(
        tuple(dict.fromkeys(ids[one] for one in closed)),
        tuple(dict.fromkeys(ids[one] for one in upgraded)),
        tuple(dict.fromkeys((ids[goes], ids[into]) for goes, into in merged)),
    )
    return scenario.check(), names
