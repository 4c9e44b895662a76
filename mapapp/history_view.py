"""The public history of an institution: each release that changed it, with source, decision and day of effect."""

from dataclasses import dataclass

from geodata.history import Step, history
from geodata.records import InstitutionRecord
from mapapp import labels
from mapapp.db import VIETNAM, session
from mapapp.fact_words import FactChange, fact_changes
from mapapp.i18n import day, page_url
from mapapp.i18n import gettext as _


@dataclass(frozen=True)
class StepView:
    """One release: what it was, what it rests on, what it changed; `more` counts further lines of a long one."""

    id: str
    title: str
    kind_label: str
    when: str
    effective: str | None
    decision: str | None
    sources: tuple[tuple[str, str], ...]
    changes: tuple[FactChange, ...]
    note: str | None


@dataclass(frozen=True)
class HistoryPage:
    title: str
    description: str
    name: str
    url: str
    api_url: str
    steps: tuple[StepView, ...]


def history_page(found: InstitutionRecord) -> HistoryPage:
    steps = history(session(), found.id, release=found.at.release)
    return HistoryPage(
        title=_("Lịch sử: %(name)s", name=found.name),
        description=_("Từng lần sổ đăng ký thay đổi về cơ sở này: ngày, nguồn, quyết định, nội dung trước và sau."),
        name=found.name,
        url=page_url("citizen.institution", id_or_code=found.id),
        api_url=page_url("api.institution_history", id_or_code=found.id),
        steps=tuple(step_view(step) for step in steps),
    )


def step_view(step: Step) -> StepView:
    changes = fact_changes(step.facts)
    return StepView(
        id=f"lan-{step.release}",
        title=_("Lần công bố %(n)s", n=step.release),
        kind_label=labels.label(labels.SOURCE_KIND, step.kind),
        when=day(step.published_at.astimezone(VIETNAM).date()),
        effective=_("hiệu lực từ %(day)s", day=day(step.effective_on)) if step.effective_on else None,
        decision=step.decision,
        sources=tuple((title, labels.label(labels.DATA_STATUS, status)) for title, status in step.sources),
        changes=changes,
        note=note_of(step, changes),
    )


def note_of(step: Step, changes: tuple[FactChange, ...]) -> str | None:
    if step.undoes is not None:
        return _("Hoàn tác lần công bố %(n)s", n=step.undoes)
    return None if changes else _("Nội dung giữ nguyên, nay dựa trên nguồn mới.")
