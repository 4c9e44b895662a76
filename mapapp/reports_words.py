"""What the states, steps and deadlines of yearly reports are called."""

from datetime import date

from geodata.reports.standings import ReportStanding
from geodata.reports.subjects import Subject
from geodata.standard.duties import Duty
from mapapp.db import today
from mapapp.i18n import N_, day, language, number
from mapapp.i18n import gettext as _

STATE = {
    ReportStanding.NOT_STARTED: (N_("Chưa bắt đầu"), "plain"),
    ReportStanding.DRAFT: (N_("Đang soạn"), "plain"),
    ReportStanding.SENT_BACK: (N_("Bị trả lại"), "bad"),
    ReportStanding.PROPOSED: (N_("Đã gửi, chờ duyệt"), "warn"),
    ReportStanding.APPROVED: (N_("Đã duyệt, chờ công bố"), "warn"),
    ReportStanding.PUBLISHED: (N_("Đã công bố"), "good"),
    ReportStanding.CORRECTED: (N_("Đã công bố, có đính chính"), "good"),
}


def state_words(state: ReportStanding) -> tuple[str, str]:
    """(what a state is called, its tone)"""
    label, tone = STATE[state]
    return _(label), tone


def duty_name(duty: Duty) -> str:
    return duty.name_vi if language() == "vi" else duty.name_en


def source_of(duty: Duty) -> str:
    """The document and clause, or that no document sets the deadline."""
    if duty.document is None or duty.clause is None:
        return _("sổ đăng ký, không phải thời hạn của văn bản")
    vietnamese = language() == "vi"
    document = duty.document.number or (duty.document.title_vi if vietnamese else duty.document.title_en)
    return f"{document}, {duty.clause.vi if vietnamese else duty.clause.en}"


def time_left(last: date) -> tuple[str, str]:
    """(how far a last day is, its tone)"""
    left = (last - today()).days
    if left < 0:
        return _("đã quá hạn %(days)s ngày", days=number(-left)), "warn"
    return _("còn %(days)s ngày", days=number(left)), "plain"


def last_day_words(duty: Duty, year: int) -> str:
    """ "hạn 31/03/2027"."""
    return _("hạn %(day)s", day=day(duty.last_day(year)))


def subject_name(subject: Subject) -> str:
    return subject.name_en if language() == "en" else subject.name
