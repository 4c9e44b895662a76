"""Readiness reports of illustrative institutions, 2022 to 2025: a rising trend, uneven provinces, realistic gaps."""

from dataclasses import dataclass, replace

import numpy as np

from geodata.demo.cohort import PUBLIC, TYPES, Cohort, Kind
from geodata.demo.places import Places
from geodata.demo.profile import high_quality_days
from geodata.demo.rows import NULL, Flags, Floats, Ints, Rows, day
from geodata.demo.teaching import IT_FIELD, Offer
from geodata.indicators import Indicator, readiness_indicators
from geodata.vocabulary import ReportState, SubjectKind

REPORT_COLUMNS = ("id", "period_id", "subject_kind", "institution_id", "authority_id", "state", "submitted_at")
VALUE_COLUMNS = (
    *("report_id", "indicator_id", "value", "numerator", "denominator", "missing_reason"),
    *("valid_from", "valid_to", "decision_id"),
)
YEARS = (2022, 2023, 2024, 2025)
LAST_YEARS = (2024, 2025)
"""What a large dataset reports on."""

REPORTING = {2022: 0.52, 2023: 0.62, 2024: 0.72, 2025: 0.80}
"""Share of institutions that report in a year."""
SILENT, SAID_MISSING = 0.07, 0.05
"""Shares of figures left out without a word, and with a reason."""
REASONS = ("Cơ sở chưa thống kê", "Đang rà soát số liệu", "Chưa có công cụ đo")
START = np.array([0.42, 0.33, 0.16, 0.20, 0.30])
"""Readiness in 2022 per kind, 0 to 1."""
YEARLY_GAIN = 0.085


@dataclass(frozen=True)
class Readiness:
    """How ready each institution is in 2022, how willing to report, and the sizes that its figures are shares of."""

    level: Floats
    willing: Floats
    teachers: Ints
    programmes: Ints
    it_programmes: Ints


def readiness(chance: np.random.Generator, found: Cohort, places: Places, taught: Offer) -> Readiness:
    """Readiness by kind, ownership and province, with differences between institutions."""
    count = len(found)
    province = np.array([int(code) for code in places.former_province[found.place]], dtype=np.int64)
    ahead = np.random.default_rng(2222).normal(0, 0.09, 100)[province]
    public = np.where(found.ownership == PUBLIC, 0.03, 0.0)
    level = START[found.kind] + ahead + public + chance.normal(0, 0.12, count)
    size = np.array([110, 45, 14, 18, 30])[found.kind]
    teachers = np.maximum(4, (size * chance.lognormal(0, 0.45, count)).astype(np.int64))
    return Readiness(level, chance.random(count), teachers, taught.count(count), taught.count(count, field=IT_FIELD))


class Reports:
    """Collects reports and their figures; reports are numbered from `first`."""

    def __init__(self, first: int) -> None:
        self.next = first
        self.reports = Rows("report", *REPORT_COLUMNS)
        self.values = Rows("indicator_value", *VALUE_COLUMNS)

    def report(self, year: int, kind: SubjectKind, subjects: list[str]) -> Ints:
        """Published reports of the subjects for a year; their numbers."""
        numbers = np.arange(self.next, self.next + len(subjects))
        self.next += len(subjects)
        owner = "institution_id" if kind is SubjectKind.INSTITUTION else "authority_id"
        self.reports.add(
            len(subjects),
            id=[str(number) for number in numbers.tolist()],
            period_id=str(year),
            subject_kind=kind.value,
            state=ReportState.PUBLISHED.value,
            submitted_at=f"{year + 1}-03-15 00:00:00+00",
            **{owner: subjects},
        )
        return numbers

    def figures(
        self, chance: np.random.Generator, indicator: str, numbers: Ints, numerators: Ints, denominators: Ints
    ) -> None:
        """One figure per report; some are left out, some are said to be missing."""
        draw = chance.random(len(numbers))
        told = draw >= SILENT
        missing = (draw < SILENT + SAID_MISSING)[told].tolist()
        reason = chance.integers(0, len(REASONS), len(numbers))[told].tolist()
        pairs = list(zip(numerators[told].tolist(), denominators[told].tolist(), missing, strict=True))
        self.values.add(
            len(pairs),
            report_id=[str(number) for number in numbers[told].tolist()],
            indicator_id=indicator,
            value=[NULL if gap else percent(part, whole) for part, whole, gap in pairs],
            numerator=[NULL if gap else str(part) for part, _, gap in pairs],
            denominator=[NULL if gap else str(whole) for _, whole, gap in pairs],
            missing_reason=[REASONS[why] if gap else NULL for why, gap in zip(reason, missing, strict=True)],
        )


def institution_reports(
    chance: np.random.Generator, found: Cohort, state: Readiness, to: Reports, *, large: bool
) -> None:
    """Yearly reports of the institutions that existed at the year's end, as far as they report at all."""
    hurdles = {indicator.id: chance.normal(0, 0.12, len(found)) for indicator in readiness_indicators()}
    for year in LAST_YEARS if large else YEARS:
        end = day(f"{year}-12-31")
        existed = ~(found.founded > end) & ~(found.gone_on <= end)
        who = np.flatnonzero(existed & (state.willing < REPORTING[year]))
        numbers = to.report(year, SubjectKind.INSTITUTION, found.ids[who].tolist())
        now = replace(state, level=state.level + YEARLY_GAIN * (year - YEARS[0]) + chance.normal(0, 0.02, len(found)))
        for indicator in readiness_indicators():
            asked = _asked(indicator, found, state, end)[who]
            part, whole = _share(chance, indicator, now, hurdles[indicator.id], who[asked])
            to.figures(chance, indicator.id, numbers[asked], part, whole)


def _asked(indicator: Indicator, found: Cohort, state: Readiness, end: np.datetime64) -> Flags:
    """Whom the indicator applies to at the end of the year."""
    kinds = [kind for kind in Kind if indicator.applies_to is None or TYPES[kind] in indicator.applies_to.types]
    then = np.where(found.changed_on <= end, found.kind, found.kind_before)
    asked: Flags = np.isin(then, kinds)
    if indicator.applies_to is not None and indicator.applies_to.high_quality:
        asked &= high_quality_days(found) <= end
    return asked & (_base(indicator, state) > 0)


def _base(indicator: Indicator, state: Readiness) -> Ints:
    """What the figure is a share of: teachers, programmes, or the institution itself."""
    sizes = {
        "teachers": state.teachers,
        "teachers_and_managers": state.teachers + state.teachers // 10 + 1,
        "programmes": state.programmes,
        "it_programmes": state.it_programmes,
    }
    return sizes.get(indicator.base or "", np.ones_like(state.teachers))


def _share(
    chance: np.random.Generator, indicator: Indicator, state: Readiness, hurdle: Floats, who: Ints
) -> tuple[Ints, Ints]:
    """Numerators and denominators; has-or-has-not is 1 or 0 of 1."""
    whole = _base(indicator, state)[who]
    level = np.clip(state.level + hurdle, 0.02, 0.98)[who]
    if indicator.boolean:
        return (level > 0.5).astype(np.int64), whole
    return chance.binomial(whole, level), whole


def percent(part: int, whole: int) -> str:
    """The share in per cent with two decimals, rounded half up as the database rounds."""
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
