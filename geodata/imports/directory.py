"""Which institution a row of the other sheets means: one of the register or one that the same file brings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from geodata.imports import values
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.headings import RELATIONS
from geodata.imports.places import whereabouts
from geodata.imports.register import Known, Register, key_of
from geodata.imports.statements import Problem, Stated
from geodata.imports.tables import Row


@dataclass(frozen=True)
class Owner:
    """The institution a row is about, or the problem that keeps it from one."""

    institution_id: str | None
    problem: Problem | None = None


class Directory:
    """Institutions by id, identifier, and name with province: those of the register and those the file brings."""

    def __init__(self, register: Register, units: Gazetteer, accepted: Iterable[tuple[Stated, str]]) -> None:
        self._register = register
        self._units = units
        self._codes: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, dict[str, str | None]] = defaultdict(dict)
        for stated, institution_id in accepted:
            for value in stated.identifiers.values():
                self._codes[value].add(institution_id)
            if stated.name:
                self._names[key_of(stated.name)][institution_id] = stated.place.province_code

    def owner_of(self, row: Row, answered: str | None = None) -> Owner:
        """Whose facts the row states: of a relation the predecessor. `answered`: the id that a person gave."""
        if answered in self._register.by_id:
            return Owner(answered)
        if row.kind != RELATIONS.name:
            return self._owner(row)
        predecessor = values.stated(row.cells.get("predecessor"))
        if predecessor is None:
            return Owner(None, Problem("missing_value", "predecessor"))
        return self.called(predecessor, field="predecessor")

    def _owner(self, row: Row) -> Owner:
        """By the columns id, code, name and province, in this order of trust; all that are given must agree."""
        registered, code, name = (values.stated(row.cells.get(field)) for field in ("id", "code", "name"))
        province = values.stated(row.cells.get("province"))
        place = whereabouts(self._units, province=province, district=None, commune=None, address=None)
        if registered:
            known = self._register.by_id.get(registered.lower())
            return Owner(known.id) if known else Owner(None, Problem("unknown_id", "id"))
        return self._one(code, name, place.province_code, field="code" if code else "name")

    def called(self, text: str, *, field: str) -> Owner:
        """By one text that may be an id, an identifier or a name."""
        if text.lower() in self._register.by_id:
            return Owner(text.lower())
        code = values.code(text)
        if code and values.CODE.fullmatch(code) and self._with_code(code):
            return self._one(text, None, None, field=field)
        return self._one(None, text, None, field=field)

    def _one(self, code: str | None, name: str | None, province: str | None, *, field: str) -> Owner:
        by_code = self._with_code(values.code(code) or "") if code else None
        by_name = self._named(name, province) if name else None
        found = by_code if by_name is None else by_name if by_code is None else by_code & by_name or by_code
        if not found:
            return Owner(None, Problem("unknown_institution", field))
        if len(found) > 1:
            known = [self._register.by_id.get(id, Known(id, name or "")) for id in sorted(found)]
            details = {"candidates": "; ".join(map(str, known[:5])), "ids": " ".join(one.id for one in known[:5])}
            return Owner(None, Problem("several_candidates", field, details))
        return Owner(next(iter(found)))

    def _with_code(self, code: str) -> set[str]:
        registered = {known.id for scheme in ("code", "e_id") for known in self._register.with_identifier(scheme, code)}
        return registered | self._codes.get(code, set())

    def _named(self, name: str, province: str | None) -> set[str]:
        here = self._names.get(key_of(name), {})
        in_file = {id for id, there in here.items() if province is None or there is None or there == province}
        return in_file | {known.id for known in self._register.named(name, province)}
