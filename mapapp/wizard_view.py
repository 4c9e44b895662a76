"""The forms of events: rename, merge, split, close, suspend, stop enrolment, reopen, declare complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geodata.imports.preview import names_of
from geodata.proposals.book import Book
from geodata.proposals.planning import current_number, institutions_asked, of_province, provinces_of
from geodata.proposals.refusals import Fault
from geodata.proposals.reviews import stewardship
from geodata.proposals.splits import KIND_OF, divisible
from geodata.unit_reads import unit
from geodata.vocabulary import InstitutionType, Ownership, Wizard
from mapapp import labels
from mapapp.db import session
from mapapp.i18n import N_, language, page_url
from mapapp.i18n import gettext as _
from mapapp.institution_pick import Candidate, named
from mapapp.meanwhile import Meanwhile, published_since
from mapapp.proposal_view import open_proposals, proposals_frame
from mapapp.proposal_words import WIZARD
from mapapp.record_sections_view import row_title
from mapapp.report_at_hand import ReportAtHand, report_at_hand
from mapapp.revising import REVISE
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame
from mapapp.views import Link, Option

EXPLAINED = {
    Wizard.RENAME: N_("Từ ngày hiệu lực cơ sở mang tên mới; tên cũ vẫn được ghi cho những ngày trước và vẫn tìm được."),
    Wizard.MERGE: N_(
        "Các cơ sở được sáp nhập kết thúc vào ngày hiệu lực; câu hỏi xác minh về họ dẫn đến cơ sở kế thừa."
    ),
    Wizard.SPLIT: N_(
        "Một phần của cơ sở trở thành cơ sở mới, mang theo địa điểm, giấy chứng nhận, ngành, nghề được chọn."
    ),
    Wizard.CLOSE: N_("Cơ sở giải thể từ ngày hiệu lực: giấy chứng nhận và ngành, nghề kết thúc cùng ngày."),
    Wizard.SUSPEND: N_("Cơ sở bị đình chỉ hoạt động từ ngày hiệu lực, có thể đến một ngày đã định."),
    Wizard.STOP_ENROLMENT: N_("Cơ sở không tuyển sinh từ ngày hiệu lực; việc đào tạo người đang học vẫn tiếp tục."),
    Wizard.REOPEN: N_("Cơ sở hoạt động và tuyển sinh trở lại từ ngày hiệu lực."),
    Wizard.DECLARE_COMPLETE: N_(
        "Cơ quan phụ trách công bố: từ ngày hiệu lực, sổ đăng ký ghi đủ giấy chứng nhận và ngành, nghề của cơ sở. "
        "Từ đó, điều không được ghi được trả lời là “không được phép”."
    ),
}
GROUPS = {
    "campuses": N_("Địa điểm"),
    "licences": N_("Giấy chứng nhận"),
    "programmes": N_("Ngành, nghề"),
}


@dataclass(frozen=True)
class Divisible:
    """A campus, licence or programme of an institution that is split: the field that says where it goes."""

    field: str
    label: str


@dataclass(frozen=True)
class WizardPage:
    """A wizard's form. `chosen`: institutions of a merger so far; `candidates`: by field, whom typed words may mean;
    `divisible`: what a split divides, by subject; `base`: the release that whoever fills it in knows of; `meanwhile`:
    what was published about its institutions since what is in it was typed; `proposals`: others under way about this
    one."""

    frame: Frame
    wizard: str
    id: str
    name: str
    explained: str
    form_url: str
    record_url: str
    given: Mapping[str, object]
    faults: tuple[tuple[str, str], ...]
    types: tuple[Option, ...]
    ownerships: tuple[Option, ...]
    chosen: tuple[Candidate, ...]
    candidates: Mapping[str, tuple[Candidate, ...]]
    divisible: tuple[tuple[str, tuple[Divisible, ...]], ...]
    count: int
    report: ReportAtHand | None = None
    base: int | None = None
    meanwhile: tuple[Meanwhile, ...] = ()
    proposals: tuple[Link, ...] = ()

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)

    def fault(self, name: str) -> str | None:
        return dict(self.faults).get(name)

    def value(self, name: str) -> str:
        found = self.given.get(name, "")
        return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def wizard_page(
    visitor: Visitor,
    wizard: Wizard,
    institution: str,
    *,
    on: date,
    given: Mapping[str, object] | None = None,
    faults: Sequence[Fault] = (),
    candidates: Mapping[str, tuple[Candidate, ...]] | None = None,
    base: int | None = None,
) -> WizardPage:
    """The form about one institution; `base` is the release that what is `given` was typed on, where that is not the
    newest: the form tells what was published since, and counts it as known from then on."""
    first = dict(given) if given is not None else first_values(wizard, institution, on)
    newest = current_number(session())
    meanwhile = (
        published_since(institutions_asked({"institution": institution, **first}), base) if base is not None else ()
    )
    name = names_of(session(), [institution]).get(institution, institution)
    record = page_url("proposals.record", id=institution)
    title = f"{_(WIZARD[wizard.value])}: {name}"
    return WizardPage(
        frame=proposals_frame(title, visitor, Link(name, record), Link(_(WIZARD[wizard.value]), "")),
        wizard=wizard.value,
        id=institution,
        name=name,
        explained=_(EXPLAINED[wizard]),
        form_url=page_url("proposals.wizard", id=institution, wizard=wizard.value),
        record_url=record,
        given=first | {"into": readable(str(first.get("into", "")))} if wizard == Wizard.MERGE else first,
        faults=told(faults),
        types=tuple(Option(one.value, labels.label(labels.TYPE, one.value), None, False) for one in InstitutionType),
        ownerships=tuple(
            Option(one.value, labels.label(labels.OWNERSHIP, one.value), None, False) for one in Ownership
        ),
        chosen=chosen(first) if wizard == Wizard.MERGE else (),
        candidates=candidates or {},
        divisible=divisible_groups(institution, on) if wizard == Wizard.SPLIT else (),
        count=1,
        report=report_at_hand(institution, first),
        base=newest,
        meanwhile=meanwhile,
        proposals=open_proposals(institution, but=str(first.get(REVISE, ""))),
    )


def province_page(
    visitor: Visitor, code: str, *, on: date, given: Mapping[str, object] | None = None, faults: Sequence[Fault] = ()
) -> WizardPage:
    """The declaration that a whole province's list is complete."""
    province = unit(session(), code, on)
    wizard = Wizard.DECLARE_COMPLETE
    first = {"effective": on.isoformat(), "declared_by": stewardship(session(), province, on=on).owner}
    title = f"{_(WIZARD[wizard.value])}: {province.full_name}"
    return WizardPage(
        frame=proposals_frame(title, visitor, Link(_("Rà soát theo tỉnh"), page_url("proposals.provinces"))),
        wizard=wizard.value,
        id="",
        name=province.full_name,
        explained=_(EXPLAINED[wizard]),
        form_url=page_url("proposals.declare", code=code),
        record_url=page_url("proposals.provinces"),
        given=given if given is not None else first,
        faults=told(faults),
        types=(),
        ownerships=(),
        chosen=(),
        candidates={},
        divisible=(),
        count=len(of_province(session(), code, on=on)),
    )


def first_values(wizard: Wizard, institution: str, on: date) -> dict[str, object]:
    """What the form begins with."""
    found: dict[str, object] = {"effective": on.isoformat()}
    if wizard == Wizard.MERGE:
        found |= {"institutions": [institution], "campuses": "1", "keeps_records": "1"}
    if wizard == Wizard.SPLIT:
        found |= {"continues": "1"}
    if wizard == Wizard.DECLARE_COMPLETE:
        codes = provinces_of(session(), [institution], ())
        found |= {"declared_by": stewardship(session(), unit(session(), codes[0], on), on=on).owner} if codes else {}
    return found


def told(faults: Sequence[Fault]) -> tuple[tuple[str, str], ...]:
    return tuple((fault.field, fault.en if language() == "en" else fault.vi) for fault in faults)


def readable(words: str) -> str:
    """A registry id as suggestions fill it in, "Name (id)"; other words as they are."""
    return next((f"{one.name} ({one.id})" for one in named([words])), words)


def chosen(given: Mapping[str, object]) -> tuple[Candidate, ...]:
    """The institutions of a merger so far."""
    found = given.get("institutions", [])
    return named([str(id) for id in found] if isinstance(found, list) else [])


def divisible_groups(institution: str, on: date) -> tuple[tuple[str, tuple[Divisible, ...]], ...]:
    """What goes on today, by subject, as the form lists it."""
    there = divisible(Book(session(), [institution], today=on, effective=None), institution)
    return tuple(
        (
            _(GROUPS[kind]),
            tuple(
                Divisible(f"goes.{KIND_OF[kind]}.{key}", row_title(f"{KIND_OF[kind]}.{key}", fact))
                for key, fact in facts.items()
            ),
        )
        for kind, facts in there.items()
        if facts
    )
