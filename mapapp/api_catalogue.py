"""`/api/v1/indicators`, `/targets`, `/status`: what is measured, what is asked for, and how the register stands."""

from dataclasses import fields, is_dataclass
from typing import Any

from flask import Response

from geodata.indicators import indicators as all_indicators
from geodata.releases import moment
from geodata.targets import Target
from geodata.targets import targets as all_targets
from mapapp import __version__
from mapapp.api import json_answer, public_get
from mapapp.counts import counts_of
from mapapp.db import data_status, now, register, session
from mapapp.kept_answers import only_now
from mapapp.params import CatalogueQuestion, DatedQuestion, TargetsQuestion
from mapapp.questions import day_asked, facts
from mapapp.schemas import catalogue as schemas

TAG = "Catalogue and status"


@public_get("/indicators", "Indicators", tag=TAG, question=CatalogueQuestion, answer=schemas.IndicatorList)
def indicators(_asked: CatalogueQuestion) -> Response:
    """Every indicator: its definition, unit, numerator and denominator, whom it applies to, document and clause."""
    rows = [row_json(row) for row in all_indicators().values()]
    return json_answer({"indicators": rows, "numberReturned": len(rows), **current()})


@public_get(
    "/targets",
    "Targets",
    tag=TAG,
    question=TargetsQuestion,
    answer=schemas.TargetList,
    example="indicator=teacher_digital_competence",
)
def targets(asked: TargetsQuestion) -> Response:
    """Every target of the policy documents and of the legal standard, with its wording, document and clause."""
    rows = [target_json(row) for row in all_targets() if fits(row, asked)]
    return json_answer({"targets": rows, "numberReturned": len(rows), **current()})


def fits(target: Target, asked: TargetsQuestion) -> bool:
    return (
        (asked.indicator is None or (target.indicator is not None and target.indicator.id == asked.indicator))
        and (asked.document is None or target.document.id == asked.document)
        and (asked.year is None or target.year == asked.year)
    )


def target_json(target: Target) -> dict[str, Any]:
    """The row with its indicator by id only."""
    row: dict[str, Any] = row_json(target)
    return row | {"indicator": target.indicator.id if target.indicator else None}


def row_json(row: Any) -> Any:
    """A catalogue row as JSON: values by their names, documents and clauses written out."""
    if is_dataclass(row):
        return {field.name: row_json(getattr(row, field.name)) for field in fields(row)}
    if isinstance(row, (list, tuple)):
        return [row_json(part) for part in row]
    return row


@public_get("/status", "The state of the register", tag=TAG, question=DatedQuestion, answer=schemas.RegisterStatus)
def status(asked: DatedQuestion) -> Response:
    """Data status, release number and time, counts of institutions on the day asked about, age of the data."""
    on = day_asked(asked.on)
    at = moment(session(), on, asked.release)
    only_now()
    published = register().published_at
    counts = counts_of(at.release, on, published)
    return json_answer(
        {
            **facts(on, at.release),
            "data_status": data_status(counts["by_data_status"]),
            "published_at": published,
            "age_s": int((now() - published).total_seconds()) if published else None,
            **counts,
            "version": __version__,
        }
    )


def current() -> dict[str, Any]:
    return facts(day_asked(None), register().release)
