"""The pages of proposals: the list, and one with its way, its exact changes and what may be done with it now."""

from dataclasses import dataclass

from geodata.imports.preview import names_of
from geodata.indicators import indicators
from geodata.models import Proposal, ProposalLog
from geodata.people.rights import Person, provinces_for
from geodata.proposals import reading
from geodata.proposals.change_sets import facts_in
from geodata.proposals.fields import may_approve
from geodata.proposals.permission import may_act
from geodata.proposals.refusals import Moved
from geodata.reports.subjects import subject_named
from geodata.reports.under_way import figures_asked
from geodata.vocabulary import PersonAct, ProposalKind, ProposalState
from mapapp.db import session
from mapapp.fact_words import FactChange, fact_changes
from mapapp.i18n import day, language, page_url
from mapapp.i18n import gettext as _
from mapapp.proposal_outcome_view import OutcomeView, outcome_view
from mapapp.proposal_preview import Ahead
from mapapp.proposal_words import ACT, STATE, STEP, kind_label
from mapapp.readiness_view import indicator_name
from mapapp.reports_words import subject_name
from mapapp.revising import revise_url
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame, frame, moment
from mapapp.views import Link

A_PAGE = 30
SHOWN_FACTS = 300
DONE = (ProposalState.PUBLISHED, ProposalState.UNDONE, ProposalState.WITHDRAWN)


@dataclass(frozen=True)
class ProposalLine:
    """A proposal in a list."""

    title: str
    url: str
    state_label: str
    tone: str
    when: str
    about: str


@dataclass(frozen=True)
class ProposalsPage:
    """Open proposals, or those that are over; `older_url` continues."""

    frame: Frame
    lines: tuple[ProposalLine, ...]
    filters: tuple[Link, ...]
    older_url: str | None

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


@dataclass(frozen=True)
class StepView:
    """One step of the way."""

    what: str
    who: str
    when: str
    reason: str


@dataclass(frozen=True)
class InstitutionChanges:
    """What changes about one institution."""

    id: str
    name: str
    url: str
    facts: tuple[FactChange, ...]


@dataclass(frozen=True)
class MovedView:
    """A fact that moved meanwhile."""

    name: str
    url: str
    release: str


@dataclass(frozen=True)
class ProposalPage:
    """One proposal. `acts`: what this person may do with it now; `explains` why the obvious next step is not theirs;
    `hint` why there is no outcome, `foresee_url` the way to ask for it; `notes`: what was asked for and is not done;
    `revise_url`: the form, filled in again; `seen`: the last step that the page shows."""

    frame: Frame
    number: int
    state: str
    state_label: str
    tone: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[StepView, ...]
    changes: tuple[InstitutionChanges, ...]
    left_out: int
    fields: tuple[str, ...]
    outcome: OutcomeView | None
    hint: str | None
    foresee_url: str | None
    seen: int
    moved: tuple[MovedView, ...]
    moved_on: bool
    acts: tuple[tuple[str, str, str], ...]
    explains: str | None
    import_url: str | None
    report_url: str | None
    evidence: tuple[Link, ...]
    about: str
    sent_back: StepView | None
    revise_url: str | None = None
    notes: tuple[str, ...] = ()

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def proposals_page(visitor: Visitor, *, over: bool, before: int | None) -> ProposalsPage:
    found = reading.listed(
        session(),
        states=DONE if over else reading.OPEN,
        provinces=provinces_for(visitor.person, PersonAct.READ_WORK),
        before=before,
        limit=A_PAGE + 1,
    )
    shown = found[:A_PAGE]
    names = names_of(session(), sorted({id for one in shown for id in one.institutions[:3]}))
    older = page_url("proposals.listed", before=shown[-1].id, over=1 if over else None) if found[A_PAGE:] else None
    return ProposalsPage(
        frame=proposals_frame(_("Đề xuất thay đổi"), visitor),
        lines=tuple(line(one, names) for one in shown),
        filters=(
            Link(_("Đang xử lý"), page_url("proposals.listed"), current=not over),
            Link(_("Đã xong"), page_url("proposals.listed", over=1), current=over),
        ),
        older_url=older,
    )


def proposals_frame(title: str, visitor: Visitor, *trail: Link) -> Frame:
    return frame(title, visitor, *trail)


def line(one: Proposal, names: dict[str, str]) -> ProposalLine:
    label, tone = STATE[one.state]
    about = ", ".join(names.get(id, id) for id in one.institutions[:3]) or subject_label(one)
    more = len(one.institutions) - 3
    return ProposalLine(
        title=f"{kind_label(one)} · {_('đề xuất số %(n)s', n=one.id)}",
        url=page_url("proposals.one", number=one.id),
        state_label=_(label),
        tone=tone,
        when=moment(one.changed_at),
        about=_("%(names)s và %(n)s cơ sở khác", names=about, n=more) if more > 0 else about,
    )


def open_proposals(institution: str, *, but: str = "") -> tuple[Link, ...]:
    """Proposals about this institution that are under way, except the one numbered `but`: the next one will have to
    reckon with them."""
    found: list[Proposal] = reading.listed(session(), institution=institution, limit=5)
    others = (line(one, {}) for one in found if str(one.id) != but)
    return tuple(Link(f"{told.title} ({told.state_label})", told.url) for told in others)


def subject_label(one: Proposal) -> str:
    """What an authority or a territory that reports is called."""
    return subject_name(subject_named(session(), one.reports_on)) if one.reports_on else ""


def proposal_page(visitor: Visitor, found: Proposal, *, ahead: Ahead) -> ProposalPage:
    label, tone = STATE[found.state]
    title = f"{kind_label(found)}: {_('đề xuất số %(n)s', n=found.id)}"
    groups, left_out = grouped(found)
    way = tuple(step_view(step) for step in reading.steps(session(), found))
    return ProposalPage(
        frame=proposals_frame(title, visitor),
        number=found.id,
        state=found.state,
        state_label=_(label),
        tone=tone,
        facts=tuple(about(found)),
        steps=way,
        changes=groups,
        left_out=left_out,
        fields=tuple(field.label(language()) for field in reading.fields_in(session(), found)),
        outcome=outcome_view(ahead.outcome) if ahead.outcome else None,
        hint=ahead.hint,
        foresee_url=page_url("proposals.one", number=found.id, foresee=1) if ahead.on_demand else None,
        seen=reading.last_step(session(), found),
        moved=tuple(moved_views(ahead.moved or ())),
        moved_on=ahead.moved is not None,
        acts=tuple(
            (act, page_url("proposals.act", number=found.id, act=act), _(ACT[act]))
            for act in acts(visitor, found, moved=ahead.moved is not None)
        ),
        explains=explains(visitor.person, found),
        import_url=page_url("steward.changes", number=found.run_id) if found.run_id else None,
        report_url=page_url("reports.one", subject=found.reports_on, year=int(found.period)) if found.period else None,
        evidence=evidence(found),
        about=line(found, names_of(session(), found.institutions[:3])).about,
        sent_back=way[-1] if found.state == ProposalState.SENT_BACK else None,
        revise_url=revise_url(found) if may_act(visitor.person, PersonAct.EDIT, found) else None,
        notes=tuple(note.en if language() == "en" else note.vi for note in reading.notes_of(found)),
    )


def evidence(found: Proposal) -> tuple[Link, ...]:
    """The links that a report gives for its figures, by what they are about."""
    told = figures_asked(found) if found.period else {}
    return tuple(
        Link(f"{indicator_name(indicators().get(indicator)) or indicator}: {cells['evidence']}", cells["evidence"])
        for indicator, cells in told.items()
        if cells.get("evidence")
    )


def about(found: Proposal) -> list[tuple[str, str]]:
    """Day of effect, decision, reason."""
    number = reading.decision_of(session(), found)
    told = [
        (_("Ngày hiệu lực"), day(found.effective_on) if found.effective_on else ""),
        (_("Số quyết định"), number or ""),
        (_("Lý do"), found.reason),
    ]
    return [pair for pair in told if pair[1]]


def step_view(step: ProposalLog) -> StepView:
    return StepView(_(STEP[step.step]), step.by_name, moment(step.at), step.reason)


def grouped(found: Proposal) -> tuple[tuple[InstitutionChanges, ...], int]:
    """The changes institution by institution, and how many facts were too many to show."""
    facts = facts_in(found.changes)
    shown = facts[:SHOWN_FACTS]
    ids = list(dict.fromkeys(fact.institution_id for fact in shown))
    names = names_of(session(), ids)
    groups = tuple(
        InstitutionChanges(
            "" if ":" in id else id,
            names.get(id) or new_name(found, id) or (subject_label(found) if ":" in id else id),
            page_url("citizen.institution", id_or_code=id) if id in names else "",
            fact_changes(fact for fact in shown if fact.institution_id == id),
        )
        for id in ids
    )
    return groups, len(facts) - len(shown)


def new_name(found: Proposal, id: str) -> str | None:
    """The name that the change set gives to an institution that is not in the register yet."""
    for change in found.changes:
        if change["about"] == id and change["table"] == "institution_name" and change["action"] == "add":
            return str(change["after"]["text"])
    return None


def acts(visitor: Visitor, found: Proposal, *, moved: bool) -> list[str]:
    """What this person may do now, the likeliest first; each act asks again. Planning anew is offered where it changes
    something: the register `moved`, or the proposal was sent back."""
    person = visitor.person
    own = person.id in reading.hands(session(), found)
    may = {act: may_act(person, act, found) for act in PersonAct}
    approving = may[PersonAct.APPROVE] and not own and may_approve_all(person, found)
    stale = moved or found.state == ProposalState.SENT_BACK
    edit = stale and found.kind != ProposalKind.IMPORT and may[PersonAct.EDIT]
    allowed = {
        "draft": [("propose", may[PersonAct.PROPOSE]), ("replan", edit), ("withdraw", own)],
        "sent_back": [("propose", may[PersonAct.PROPOSE]), ("replan", edit), ("withdraw", own)],
        "proposed": [("approve", approving), ("send_back", may[PersonAct.APPROVE]), ("withdraw", own)],
        "approved": [("publish", may[PersonAct.PUBLISH]), ("send_back", may[PersonAct.APPROVE]), ("withdraw", own)],
        "published": [("undo", may[PersonAct.PUBLISH])],
    }
    return [act for act, yes in allowed.get(found.state, []) if yes]


def may_approve_all(person: Person, found: Proposal) -> bool:
    fields = reading.fields_in(session(), found)
    return all(may_approve(person, field, found.provinces, found.institutions) for field in fields)


def explains(person: Person, found: Proposal) -> str | None:
    """Why the next step is somebody else's."""
    if found.state != ProposalState.PROPOSED:
        return None
    if person.id in reading.hands(session(), found):
        return _("Bạn đã soạn hoặc gửi đề xuất này nên không tự phê duyệt được: cần một người khác.")
    if may_act(person, PersonAct.APPROVE, found) and not may_approve_all(person, found):
        return _("Đề xuất có trường mà chỉ người phê duyệt toàn quốc được duyệt.")
    return None


def moved_views(moved: tuple[Moved, ...]) -> list[MovedView]:
    """Each institution and release once."""
    names = names_of(session(), sorted({one.institution_id for one in moved}))
    pairs = dict.fromkeys((one.institution_id, one.release) for one in moved)
    return [
        MovedView(
            names.get(id, id),
            page_url("citizen.history", id_or_code=id),
            _("lần công bố %(n)s", n=release),
        )
        for id, release in pairs
    ]
