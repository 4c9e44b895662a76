"""From an exception to an answer: one table decides the status, one function each the shape for machines and people.

Machines get an RFC 9457 problem whose `type` never changes; people get a page in their language that says what to do.
"""

import json
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

from geodata.engine import AWAY, is_forbidden
from geodata.geometry import InvalidBBox, InvalidPoint
from geodata.institutions import InvalidCursor
from geodata.records import SeveralInstitutions, UnknownInstitution
from geodata.releases import UnknownRelease
from geodata.unit_reads import InvalidReference, LevelNotInVintage, UnknownUnit
from mapapp.i18n import N_, page_url
from mapapp.i18n import gettext as _
from mapapp.outage import answer_instead
from mapapp.params import InvalidParameters
from mapapp.views import Link, ProblemPage


@dataclass(frozen=True)
class Kind:
    """A kind of problem; `slug` is the stable end of its `type`."""

    status: int
    slug: str
    title: str
    advice: str


INVALID = Kind(
    400,
    "invalid-parameter",
    N_("Yêu cầu chưa đúng"),
    N_("Một phần của địa chỉ không đọc được. Hãy sửa những chỗ nêu dưới đây."),
)
NOT_FOUND = Kind(
    404,
    "not-found",
    N_("Không tìm thấy trang"),
    N_("Địa chỉ này không có trên bản đồ số. Có thể đường dẫn bị thiếu hoặc gõ nhầm."),
)
UNKNOWN_INSTITUTION = Kind(
    404,
    "unknown-institution",
    N_("Không tìm thấy cơ sở"),
    N_("Không có cơ sở nào mang định danh hoặc mã này. Hãy tìm theo tên."),
)
UNKNOWN_UNIT = Kind(
    404,
    "unknown-unit",
    N_("Không tìm thấy đơn vị hành chính"),
    N_("Không có đơn vị hành chính nào mang mã này vào ngày được hỏi."),
)
UNKNOWN_INDICATOR = Kind(
    404,
    "unknown-indicator",
    N_("Không có chỉ số này"),
    N_("Danh mục không có chỉ số này. Hãy chọn một chỉ số trong danh mục."),
)
NOT_ALLOWED = Kind(
    403,
    "not-allowed",
    N_("Bạn không có quyền làm việc này"),
    N_("Quyền của bạn không bao gồm việc này hoặc tỉnh, thành phố này. Hãy liên hệ người quản trị hệ thống."),
)
CONFLICT = Kind(
    409,
    "moved-on",
    N_("Sổ đăng ký đã thay đổi"),
    N_("Dữ liệu đã thay đổi từ khi bạn mở trang này. Hãy tải lại trang và xem lại."),
)
SEVERAL = Kind(
    300,
    "ambiguous-identifier",
    N_("Nhiều cơ sở cùng mang mã này"),
    N_("Mã này đã được ghi cho nhiều cơ sở. Hãy chọn một cơ sở."),
)
METHOD = Kind(
    405, "method-not-allowed", N_("Không dùng được cách gọi này"), N_("Địa chỉ này chỉ dùng để đọc (GET, HEAD).")
)
TOO_LARGE = Kind(413, "content-too-large", N_("Nội dung gửi lên quá lớn"), N_("Hãy gửi nội dung ngắn hơn."))
OTHER = Kind(400, "bad-request", N_("Yêu cầu chưa đúng"), N_("Máy chủ không hiểu yêu cầu này."))
BROKEN = Kind(
    500,
    "internal-error",
    N_("Có lỗi ở phía chúng tôi"),
    N_("Lỗi đã được ghi lại. Hãy thử lại sau ít phút; nếu vẫn lỗi, xin báo cho chúng tôi."),
)
AWAY_KIND = Kind(
    503,
    "register-unavailable",
    N_("Sổ đăng ký tạm thời chưa trả lời"),
    N_("Dữ liệu tạm thời chưa đọc được. Hãy thử lại sau ít phút."),
)
SIGNING_AWAY = Kind(
    503,
    "signing-unavailable",
    N_("Tạm thời chưa ký được câu trả lời"),
    N_("Khóa ký chưa dùng được. Hãy hỏi không cần chữ ký, hoặc thử lại sau."),
)
EXPORT_BUSY = Kind(
    503,
    "export-in-progress",
    N_("Tệp đang được soạn"),
    N_("Máy chủ soạn các tệp lần lượt. Hãy mở lại địa chỉ này sau vài giây; tệp soạn xong được giữ sẵn."),
)
OVERLOADED = Kind(
    503,
    "overloaded",
    N_("Máy chủ đang quá tải"),
    N_("Yêu cầu đã chờ quá lâu nên không được xử lý. Hãy thử lại sau vài giây."),
)
KINDS = (
    *(INVALID, NOT_FOUND, UNKNOWN_INSTITUTION, UNKNOWN_UNIT, UNKNOWN_INDICATOR, SEVERAL),
    *(METHOD, TOO_LARGE, OTHER, BROKEN, AWAY_KIND, SIGNING_AWAY, EXPORT_BUSY),
    OVERLOADED,
)
RETRY_AFTER_S = {AWAY_KIND: 30, SIGNING_AWAY: 30, EXPORT_BUSY: 3}
BY_STATUS = {404: NOT_FOUND, 405: METHOD, 413: TOO_LARGE}

PARAMETER_OF: dict[type[Exception], tuple[str, str]] = {
    InvalidPoint: ("lat,lon", N_("không phải một điểm trên Trái Đất")),
    InvalidBBox: ("bbox", N_("không phải một khung tọa độ")),
    InvalidCursor: ("cursor", N_("không phải con trỏ của câu hỏi này; hãy bắt đầu lại từ trang đầu")),
    InvalidReference: ("unit", N_("không đúng dạng")),
    UnknownUnit: ("unit", N_("không có đơn vị hành chính này vào ngày được hỏi")),
    LevelNotInVintage: ("level", N_("cấp này không tồn tại vào ngày được hỏi (cấp huyện chỉ có đến 30/06/2025)")),
    UnknownRelease: ("release", N_("không có lần công bố này")),
}
"""Refusals by the register, as faults of a parameter; a handler that knows better answers before."""


class Problem(Exception):
    """An answer other than success that a handler decided on."""

    def __init__(self, kind: Kind, detail: str = "", errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail or kind.slug)
        self.kind = kind
        self.detail = detail
        self.errors = errors


def install(app: Flask) -> None:
    """Answer every exception by the table."""
    app.register_error_handler(Exception, handle)


def handle(error: Exception) -> Response:
    """The answer to an exception; what nobody foresaw is logged and told without its insides."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return Response(error.get_body(), error.code, error.get_headers())
    problem = problem_of(error)
    if problem.kind is AWAY_KIND and (instead := answer_instead(error)):
        return instead
    g.away = problem.kind in (AWAY_KIND, BROKEN)  # a page about it must not ask the database again
    if problem.kind in (BROKEN, AWAY_KIND):
        current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    response = for_machines(problem) if wants_problem(problem) else for_people(problem)
    if problem.kind.status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S.get(problem.kind, 30))
    if problem.kind is EXPORT_BUSY:
        response.headers["Refresh"] = str(RETRY_AFTER_S[EXPORT_BUSY])  # a browser comes back by itself
    if isinstance(error, HTTPException) and error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    response.headers["Cache-Control"] = "no-store"
    return response


def problem_of(error: Exception) -> Problem:
    """The problem an exception stands for."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, InvalidParameters):
        return Problem(INVALID, errors=error.errors)
    for noun, (parameter, message) in PARAMETER_OF.items():
        if isinstance(error, noun):
            return Problem(INVALID, errors=((parameter, _(message)),))
    if isinstance(error, UnknownInstitution):
        return Problem(UNKNOWN_INSTITUTION)
    if isinstance(error, SeveralInstitutions):
        return Problem(SEVERAL)
    if is_forbidden(error):  # the rights of the database are the last word
        return Problem(NOT_ALLOWED)
    if isinstance(error, AWAY):
        return Problem(AWAY_KIND)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        known = BY_STATUS.get(error.code)
        return Problem(known or Kind(error.code, OTHER.slug, OTHER.title, OTHER.advice))
    return Problem(BROKEN)


def wants_problem(problem: Problem) -> bool:
    """Whether a machine asks: the API and everything that is no page. Browsers follow links to files, too."""
    if problem.kind is EXPORT_BUSY:
        return not request.headers.get("Accept", "").startswith("text/html")
    if request.path.startswith(("/api/", "/.well-known/", "/healthz", "/readyz", "/reconcile", "/en/reconcile")):
        return True
    return request.path.startswith(("/ogc", "/en/ogc")) and "text/html" not in request.headers.get("Accept", "")


def for_machines(problem: Problem) -> Response:
    """The problem as RFC 9457 JSON."""
    body = problem_json(problem)
    return Response(json.dumps(body, ensure_ascii=False), problem.kind.status, mimetype="application/problem+json")


def problem_json(problem: Problem) -> dict[str, object]:
    kind = problem.kind
    body: dict[str, object] = {
        "type": f"/docs#problem-{kind.slug}",
        "title": _(kind.title),
        "status": kind.status,
        "detail": problem.detail or _(kind.advice),
    }
    if problem.errors:
        body["errors"] = [{"parameter": name, "message": message} for name, message in problem.errors]
    return body


def for_people(problem: Problem) -> Response:
    """The problem as a page; where even that fails, or the address of this site is not known, as a few plain words."""
    if request_ctx.url_adapter is None:  # the Host header is none
        return in_few_words(problem)
    try:
        page = problem_page(problem)
        return Response(render_template("problem.html", page=page), problem.kind.status)
    except Exception:
        current_app.logger.exception("the problem page failed")
        return in_few_words(problem)


def in_few_words(problem: Problem) -> Response:
    text = f"{_(problem.kind.title)}. {_(problem.kind.advice)}\n"
    return Response(text, problem.kind.status, mimetype="text/plain")


def problem_page(problem: Problem) -> ProblemPage:
    kind = problem.kind
    links = (Link(_("Về trang tìm kiếm"), page_url("citizen.home")),)
    return ProblemPage(
        title=_(kind.title),
        description=_(kind.advice),
        status=kind.status,
        text=problem.detail or _(kind.advice),
        details=problem.errors,
        links=links,
        waiting=kind is EXPORT_BUSY,
    )
