"""What publication of a proposal would change, found for its page, or why there is no telling now."""

from dataclasses import dataclass

from geodata.imports.refusals import Refused, RegisterMovedOn
from geodata.people.rights import Person
from geodata.proposals import reading
from geodata.proposals.outcome import AT_ONCE, MOST_ROWS, Outcome, outcome
from geodata.proposals.permission import may_act
from geodata.proposals.refusals import Moved, MovedOn, PublicationUnderWay, TooLarge
from geodata.vocabulary import PersonAct, ProposalKind, ProposalState
from mapapp.db import today
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number
from mapapp.writing import writing

OVER = (ProposalState.PUBLISHED, ProposalState.UNDONE, ProposalState.WITHDRAWN)
HANDLING = (PersonAct.STAGE, PersonAct.PROPOSE, PersonAct.APPROVE, PersonAct.PUBLISH)


@dataclass(frozen=True)
class Ahead:
    """The `outcome`; or what `moved`, so that there is none; or a `hint` why it is not shown. `on_demand`: it takes
    long and is tried when somebody asks."""

    outcome: Outcome | None = None
    moved: tuple[Moved, ...] | None = None
    hint: str | None = None
    on_demand: bool = False


def look_ahead(proposal: int, person: Person, *, asked: bool = False) -> Ahead:
    """Try the proposal in a transaction that is never committed; a long file only when that was `asked`. Raises
    `UnknownProposal`."""
    with writing() as writer:
        found = reading.find(writer, proposal)
        if found.state in OVER or (not found.changes and found.kind != ProposalKind.IMPORT):
            return Ahead()
        if found.kind == ProposalKind.IMPORT and not any(may_act(person, act, found) for act in HANDLING):
            return Ahead(hint=_("Người xử lý tệp này xem trước được kết quả công bố."))
        try:
            return Ahead(outcome(writer, found, today=today(), rows=MOST_ROWS if asked else AT_ONCE))
        except (MovedOn, RegisterMovedOn) as error:
            return Ahead(moved=getattr(error, "moved", ()))
        except Refused as error:
            return why_not(error, asked=asked)
        finally:
            writer.rollback()


def why_not(error: Refused, *, asked: bool) -> Ahead:
    """The hint for people; a long file may be asked for."""
    if isinstance(error, PublicationUnderWay):
        return Ahead(hint=_("Đang có một lần công bố khác. Hãy tải lại trang sau ít phút để xem trước."))
    if isinstance(error, TooLarge) and not asked:
        return Ahead(
            hint=_("Tệp thay đổi hơn %(n)s dòng: tính trước kết quả có thể mất vài chục giây.", n=number(AT_ONCE)),
            on_demand=True,
        )
    if isinstance(error, TooLarge):
        return Ahead(hint=_("Tệp thay đổi hơn %(n)s dòng: không tính trước được trên trang này.", n=number(MOST_ROWS)))
    return Ahead(hint=error.in_language(language()))
