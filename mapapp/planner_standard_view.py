"""The legal standard on one institution as a page: conditions, indicators, verdict, deadlines. Not our own score."""

from dataclasses import dataclass

from geodata import records
from geodata.records import SeveralInstitutions
from geodata.standard.load import standard
from geodata.standard.of_institution import InstitutionStandard, standard_of
from geodata.standard.verdict import Outcome, Verdict
from mapapp.db import session, today
from mapapp.errors import SEVERAL, UNKNOWN_INSTITUTION, Problem
from mapapp.i18n import N_, day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.identifiers import readable_identifier
from mapapp.planner_question import InstitutionStandardQuestion
from mapapp.views import Link

OUTCOMES = {
    Outcome.MET: (N_("đạt"), "good"),
    Outcome.NOT_MET: (N_("không đạt"), "bad"),
    Outcome.MISSING: (N_("chưa có số liệu"), "plain"),
    Outcome.NOT_APPLICABLE: (N_("không áp dụng"), "plain"),
}
VERDICTS = {
    Verdict.MET: (N_("Đáp ứng chuẩn theo số liệu đã báo cáo"), "good"),
    Verdict.NOT_MET: (N_("Chưa đáp ứng chuẩn theo số liệu đã báo cáo"), "bad"),
    Verdict.INCOMPLETE: (N_("Chưa kết luận được: còn thiếu số liệu"), "plain"),
    Verdict.NO_VERDICT: (N_("Không có kết luận: chuẩn chưa áp dụng cho năm này"), "plain"),
}


@dataclass(frozen=True)
class PartRow:
    """One condition or indicator with its outcome; `value` None where it is not measured or nothing was reported."""

    code: str
    name: str
    asked: str
    value: str | None
    outcome: str
    tone: str
    wording: str


@dataclass(frozen=True)
class InstitutionStandardPage:
    title: str
    description: str
    name: str
    institution_url: str
    verdict: str
    tone: str
    notes: tuple[str, ...]
    conditions: tuple[PartRow, ...]
    indicators: tuple[PartRow, ...]
    periods: tuple[Link, ...]
    api_url: str


def institution_standard_page(id_or_code: str, asked: InstitutionStandardQuestion) -> InstitutionStandardPage:
    """Raises a 404 problem for an unknown institution and 300 for an identifier of several."""
    try:
        found = records.get(session(), readable_identifier(id_or_code), on=today(), release=asked.release)
    except SeveralInstitutions as several:
        raise Problem(SEVERAL, ", ".join(name for _id, name in several.candidates)) from several
    except records.UnknownInstitution as error:
        raise Problem(UNKNOWN_INSTITUTION) from error
    law = standard()
    period = asked.period or max(today().year - 1, law.first_period)
    known = standard_of(found, period)
    told = {
        one.indicator: float(one.value)
        for one in found.readiness
        if one.period == str(period) and one.value is not None
    }
    verdict, tone = VERDICTS[known.assessment.verdict]
    return InstitutionStandardPage(
        title=_("Chuẩn cơ sở: %(name)s", name=found.name),
        description=_("Sáu điều kiện và mười chỉ số của Thông tư 38/2026/TT-BGDĐT, theo số liệu cơ sở đã báo cáo."),
        name=found.name,
        institution_url=page_url("citizen.institution", id_or_code=found.id),
        verdict=_(verdict),
        tone=tone,
        notes=tuple(notes(known)),
        conditions=conditions(known),
        indicators=indicators(known, told),
        periods=periods(found.id, period),
        api_url=page_url("api.institution_standard", id_or_code=found.id, period=period),
    )


def notes(known: InstitutionStandard) -> list[str]:
    law = standard()
    found = [
        _(
            "Số liệu chốt ngày %(fixed)s; báo cáo tự đánh giá hoàn thiện chậm nhất %(due)s (Điều 10.2).",
            fixed=day(law.data_day(known.period)),
            due=day(known.due_by),
        ),
        _("Cơ sở này phải đáp ứng chuẩn từ %(day)s (Điều 14.1).", day=day(known.must_meet_by)),
        _("Đây là kết quả tính từ số liệu đã báo cáo, không phải quyết định của cơ quan có thẩm quyền."),
    ]
    if known.spared:
        found.append(
            _(
                "Cơ quan quản lý là %(body)s: không áp dụng yêu cầu 1.4 và toàn bộ Điều kiện 5 (Điều 8.2.a).",
                body=known.managing_body,
            )
        )
    if not known.concerned:
        found.append(_("Sổ đăng ký không ghi cơ sở đào tạo trình độ nào thuộc phạm vi của chuẩn (Điều 8.1)."))
    return found


def conditions(known: InstitutionStandard) -> tuple[PartRow, ...]:
    vietnamese = language() == "vi"
    found = known.assessment.conditions
    return tuple(
        PartRow(
            one.code,
            one.name_vi if vietnamese else one.name_en,
            "",
            None,
            *said(found.get(one.code)),
            one.wording_vi if vietnamese else one.wording_en,
        )
        for one in standard().conditions
    )


def indicators(known: InstitutionStandard, told: dict[str, float]) -> tuple[PartRow, ...]:
    vietnamese = language() == "vi"
    found = known.assessment.indicators
    return tuple(
        PartRow(
            one.code,
            one.name_vi if vietnamese else one.name_en,
            f"≥ {number(one.value)} %".replace("-", "−"),
            f"{number(told[one.id], digits=2)} %" if one.id in told else None,
            *said(found.get(one.code)),
            one.wording_vi if vietnamese else one.wording_en,
        )
        for one in standard().indicators
    )


def said(outcome: Outcome | None) -> tuple[str, str]:
    """(words, tone); nothing is said of a year before the first data year."""
    if outcome is None:
        return "–", "plain"
    words, tone = OUTCOMES[outcome]
    return _(words), tone


def periods(institution: str, chosen: int) -> tuple[Link, ...]:
    first = standard().first_period
    years = sorted({*range(first - 1, max(today().year, first) + 1), chosen})
    return tuple(
        Link(str(year), page_url("planner.institution_standard", id_or_code=institution, period=year), year == chosen)
        for year in years
    )
