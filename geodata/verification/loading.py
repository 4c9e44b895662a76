"""Reading what the rules need: who is known by a text, and the facts of institutions, in one release.

One statement each, by index, for one question or a thousand. What a release says never changes, so a `Shelf` may keep
it in memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Date, Select, Text, bindparam, cast, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from geodata.days import vietnamese_day
from geodata.models import (
    Campus,
    CompletenessDeclaration,
    Decision,
    Identifier,
    InstitutionAttribute,
    InstitutionName,
    Licence,
    Programme,
    Relation,
    Release,
    Source,
)
from geodata.releases import UnknownRelease, current_release
from geodata.text import fold
from geodata.verification.facts import (
    Edition,
    Fact,
    LicenceFact,
    Match,
    Origin,
    ProgrammeFact,
    Record,
    Succession,
    worst,
)
from geodata.vocabulary import AttributeKind, NameKind

V = TypeVar("V")


@dataclass
class Shelf:
    """Keeps the records and matches of releases in memory as they were read last; `size` of each at most."""

    size: int = 20_000
    records: OrderedDict[Hashable, Record] = field(default_factory=OrderedDict)
    matches: OrderedDict[Hashable, tuple[Match, ...]] = field(default_factory=OrderedDict)
    editions: OrderedDict[Hashable, Edition] = field(default_factory=OrderedDict)

    def fetch(
        self,
        kept: OrderedDict[Hashable, V],
        edition: str,
        keys: Iterable[str],
        load: Callable[[list[str]], dict[str, V]],
    ) -> dict[str, V]:
        """{key: value}, from memory where it is there; `load` reads the others in one go."""
        held = {key: kept.get((edition, key)) for key in keys}
        missing = [key for key, value in held.items() if value is None]
        fresh = load(missing) if missing else {}
        found = {key: fresh[key] if value is None else value for key, value in held.items()}
        for key, value in fresh.items():
            kept[edition, key] = value
        while len(kept) > self.size:
            kept.popitem(last=False)
        return found


def edition(session: Session, release: int | None, shelf: Shelf) -> Edition:
    """The release asked, None: the current one. Raises `UnknownRelease`. Release 0 stands for an empty register."""
    if release is not None and release in shelf.editions:
        return shelf.editions[release]
    current = current_release(session)
    if current is None or release == 0:
        return Edition(0, None, "empty")
    asked = current if release is None else session.get(Release, release)
    if asked is None or asked.id > current.id:
        raise UnknownRelease(f"release {release} does not exist; the current one is {current.id}")
    shelf.editions[asked.id] = _edition(asked)
    return shelf.editions[asked.id]


def _edition(release: Release) -> Edition:
    statuses = [status for status, count in release.summary.get("by_data_status", {}).items() if count]
    whole = "empty" if not statuses else statuses[0] if len(statuses) == 1 else "mixed"
    return Edition(release.id, vietnamese_day(release.published_at), whole, f"{release.id}@{release.published_at}")


def known_by_code(
    session: Session, codes: Collection[str], asked: Edition, shelf: Shelf
) -> dict[str, tuple[Match, ...]]:
    """{text: who bears or bore it} for codes, e-IDs, licence numbers and registry ids, compared exactly."""

    def load(texts: list[str]) -> dict[str, tuple[Match, ...]]:
        forms = sorted({form for text in texts for form in (text, text.upper())})
        found = _matches(session, asked, codes=forms, ids=[text.lower() for text in texts], names=[])
        return {text: _all(found, {text, text.upper(), text.lower()}) for text in texts}

    return shelf.fetch(shelf.matches, f"{asked.key} code", codes, load)


def known_by_name(
    session: Session, names: Collection[str], asked: Edition, shelf: Shelf
) -> dict[str, tuple[Match, ...]]:
    """{text: who bears or bore the name} for whole names, whatever their accents and capitals."""

    def load(texts: list[str]) -> dict[str, tuple[Match, ...]]:
        folded = {text: fold(text) for text in texts}
        found = _matches(session, asked, codes=[], ids=[], names=sorted(set(folded.values()) - {""}))
        return {text: _all(found, {folded[text]}) for text in texts}

    return shelf.fetch(shelf.matches, f"{asked.key} name", names, load)


def _all(found: Mapping[str, list[Match]], texts: Collection[str]) -> tuple[Match, ...]:
    matches = {match for text in texts for match in found.get(text, ())}
    return tuple(sorted(matches, key=lambda match: (match.institution_id, match.by, str(match[2:]))))


def _matches(session: Session, asked: Edition, **texts: list[str]) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    for text, *match in session.execute(KNOWN_BY, {**texts, "release": asked.release}):
        found.setdefault(text, []).append(Match(*match))
    return found


def records(session: Session, ids: Collection[str], asked: Edition, shelf: Shelf) -> dict[str, Record]:
    """The institutions and everyone they were succeeded by, transitively. An id nobody bears has an empty record."""
    found: dict[str, Record] = {}
    wanted = set(ids)
    while wanted:
        found |= shelf.fetch(
            shelf.records, asked.key, sorted(wanted), lambda new: read_records(session, new, asked.release)
        )
        heirs = {step.value for one in wanted for step in found[one].successions}
        wanted = heirs - set(found)
    return found


def read_records(session: Session, ids: list[str], release: int) -> dict[str, Record]:
    """These institutions alone, as the register held them in the release."""
    facts: dict[str, list[tuple[str, Fact]]] = {one: [] for one in ids}
    origins: dict[tuple[Any, ...], Origin] = {}
    for row in session.execute(FACTS, {"ids": ids, "release": release}):
        facts[row.institution_id].append((row.part, _fact(row, origins)))
    return {one: record(one, found) for one, found in facts.items()}


def record(institution_id: str, found: Iterable[tuple[str, Fact]]) -> Record:
    """A record from (field of `Record`, fact) pairs, each list oldest first."""
    parts: dict[str, list[Any]] = {}
    for part, fact in found:
        parts.setdefault(part, []).append(fact)
    told = worst(fact.origin.data_status for facts in parts.values() for fact in facts)
    lists = {part: tuple(sorted(facts, key=_age)) for part, facts in parts.items()}
    return Record(institution_id, told, **lists)


def _age(fact: Fact) -> tuple[object, ...]:
    return fact.valid_from or date.min, fact.valid_to or date.max, fact.kind, fact.value


def _fact(row: Any, origins: dict[tuple[Any, ...], Origin]) -> Fact:
    """The fact in a row of `FACTS`; equal origins are one object."""
    source = (row.title, row.data_status, row.received_at, row.decision, row.release_from)
    if source not in origins:
        origins[source] = Origin(
            row.title, row.data_status, vietnamese_day(row.received_at), row.decision, row.release_from
        )
    plain = (row.kind, row.value, row.valid_from, row.valid_to, origins[source])
    match row.part:
        case "licences":
            return LicenceFact(*plain, licence_id=row.one, issued_on=row.day)
        case "programmes":
            return ProgrammeFact(
                *plain, training_level=row.one, licence_id=row.two, campus_id=row.three, taught_out_until=row.day
            )
        case "successions":
            return Succession(*plain, keeps_records=row.one == "true")
    return Fact(*plain)


def _said(model: type[Any]) -> Any:
    release: Any = bindparam("release")
    return (model.release_from <= release) & (model.release_to.is_(None) | (model.release_to > release))


def _part(
    part: str, model: type[Any], kind: Any, value: Any, owner: Any = None, *, condition: Any = None, **further: Any
) -> Select[Any]:
    """One part of the record in the columns that all parts share."""
    institution = model.institution_id if owner is None else owner
    chosen = [institution == bindparam("ids", type_=ARRAY(Text)).any_(), _said(model)]
    texts = [cast(further.get(name, null()), Text).label(name) for name in ("one", "two", "three")]
    return select(
        literal(part).label("part"),
        institution.label("institution_id"),
        (literal(kind) if isinstance(kind, str) else kind).label("kind"),
        value.label("value"),
        model.valid_from,
        model.valid_to,
        model.release_from,
        model.source_id,
        model.decision_id,
        *texts,
        cast(further.get("day", null()), Date).label("day"),
    ).where(*chosen, *([] if condition is None else [condition]))


def _facts() -> Select[Any]:
    """Every fact of the institutions `ids` in `release`, with its source and decision."""
    attribute = InstitutionAttribute
    parts = union_all(
        _part("names", InstitutionName, "name", InstitutionName.text, condition=_official()),
        _part("identifiers", Identifier, Identifier.scheme, Identifier.value),
        _part("statuses", attribute, attribute.kind, attribute.value, condition=attribute.kind == AttributeKind.STATUS),
        _part(
            "enrolment", attribute, attribute.kind, attribute.value, condition=attribute.kind == AttributeKind.ENROLMENT
        ),
        _part("campuses", Campus, "campus", Campus.campus_id),
        _part("licences", Licence, "licence", Licence.number, one=Licence.licence_id, day=Licence.issued_on),
        _part(
            "programmes",
            Programme,
            "programme",
            Programme.occupation_code,
            one=Programme.training_level,
            two=Programme.licence_id,
            three=Programme.campus_id,
            day=Programme.taught_out_until,
        ),
        _part("declarations", CompletenessDeclaration, "complete", CompletenessDeclaration.declared_by),
        _part(
            "successions",
            Relation,
            Relation.kind,
            Relation.successor_id,
            Relation.predecessor_id,
            condition=Relation.predecessor_id != Relation.successor_id,
            one=Relation.keeps_records,
        ),
    ).subquery("fact")
    return (
        select(parts, Source.title, Source.data_status, Source.received_at, Decision.number.label("decision"))
        .join(Source, Source.id == parts.c.source_id)
        .outerjoin(Decision, Decision.id == parts.c.decision_id)
    )


def _official() -> Any:
    return InstitutionName.kind == NameKind.OFFICIAL


def _known_by() -> Any:
    """Rows (text, institution, by, valid_from, valid_to) for the texts `codes`, `ids` and folded `names`."""
    codes, ids, names = (bindparam(name, type_=ARRAY(Text)).any_() for name in ("codes", "ids", "names"))
    name, code, held = InstitutionName, Identifier, Licence
    return union_all(
        select(code.value.label("text"), code.institution_id, code.scheme, code.valid_from, code.valid_to).where(
            code.value == codes, _said(code)
        ),
        select(held.number, held.institution_id, literal("licence"), held.valid_from, held.valid_to).where(
            held.number == codes, _said(held)
        ),
        select(name.institution_id, name.institution_id, literal("id"), cast(null(), Date), cast(null(), Date))
        .where(name.institution_id == ids, _official(), _said(name))
        .distinct(),
        select(name.folded, name.institution_id, literal("name"), name.valid_from, name.valid_to).where(
            name.folded == names, _said(name)
        ),
    )


FACTS = _facts()
KNOWN_BY = _known_by()
