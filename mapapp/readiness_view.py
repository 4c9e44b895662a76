"""Published readiness figures of an institution, in words; a stated gap stays a gap."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from geodata.indicators import Indicator, indicators
from geodata.records import ReadinessValue
from mapapp import wording
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number
from mapapp.institution_parts import ReadinessRow

YEAR = re.compile("20[0-9]{2}")


def readiness_rows(values: tuple[ReadinessValue, ...]) -> tuple[ReadinessRow, ...]:
    return tuple(readiness_row(one, indicators().get(one.indicator)) for one in values)


def readiness_row(one: ReadinessValue, indicator: Indicator | None) -> ReadinessRow:
    return ReadinessRow(
        indicator=one.indicator,
        indicator_label=indicator_name(indicator) or one.indicator,
        period=one.period,
        period_label=period_name(one.period),
        value=None if one.value is None else value_text(one.value, indicator),
        parts_label=parts_label(one, indicator),
        provenance=wording.provenance(one.provenance),
    )


def period_name(period: str) -> str:
    """A period that is a year by its year: "Năm 2025"; any other as a period: "Kỳ 2026-H1"."""
    return _("Năm %(year)s", year=period) if YEAR.fullmatch(period) else _("Kỳ %(period)s", period=period)


def indicator_name(indicator: Indicator | None) -> str | None:
    if indicator is None:
        return None
    return indicator.name_vi if language() == "vi" else indicator.name_en


def value_text(value: Decimal, indicator: Indicator | None) -> str:
    """Yes or no, or the percentage."""
    if indicator is not None and indicator.boolean:
        return _("Có") if value else _("Chưa có")
    shown = number(float(value), digits=1)
    return f"{shown} %" if indicator is None or indicator.unit == "percent" else shown


def figure_words(fact: Mapping[str, Any], indicator: Indicator | None) -> str:
    """A figure as change sets hold it: "52,5 % (21 trên 40)", "Có", or the reason why there is none."""
    if fact["value"] is None:
        return str(fact["missing_reason"] or "–")
    told = value_text(Decimal(fact["value"]), indicator)
    if fact["numerator"] is None or fact["denominator"] is None or (indicator is not None and indicator.boolean):
        return told
    part, whole = (number(float(fact[name]), digits=1) for name in ("numerator", "denominator"))
    return f"{told} ({_('%(part)s trên %(whole)s', part=part, whole=whole)})"


def parts_label(one: ReadinessValue, indicator: Indicator | None) -> str | None:
    """Numerator of denominator, or the reason why there is no value."""
    if one.value is None:
        return one.missing_reason
    if one.numerator is None or one.denominator is None or (indicator is not None and indicator.boolean):
        return None
    parts = {"part": number(float(one.numerator), digits=1), "whole": number(float(one.denominator), digits=1)}
    return _("%(part)s trên %(whole)s", **parts)
