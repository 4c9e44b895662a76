"""Which unit each feature is: by code, by name, and never by one where the other says something else."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.boundaries.features import Feature, Layer
from geodata.boundaries.report import Problem, error, warning
from geodata.unit_names import short_name, split_kind, squeeze
from geodata.unit_reads import Unit
from geodata.unit_resolution import CODE_LENGTH
from geodata.vocabulary import UnitLevel

_CODES = ("code", "ma", "maso", "unitcode", "madvhc", "gsocode")
_NAMES = ("fullname", "tendaydu", "name", "ten", "unitname", "tendvhc")
_OF_LEVEL = {
    "province": (["provincecode", "matinh", "matinhthanh"], ["provincename", "tentinh", "tinh", "province"]),
    "district": (["districtcode", "mahuyen", "maquanhuyen"], ["districtname", "tenhuyen", "huyen", "district"]),
    "commune": (
        ["communecode", "wardcode", "maxa", "maphuongxa"],
        ["communename", "wardname", "tenxa", "xa", "ward", "commune"],
    ),
}

Resolver = Callable[[str, str | None], list[Unit]]
"""(name, key of the province or None) → units of the level and day that bear the name or bore it."""


@dataclass(frozen=True)
class Matched:
    """A feature and its unit."""

    feature: Feature
    unit: Unit


@dataclass(frozen=True)
class Columns:
    """Which attributes say what; None where the file has none."""

    code: str | None
    name: str | None
    province: str | None

    @classmethod
    def of(cls, columns: Sequence[str], level: str) -> "Columns":
        """The columns by their usual Vietnamese and English headings, those that name the level first."""
        codes, names = _OF_LEVEL[level]
        province = None
        if level != UnitLevel.PROVINCE:
            province = _first(columns, [*_OF_LEVEL["province"][0], *_OF_LEVEL["province"][1]])
        return cls(_first(columns, [*codes, *_CODES]), _first(columns, [*_NAMES[:2], *names, *_NAMES[2:]]), province)


class Matcher:
    """Matches the features of a layer to the units of one level and day."""

    def __init__(self, units: Iterable[Unit], provinces: Iterable[Unit], level: str, resolver: Resolver) -> None:
        self.units = list(units)
        self.level = level
        self._by_code = {unit.code: unit for unit in self.units}
        self._by_name = defaultdict(list)
        for unit in self.units:
            self._by_name[_bare(unit.full_name)].append(unit)
        self._provinces = {key: unit.key for unit in provinces for key in (unit.code, _bare(unit.full_name))}
        self._resolver = resolver

    def match(self, layer: Layer) -> tuple[list[Matched], list[Problem]]:
        """Every feature that is one certain unit, and what stands against the others."""
        columns = Columns.of(layer.columns, self.level)
        if columns.code is None and columns.name is None:
            remedy = "add an attribute such as code or full_name; the file has: " + ", ".join(layer.columns)
            return [], [error(None, "", "no attribute with codes or names of units", remedy)]
        found: list[Matched] = []
        problems: list[Problem] = []
        for feature in layer.features:
            unit, remarks = self._match(feature, columns)
            problems += remarks
            if unit is not None:
                found.append(Matched(feature, unit))
        return found, problems + _duplicates(found)

    def _match(self, feature: Feature, columns: Columns) -> tuple[Unit | None, list[Problem]]:
        code = _code(_value(feature, columns.code), self.level)
        name = str(_value(feature, columns.name) or "").strip()
        label = " ".join(part for part in (code, name) if part)
        unit = self._by_code.get(code)
        if unit is not None and not (name and self._differs(unit, name)):
            return unit, _kind_remark(feature, unit, name, label)
        if unit is not None:
            told = f"the code {code} is {unit.full_name} on this day, but the file says {name}"
            return None, [
                error(feature.number, label, told, "codes were reused in 2025: check --valid-from or the code")
            ]
        candidates = self._named(name, _value(feature, columns.province)) if name else []
        return self._by_name_alone(feature, label, code, candidates)

    def _by_name_alone(
        self, feature: Feature, label: str, code: str, candidates: list[Unit]
    ) -> tuple[Unit | None, list[Problem]]:
        if len(candidates) == 1:
            told = f"the code {code} is unknown; taken by its name as {candidates[0].code} {candidates[0].full_name}"
            return candidates[0], [warning(feature.number, label, told)] if code else []
        if candidates:
            several = ", ".join(unit.code for unit in candidates[:10])
            return None, [error(feature.number, label, f"the name fits several units: {several}", "give the code")]
        remedy = "check the code, the name, --level and --valid-from"
        return None, [error(feature.number, label, f"no unit of level {self.level} on this day", remedy)]

    def _named(self, name: str, province: Any) -> list[Unit]:
        """Units with this name, in the province if the file gives a known one."""
        text = str(province or "").strip()
        parent = self._provinces.get(_code(text, "province")) or self._provinces.get(_bare(text))
        candidates = self._by_name.get(_bare(name), [])
        if parent is not None and self.level == UnitLevel.COMMUNE:
            candidates = [unit for unit in candidates if unit.parent_key == parent]
        exact = [unit for unit in candidates if squeeze(unit.full_name) == squeeze(name)]
        return exact or candidates or self._resolver(name, parent)

    def _differs(self, unit: Unit, name: str) -> bool:
        return _bare(name) not in (_bare(unit.full_name), squeeze(unit.name_en)) and unit not in self._resolver(
            name, None
        )


def _kind_remark(feature: Feature, unit: Unit, name: str, label: str) -> list[Problem]:
    kind = split_kind(name)[0]
    if kind is None or kind == unit.kind or squeeze(name) in (squeeze(unit.name), squeeze(unit.full_name)):
        return []
    return [
        warning(feature.number, label, f"the register calls this unit {unit.full_name}", "its kind may have changed")
    ]


def _duplicates(found: list[Matched]) -> list[Problem]:
    numbers = defaultdict(list)
    for match in found:
        numbers[match.unit.full_name, match.unit.code].append(match.feature.number)
    return [
        error(
            again[1], f"{code} {name}", f"the unit is also feature {again[0]}", "join its parts into one multipolygon"
        )
        for (name, code), again in numbers.items()
        if len(again) > 1
    ]


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    by_key = {squeeze(column): column for column in reversed(columns)}
    return next((by_key[key] for key in wanted if key in by_key), None)


def _value(feature: Feature, column: str | None) -> Any:
    value = None if column is None else feature.values[column]
    return None if isinstance(value, float) and math.isnan(value) else value


def _code(value: Any, level: str) -> str:
    """A code as text with the zeros that spreadsheets drop; '' for none."""
    text = "" if value is None else str(value).strip().removesuffix(".0")
    return text.zfill(CODE_LENGTH[UnitLevel(level)]) if text.isdigit() else text


def _bare(name: str) -> str:
    return squeeze(short_name(name))
