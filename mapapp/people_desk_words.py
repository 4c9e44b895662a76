"""Words of the pages on which people are looked after: states, acts, and what to do about what is refused."""

from dataclasses import dataclass

from geodata.people.accounts import AccountRefused
from geodata.people.listing import AccountState
from mapapp.i18n import N_
from mapapp.i18n import gettext as _

STATE = {
    AccountState.ACTIVE: (N_("Đang dùng được"), "good"),
    AccountState.INVITED: (N_("Chưa đặt mật khẩu"), "warn"),
    AccountState.LOCKED_OUT: (N_("Tạm khóa do thử sai nhiều lần"), "warn"),
    AccountState.LOCKED: (N_("Đã khóa"), "bad"),
    AccountState.REVOKED: (N_("Đã thu hồi hết quyền"), "plain"),
    AccountState.NO_RIGHT: (N_("Chưa có quyền"), "plain"),
}
STEP = {
    "created": N_("Đã lập tài khoản"),
    "invited": N_("Đã lập đường dẫn đặt mật khẩu"),
    "granted": N_("Đã giao quyền"),
    "right_ended": N_("Đã thu hồi quyền"),
    "locked": N_("Đã khóa tài khoản"),
    "unlocked": N_("Đã mở khóa tài khoản"),
    "second_factor_reset": N_("Đã xóa xác thực hai lớp"),
    "sessions_ended": N_("Đã kết thúc mọi phiên làm việc"),
}
FAULT = {
    "missing": N_("Hãy điền mục này."),
    "reason": N_("Hãy ghi lý do."),
    "day": N_("Hãy chọn một ngày từ hôm nay, trong vòng mười năm."),
    "until": N_("Ngày cuối phải sau ngày bắt đầu."),
    "which": N_("Hãy chọn một cơ sở: ghi mã, số đăng ký hoặc đúng tên đầy đủ."),
    "institution": N_("Không có cơ sở này trong sổ đăng ký."),
    "province": N_("Không có tỉnh, thành phố này."),
    "login": N_("Tên đăng nhập gồm 2 đến 64 ký tự a–z, 0–9 và . _ @ -, bắt đầu bằng chữ hoặc số."),
    "taken": N_("Tên đăng nhập này đã có người dùng."),
    "had": N_("Người này đã có quyền đó."),
    "reporter": N_("Người báo cáo gắn với một cơ sở."),
    "needs_province": N_("Cán bộ dữ liệu cấp tỉnh gắn với một tỉnh, thành phố."),
    "needs_none": N_("Cán bộ dữ liệu cấp quốc gia làm việc cho cả nước: hãy để trống tỉnh, thành phố."),
    "place": N_("Vai trò này không đi với phạm vi đã chọn."),
    "last": N_("Đây là cán bộ dữ liệu cấp quốc gia cuối cùng. Hãy giao quyền đó cho một người khác trước."),
    "no_right": N_("Quyền này đã hết hiệu lực. Hãy tải lại trang."),
    "locked": N_("Tài khoản đang khóa. Hãy mở khóa trước khi lập đường dẫn đặt mật khẩu."),
    "no_factor": N_("Người này chưa bật xác thực hai lớp."),
}
FIELD_OF = {
    **dict.fromkeys(("login", "taken"), "login"),
    **dict.fromkeys(("province", "needs_province", "needs_none"), "province"),
    **dict.fromkeys(("institution", "which", "reporter"), "institution"),
    **{"until": "until", "reason": "reason", "had": "role", "place": "role"},
}


@dataclass(frozen=True)
class Fault:
    """What is wrong, beside which field."""

    field: str
    fault: str

    @classmethod
    def of(cls, refused: AccountRefused, where: str = "") -> "Fault":
        """`where`: the form that was sent, unless it is the one that gives a right."""
        return cls(where or FIELD_OF.get(refused.fault, "role"), refused.fault)

    @property
    def text(self) -> str:
        return _(FAULT.get(self.fault, FAULT["place"]))
