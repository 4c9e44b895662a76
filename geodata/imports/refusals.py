"""Why a file or a run is refused as a whole, in the two languages people read."""

from geodata.errors import GeodataError


class Refused(GeodataError):
    """A refusal that says what is wrong and what to do; `str` is Vietnamese, `in_language` either."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(vi)
        self.vi, self.en = vi, en

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.vi


class RefusedFile(Refused):
    """A file that cannot be read as a table, or is not safe to read."""


class RegisterMovedOn(Refused):
    """The register changed since the run was staged, in a way that changes what the run would do."""


class OtherStanding(Refused):
    """Published otherwise than it was staged for (with or without a second person), the run would do something else."""


class WrongState(Refused):
    """A run that is not in the state that the act needs (published twice, undone before publication)."""


class UnknownRun(Refused):
    """An import run that does not exist."""
