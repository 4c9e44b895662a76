"""The question who has reported: read from an address, put to the register, refused with a reason."""

from typing import Literal

from pydantic import Field

from geodata.standard.duties import Duty, UnknownDuty, duties_in, duty_named
from geodata.standard.reporting import Reporting, reporting
from geodata.unit_reads import LevelNotInVintage
from geodata.vocabulary import UnitLevel
from mapapp.db import session, today
from mapapp.i18n import gettext as _
from mapapp.overlay_question import no_level
from mapapp.params import DatedQuestion, InvalidParameters, Question, UnitText
from mapapp.questions import day_asked

FIRST_PERIOD = 2022
Told = Literal["yes", "no", "all"]
TOLD: dict[str, bool | None] = {"yes": True, "no": False, "all": None}


class DutyQuestion(Question):
    period: int | None = Field(
        None, ge=FIRST_PERIOD, le=2100, description="reporting year; default the last one that has ended"
    )
    duty: str | None = Field(
        None, max_length=40, description="circular-38, hcmc-plan or register-readiness; default the nation-wide one"
    )


class ReportingQuestion(DutyQuestion, DatedQuestion):
    level: UnitLevel = UnitLevel.PROVINCE


class ReportersQuestion(DutyQuestion):
    unit: UnitText | None = None
    reported: Told = Field("all", description="yes: only those that reported; no: only those that did not")
    release: int | None = Field(None, ge=1, le=2**31 - 1)
    limit: int = Field(100, ge=1, le=1000)
    page: int = Field(1, ge=1, le=100_000)


class StandardQuestion(DatedQuestion):
    period: int | None = Field(None, ge=FIRST_PERIOD, le=2100, description="data year; default the latest")


def period_asked(period: int | None) -> int:
    """The year asked about; by default the last one that has ended."""
    return period or today().year - 1


def duty_asked(asked: DutyQuestion) -> Duty:
    """The duty of the question. Raises `InvalidParameters` that names those there are."""
    period = period_asked(asked.period)
    try:
        return duty_named(asked.duty, period)
    except UnknownDuty as error:
        known = ", ".join(duty.id for duty in duties_in(period)) or "–"
        message = _("kỳ %(period)s không có nghĩa vụ báo cáo này; có: %(known)s", period=period, known=known)
        raise InvalidParameters([("duty" if asked.duty else "period", message)]) from error


def who_reported(asked: ReportingQuestion) -> Reporting:
    """The counts per unit; problems name the parameter and what could be asked instead."""
    try:
        return reporting(
            session(),
            duty_asked(asked),
            period_asked(asked.period),
            level=asked.level.value,
            on=day_asked(asked.on),
            release=asked.release,
        )
    except LevelNotInVintage as error:
        raise InvalidParameters([("level", no_level(error))]) from error
