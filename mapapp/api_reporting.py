"""`/api/v1/reporting`: who has reported by when; `/institutions/<id>/standard`: the legal standard on one."""

from collections.abc import Iterable
from typing import Any

from flask import Response

from geodata import records
from geodata.administrative_units import unit as unit_named
from geodata.records import SeveralInstitutions
from geodata.releases import moment
from geodata.standard.duties import Duty, duties
from geodata.standard.load import standard
from geodata.standard.of_institution import InstitutionStandard, standard_of
from geodata.standard.reporting import Counts, Reporter, UnitReporting, reporters
from mapapp.api import json_answer, public_get
from mapapp.api_record import candidates
from mapapp.db import session, today
from mapapp.identifiers import readable_identifier
from mapapp.overlay_rows import unit_members
from mapapp.params import CatalogueQuestion
from mapapp.questions import day_asked, external, facts, here_with, self_address
from mapapp.reporting_question import (
    TOLD,
    ReportersQuestion,
    ReportingQuestion,
    StandardQuestion,
    duty_asked,
    period_asked,
    who_reported,
)
from mapapp.schemas import reporting as schemas

TAG = "Reporting and the legal standard"


@public_get("/duties", "Duties to report", tag=TAG, question=CatalogueQuestion, answer=schemas.DutyList)
def reporting_duties(_asked: CatalogueQuestion) -> Response:
    """Who has to report what and by when: the duty of Circular 38/2026, those of local plans, and the register's own
    yearly collection (which no document sets), each with its document and clause."""
    found = [duty_json(duty, None) for duty in duties().values()]
    return json_answer({"duties": found, "numberReturned": len(found), **current()})


@public_get(
    "/reporting",
    "Who has reported, per unit",
    tag=TAG,
    question=ReportingQuestion,
    answer=schemas.ReportingAnswer,
    example="period=2025&level=province",
)
def reporting(asked: ReportingQuestion) -> Response:
    """For every unit of a level: `asked` institutions that the duty concerns and that existed on 31 December of the
    period, how many `reported`, how many are `silent`, and how many reports came `late`. A row with `unit: null`
    carries those that no unit can be given; the rows sum to `whole`. Circular 38/2026 asks for nothing
    before 2026."""
    found = who_reported(asked)
    body = {
        "duty": duty_json(found.duty, found.period),
        "period": str(found.period),
        "level": found.vintage.level,
        "rows": [row_json(row) for row in found.rows],
        "whole": counts_json(found.whole),
        "numberReturned": len(found.rows),
    }
    return json_answer(body | facts(found.vintage.on, found.release))


@public_get(
    "/reporting/institutions",
    "The institutions that have, or have not, reported",
    tag=TAG,
    question=ReportersQuestion,
    answer=schemas.ReporterList,
    example="period=2025&unit=01&reported=no",
)
def reporting_institutions(asked: ReportersQuestion) -> Response:
    """The institutions behind the counts, by name: of one unit or of the country. The `next` link stays in the release
    it started in."""
    duty, period = duty_asked(asked), period_asked(asked.period)
    place = unit_named(session(), asked.unit, today()) if asked.unit else None
    at = moment(session(), today(), asked.release)
    found, matched = reporters(
        session(),
        duty,
        period,
        unit=place,
        reported=TOLD[asked.reported],
        release=asked.release,
        limit=asked.limit,
        start=(asked.page - 1) * asked.limit,
    )
    matched = matched or 0
    more = asked.page * asked.limit < matched
    links = [{"rel": "self", "href": self_address(), "type": "application/json"}]
    if more:
        onwards = external(here_with(page=asked.page + 1, release=at.release))
        links.append({"rel": "next", "href": onwards, "type": "application/json"})
    body = {
        "duty": duty_json(duty, period),
        "period": str(period),
        "unit": place.key if place else None,
        "institutions": [reporter_json(one) for one in found],
        "numberMatched": matched,
        "numberReturned": len(found),
        "links": links,
    }
    return json_answer(body | facts(today(), at.release))


@public_get(
    "/institutions/<id_or_code>/standard",
    "The legal standard on one institution",
    tag=TAG,
    question=StandardQuestion,
    answer=schemas.StandardAnswer,
    answers={
        "300": "Several institutions carry the code: `candidates` names them.",
        "404": "There is no such institution.",
    },
    path={"id_or_code": "a registry id, or any identifier without a slash"},
)
def institution_standard(asked: StandardQuestion, id_or_code: str) -> Response:
    """Circular 38/2026: the six conditions and ten indicators of one data year, each `met`, `not_met`, `missing` or
    `not_applicable` (condition 5 for schools of defence and police), and the verdict: `met`, `not_met`, `incomplete`,
    or `no_verdict` for a year before 2026. This is what the institution reported of itself; it is no decision of an
    authority. Institutions founded before 2026 have until `must_meet_by`."""
    on = day_asked(asked.on)
    try:
        found = records.get(session(), readable_identifier(id_or_code), on=on, release=asked.release)
    except SeveralInstitutions as several:
        return candidates(several)
    period = asked.period or max(on.year - 1, standard().first_period)
    body = {"id": found.id, "name": found.name, **standard_json(standard_of(found, period))}
    return json_answer(body | facts(on, found.at.release))


def current() -> dict[str, Any]:
    on = today()
    return facts(on, moment(session(), on).release)


def duty_json(duty: Duty, period: int | None) -> dict[str, Any]:
    """A duty; with a period also its days in that period."""
    days = {} if period is None else {"data_day": duty.data_day(period), "last_day": duty.last_day(period)}
    return {
        "id": duty.id,
        "name_vi": duty.name_vi,
        "name_en": duty.name_en,
        "document": duty.document.id if duty.document else None,
        "clause": duty.clause.text if duty.clause else None,
        "territory": str(duty.document.territory) if duty.document and duty.document.territory else None,
        "first_period": str(duty.first_period),
        "wording_vi": duty.wording_vi,
        "wording_en": duty.wording_en,
        "note_vi": duty.note_vi,
        "note_en": duty.note_en,
        **days,
    }


def row_json(row: UnitReporting) -> dict[str, Any]:
    return {**unit_members(row.unit), **counts_json(row.counts)}


def counts_json(counts: Counts) -> dict[str, int]:
    return {"asked": counts.asked, "reported": counts.reported, "silent": counts.silent, "late": counts.late}


def reporter_json(one: Reporter) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "type": one.type,
        "reported": one.reported,
        "sent_on": one.sent_on,
        "late": one.late,
    }


def standard_json(found: InstitutionStandard) -> dict[str, Any]:
    law = standard()
    return {
        "period": str(found.period),
        "verdict": found.assessment.verdict.value,
        "failed": list(found.assessment.failed),
        "missing": list(found.assessment.missing),
        "conditions": outcomes(found.assessment.conditions.items()),
        "indicators": outcomes(found.assessment.indicators.items()),
        "concerned": found.concerned,
        "managing_body": found.managing_body,
        "spared_by_article_8_2": found.spared,
        "report_due_by": found.due_by,
        "must_meet_by": found.must_meet_by,
        "first_period": str(law.first_period),
    }


def outcomes(found: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return {code: outcome.value for code, outcome in found}
