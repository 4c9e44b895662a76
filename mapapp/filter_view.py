"""The filters of a list: their choices with counts, the chips of those in force, and what to give up."""

from collections.abc import Callable, Iterator

from geodata.administrative_units import Unit, UnknownUnit, units
from geodata.administrative_units import unit as unit_named
from geodata.filters import InstitutionFilter
from geodata.institutions import search
from geodata.text import fold
from mapapp import labels
from mapapp.cards import total_label
from mapapp.db import session
from mapapp.i18n import gettext as _
from mapapp.i18n import language
from mapapp.occupations_view import occupation_label
from mapapp.params import InstitutionFilters
from mapapp.questions import here_with, to_filter
from mapapp.views import Chip, FilterGroup, Link, Option

Counts = dict[str, dict[str, int]]
MULTIPLE = ("type", "training_level", "ownership", "status")
MOST_OCCUPATIONS = 60
FIELD_OF = {
    "type": "types",
    "ownership": "ownerships",
    "training_level": "training_levels",
    "occupation": "occupations",
    "status": "statuses",
}


def groups(asked: InstitutionFilters, counts: Counts) -> tuple[FilterGroup, ...]:
    """Every filter with how many results each choice has under the others; empty counts mean "not counted"."""
    closed = [vocabulary_group(name, asked, counts) for name in MULTIPLE]
    return (closed[0], occupation_group(asked, counts), closed[1], province_group(asked, counts), *closed[2:])


def vocabulary_group(name: str, asked: InstitutionFilters, counts: Counts) -> FilterGroup:
    chosen = [value.value for value in getattr(asked, name)]
    options = tuple(
        Option(value, labels.label(vocabulary, value), count_of(counts, name, value), value in chosen)
        for vocabulary in (labels.FIELD_VALUES[name],)
        for value in vocabulary
    )
    return FilterGroup(name, labels.label(labels.FILTER, name), options)


def count_of(counts: Counts, name: str, value: str) -> int | None:
    return counts[name].get(value, 0) if name in counts else None


def province_group(asked: InstitutionFilters, counts: Counts) -> FilterGroup:
    """Provinces of today by name; another unit that is asked for (a commune, a former province) stands first."""
    found = sorted(units(session(), level="province"), key=lambda unit: fold(unit.name))
    options = [Option("", _("Cả nước"), None, asked.unit is None)]
    if asked.unit and asked.unit not in {unit.code for unit in found}:
        options.append(Option(asked.unit, unit_label(asked.unit), None, True))
    options += [
        Option(unit.code, unit_name(unit), count_of(counts, "province", unit.code), asked.unit == unit.code)
        for unit in found
    ]
    return FilterGroup("unit", labels.label(labels.FILTER, "unit"), tuple(options), multiple=False)


def occupation_group(asked: InstitutionFilters, counts: Counts) -> FilterGroup:
    """Occupations taught by the results, most frequent first; those asked for are always among them."""
    counted = counts.get("occupation", {})
    frequent = sorted(counted, key=lambda code: (-counted[code], code))[:MOST_OCCUPATIONS]
    codes = list(dict.fromkeys([*asked.occupation, *frequent]))
    chosen = asked.occupation[0] if len(asked.occupation) == 1 else None
    several = len(asked.occupation) > 1
    options = [Option("", _("Mọi nghề"), None, not asked.occupation)]
    if several:
        options.append(Option(",".join(asked.occupation), _("Các nghề đang chọn"), None, True))
    options += [Option(code, occupation_label(code), counted.get(code), code == chosen) for code in codes]
    return FilterGroup("occupation", labels.label(labels.FILTER, "occupation"), tuple(options), multiple=False)


def unit_name(unit: Unit) -> str:
    return unit.full_name if language() == "vi" else unit.name_en


def unit_label(reference: str) -> str:
    """The name of a unit, with its last day when it is no more."""
    try:
        found = unit_named(session(), reference)
    except UnknownUnit:
        return reference
    if found.in_force:
        return unit_name(found)
    return _("%(name)s (trước đây)", name=unit_name(found))


def chips(asked: InstitutionFilters) -> tuple[Chip, ...]:
    """Each restriction in force, with the page without it."""
    return tuple(
        Chip(label, here_with(cursor=None, page=None, **without), _("Bỏ điều kiện: %(label)s", label=label))
        for label, without, _relaxed in restrictions(asked)
    )


Restriction = tuple[str, dict[str, object], Callable[[InstitutionFilter], InstitutionFilter]]


def restrictions(asked: InstitutionFilters) -> Iterator[Restriction]:
    """(label, changes of the address, the question to the register without it) of each restriction but the words."""
    for name, field in FIELD_OF.items():
        given = [str(value) for value in getattr(asked, name)]
        for value in given:
            rest = [other for other in given if other != value]
            yield value_label(name, value), {name: rest or None}, _dropping(field, rest)
    if asked.unit:
        yield unit_label(asked.unit), {"unit": None}, lambda wanted: wanted.without(unit=None)
    if asked.bbox:
        yield _("Trong khung bản đồ"), {"bbox": None}, lambda wanted: wanted.without(bbox=None)
    if asked.radius_m:
        yield (
            _("Trong bán kính %(km)s km", km=f"{asked.radius_m / 1000:g}"),
            {"radius_m": None},
            lambda wanted: wanted.without(radius_m=None),
        )
    if asked.identifier:
        yield asked.identifier, {"identifier": None}, lambda wanted: wanted.without(identifier=None)


def _dropping(field: str, rest: list[str]) -> Callable[[InstitutionFilter], InstitutionFilter]:
    return lambda wanted: wanted.without(**{field: tuple(rest)})


def value_label(name: str, value: str) -> str:
    if name == "occupation":
        return occupation_label(value)
    return labels.label(labels.FIELD_VALUES[name], value)


def relaxations(asked: InstitutionFilters) -> tuple[Link, ...]:
    """When nothing was found: the pages with one restriction less that do find something, and how much."""
    wanted = to_filter(asked)
    found: list[Link] = []
    words: list[Restriction] = (
        [(_("từ khóa “%(q)s”", q=asked.q), {"q": None}, lambda wanted: wanted.without(q=""))] if asked.q else []
    )
    everything = [*restrictions(asked), *words]
    if len(everything) < 2:
        return ()
    for label, without, relaxed in everything:
        page = search(session(), relaxed(wanted), limit=1)
        if page.items:
            count = total_label(page.number_matched, page.more_than)
            text = _("Bỏ %(label)s: %(count)s", label=label, count=count)
            found.append(Link(text, here_with(cursor=None, page=None, **without)))
    return tuple(found)
