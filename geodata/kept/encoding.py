"""A record as one line of JSON, and back: the same record, so that the same rules give the same answer from it.

A line is `[id, data_status, part, part, …, also]`, the parts in the order of PARTS; a fact is `[kind, value,
valid_from, valid_to, origin, …]` with what its part has further; `also` are names that are not official, `[name,
valid_from, valid_to]`, by which it is found as well. Origins are lines of their own, named by a hash of what they say:
the same origin has the same name in every release, so that unchanged records are equal as texts.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from geodata.text import fold
from geodata.verification.facts import Fact, LicenceFact, Origin, ProgrammeFact, Record, Succession

PARTS = (
    *("names", "identifiers", "statuses", "enrolment", "licences", "programmes", "campuses", "declarations"),
    "successions",
)
FURTHER: dict[str, tuple[str, ...]] = {
    "licences": ("licence_id", "issued_on"),
    "programmes": ("training_level", "licence_id", "campus_id", "taught_out_until"),
    "successions": ("keeps_records",),
}
KIND: dict[str, Callable[..., Any]] = {
    "licences": LicenceFact,
    "programmes": ProgrammeFact,
    "successions": Succession,
}
Known = tuple[str, date | None, date | None]
DAYS = ("issued_on", "taught_out_until")
READ_AS = [
    (KIND.get(part, Fact), [at for at, field in enumerate(FURTHER.get(part, ())) if field in DAYS]) for part in PARTS
]
"""For each part what its facts are, and which of their further fields are days; FURTHER has the order of the class."""


def to_line(value: Any) -> str:
    """JSON without spaces, letters as they are, days as ISO text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def origin_name(origin: Origin) -> str:
    return hashlib.sha256(to_line(plain_origin(origin)).encode()).hexdigest()[:12]


def plain_origin(origin: Origin) -> list[Any]:
    return [origin.source, origin.data_status, origin.received_on, origin.decision, origin.release]


def read_origin(plain: list[Any]) -> Origin:
    source, data_status, received_on, decision, release = plain
    return Origin(source, data_status, date.fromisoformat(received_on), decision, release)


def plain_record(record: Record, also: Iterable[Known], names: dict[Origin, str]) -> list[Any]:
    """The record for `to_line`; the names of its origins are added to `names`."""
    parts = [[_plain_fact(fact, part, names) for fact in getattr(record, part)] for part in PARTS]
    return [record.id, record.data_status, *parts, sorted(map(list, also), key=str)]


def read_record(plain: list[Any], origins: Mapping[str, Origin]) -> Record:
    institution_id, data_status, *parts, _also = plain
    lists = [
        tuple([_read_fact(fact, make, days, origins) for fact in facts])
        for (make, days), facts in zip(READ_AS, parts, strict=True)
    ]
    return Record(institution_id, data_status, *lists)


def known_by(plain: list[Any]) -> Iterator[tuple[str, str, str, str, str | None, str | None]]:
    """(`code` or `name`, text, id, by what, first day, day after the last) for everything the institution is found by;
    names folded."""
    parts = dict(zip(PARTS, plain[2:], strict=False))
    if parts["names"]:
        yield "code", plain[0], plain[0], "id", None, None
    for kind, value, start, end, *_ in parts["identifiers"]:
        yield "code", value, plain[0], kind, start, end
    for _kind, value, start, end, *_ in parts["licences"]:
        yield "code", value, plain[0], "licence", start, end
    for name, start, end in [*(fact[1:4] for fact in parts["names"]), *plain[-1]]:
        yield "name", fold(name), plain[0], "name", start, end


def origins_in(plain: list[Any]) -> list[str]:
    """The names of the origins that the record's facts rest on, in the order of the facts."""
    return [fact[4] for part in plain[2:-1] for fact in part]


def _plain_fact(fact: Fact, part: str, names: dict[Origin, str]) -> list[Any]:
    name = names.get(fact.origin)
    if name is None:
        name = names[fact.origin] = origin_name(fact.origin)
    further = [getattr(fact, field) for field in FURTHER.get(part, ())]
    return [fact.kind, fact.value, fact.valid_from, fact.valid_to, name, *further]


def _read_fact(plain: list[Any], make: Callable[..., Any], days: list[int], origins: Mapping[str, Origin]) -> Any:
    kind, value, valid_from, valid_to, origin, *further = plain
    for at in days:
        further[at] = _day(further[at])
    return make(kind, value, _day(valid_from), _day(valid_to), origins[origin], *further)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
