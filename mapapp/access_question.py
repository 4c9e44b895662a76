"""Questions about access: read from an address, put to the register, refused with a reason, remembered per release."""

from datetime import date, datetime
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from geodata.access import Access, AccessQuestion, Condition, ImpossibleScenario, Scenario, access
from geodata.access.effect import Effect, readiness_effect
from geodata.access.population import population_version
from geodata.access.scenario import resolve
from geodata.figures.measures import Formula, measures
from geodata.indicators import UnknownIndicator, indicator_named
from geodata.overlays import periods_with_reports
from geodata.overlays.by_unit import goal_of
from geodata.vocabulary import InstitutionType, TrainingLevel, UnitLevel
from mapapp.db import register, session
from mapapp.errors import UNKNOWN_INDICATOR, Problem
from mapapp.i18n import gettext as _
from mapapp.params import MAX_VALUES, DatedQuestion, InvalidParameters, OccupationCode
from mapapp.questions import day_asked

RADIUS_KM = 20.0
Identifier = Annotated[str, Field(pattern=r"^[0-9A-Za-z.\-]{2,64}$")]
Merger = Annotated[str, Field(pattern=r"^[0-9A-Za-z.\-]{2,64}:[0-9A-Za-z.\-]{2,64}$")]
FULL = 100.0


class AccessFilters(DatedQuestion):
    """Which institutions qualify, and how near is near."""

    occupation: list[OccupationCode] = Field([], max_length=MAX_VALUES, description="7-digit occupation codes, any of")
    training_level: list[TrainingLevel] = Field([], max_length=MAX_VALUES)
    type: list[InstitutionType] = Field([], max_length=MAX_VALUES)
    indicator: str | None = Field(
        None, max_length=80, description="readiness condition: an indicator that institutions report"
    )
    at_least: float | None = Field(
        None,
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="percent (points) it must reach; default its target, or yes",
    )
    period: str | None = Field(None, pattern=r"^[0-9]{4}$", description="reporting year; default the latest")
    radius_km: float = Field(RADIUS_KM, gt=0, le=1000, allow_inf_nan=False, description="what counts as within reach")


class WhatIfFilters(AccessFilters):
    """Institutions by registry id or any other identifier without a slash."""

    close: list[Identifier] = Field([], max_length=MAX_VALUES, description="these close")
    upgrade: list[Identifier] = Field(
        [], max_length=MAX_VALUES, description="these reach the readiness and the level asked for"
    )
    merge: list[Merger] = Field([], max_length=MAX_VALUES, description="A:B merges A into B; A's campuses stay as B's")


def condition_asked(asked: AccessFilters) -> Condition | None:
    """The readiness condition with what was left out filled in; None where none is asked."""
    if asked.indicator is None:
        return None
    try:
        indicator = indicator_named(asked.indicator)
    except UnknownIndicator as error:
        raise Problem(UNKNOWN_INDICATOR) from error
    if indicator.id not in measures():
        raise InvalidParameters([("indicator", _("chỉ số này không do cơ sở báo cáo"))])
    periods = periods_with_reports(session(), indicator)
    if not periods or (asked.period and asked.period not in periods):
        raise InvalidParameters(
            [
                (
                    "period",
                    _("chưa có số liệu của kỳ này; có số liệu các kỳ: %(periods)s", periods=", ".join(periods) or "–"),
                )
            ]
        )
    period = asked.period or periods[-1]
    return Condition(
        indicator.id, period, usual_level(indicator.id, period) if asked.at_least is None else asked.at_least
    )


def usual_level(indicator: str, period: str) -> float:
    """The percentage that a single institution is asked to reach by default: yes, or the national target's value."""
    if measures()[indicator].formula not in (Formula.RATIO, Formula.SCORE):
        return FULL
    goal = goal_of(indicator_named(indicator), period, None)
    return 50.0 if goal is None or goal.value is None else float(goal.value)


def access_asked(asked: AccessFilters, scenario: Scenario | None = None) -> Access:
    """The answer; made once per release, day and population."""
    question = AccessQuestion(
        on=day_asked(asked.on),
        occupations=tuple(sorted(asked.occupation)),
        training_levels=tuple(sorted(asked.training_level)),
        types=tuple(sorted(asked.type)),
        condition=condition_asked(asked),
        scenario=scenario or Scenario(),
    )
    state = register()
    return _access(state.release, state.published_at, population_version(session()), question, asked.release)


@lru_cache(maxsize=32)
def _access(
    _release: int, _published: datetime | None, _people: str, question: AccessQuestion, release: int | None
) -> Access:
    return access(session(), question, release=release)


def scenario_asked(asked: WhatIfFilters) -> tuple[Scenario, dict[str, str]]:
    """(the scenario, names by id). Raises `InvalidParameters` that names the parameter and the institution."""
    pairs = [one.partition(":") for one in asked.merge]
    merged = tuple((goes, into) for goes, _sign, into in pairs)
    try:
        return resolve(session(), tuple(asked.close), tuple(asked.upgrade), merged)
    except ImpossibleScenario as error:
        raise InvalidParameters([(error.part, impossible(error))]) from error


def impossible(error: ImpossibleScenario) -> str:
    told = {
        "unknown": _("không có cơ sở nào mang định danh %(one)s", one=error.institution),
        "ambiguous": _(
            "nhiều cơ sở cùng mang định danh %(one)s; hãy dùng định danh của sổ đăng ký", one=error.institution
        ),
        "ends_twice": _("%(one)s bị đóng hoặc sáp nhập hai lần", one=error.institution),
        "ends_and_goes_on": _("%(one)s vừa đóng hoặc sáp nhập, vừa tiếp tục", one=error.institution),
        "too_many": _("quá nhiều cơ sở trong một kịch bản"),
    }
    return told[error.reason]


def effect_asked(asked: WhatIfFilters, scenario: Scenario) -> Effect | None:
    """What the scenario does to the readiness of provinces; None where no indicator is asked about."""
    condition = condition_asked(asked)
    if condition is None or not scenario:
        return None
    return readiness_effect(
        session(),
        condition.indicator,
        scenario,
        level=UnitLevel.PROVINCE,
        on=max(day_asked(asked.on), date(2025, 7, 1)),
        period=condition.period,
        at_least=condition.at_least,
        release=asked.release,
    )
