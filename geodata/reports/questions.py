"""What is asked of a subject for a year: the indicators that apply to it on the year's last day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.figures.contributions import HOLDS
from geodata.figures.measures import Formula, Measure, measure_of
from geodata.imports.facts import Fact
from geodata.imports.indicator_rows import REPORTED, is_yes_or_no
from geodata.indicators import Indicator, IndicatorKind, indicators
from geodata.overlays.territories import is_territory, milestone_territories
from geodata.reports.figures import said_now
from geodata.reports.subjects import Subject
from geodata.standard.duties import Duty, duties_in
from geodata.unit_reads import by_key
from geodata.vocabulary import SubjectKind

STANDING = f"""
    SELECT state.type, state.ownership, state.training_levels, state.former_province_code,
        EXISTS (SELECT FROM institution_attribute AS high WHERE high.institution_id = :id AND high.release_to IS NULL
            AND high.kind = 'high_quality' AND high.value = 'recognised' AND {HOLDS.format(row="high", day=":day")}
        ) AS high_quality,
        (SELECT body.value FROM institution_attribute AS body WHERE body.institution_id = :id
            AND body.release_to IS NULL AND body.kind = 'managing_body' AND {HOLDS.format(row="body", day=":day")}
            LIMIT 1) AS managing_body
    FROM institution_state AS state
    WHERE state.institution_id = :id AND state.is_main AND state.release_to IS NULL
        AND state.status IN ('active', 'suspended') AND {HOLDS.format(row="state", day=":day")}
"""


@dataclass(frozen=True)
class Question:
    """An indicator that the subject reports. `now`: what the register says for the year, `last`: for the year before;
    None where it says nothing."""

    indicator: Indicator
    measure: Measure
    now: Fact | None
    last: Fact | None

    @property
    def yes_or_no(self) -> bool:
        return is_yes_or_no(self.measure)

    @property
    def has_parts(self) -> bool:
        """Whether numerator and denominator are asked for, not the percentage alone."""
        return self.measure.formula is Formula.RATIO or (not self.yes_or_no and self.indicator.numerator_vi is not None)


def questions(session: Session, subject: Subject, year: int) -> tuple[Question, ...]:
    """In the order of the catalogue; none where the subject did not exist at the end of the year."""
    said = said_now(session, subject, [str(year), str(year - 1)])
    now, last = said[str(year)], said[str(year - 1)]
    asked = _of_institution(session, subject, year) if subject.institutions else _of_others(session, subject, year)
    return tuple(Question(one, measure_of(one), now.get(one.id), last.get(one.id)) for one in asked)


def duties_of(session: Session, subject: Subject, year: int) -> tuple[Duty, ...]:
    """The duties that an institution has for the year, those of the law first; an authority's figures follow the
    register's yearly collection."""
    if not subject.institutions:
        return tuple(duty for duty in duties_in(year) if duty.document is None)
    standing = _standing(session, subject, year)
    if standing is None:
        return ()
    return tuple(
        duty
        for duty in duties_in(year)
        if (not duty.training_levels or set(duty.training_levels) & set(standing.training_levels))
        and duty.former_province in (None, standing.former_province_code)
    )


def _of_institution(session: Session, subject: Subject, year: int) -> list[Indicator]:
    standing = _standing(session, subject, year)
    if standing is None:
        return []
    return [one for one in _collected(SubjectKind.INSTITUTION, year) if _applies(measure_of(one), standing)]


def _of_others(session: Session, subject: Subject, year: int) -> list[Indicator]:
    asked = _collected(subject.kind, year)
    if subject.kind is SubjectKind.AUTHORITY:
        return [one for one in asked if one.kind is not IndicatorKind.MILESTONE]
    place = by_key(session, [subject.territory_key]).get(subject.territory_key) if subject.territory_key else None
    return [
        one
        for one in asked
        if one.kind is IndicatorKind.MILESTONE
        and any(
            place is None if named is None else place is not None and is_territory(place, named)
            for named in milestone_territories(one)
        )
    ]


def _collected(kind: SubjectKind, year: int) -> list[Indicator]:
    return [
        one
        for one in indicators().values()
        if one.subject is kind and one.has_period(year) and measure_of(one).formula in REPORTED
    ]


def _applies(measure: Measure, standing: Any) -> bool:
    """As `geodata.figures.contributions` decides, but that whoever is not recorded to teach IT may say that they do."""
    body = (standing.managing_body or "").casefold()
    return (
        standing.type in measure.types
        and standing.ownership in measure.ownerships
        and (standing.high_quality or not measure.high_quality)
        and (not measure.training_levels or bool(set(measure.training_levels) & set(standing.training_levels)))
        and not any(ministry.casefold() in body for ministry in measure.not_managed_by)
    )


def _standing(session: Session, subject: Subject, year: int) -> Any:
    return session.execute(text(STANDING), {"id": subject.id, "day": date(year, 12, 31)}).first()
