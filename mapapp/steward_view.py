"""What the steward's pages share, and the first of them: the list of imports with its form, a job."""

from dataclasses import dataclass
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from geodata.imports import jobs, run
from geodata.imports.containers import MAX_FILE_BYTES
from geodata.imports.progress import STEPS
from geodata.models import ImportJob, ImportRun
from geodata.people.rights import may_somewhere
from geodata.text import clean
from geodata.vocabulary import JobState, PersonAct
from mapapp.db import VIETNAM, now, session
from mapapp.i18n import N_, day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.sign_in import Visitor
from mapapp.views import Link
from mapapp.work_counts import waiting_for

RUNS_A_PAGE = 30
ACT = {
    "stage": N_("Kiểm tra tệp"),
    "recount": N_("Tính lại lần nhập"),
    "publish": N_("Công bố"),
    "undo": N_("Hoàn tác lần nhập"),
}
STATE = {
    "staged": (N_("Bản xem trước, chưa công bố"), "warn"),
    "published": (N_("Đã công bố"), "good"),
    "undone": (N_("Đã hoàn tác"), "plain"),
    "refused": (N_("Đã hủy"), "plain"),
}
OUTCOME = {
    "created": N_("tạo mới"),
    "updated": N_("cập nhật"),
    "unchanged": N_("không đổi"),
    "rejected": N_("từ chối"),
}
OUTCOME_TONE = {"created": "good", "updated": "good", "unchanged": "plain", "rejected": "bad"}
SEVERITY = {"error": N_("Từ chối"), "warning": N_("Cảnh báo"), "note": N_("Ghi chú")}
SEVERITY_TONE = {"error": "bad", "warning": "warn", "note": "plain"}
LONGEST = {"source_name": 100, "decision": 100}


@dataclass(frozen=True)
class Frame:
    """What every steward's page has: its title, who is at work, the token of its forms, the way back."""

    title: str
    description: str
    visitor: str
    token: str
    trail: tuple[Link, ...] = ()
    acts: frozenset[PersonAct] = frozenset()
    waiting: str | None = None

    def may(self, act: str) -> bool:
        """Whether to show a button for this act at all; the act itself asks again, and more closely."""
        return act in self.acts


def frame(title: str, visitor: Visitor, *trail: Link) -> Frame:
    start = Link(_("Nhập dữ liệu"), page_url("steward.runs"))
    acts = frozenset(act for act in PersonAct if may_somewhere(visitor.person, act))
    waiting = waiting_for(visitor)
    return Frame(
        title,
        title,
        visitor.name,
        visitor.form_token,
        (start, *trail) if trail else (),
        acts,
        None if waiting is None else number(waiting),
    )


@dataclass(frozen=True)
class Filled:
    """The upload form as it came."""

    source_name: str = ""
    decision: str = ""
    effective: str = ""

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "Filled":
        return cls(*(clean(form.get(name, "")) for name in ("source_name", "decision", "effective")))

    def faults(self, *, has_file: bool, size: int) -> tuple[tuple[str, str], ...]:
        """(field, what to do about it)"""
        found = []
        if not has_file:
            found.append(("file", _("Hãy chọn một tệp.")))
        elif size > MAX_FILE_BYTES:
            found.append(("file", _("Tệp lớn hơn %(mb)s MB. Hãy chia thành nhiều tệp.", mb=MAX_FILE_BYTES // 1024**2)))
        if self.effective and _day(self.effective) is None:
            found.append(("effective", _("Ngày ghi dạng 01/09/2026.")))
        found += [
            (name, _("Tối đa %(n)s ký tự.", n=most))
            for name, most in LONGEST.items()
            if len(getattr(self, name)) > most
        ]
        return tuple(found)

    def choices(self) -> dict[str, object]:
        effective = _day(self.effective) if self.effective else None
        return {
            "source_name": self.source_name or None,
            "decision": self.decision or None,
            "effective": effective.isoformat() if effective else None,
        }


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day, not a moment
        except ValueError:
            continue
    return None


@dataclass(frozen=True)
class RunLine:
    """A run in the list."""

    title: str
    url: str
    state_label: str
    tone: str
    when: str
    counts: str
    source: str


@dataclass(frozen=True)
class RunsPage:
    """The form, what is under way, what came before."""

    frame: Frame
    filled: Filled
    faults: tuple[tuple[str, str], ...]
    jobs: tuple[Link, ...]
    runs: tuple[RunLine, ...]
    older_url: str | None
    largest_mb: int

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)

    def fault(self, name: str) -> str | None:
        return dict(self.faults).get(name)


def runs_page(
    visitor: Visitor, *, before: int | None, filled: Filled = Filled(), faults: tuple[tuple[str, str], ...] = ()
) -> RunsPage:
    found = run.recent(session(), limit=RUNS_A_PAGE + 1, before=before)
    shown = found[:RUNS_A_PAGE]
    return RunsPage(
        frame=frame(_("Nhập dữ liệu"), visitor),
        filled=filled,
        faults=faults,
        jobs=tuple(
            Link(f"{_(ACT[job.act])}: {job.file_name}", page_url("steward.job", number=job.id))
            for job in jobs.under_way(session())
            if not jobs.is_lost(job, at=now())
        ),
        runs=tuple(run_line(one) for one in shown),
        older_url=page_url("steward.runs", before=shown[-1].id) if len(found) > len(shown) else None,
        largest_mb=MAX_FILE_BYTES // 1024**2,
    )


def run_line(found: ImportRun) -> RunLine:
    label, tone = STATE[found.state]
    return RunLine(
        title=found.file_name,
        url=page_url("steward.report", number=found.id),
        state_label=_(label),
        tone=tone,
        when=moment(found.created_at),
        counts=" · ".join(f"{number(found.counts.get(key, 0))} {_(word)}" for key, word in OUTCOME.items()),
        source=found.source_name,
    )


def moment(at: datetime) -> str:
    """A time in Vietnam as the language writes it."""
    there = at.astimezone(VIETNAM)
    return f"{day(there.date())}, {there:%H:%M}"


@dataclass(frozen=True)
class JobPage:
    """A job: how far it is, or what became of it."""

    frame: Frame
    file_name: str
    act: str
    state: str
    step: str | None
    done: int
    total: int
    progress_label: str
    message: str | None
    lost: bool
    next: Link

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)

    @property
    def under_way(self) -> bool:
        return self.state in (JobState.WAITING, JobState.WORKING) and not self.lost


def job_page(visitor: Visitor, job: ImportJob, *, at: datetime) -> JobPage:
    title = f"{_(ACT[job.act])}: {job.file_name}"
    back = (
        Link(_("Về bản xem trước"), page_url("steward.report", number=job.run_id))
        if job.run_id is not None
        else Link(_("Chọn tệp khác"), page_url("steward.runs"))
    )
    return JobPage(
        frame=frame(title, visitor, Link(job.file_name, "")),
        file_name=job.file_name,
        act=job.act,
        state=job.state,
        step=STEPS[job.step][language() == "en"] if job.step in STEPS else None,
        done=job.done,
        total=job.total,
        progress_label=f"{number(job.done)} / {number(job.total)}" if job.total > 1 else "",
        message=job.message_en if language() == "en" else job.message_vi,
        lost=jobs.is_lost(job, at=at),
        next=back,
    )
