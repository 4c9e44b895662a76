"""The about page: what the register holds today, from whom, and how good its outlines are."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from geodata.sources import OutlineSource, SourceRecord, outline_sources, sources
from mapapp import labels
from mapapp.counts import RegisterCounts, counts_of
from mapapp.db import VIETNAM, register, session, today
from mapapp.i18n import day, number, page_url
from mapapp.i18n import gettext as _


@dataclass(frozen=True)
class Count:
    """One number of the register with its share of the whole ("397", "21 %")."""

    value: str
    label: str
    count: int
    share_label: str | None = None


@dataclass(frozen=True)
class SourceView:
    title: str
    kind_label: str
    received_label: str | None
    data_status: str
    data_status_label: str


@dataclass(frozen=True)
class AboutPage:
    """Counts are of today. `boundary_notes`: one sentence per level of unit on where its outlines come from."""

    title: str
    description: str
    total: int
    counts: tuple[tuple[str, tuple[Count, ...]], ...]
    sources: tuple[SourceView, ...]
    boundary_notes: tuple[str, ...]
    status_url: str


def about_page() -> AboutPage:
    state = register()
    counts = counts_of(state.release, today(), state.published_at)
    return AboutPage(
        title=_("Giới thiệu, nguồn dữ liệu và phương pháp"),
        description=_("Bản đồ số này là gì, dữ liệu lấy từ đâu, tình trạng dữ liệu và cách đọc."),
        total=counts["institutions"],
        counts=(
            (_("Theo loại cơ sở"), counted(counts, "by_type", labels.TYPE)),
            (_("Theo trạng thái"), counted(counts, "by_status", labels.STATUS)),
            (_("Theo tình trạng dữ liệu"), counted(counts, "by_data_status", labels.DATA_STATUS)),
        ),
        sources=tuple(source_view(one) for one in sources_of(state.release, state.published_at)),
        boundary_notes=tuple(boundary_note(one) for one in outline_sources(session())),
        status_url=page_url("api.status"),
    )


def counted(counts: RegisterCounts, member: str, vocabulary: dict[str, str]) -> tuple[Count, ...]:
    """The counts in the vocabulary's order; what does not occur is left out."""
    found: dict[str, int] = counts[member]
    total = sum(found.values())
    return tuple(
        Count(number(found[value]), labels.label(vocabulary, value), found[value], share(found[value], total))
        for value in vocabulary
        if value in found
    )


def share(part: int, whole: int) -> str:
    return f"{number(100 * part / whole, digits=1)} %"


@lru_cache(maxsize=4)
def sources_of(_release: int, _published_at: datetime | None) -> tuple[SourceRecord, ...]:
    """The sources in use; they change with a release only."""
    return sources(session())


def source_view(one: SourceRecord) -> SourceView:
    received: date = one.received_at.astimezone(VIETNAM).date()
    return SourceView(
        title=one.title,
        kind_label=labels.label(labels.SOURCE_KIND, one.kind),
        received_label=_("nhận ngày %(date)s", date=day(received)),
        data_status=one.data_status,
        data_status_label=labels.label(labels.DATA_STATUS, one.data_status),
    )


def boundary_note(one: OutlineSource) -> str:
    """How many outlines of a level come from where, and how good they are."""
    words = {
        "level": labels.label(labels.UNIT_LEVEL, one.level),
        "count": number(one.outlines),
        "quality": labels.label(labels.BOUNDARY_QUALITY, one.quality),
        "source": one.source,
    }
    return _("%(level)s: %(count)s ranh giới, %(quality)s. Nguồn: %(source)s.", **words)
