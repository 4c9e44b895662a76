"""The report of a run on its page: the counts, what can be done next, what was found, how the file was read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from geodata.imports import overview, preview, report, reviews, run
from geodata.imports.checks import Severity, explain
from geodata.imports.headings import KINDS
from geodata.imports.retention import is_kept
from geodata.imports.staging import needs_approval
from geodata.models import ImportRun
from geodata.proposals import reading
from geodata.vocabulary import RowOutcome, RunState
from mapapp.db import register, session
from mapapp.i18n import day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.proposal_words import STATE as PROPOSAL_STATE
from mapapp.sign_in import Visitor
from mapapp.steward_view import OUTCOME, OUTCOME_TONE, SEVERITY, SEVERITY_TONE, STATE, Frame, frame, moment
from mapapp.views import Link

FINDINGS_A_PAGE = 100


@dataclass(frozen=True)
class Tile:
    """A count and what it counts."""

    value: str
    label: str
    tone: str


@dataclass(frozen=True)
class SheetLine:
    """How a sheet was read."""

    name: str
    kind: str
    header_row: int
    counts: tuple[Tile, ...]
    unknown: tuple[str, ...]
    skipped: tuple[str, ...]
    csv_url: str


@dataclass(frozen=True)
class FoundKind:
    """A kind of finding, how many rows have it, and the way to those."""

    label: str
    severity_label: str
    tone: str
    rows: str
    url: str
    current: bool


@dataclass(frozen=True)
class FoundLine:
    """A finding in its place."""

    sheet: str
    number: int
    column: str | None
    value: str | None
    text: str
    remedy: str
    severity_label: str
    tone: str


@dataclass(frozen=True)
class RunPage:
    """The report of a run, and what can be done with it."""

    frame: Frame
    number: int
    state: str
    state_label: str
    tone: str
    about: tuple[tuple[str, str], ...]
    rows_in: str
    tiles: tuple[Tile, ...]
    notes: tuple[str, ...]
    sheets: tuple[SheetLine, ...]
    kinds: tuple[FoundKind, ...]
    filtered: bool
    all_url: str
    found: tuple[FoundLine, ...]
    more_url: str | None
    questions: int
    changes: int
    changes_label: str
    rejected: int
    urls: Mapping[str, str]
    release: Link | None
    moved_on: bool
    for_operator: bool
    file_kept: bool
    proposal: Link | None

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def run_page(visitor: Visitor, found: ImportRun, asked: Mapping[str, str], *, after: int) -> RunPage:
    severity = Severity(asked["severity"]) if asked.get("severity") in set(Severity) else None
    kinds = overview.finding_counts(session(), found)
    code = asked.get("code") if asked.get("code") in {kind.code for kind in kinds} else None
    lines = overview.findings(session(), found, severity=severity, code=code, after=after, limit=FINDINGS_A_PAGE + 1)
    shown = lines[:FINDINGS_A_PAGE]
    label, tone = STATE[found.state]
    asks = {key: value for key, value in (("severity", severity), ("code", code)) if value}
    more = (
        page_url("steward.report", number=found.id, after=shown[-1].position, **asks)
        if lines[FINDINGS_A_PAGE:]
        else None
    )
    return RunPage(
        frame=frame(
            _("Lần nhập %(n)s: %(file)s", n=found.id, file=found.file_name), visitor, Link(found.file_name, "")
        ),
        number=found.id,
        state=found.state,
        state_label=_(label),
        tone=tone,
        about=tuple(about(found)),
        rows_in=number(found.counts["rows_in"]),
        tiles=tiles(found.counts),
        notes=tuple(report.notes(found, language())),
        sheets=tuple(sheet_line(found, table) for table in found.counts["tables"]),
        kinds=tuple(found_kind(found, kind, code) for kind in kinds),
        filtered=bool(asks) or after > 0,
        all_url=page_url("steward.report", number=found.id) + "#findings",
        found=tuple(found_line(line) for line in shown),
        more_url=f"{more}#findings" if more else None,
        questions=len(reviews.questions(session(), found)) if found.state == RunState.STAGED else 0,
        changes=preview.count_changed(session(), found),
        changes_label=number(found.counts["changes"]),
        rejected=found.counts[RowOutcome.REJECTED],
        urls=run_urls(found),
        release=release_link(found),
        moved_on=moved_on(found),
        for_operator=found.state == RunState.STAGED and not needs_approval(found),
        file_kept=is_kept(session(), found),
        proposal=proposal_of(found),
    )


def proposal_of(found: ImportRun) -> Link | None:
    """The proposal that holds the run, where it is on its way or published by two people."""
    proposal = reading.of_run(session(), found)
    if proposal is None:
        return None
    label = _("Đề xuất số %(n)s: %(state)s", n=proposal.id, state=_(PROPOSAL_STATE[proposal.state][0]))
    return Link(label, page_url("proposals.one", number=proposal.id))


def moved_on(found: ImportRun) -> bool:
    """Whether a release came since the preview was made: it is checked at publication, and may be made again now."""
    return found.state == RunState.STAGED and (found.base_release_id or 0) != register().release


def run_urls(found: ImportRun) -> dict[str, str]:
    names = ("questions", "changes", "undo", "recount", "report")
    urls = {name: page_url(f"steward.{name}", number=found.id) for name in names}
    urls["propose"] = page_url("proposals.propose_import", number=found.id)
    return urls | {
        ending: page_url("steward.commented_file", number=found.id, ending=ending) for ending in ("xlsx", "csv")
    }


def release_link(found: ImportRun) -> Link | None:
    if found.release_id is None:
        return None
    label = _("Lần công bố %(n)s", n=found.release_id)
    if found.undo_release_id is not None:
        label += _(", hoàn tác bằng lần công bố %(n)s", n=found.undo_release_id)
    return Link(label, page_url("citizen.home"))


def about(found: ImportRun) -> Iterable[tuple[str, str]]:
    """What is known of the file and the run."""
    yield _("Kiểm tra lúc"), moment(found.created_at)
    yield _("Người thực hiện"), found.actor
    yield _("Nguồn"), found.source_name or "–"
    decision = run.decision_number(session(), found)
    yield _("Quyết định"), decision or without_decision(found)
    if found.effective_on:
        yield _("Ngày hiệu lực"), day(found.effective_on)
    yield _("Định dạng"), found.file_format.upper()


def without_decision(found: ImportRun) -> str:
    """What the data of a run without a decision will be."""
    if needs_approval(found):
        return _("không có: chính thức khi người thứ hai phê duyệt")
    return _("không có: dữ liệu chưa xác minh")


def tiles(counts: Mapping[str, Any]) -> tuple[Tile, ...]:
    return tuple(Tile(number(counts[key]), _(word), OUTCOME_TONE[key]) for key, word in OUTCOME.items())


def sheet_line(found: ImportRun, table: Mapping[str, Any]) -> SheetLine:
    kind = next(kind.title for kind in KINDS if kind.name == table["kind"])
    none = dict.fromkeys(OUTCOME, 0)
    return SheetLine(
        name=table["sheet"],
        kind=kind,
        header_row=table["header_row"],
        counts=tiles(found.counts["by_sheet"].get(table["sheet"], none)),
        unknown=tuple(table["unknown_columns"]),
        skipped=tuple(
            f"{_('dòng')} {one['number']} ({report.left_out(one, language())[1]}): {one['text']}"
            for one in table["skipped"]
        ),
        csv_url=page_url("steward.commented_file", number=found.id, ending="csv", sheet=table["sheet"]),
    )


def found_kind(found: ImportRun, kind: overview.FoundCount, chosen: str | None) -> FoundKind:
    url = page_url("steward.report", number=found.id, code=kind.code) + "#findings"
    return FoundKind(
        label=explain({**kind.example, "details": {}, "value": "…"}, language())[0],
        severity_label=_(SEVERITY[kind.severity]),
        tone=SEVERITY_TONE[kind.severity],
        rows=number(kind.rows),
        url=url,
        current=kind.code == chosen,
    )


def found_line(line: overview.Found) -> FoundLine:
    text, remedy = explain(line.finding, language())
    severity = line.finding["severity"]
    return FoundLine(
        sheet=line.sheet,
        number=line.number,
        column=line.finding["column"],
        value=line.finding["value"],
        text=text,
        remedy=remedy,
        severity_label=_(SEVERITY[severity]),
        tone=SEVERITY_TONE[severity],
    )
