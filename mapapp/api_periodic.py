"""`/api/v1/periodic-report`: a province's periodic report for the Government reporting system, JSON and XLSX, with its
schema."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response
from pydantic import Field

from geodata.administrative_units import Unit
from geodata.overlays import UnitFigure
from geodata.releases import edition_facts
from geodata.reports.periodic import (
    VERSION,
    DutyFigure,
    IndicatorFigure,
    PeriodicReport,
    TargetFigure,
    periodic_report,
)
from mapapp.api import json_answer, public_get
from mapapp.api_packs import the_province
from mapapp.db import data_status, session, today
from mapapp.i18n import gettext as _
from mapapp.params import CatalogueQuestion, InvalidParameters, Question
from mapapp.questions import external
from mapapp.reporting_question import FIRST_PERIOD
from mapapp.schemas.periodic import PeriodicReport as ReportShape
from mapapp.schemas.periodic import SchemaDocument

TAG = "Reporting and the legal standard"
SCHEMA = Path(__file__).parent / "data" / "periodic-report-1.schema.json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PeriodicQuestion(Question):
    province: str = Field(
        pattern=r"^\d{2}$", description="code of a province of today, such as 79", json_schema_extra={"example": "79"}
    )
    period: int | None = Field(None, ge=FIRST_PERIOD, le=2100, description="year; default the last one that has ended")
    release: int | None = Field(None, ge=1, le=2**31 - 1)


@public_get(
    "/periodic-report",
    "The periodic report of a province",
    tag=TAG,
    question=PeriodicQuestion,
    answer=ReportShape,
    answers={"404": "No province of today has this code."},
    example="province=79&period=2025",
)
def periodic_report_json(asked: PeriodicQuestion) -> Response:
    """For the Government reporting system: every indicator of a province and year with `n` of `N`, its targets with the
    clause each comes from, gaps, who reported by which deadline, and what the figures rest on. Published figures only;
    missing is null, never 0. The shape is held to a JSON Schema at `schema`; the same question with the same `release`
    gives the same answer."""
    return json_answer(report_json(told(asked)))


@public_get(
    "/periodic-report.xlsx",
    "The periodic report as a workbook",
    tag=TAG,
    question=PeriodicQuestion,
    answer=SchemaDocument,
    media_type=XLSX,
    answers={"404": "No province of today has this code."},
)
def periodic_report_xlsx(asked: PeriodicQuestion) -> Response:
    """The same report as XLSX: indicators with targets, who reported, sources. A blank cell is a missing figure."""
    from geodata.reports.periodic_workbook import workbook  # only who writes a workbook pays for it

    found = told(asked)
    response = Response(workbook(found, data_status=status_of(found)), content_type=XLSX)
    name = f"bao-cao-dinh-ky-{found.province.code}-{found.year}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public_get(
    "/periodic-report/schema/1",
    "The JSON Schema of the periodic report",
    tag=TAG,
    question=CatalogueQuestion,
    answer=SchemaDocument,
    media_type="application/schema+json",
)
def periodic_report_schema(_asked: CatalogueQuestion) -> Response:
    """JSON Schema (draft 2020-12) of version 1. Later versions 1.x only add members; whatever an old reader could
    misread gets a schema of its own number."""
    return json_answer({**published_schema(), "$id": schema_address()}, media_type="application/schema+json")


@cache
def published_schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def schema_address() -> str:
    return external("/api/v1/periodic-report/schema/1")


def told(asked: PeriodicQuestion) -> PeriodicReport:
    """The report asked for; problems name the parameter."""
    year = asked.period or today().year - 1
    if year > today().year:
        raise InvalidParameters([("period", _("năm %(year)s chưa bắt đầu", year=year))])
    return periodic_report(session(), the_province(asked.province, today()), year, on=today(), release=asked.release)


def status_of(found: PeriodicReport) -> str:
    """The data status of the register in the release that the report is read from."""
    edition = edition_facts(session(), found.release)
    return data_status(edition[1] if edition else {})


def report_json(found: PeriodicReport) -> dict[str, Any]:
    return {
        "schema": schema_address(),
        "version": VERSION,
        "province": unit_json(found.province),
        "period": {
            "id": str(found.year),
            "starts_on": date(found.year, 1, 1),
            "ends_on": date(found.year, 12, 31),
        },
        "release": found.release,
        "published_at": found.published_at,
        "data_status": status_of(found),
        "reporting": [duty_json(one) for one in found.duties],
        "indicators": [indicator_json(one) for one in found.indicators],
        "sources": [
            {"title": one.title, "data_status": one.data_status, "figures": one.figures} for one in found.sources
        ],
    }


def unit_json(unit: Unit) -> dict[str, str]:
    return {"unit": unit.key, "code": unit.code, "name": unit.full_name, "name_en": unit.name_en}


def duty_json(one: DutyFigure) -> dict[str, Any]:
    duty, counts = one.duty, one.counts
    return {
        "id": duty.id,
        "document": duty.document.id if duty.document else None,
        "clause": duty.clause.text if duty.clause else None,
        "last_day": one.last_day,
        "asked": counts.asked,
        "reported": counts.reported,
        "silent": counts.silent,
        "late": counts.late,
    }


def indicator_json(one: IndicatorFigure) -> dict[str, Any]:
    indicator, figure = one.indicator, one.figure
    return {
        "id": indicator.id,
        "name_vi": indicator.name_vi,
        "name_en": indicator.name_en,
        "unit": indicator.unit.value,
        "subject": indicator.subject.value,
        "document": indicator.document.id if indicator.document else None,
        "clause": indicator.clause.text if indicator.clause else None,
        **figure_json(figure),
        "targets": [target_json(goal) for goal in one.targets],
    }


def figure_json(figure: UnitFigure | None) -> dict[str, Any]:
    if figure is None:
        return {"value": None, "n": 0, "N": None, "no_data": True}
    return {"value": figure.value, "n": figure.n, "N": figure.N, "no_data": figure.no_data}


def target_json(goal: TargetFigure) -> dict[str, Any]:
    target, figure = goal.target, goal.figure
    return {
        "id": target.id,
        "document": target.document.id,
        "clause": target.clause.text,
        "year": target.year,
        "comparator": target.comparator.value,
        "value": figure.target,
        "measured": figure.target_value,
        "n": figure.target_reporting,
        "N": figure.target_applicable,
        "gap": figure.gap,
        "met": figure.met,
    }
