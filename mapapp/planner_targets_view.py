"""Every target of the documents with its state: what the latest period says, for the territory the document names."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from geodata import overlays
from geodata.catalogue.documents import Document, documents
from geodata.filters import REFORM
from geodata.overlays import Standing, UnitFigure
from geodata.targets import Target, TargetKind, targets, targets_of
from mapapp import planner_words as words
from mapapp.db import register, session
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number, page_url
from mapapp.planner_view import BEFORE, goal_view
from mapapp.planner_views import TargetGroup, TargetRow, TargetsPage

UNITS_BEFORE = f"province@{BEFORE.isoformat()}"


def targets_page() -> TargetsPage:
    state = register()
    return _targets_page(state.release, state.published_at, language())


@lru_cache(maxsize=8)
def _targets_page(_release: int, _published: datetime | None, _lang: str) -> TargetsPage:
    """One per release and language: they are read together, but for each reader that is too much."""
    reached = overlays.standings(session(), [target for target in targets() if is_collected(target)])
    groups = tuple(group(document, reached) for document in documents().values() if targets_of(document.id))
    return TargetsPage(
        title=_("Chỉ tiêu của các văn bản"),
        description=_("Mọi chỉ tiêu, mốc và yêu cầu của các văn bản, kèm điều khoản, phạm vi và tình trạng hiện nay."),
        groups=groups,
        total_label=_(
            "%(count)s chỉ tiêu trong %(documents)s văn bản", count=number(len(targets())), documents=len(groups)
        ),
        planner_url=page_url("planner.planner"),
    )


def group(document: Document, reached: Mapping[str, Standing]) -> TargetGroup:
    vietnamese = language() == "vi"
    return TargetGroup(
        anchor=document.id,
        title=document.number or (document.title_vi if vietnamese else document.title_en),
        subtitle=f"{document.title_vi if vietnamese else document.title_en}"
        f" ({document.issuer_vi if vietnamese else document.issuer_en})",
        context=not document.binding,
        rows=tuple(target_row(target, reached.get(target.id)) for target in targets_of(document.id)),
    )


def target_row(target: Target, reached: Standing | None) -> TargetRow:
    """`reached`: the latest period with reports and its figure, compared with the target; None where none is
    collected."""
    period, whole = (reached.period, reached.whole) if reached else (None, None)
    value = (
        _("không thu thập ở đây")
        if period is None
        else words.value(target.indicator, whole.target_value if whole else None)
    )
    covered = None if whole is None else f"{number(whole.target_reporting)}/{number(whole.target_applicable)}"
    state, tone = verdict(target, period, whole)
    return TargetRow(
        goal=goal_view(target),
        indicator_label=words.name(target.indicator),
        url=overlay_url(target) if period else None,
        value=value if period is None else f"{value} ({period})",
        coverage=covered,
        state=state,
        tone=tone,
    )


def is_collected(target: Target) -> bool:
    """Whether reports tell of it: the context of the sector and what is asked of single institutions stand apart."""
    return target.kind not in (TargetKind.CONTEXT, TargetKind.LEGAL)


def verdict(target: Target, period: str | None, whole: UnitFigure | None) -> tuple[str, str]:
    """(words, tone) of where a target stands."""
    if target.kind is TargetKind.CONTEXT:
        return _("bối cảnh của toàn ngành, không thu thập ở đây"), "none"
    if target.kind is TargetKind.LEGAL:
        return _("yêu cầu với từng cơ sở; kỳ số liệu đầu tiên 2026"), "none"
    if period is None or whole is None or whole.met is None:
        return _("chưa có số liệu"), "none"
    if whole.met:
        return _("đã đạt mức"), "ok"
    due = target.year is not None and int(period) >= target.year
    return (_("chưa đạt, đã đến hạn"), "bad") if due else (_("chưa đạt, chưa đến hạn"), "warning")


def overlay_url(target: Target) -> str:
    """The planner's page on the target: a local one in the units its document knew."""
    units = UNITS_BEFORE if target.territory is not None and target.territory.on < REFORM else "province"
    return page_url("planner.planner", indicator=target.indicator.id, target=target.id, units=units)
