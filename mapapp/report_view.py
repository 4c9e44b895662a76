"""The pages of a reported error: the form, and the public state of a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.error_reports import LONGEST_CONTACT, LONGEST_MESSAGE
from geodata.models import ErrorReport, ErrorReportPromise
from geodata.records import InstitutionRecord
from mapapp import labels
from mapapp.db import VIETNAM
from mapapp.i18n import N_, day, page_url
from mapapp.i18n import gettext as _
from mapapp.report_form import TRAP, Filled
from mapapp.views import Option

FIELD = {
    "name": N_("Tên gọi"),
    "identifier": N_("Mã, định danh"),
    **labels.ATTRIBUTE,
    "campus": N_("Địa chỉ hoặc vị trí trên bản đồ"),
    "programme": N_("Ngành, nghề đào tạo"),
    "licence": N_("Giấy chứng nhận đăng ký hoạt động"),
    "relation": N_("Cơ sở tiền thân hoặc kế thừa"),
    "readiness": N_("Mức độ sẵn sàng chuyển đổi số"),
    "other": N_("Thông tin khác"),
}
STATE = {
    "new": N_("Đã nhận, đang chờ xem xét"),
    "answered": N_("Đã trả lời"),
    "accepted": N_("Đã tiếp nhận, sẽ sửa trong lần công bố tới"),
    "rejected": N_("Đã xem xét, thông tin được giữ nguyên"),
}
TONE = {"new": "warning", "answered": "ok", "accepted": "ok", "rejected": "gone"}


@dataclass(frozen=True)
class ReportPage:
    """The form. `faults`: (field, message) of a form that came back; `notice`: why it was not kept otherwise."""

    title: str
    description: str
    institution: str
    institution_url: str
    form_url: str
    fields: tuple[Option, ...]
    item: str
    message: str
    contact: str
    stamp: str
    trap: str
    promise: str
    faults: tuple[tuple[str, str], ...] = ()
    notice: str | None = None
    longest_message: int = LONGEST_MESSAGE
    longest_contact: int = LONGEST_CONTACT

    def fault(self, name: str) -> str | None:
        return dict(self.faults).get(name)


@dataclass(frozen=True)
class TicketPage:
    """What everyone may see of a report: never the message or the contact. `moved`: (day before, day, reason) each time
    another day was promised."""

    title: str
    description: str
    ticket: str
    state_label: str
    state_tone: str
    about: str
    institution: str
    institution_url: str
    sent_label: str
    promise_label: str | None
    answer: str | None
    answered_label: str | None
    moved: tuple[tuple[str, str, str], ...]


def report_page(
    found: InstitutionRecord,
    filled: Filled,
    *,
    stamp: str,
    answer_days: int,
    faults: tuple[tuple[str, str], ...] = (),
    notice: str | None = None,
) -> ReportPage:
    return ReportPage(
        title=_("Báo sai thông tin: %(name)s", name=found.name),
        description=_("Báo thông tin sai về cơ sở này. Không cần tài khoản."),
        institution=found.name,
        institution_url=page_url("citizen.institution", id_or_code=found.id),
        form_url=page_url("citizen.send_report", id_or_code=found.id),
        fields=field_options(filled.field),
        item=filled.item,
        message=filled.message,
        contact=filled.contact,
        stamp=stamp,
        trap=TRAP,
        promise=_("Bạn nhận một mã phiếu để theo dõi, và được trả lời trong %(days)s ngày làm việc.", days=answer_days),
        faults=faults,
        notice=notice,
    )


def field_options(chosen: str) -> tuple[Option, ...]:
    """What can be wrong; nothing is chosen for those who did not come from a field."""
    first = Option("", _("– Chọn thông tin –"), None, chosen not in FIELD)
    return first, *(Option(value, _(label), None, value == chosen) for value, label in FIELD.items())


def ticket_page(report: ErrorReport, institution: str, moved: Sequence[ErrorReportPromise] = ()) -> TicketPage:
    field = labels.label(FIELD, report.field)
    waiting = report.state == "new"
    return TicketPage(
        title=_("Phiếu báo sai %(ticket)s", ticket=report.ticket),
        description=_("Tình trạng của một phiếu báo sai thông tin."),
        ticket=report.ticket,
        state_label=labels.label(STATE, report.state),
        state_tone=TONE[report.state],
        about=f"{field}: {report.item}" if report.item else field,
        institution=institution,
        institution_url=page_url("citizen.institution", id_or_code=report.institution_id),
        sent_label=day(report.sent_at.astimezone(VIETNAM).date()),
        promise_label=day(report.promised_on) if waiting else None,
        moved=tuple((day(one.before), day(one.promised_on), one.reason) for one in moved),
        answer=report.answer,
        answered_label=day(report.answered_at.astimezone(VIETNAM).date()) if report.answered_at else None,
    )
