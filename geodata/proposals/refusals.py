"""Why a proposal is refused, in the two languages people read; the web gives each its status."""

from dataclasses import dataclass

from geodata.imports.refusals import Refused


class UnknownProposal(Refused):
    """A proposal that does not exist."""


class NotAllowed(Refused):
    """Somebody may not do this to this proposal: not their province, their field, or their own work."""


class WrongStep(Refused):
    """A step that a proposal in this state cannot take."""


class AlreadyUnderWay(WrongStep):
    """A second report on the same subject and year: there is one way into the register at a time."""


class PublicationUnderWay(Refused):
    """A preview has to wait, because something is being published."""


class TooLarge(Refused):
    """A file is too large to be tried out while somebody waits for the page."""


@dataclass(frozen=True)
class Moved:
    """A fact that the register says otherwise than when the proposal was planned: of whom, which table, since which
    release."""

    institution_id: str
    table: str
    release: int
    was: str | None
    now: str | None


class MovedOn(Refused):
    """The register changed since the change set was planned, so that publishing it would do something else."""

    def __init__(self, moved: tuple[Moved, ...]) -> None:
        super().__init__(
            "Sổ đăng ký đã thay đổi kể từ khi lập đề xuất, kết quả sẽ khác. Hãy lập lại đề xuất trên dữ liệu hiện tại.",
            "The register changed since the proposal was planned and the result would differ. Plan it again.",
        )
        self.moved = moved


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field of a form, and what to do."""

    field: str
    vi: str
    en: str


class Faulty(Refused):
    """A form that cannot be planned; `faults` names every wrong field."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.vi for fault in faults), "; ".join(fault.en for fault in faults))
        self.faults = faults
