"""Who has reported and who has not, and the legal standard on one institution."""

from datetime import date
from typing import Literal

from geodata.vocabulary import UnitLevel
from mapapp.schemas.shared import AnswerFacts, ResourceLink, Shape


class ReportingDuty(Shape):
    """`document` null: the register's own collection, which no document asks for. `last_day`: the last one in time."""

    id: str
    name_vi: str
    name_en: str
    document: str | None
    clause: str | None
    territory: str | None
    first_period: str
    data_day: date | None = None
    last_day: date | None = None


class DutyList(AnswerFacts):
    duties: list[ReportingDuty]
    numberReturned: int  # noqa: N815


class ReportingCounts(Shape):
    asked: int
    reported: int
    silent: int
    late: int


class ReportingRow(ReportingCounts):
    """`unit` is the key code@valid_from, null for those that no unit can be given."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None


class ReportingAnswer(AnswerFacts):
    duty: ReportingDuty
    period: str
    level: UnitLevel
    rows: list[ReportingRow]
    whole: ReportingCounts
    numberReturned: int  # noqa: N815


class ReporterItem(Shape):
    """`sent_on`, `late` null: not sent, or the day is not recorded."""

    id: str
    name: str
    type: str
    reported: bool
    sent_on: date | None
    late: bool | None


class ReporterList(AnswerFacts):
    duty: ReportingDuty
    period: str
    unit: str | None
    institutions: list[ReporterItem]
    numberMatched: int  # noqa: N815
    numberReturned: int  # noqa: N815
    links: list[ResourceLink]


class StandardAnswer(AnswerFacts):
    """Outcomes per code of a condition (1 to 6) and of an indicator (01 to 10); empty before the first data year."""

    id: str
    name: str
    period: str
    verdict: Literal["met", "not_met", "incomplete", "no_verdict"]
    failed: list[str]
    missing: list[str]
    conditions: dict[str, Literal["met", "not_met", "missing", "not_applicable"]]
    indicators: dict[str, Literal["met", "not_met", "missing"]]
    concerned: bool
    managing_body: str | None
    spared_by_article_8_2: bool
    report_due_by: date
    must_meet_by: date
    first_period: str
