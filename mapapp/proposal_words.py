"""What proposals, their states, steps and events are called."""

from geodata.models import Proposal
from geodata.vocabulary import ProposalKind
from mapapp.i18n import N_
from mapapp.i18n import gettext as _

STATE = {
    "draft": (N_("Bản nháp"), "plain"),
    "proposed": (N_("Chờ phê duyệt"), "warn"),
    "sent_back": (N_("Bị trả lại"), "bad"),
    "approved": (N_("Đã duyệt, chờ công bố"), "warn"),
    "published": (N_("Đã công bố"), "good"),
    "withdrawn": (N_("Đã rút"), "plain"),
    "undone": (N_("Đã hoàn tác"), "plain"),
}
STEP = {
    "drafted": N_("soạn"),
    "revised": N_("soạn lại"),
    "proposed": N_("đề xuất"),
    "sent_back": N_("trả lại"),
    "approved": N_("phê duyệt"),
    "published": N_("công bố"),
    "withdrawn": N_("rút"),
    "undone": N_("hoàn tác"),
}
WIZARD = {
    "rename": N_("Đổi tên"),
    "merge": N_("Sáp nhập"),
    "split": N_("Chia tách"),
    "close": N_("Giải thể"),
    "suspend": N_("Đình chỉ hoạt động"),
    "stop_enrolment": N_("Dừng tuyển sinh"),
    "reopen": N_("Hoạt động, tuyển sinh trở lại"),
    "declare_complete": N_("Công bố hồ sơ đầy đủ"),
}
ACT = {
    "propose": N_("Đề xuất"),
    "approve": N_("Phê duyệt"),
    "publish": N_("Công bố"),
    "send_back": N_("Trả lại"),
    "withdraw": N_("Rút đề xuất"),
    "undo": N_("Hoàn tác"),
    "replan": N_("Lập lại trên dữ liệu hiện tại"),
}
OWNER = {
    "ministry": N_("Bộ Giáo dục và Đào tạo"),
    "province": N_("Sở Giáo dục và Đào tạo của tỉnh, thành phố"),
    "institution": N_("Cơ sở giáo dục nghề nghiệp"),
}
ROLE = {
    "national_steward": N_("Cán bộ dữ liệu quốc gia"),
    "provincial_steward": N_("Cán bộ dữ liệu của tỉnh"),
    "approver": N_("Người phê duyệt"),
    "reporter": N_("Người báo cáo của cơ sở"),
    "auditor": N_("Kiểm toán viên"),
}


def kind_label(proposal: Proposal) -> str:
    """ "Sáp nhập", "Sửa hồ sơ", "Nhập tệp", "Báo cáo năm 2025"."""
    if proposal.period:
        return _("Báo cáo năm %(year)s", year=proposal.period)
    if proposal.act:
        return _(WIZARD[proposal.act])
    return _("Nhập tệp") if proposal.kind == ProposalKind.IMPORT else _("Sửa hồ sơ")


def role_label(role: str) -> str:
    """The role, and whether it must be held for the whole country."""
    name, _at, scope = role.partition("@")
    return _("%(role)s (toàn quốc)", role=_(ROLE[name])) if scope else _(ROLE[name])
