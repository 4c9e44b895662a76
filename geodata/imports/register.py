"""The register's real institutions as matching needs them: identifiers, names and provinces in memory.

Illustrative records are left out here, so that no import can ever match one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from geodata.models import Campus, Identifier, InstitutionName, Release, Source
from geodata.text import name_key
from geodata.vocabulary import CampusKind, DataStatus, NameKind, ReleaseKind


@dataclass
class Known:
    """An institution of the register: its newest official name, what it was ever called, its codes and provinces.

    `current` holds the identifiers in force by scheme; `provinces` the codes of today of its main campus;
    `former_provinces` those that an earlier release gave and a later one corrected.
    """

    id: str
    name: str = ""
    keys: set[str] = field(default_factory=set)
    current: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    provinces: set[str] = field(default_factory=set)
    former_provinces: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        codes = sorted(value for values in self.current.values() for value in values)
        return f"{self.name} [{', '.join([self.id, *codes])}]"


class Register:
    """`Register.load(session, on=…)`; institutions by id, identifier, name, and names that differ by one word."""

    def __init__(self) -> None:
        self.by_id: dict[str, Known] = {}
        self._by_identifier: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_part: dict[str, set[str]] = defaultdict(set)

    @classmethod
    def load(cls, session: Session, *, on: date) -> "Register":
        """Everything the register says now, of the past and the present, about institutions that are real."""
        register = cls()
        name, identifier, campus = InstitutionName, Identifier, Campus
        real = _real(name)
        names = select(name.institution_id, name.text).where(
            name.kind == NameKind.OFFICIAL, name.release_to.is_(None), real
        )
        for institution_id, text in session.execute(names.order_by(name.valid_from.nulls_first(), name.row_id)):
            register._add_name(institution_id, text)
        identifiers = select(
            identifier.institution_id, identifier.scheme, identifier.value, identifier.valid_from, identifier.valid_to
        ).where(identifier.release_to.is_(None), _real(identifier))
        for institution_id, scheme, value, start, end in session.execute(identifiers):
            in_force = (start is None or start <= on) and (end is None or end > on)
            register._add_identifier(institution_id, scheme, value, in_force=in_force)
        places = select(campus.institution_id, campus.province_code).where(
            campus.kind == CampusKind.MAIN,
            campus.release_to.is_(None),
            campus.province_code.is_not(None),
            _real(campus),
        )
        for institution_id, province in session.execute(places):
            if province and institution_id in register.by_id:
                register.by_id[institution_id].provinces.add(province)
        corrected = (
            select(campus.institution_id, campus.province_code)
            .join(Release, Release.id == campus.release_to)
            .where(
                campus.kind == CampusKind.MAIN,
                campus.province_code.is_not(None),
                Release.kind != ReleaseKind.UNDO,
                _real(campus),
            )
        )
        for institution_id, province in session.execute(corrected):
            if province and institution_id in register.by_id:
                register.by_id[institution_id].former_provinces.add(province)
        return register

    def with_identifier(self, scheme: str, value: str) -> list[Known]:
        """Institutions to which the identifier belongs or ever belonged."""
        return self._known(self._by_identifier.get((scheme, value), ()))

    def named(self, name: str, province: str | None) -> list[Known]:
        """Institutions that have or had the name, but for spelling, in the province; an unknown place fits any."""
        return [known for known in self._known(self._by_name.get(key_of(name), ())) if _fits(known, province)]

    def once_named(self, name: str, province: str | None) -> list[Known]:
        """Institutions of the name that the register once said, and no longer says, to be in the province."""
        known = self._known(self._by_name.get(key_of(name), ()))
        return [one for one in known if province in one.former_provinces and not _fits(one, province)]

    def one_word_off(self, name: str, province: str | None) -> list[Known]:
        """Institutions in the province one word of whose current name differs, is missing or is added."""
        key = key_of(name)
        near = {id for part in parts(key) for id in (*self._by_part.get(part, ()), *self._by_name.get(part, ()))}
        near |= self._by_part.get(key, set())
        return [known for known in self._known(near) if _fits(known, province) and key not in known.keys]

    def _known(self, ids: Collection[str]) -> list[Known]:
        return [self.by_id[id] for id in sorted(ids)]

    def _add_name(self, institution_id: str, text: str) -> None:
        known = self.by_id.setdefault(institution_id, Known(institution_id))
        key = key_of(text)
        known.name = text
        known.keys.add(key)
        self._by_name[key].add(institution_id)
        for part in parts(key):
            self._by_part[part].add(institution_id)

    def _add_identifier(self, institution_id: str, scheme: str, value: str, *, in_force: bool) -> None:
        if institution_id not in self.by_id:
            return
        self._by_identifier[scheme, value].add(institution_id)
        if in_force:
            self.by_id[institution_id].current[scheme].add(value)


@lru_cache(maxsize=65_536)
def key_of(name: str) -> str:
    """`text.name_key`, remembered: a name is asked for several times on its way through an import."""
    return name_key(name)


def parts(key: str) -> Iterator[str]:
    """The key without each of its words in turn: names one word apart share one of these."""
    words = key.split()
    for at in range(len(words)):
        yield " ".join((*words[:at], *words[at + 1 :]))


def _fits(known: Known, province: str | None) -> bool:
    return province is None or not known.provinces or province in known.provinces


def _real(model: type[InstitutionName] | type[Identifier] | type[Campus]) -> ColumnElement[bool]:
    illustrative = select(Source.id).where(Source.data_status == DataStatus.ILLUSTRATIVE)
    return model.source_id.not_in(illustrative)
