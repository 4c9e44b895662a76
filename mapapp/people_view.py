"""What the pages of the door and of one's own account show."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from geodata.models import PersonSession, SignInEvent
from geodata.people import accounts, second_factor
from geodata.people.events import latest
from geodata.people.passwords import LONGEST, SHORTEST
from geodata.people.rights import Right
from geodata.people.sessions import Seat, open_sessions
from geodata.vocabulary import Role, SessionKind, SignInOutcome
from mapapp import doors, oidc
from mapapp.db import VIETNAM
from mapapp.i18n import N_, day
from mapapp.i18n import gettext as _

if TYPE_CHECKING:
    from mapapp.sign_in import Visitor

ROLE = {
    Role.NATIONAL_STEWARD: N_("Cán bộ dữ liệu cấp quốc gia"),
    Role.PROVINCIAL_STEWARD: N_("Cán bộ dữ liệu cấp tỉnh"),
    Role.APPROVER: N_("Người phê duyệt"),
    Role.REPORTER: N_("Người báo cáo của cơ sở"),
    Role.AUDITOR: N_("Người kiểm tra (chỉ đọc)"),
}
EVENT = {
    SignInOutcome.SIGNED_IN: N_("Đăng nhập"),
    SignInOutcome.REFUSED: N_("Đăng nhập không thành công"),
    SignInOutcome.LOCKED_OUT: N_("Đăng nhập khi tài khoản đang tạm khóa"),
    SignInOutcome.SIGNED_OUT: N_("Đăng xuất"),
    SignInOutcome.INVITED: N_("Được gửi đường dẫn đặt mật khẩu"),
    SignInOutcome.PASSWORD_SET: N_("Đặt mật khẩu mới"),
    SignInOutcome.SECOND_FACTOR_SET: N_("Bật xác thực hai lớp"),
    SignInOutcome.RECOVERY_CODE_USED: N_("Dùng mã dự phòng"),
    SignInOutcome.SESSION_REVOKED: N_("Kết thúc một phiên làm việc"),
}
FAULT = {
    "short": N_("Mật khẩu cần ít nhất %(shortest)s ký tự."),
    "long": N_("Mật khẩu dài nhất %(longest)s ký tự."),
    "monotonous": N_("Mật khẩu lặp lại quá ít ký tự khác nhau."),
    "login": N_("Mật khẩu không được chứa tên đăng nhập."),
    "different": N_("Hai lần nhập mật khẩu chưa giống nhau."),
    "present": N_("Mật khẩu hiện tại chưa đúng."),
}


@dataclass(frozen=True)
class SignInPage:
    """The form; `notice` says why it is shown again."""

    title: str
    description: str
    token: str
    wanted: str
    notice: str | None
    provider: str | None


def sign_in_page(
    token: str, *, wanted: str, failed: bool = False, unknown: bool = False, wait_s: int = 0
) -> SignInPage:
    title = _("Đăng nhập")
    notice = None
    if failed:
        notice = _(
            "Chưa đăng nhập được: tên đăng nhập, mật khẩu hoặc mã xác thực chưa đúng, hoặc tài khoản đang tạm khóa."
        )
    elif unknown:
        notice = _("Chưa đăng nhập được bằng tài khoản của cơ quan: chưa có tài khoản tương ứng ở đây.")
    elif wait_s:
        notice = _("Đã có quá nhiều lần thử. Hãy chờ %(seconds)s giây rồi thử lại.", seconds=wait_s)
    return SignInPage(title, title, token, wanted, notice, oidc.provider_name())


@dataclass(frozen=True)
class InvitationPage:
    """The form for a password; `spent` when there is nothing to use."""

    title: str
    description: str
    token: str = ""
    invitation: str = ""
    login: str = ""
    name: str = ""
    fault: str | None = None


def invitation_page(token: str, invitation: str, login: str, name: str, *, fault: str | None = None) -> InvitationPage:
    title = _("Đặt mật khẩu")
    return InvitationPage(title, title, token, invitation, login, name, said(fault))


def spent_page() -> InvitationPage:
    title = _("Đường dẫn không còn dùng được")
    return InvitationPage(title, title)


def said(fault: str | None) -> str | None:
    """What to do about a password that was refused."""
    return _(FAULT[fault]) % {"shortest": SHORTEST, "longest": LONGEST} if fault else None


@dataclass(frozen=True)
class SessionLine:
    """A session that stands."""

    agent: str
    opened: str
    seen: str
    series: str
    here: bool


@dataclass(frozen=True)
class AccountPage:
    """One's own account."""

    title: str
    description: str
    visitor: str
    token: str
    login: str
    rights: tuple[str, ...]
    sessions: tuple[SessionLine, ...]
    events: tuple[tuple[str, str, str], ...]
    second_factor: bool
    codes_left: int
    has_password: bool
    fault: str | None


def account_page(
    visitor: "Visitor", seat: Seat, session: Session, *, at: datetime, fault: str | None = None
) -> AccountPage:
    person = accounts.find(session, seat.person.login)
    title = _("Tài khoản của tôi")
    return AccountPage(
        title=title,
        description=title,
        visitor=visitor.name,
        token=visitor.form_token,
        login=person.login,
        rights=tuple(right_said(right) for right in seat.person.rights),
        sessions=tuple(_line(one, seat) for one in open_sessions(session, person.id, at=at)),
        events=tuple(_event(one) for one in latest(session, person.id)),
        second_factor=person.totp_secret is not None,
        codes_left=second_factor.recovery_codes_left(session, person.id),
        has_password=person.password_hash is not None,
        fault=said(fault),
    )


def right_said(right: Right) -> str:
    """A right in words: the role, and where."""
    if right.institution is not None:
        return _("%(role)s: cơ sở %(institution)s", role=_(ROLE[right.role]), institution=right.institution)
    if right.provinces is None:
        return _("%(role)s: cả nước", role=_(ROLE[right.role]))
    return _("%(role)s: tỉnh, thành phố %(codes)s", role=_(ROLE[right.role]), codes=", ".join(sorted(right.provinces)))


def _line(one: PersonSession, seat: Seat) -> SessionLine:
    return SessionLine(
        agent=browser_said(one.agent) if one.kind == SessionKind.BROWSER else _("Việc chạy nền"),
        opened=moment(one.opened_at),
        seen=moment(one.seen_at),
        series=one.series,
        here=one.series == seat.series,
    )


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("CocCoc", "Cốc Cốc"), ("Firefox", "Firefox"), ("Chrom", "Chrome"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


def browser_said(agent: str) -> str:
    """A browser by the name people know it by, and where it runs; what cannot be told, as it says it itself."""
    known = [*BROWSERS, ("Safari", "Safari")], [*SYSTEMS, ("Linux", "Linux")]
    told = [next((name for sign, name in names if sign in agent), "") for names in known]
    return " · ".join(name for name in told if name) or agent


def _event(one: SignInEvent) -> tuple[str, str, str]:
    return moment(one.at), _(EVENT[SignInOutcome(one.outcome)]), one.address


def moment(at: datetime) -> str:
    """A time in Vietnam as the language writes it."""
    there = at.astimezone(VIETNAM)
    return f"{day(there.date())}, {there:%H:%M}"


@dataclass(frozen=True)
class SecondFactorPage:
    """A secret to take into an app: as a drawing, and as letters to type."""

    title: str
    description: str
    visitor: str
    token: str
    drawing: str
    secret: str
    sealed: str
    failed: bool


def second_factor_page(visitor: "Visitor", secret: str, *, failed: bool = False) -> SecondFactorPage:
    title = _("Xác thực hai lớp")
    person = visitor.person
    return SecondFactorPage(
        title=title,
        description=title,
        visitor=visitor.name,
        token=visitor.form_token,
        drawing=_drawn(second_factor.address(secret, person.login)),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        sealed=doors.vault().seal(secret, person.id).hex(),
        failed=failed,
    )


def _drawn(text: str) -> str:
    """The QR code as SVG to stand in the page."""
    import segno  # only who enrols pays for it

    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, border=4, scale=4, dark="#000", light="#fff", omitsize=True
    )
    return out.getvalue().decode()


@dataclass(frozen=True)
class CodesPage:
    """Recovery codes, shown this once."""

    title: str
    description: str
    visitor: str
    token: str
    codes: tuple[str, ...]


def codes_page(visitor: "Visitor", codes: list[str]) -> CodesPage:
    title = _("Mã dự phòng")
    return CodesPage(title, title, visitor.name, visitor.form_token, tuple(codes))
