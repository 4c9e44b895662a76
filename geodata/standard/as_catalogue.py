"""The standard seen through the catalogue: its parts as indicators and as targets of kind legal."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

from geodata.catalogue.documents import Clause
from geodata.catalogue.indicator import AppliesTo, Direction, Indicator, IndicatorKind, IndicatorRole, Sector, Unit
from geodata.catalogue.target import Comparator, Target, TargetKind
from geodata.standard.load import standard
from geodata.standard.model import Condition, Standard, StandardIndicator
from geodata.vocabulary import SubjectKind

VERDICT_ID: Final = "s38_meets_standard"


@cache
def legal_indicators() -> Mapping[str, Indicator]:
    """The conditions, the ten indicators and the verdict as indicators of the catalogue, by id."""
    law = standard()
    rows = [
        *(_condition_indicator(law, condition) for condition in law.conditions),
        *(_measured_indicator(law, item) for item in law.indicators),
        _verdict_indicator(law),
    ]
    return MappingProxyType({row.id: row for row in rows})


@cache
def legal_targets() -> tuple[Target, ...]:
    """The sixteen requirements as targets of kind legal, without a year: they hold in every period from the first."""
    law, known = standard(), legal_indicators()
    passes = ((known[c.id], c.clause, c.wording_vi, c.wording_en, Comparator.EXISTS, None) for c in law.conditions)
    reaches = ((known[i.id], i.clause, i.wording_vi, i.wording_en, i.comparator, i.value) for i in law.indicators)
    return tuple(
        Target(
            id=f"38-{indicator.id.removeprefix('s38_').replace('_', '-')}",
            document=law.document,
            clause=clause,
            wording_vi=wording_vi,
            wording_en=wording_en,
            note_vi=None,
            note_en=None,
            kind=TargetKind.LEGAL,
            indicator=indicator,
            comparator=comparator,
            value=value,
            year=None,
            applies_to=indicator.applies_to,
        )
        for indicator, clause, wording_vi, wording_en, comparator, value in (*passes, *reaches)
    )


def _legal(law: Standard, indicator_id: str, words: tuple[str, str, str, str], clause: Clause) -> Indicator:
    """A yes/no indicator of the standard: names and definitions in both languages, and its clause."""
    return Indicator(
        id=indicator_id,
        name_vi=words[0],
        name_en=words[1],
        definition_vi=words[2],
        definition_en=words[3],
        numerator_vi=None,
        numerator_en=None,
        denominator_vi=None,
        denominator_en=None,
        kind=IndicatorKind.LEGAL,
        role=IndicatorRole.LEGAL,
        subject=SubjectKind.INSTITUTION,
        sector=Sector.VOCATIONAL,
        unit=Unit.VERDICT,
        base="institutions",
        direction=Direction.HIGHER,
        first_period=law.first_period,
        applies_to=AppliesTo(training_levels=law.applies_to.training_levels),
        theme=None,
        document=law.document,
        clause=clause,
    )


def _condition_indicator(law: Standard, condition: Condition) -> Indicator:
    words = (condition.name_vi, condition.name_en, condition.wording_vi, condition.wording_en)
    return _legal(law, condition.id, words, condition.clause)


def _measured_indicator(law: Standard, item: StandardIndicator) -> Indicator:
    words = (item.name_vi, item.name_en, item.wording_vi, item.wording_en)
    return replace(
        _legal(law, item.id, words, item.clause),
        numerator_vi=item.numerator_vi,
        numerator_en=item.numerator_en,
        denominator_vi=item.denominator_vi,
        denominator_en=item.denominator_en,
        unit=Unit.PERCENT,
        base=item.base,
    )


def _verdict_indicator(law: Standard) -> Indicator:
    words = (
        "Đáp ứng chuẩn cơ sở giáo dục nghề nghiệp",
        "Meets the standard for vocational-education institutions",
        "Đáp ứng đầy đủ các yêu cầu của 6 điều kiện bảo đảm chất lượng và đạt mức yêu cầu của cả 10 chỉ số hoạt động.",
        "Every requirement of the 6 quality conditions is met and all 10 activity indicators reach their thresholds.",
    )
    return _legal(law, VERDICT_ID, words, law.verdict_clause)
