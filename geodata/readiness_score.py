"""The readiness score: our own mark for an institution, with a public, versioned formula. It is never official.

It stands beside the legal standard of Circular 38/2026 (`geodata.standard`) and says nothing about it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from types import MappingProxyType
from typing import Final

from geodata.catalogue.rows import CatalogueError, Folder, catalogue_folder, read_rows
from geodata.indicators import Indicator, Theme, indicators

SCORE_ID: Final = "readiness_score"


@dataclass(frozen=True)
class ScoreFormula:
    """The readiness score's published formula: a version, how it reads, and the indicators of each theme."""

    version: str
    expression: str
    themes: Mapping[Theme, tuple[str, ...]]


@dataclass(frozen=True)
class ReadinessScore:
    """Our own score, 0–100, never official. `themes` are the averaged marks; `reported` of `applicable` indicators."""

    value: float
    themes: Mapping[Theme, float]
    reported: int
    applicable: int
    version: str


@cache
def score_formula() -> ScoreFormula:
    """The formula of the installed catalogue."""
    return load_score_formula(catalogue_folder(), indicators())


def load_score_formula(folder: Folder, known: Mapping[str, Indicator]) -> ScoreFormula:
    """The formula written at the composite row of indicators.yaml; members carry their theme."""
    row = next((row for row in read_rows(folder, "indicators.yaml") if row.has("formula")), None)
    if row is None:
        raise CatalogueError(f"indicators.yaml: no row has a formula; give {SCORE_ID} one")
    formula = row.below("formula")
    listed = formula.below("themes")
    themes = {theme: listed.texts(theme) for theme in Theme}
    for theme, members in themes.items():
        for member in members:
            if member not in known or known[member].theme is not theme:
                raise listed.refuse(f"{member!r} is not an indicator of theme {theme}", "list indicators of that theme")
    return ScoreFormula(formula.text("version"), formula.text("expression"), MappingProxyType(themes))


def readiness_score(
    values: Mapping[str, float], applicable: Collection[str], formula: ScoreFormula | None = None
) -> ReadinessScore | None:
    """The score of one institution in one period, or None where a theme that applies has no figure.

    `values` holds the reported indicators in percent (yes/no as 100 or 0); `applicable` the ids that apply to the
    institution. Theme mark = mean of its reported indicators; score = mean of the themes that apply, equal weights.
    """
    formula = formula or score_formula()
    marks: dict[Theme, float] = {}
    reported = asked = 0
    for theme, members in formula.themes.items():
        wanted = [member for member in members if member in applicable]
        given = [values[member] for member in wanted if member in values]
        if wanted and not given:
            return None
        if given:
            marks[theme] = fmean(given)
        reported, asked = reported + len(given), asked + len(wanted)
    if not marks:
        return None
    return ReadinessScore(fmean(marks.values()), MappingProxyType(marks), reported, asked, formula.version)
