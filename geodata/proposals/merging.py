"""Two people edited one record: what it was when this one opened the form, what it is now, what they want."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from geodata.proposals.entries import Entry, entries
from geodata.proposals.planning import moved_since


@dataclass(frozen=True)
class ThreeWay:
    """One field: `base` when the form was opened, `theirs` in the register now, `yours` in the form."""

    entry: Entry
    base: str
    theirs: str
    yours: str

    @property
    def conflict(self) -> bool:
        """Whether both changed it, differently."""
        return self.theirs != self.base and self.yours not in (self.base, self.theirs)

    @property
    def merged(self) -> str:
        """The side that changed it; in a conflict the person's own until they choose."""
        return self.theirs if self.yours == self.base else self.yours


def three_way(
    session: Session, institution: str, form: Mapping[str, str], *, base: int, on: date
) -> tuple[ThreeWay, ...]:
    """The fields that either side changed since release `base`; empty where the record did not move meanwhile."""
    if not moved_since(session, [institution], base):
        return ()
    was = {entry.key: entry.value for entry in entries(session, institution, on=on, release=base)}
    compared = [
        ThreeWay(entry, was.get(entry.key, ""), entry.value, form.get(entry.key, was.get(entry.key, "")).strip())
        for entry in entries(session, institution, on=on)
    ]
    return tuple(one for one in compared if len({one.base, one.theirs, one.yours}) > 1)
