"""Changed facts as people read them: what a field was and what it becomes, with its days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.administrative_units import by_key
from geodata.imports.preview import SHOWN, names_of, point_of
from geodata.indicators import indicators
from geodata.proposals.change_sets import ChangedFact
from mapapp import labels
from mapapp.db import session
from mapapp.i18n import N_, day, language, number
from mapapp.i18n import gettext as _
from mapapp.occupations_view import occupation_name
from mapapp.places import FORMER, NOW
from mapapp.readiness_view import figure_words
from mapapp.wording import period

TABLE = {
    "campus": N_("Địa điểm"),
    "licence": N_("Giấy chứng nhận"),
    "completeness_declaration": N_("Công bố hồ sơ đầy đủ"),
}
UNITS = {
    "province_code": NOW,
    "commune_code": NOW,
    "former_province_code": FORMER,
    "former_district_code": FORMER,
    "former_commune_code": FORMER,
}
ORDER = list(SHOWN)
"""The order in which facts are told: names first, figures last."""
LEFT_OUT = (
    *("valid_from", "valid_to", "licence_id", "missing_reason", "numerator", "denominator", "kind"),
    "occupation_name",
)
DAYS = ("issued_on", "declared_on", "taught_out_until")
Words = Mapping[str, str]


@dataclass(frozen=True)
class FactChange:
    """A line: which field of whom, the versions that leave and those that come. `how`: added, ended, changed."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def how(self) -> str:
        if not self.before:
            return "added"
        return "changed" if self.after else "ended"


def fact_changes(facts: Iterable[ChangedFact]) -> tuple[FactChange, ...]:
    """The lines of these facts; those whose words do not change (another source, the same content) are left out."""
    kept = sorted(facts, key=lambda fact: ORDER.index(fact.table))
    words = words_of(kept)
    lines = (
        FactChange(
            head(fact),
            tuple(version(fact, one, words) for one in fact.before),
            tuple(version(fact, one, words) for one in fact.after),
        )
        for fact in kept
    )
    return tuple(line for line in lines if line.before != line.after)


def words_of(facts: Iterable[ChangedFact]) -> Words:
    """{unit key or institution id: name} of everything the facts mention."""
    keys, ids = set(), set()
    for fact in facts:
        for row in (*fact.before, *fact.after):
            keys |= {f"{row[column]}@{world}" for column, world in UNITS.items() if row.get(column)}
            ids |= {row[column] for column in ("predecessor_id", "successor_id") if row.get(column)}
    units = {key: unit.full_name for key, unit in by_key(session(), keys).items()}
    return units | names_of(session(), sorted(ids))


def head(fact: ChangedFact) -> str:
    """ "Tên chính thức", "Địa điểm", "Ngành, nghề 6510202 (Cao đẳng)", "Sáp nhập vào"."""
    first = fact.identity[0]
    if fact.table == "institution_name":
        return labels.label(labels.NAME_KIND, first)
    if fact.table == "identifier":
        return labels.label(labels.IDENTIFIER_SCHEME, first)
    if fact.table == "institution_attribute":
        return labels.label(labels.ATTRIBUTE, first)
    if fact.table == "programme":
        level = labels.label(labels.TRAINING_LEVEL, fact.identity[1])
        return f"{occupation_name(first, recorded_name(fact))} – {first} ({level})"
    if fact.table == "relation":
        _kind, _predecessor, successor = fact.identity
        came = successor == fact.institution_id
        return labels.label(labels.RELATION_PREDECESSOR if came else labels.RELATION_SUCCESSOR, first)
    if fact.table == "indicator_value":
        entry = indicators().get(first)
        name = (entry.name_en if language() == "en" else entry.name_vi) if entry else first
        return f"{name}, {fact.identity[1]}"
    return _(TABLE[fact.table])


def recorded_name(fact: ChangedFact) -> str | None:
    return next((row["occupation_name"] for row in (*fact.after, *fact.before) if row.get("occupation_name")), None)


def version(fact: ChangedFact, row: dict[str, Any], words: Words) -> str:
    """What one version says, then its days. Of a corrected place only what differs, so that it can be seen."""
    columns = [column for column in SHOWN[fact.table] if column not in LEFT_OUT and row.get(column) is not None]
    differing = set(fact.columns) - {""}
    if fact.table == "campus" and differing:
        columns = [column for column in columns if column in differing]
    told = [value(fact, column, row, words) for column in columns]
    if fact.table == "indicator_value":
        told = [figure_words(row, indicators().get(fact.identity[0]))]
    return "; ".join(filter(None, (*told, period(_day(row.get("valid_from")), _day(row.get("valid_to")))))) or "–"


def value(fact: ChangedFact, column: str, row: dict[str, Any], words: Words) -> str:
    """One column in the reader's words."""
    said = row[column]
    if column in UNITS:
        return words.get(f"{said}@{UNITS[column]}", str(said))
    if column in DAYS:
        return _day_words(column, said)
    if column == "geom":
        place = point_of(said)
        return f"{place[1]:.5f}, {place[0]:.5f}" if place else ""
    if column == "location_precision":
        return labels.label(labels.LOCATION_PRECISION, said)
    if column == "quota":
        return _("%(n)s chỉ tiêu", n=number(said))
    if fact.table == "institution_attribute":
        return labels.label(labels.OF_ATTRIBUTE.get(fact.identity[0], {}), said)
    if fact.table == "relation":
        _kind, predecessor, successor = fact.identity
        other = predecessor if successor == fact.institution_id else successor
        return words.get(other, other)
    return str(said)


def _day_words(column: str, said: Any) -> str:
    told = day(_day(said))
    if column == "issued_on":
        return _("cấp ngày %(date)s", date=told)
    return _("đào tạo tiếp đến %(date)s", date=told) if column == "taught_out_until" else told


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) else said
