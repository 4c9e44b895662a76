"""One import of outlines: all of the file, or nothing."""

from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.boundaries import checks
from geodata.boundaries.features import Layer
from geodata.boundaries.matching import Matched, Matcher, Resolver
from geodata.boundaries.report import BoundaryReport, Problem, warning
from geodata.boundaries.store import store
from geodata.unit_reads import Unit, units
from geodata.unit_resolution import resolve
from geodata.vocabulary import BoundaryQuality, UnitLevel


def import_boundaries(
    session: Session,
    path: Path,
    *,
    level: str,
    valid_from: date,
    by: str,
    quality: str = BoundaryQuality.OFFICIAL,
    source: str | None = None,
    layer: str | None = None,
    partial: bool = False,
    dry_run: bool = False,
) -> BoundaryReport:
    """Replace the outlines of the level's units on the day with the file's, unless anything stands against it.

    The report says what was found; `accepted` False means nothing was written. `partial` allows units to be missing;
    `dry_run` only reports. `source` defaults to the file's name. The caller commits. Importing the same file again
    changes nothing. Raises `UnreadableBoundaries` and `LevelNotInVintage`.
    """
    from geodata.boundaries.reading import read_layer  # brings GDAL, which only an import needs

    wanted = units(session, level=level, on=valid_from)
    content = read_layer(path, layer)
    matcher = Matcher(
        wanted, _provinces(session, level, wanted, valid_from), level, _resolver(session, level, valid_from)
    )
    matches, problems = matcher.match(content)
    problems += _examined(content, matches, wanted, partial=partial)
    report = BoundaryReport(path.name, level, valid_from, len(content.features), tuple(problems))
    if report.accepted and not dry_run:
        report.counts.update(store(session, matches, level=level, quality=quality, source=source or path.name, by=by))
    return report


def _examined(content: Layer, matches: list[Matched], wanted: list[Unit], *, partial: bool) -> list[Problem]:
    """Everything about the outlines: each alone, then all together where each alone is sound."""
    problems = [warning(None, "", f"coordinates brought from {content.crs} to WGS 84")] if content.transformed else []
    faults = [checks.examine(match) for match in matches]
    problems += [fault for found in faults for fault in found]
    sound = [match for match, found in zip(matches, faults, strict=True) if not found]
    problems += checks.too_many_vertices(sound)
    problems += checks.missing(wanted, matches, partial=partial)
    return problems + list(checks.overlaps(sound))


def _provinces(session: Session, level: str, wanted: list[Unit], on: date) -> list[Unit]:
    return wanted if level == UnitLevel.PROVINCE else units(session, level=UnitLevel.PROVINCE, on=on)


def _resolver(session: Session, level: str, on: date) -> Resolver:
    def named(name: str, province_key: str | None) -> list[Unit]:
        return list(resolve(session, name, level=level, on=on, within=province_key).candidates)

    return named
