"""The one refusal of this package."""

from geodata.errors import GeodataError


class InvalidFilter(GeodataError):
    """A filter that cannot be answered: what is wrong, where it stands, and what to write instead.

    `position` is the first wrong character, counted from 1; None where no single place is to blame.
    """

    def __init__(self, fault: str, *, remedy: str, at: str = "", position: int | None = None) -> None:
        super().__init__(fault)
        self.fault, self.remedy, self.at, self.position = fault, remedy, at, position

    def __str__(self) -> str:
        where = f" (at character {self.position})" if self.position else ""
        return f"{self.fault}{where}: {self.remedy}"
