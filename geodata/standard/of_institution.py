"""The legal standard applied to one institution of the register: what it reported, what concerns it, pass or fail."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from geodata.records import InstitutionRecord
from geodata.standard.load import standard
from geodata.standard.verdict import Assessment, assess
from geodata.vocabulary import TrainingLevel


@dataclass(frozen=True)
class InstitutionStandard:
    """`spared`: a school of the ministries of defence or public security: article 8.2.a leaves out requirement 1.4 and
    condition 5. `concerned`: it trains at a level the standard asks about (graduations are not recorded).
    `due_by`: the last day for the period's report; `must_meet_by`: the day from which it has to meet the standard."""

    period: int
    assessment: Assessment
    spared: bool
    managing_body: str | None
    concerned: bool
    due_by: date
    must_meet_by: date


def standard_of(found: InstitutionRecord, period: int) -> InstitutionStandard:
    """The institution's standing in a period; a period before the first data year has no verdict."""
    law = standard()
    told = {one.indicator: one.value for one in found.readiness if one.period == str(period) and one.value is not None}
    body = managing_body_on(found, law.data_day(period))
    spared = is_defence_or_police(body)
    assessment = assess(
        period,
        {condition.code: told[condition.id] > 0 for condition in law.conditions if condition.id in told},
        {item.code: float(told[item.id]) for item in law.indicators if item.id in told},
        defence_or_police=spared,
    )
    levels = {programme.training_level for programme in found.programmes}
    return InstitutionStandard(
        period=period,
        assessment=assessment,
        spared=spared,
        managing_body=body,
        concerned=any(level in law.applies_to.training_levels for level in map(TrainingLevel, levels)),
        due_by=law.report_deadline(period),
        must_meet_by=law.must_meet_by(founded(found)),
    )


def is_defence_or_police(managing_body: str | None) -> bool:
    """Whether a managing body is, or stands under, one of the ministries that article 8.2 names."""
    if managing_body is None:
        return False
    folded = unicodedata.normalize("NFC", managing_body).casefold()
    return any(name.casefold() in folded for name in standard().defence_and_police.managing_bodies)


def managing_body_on(found: InstitutionRecord, day: date) -> str | None:
    """The managing body on a day; None where none is recorded."""
    return next((fact.value for fact in found.attributes.get("managing_body", ()) if fact.holds(day)), None)


def founded(found: InstitutionRecord) -> date | None:
    """The first recorded day of operation; None where it is not known."""
    days = [fact.valid_from for fact in found.attributes.get("status", ())]
    return None if None in days else min((day for day in days if day is not None), default=None)
