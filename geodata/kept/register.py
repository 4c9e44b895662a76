"""Answering from the release on the disk: the decisions of the database, a plain search, single institutions."""

import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from geodata.kept import atlas
from geodata.kept.atlas import Atlas
from geodata.kept.encoding import origins_in, read_origin, read_record
from geodata.kept.files import FORMAT, LAYOUT, REGISTER
from geodata.registry_ids import is_registry_id
from geodata.text import fold
from geodata.verification.answers import Decision
from geodata.verification.facts import Edition, Match, Origin, Record
from geodata.verification.question import Question
from geodata.verification.rules import decide_from
from geodata.vocabulary import GONE

TOLD = "SELECT id, valid_from, valid_to, body FROM told WHERE id = ?"
TOLD_OF_CODE = """
    SELECT told.id, told.valid_from, told.valid_to, body FROM bearer JOIN told USING (id)
    WHERE code = ? AND (bearer.valid_from IS NULL OR bearer.valid_from <= ?)
"""
MATCH = "SELECT text, id, means, valid_from, valid_to FROM known WHERE text IN (?, ?, ?) AND kind = ?"


@dataclass(frozen=True)
class Wanted:
    """A search; empty values ask for nothing. `q` are words, each the beginning of one that an institution is found by.
    Without `status` closed and merged institutions are left out."""

    on: date
    q: str = ""
    type: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    training_level: tuple[str, ...] = ()
    occupation: tuple[str, ...] = ()
    province: str | None = None


@dataclass(frozen=True)
class Found:
    """Feature texts, and how many match in all."""

    features: tuple[str, ...]
    number_matched: int


class Replaced(sqlite3.OperationalError):
    """Another release has taken the place of the file; `open_register` opens that."""


class KeptRegister:
    """A file that `building` wrote, opened for reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.identity = _identity(path)
        self._local = threading.local()
        about = dict(self.rows("SELECT key, value FROM about"))
        self.head: dict[str, Any] = json.loads(about["head"])
        self.summary: dict[str, Any] = json.loads(about["summary"])
        self.words = about.get("words", "")
        self.places_from = about["places_from"] if about.get("layout") == LAYOUT else None
        published_on = date.fromisoformat(self.head["published_on"])
        self.edition = Edition(self.head["release"], published_on, self.head["data_status"], about["key"])
        self._origins: dict[str, Origin] = {}

    @cached_property
    def atlas(self) -> Atlas:
        """Where everybody lies; tens of megabytes in a large register, read when first asked for."""
        return atlas.read(self._connection())

    @property
    def atlas_is_read(self) -> bool:
        return "atlas" in self.__dict__

    def decide_many(self, asked: Sequence[tuple[Question, date]], *, max_age_days: int) -> tuple[Decision, ...]:
        """As `geodata.verification.decide_many`, from this file."""
        return tuple(self._decide(question, on, max_age_days) for question, on in asked)

    def find(self, wanted: Wanted, *, limit: int, offset: int = 0) -> Found:
        """Institutions as on a day, those whose name begins with the words first, then by name."""
        where, given = _conditions(wanted)
        count = self.rows(f"SELECT count(*) FROM state WHERE {where}", given)[0][0]
        begins = fold(wanted.q)
        rows = self.rows(
            f"SELECT feature FROM state WHERE {where}"
            " ORDER BY substr(name_folded, 1, :length) <> :begins, name_folded, id LIMIT :limit OFFSET :offset",
            {**given, "begins": begins, "length": len(begins), "limit": limit, "offset": offset},
        )
        return Found(tuple(zlib.decompress(feature).decode() for (feature,) in rows), count)

    def institutions(self, identifier: str, on: date) -> tuple[tuple[str, Record], ...]:
        """(Feature text, record) of whoever bears or bore the identifier, each once."""
        borne = self.rows(MATCH, (identifier, identifier.upper(), identifier.lower(), "code"))
        ids = dict.fromkeys(one for _, one, *_ in sorted(borne, key=lambda row: row[0]))
        found = ((one, self._feature(one, on)) for one in ids)
        return tuple((feature, self.record(one)) for one, feature in found if feature)

    def told(self, asked: str, on: date) -> tuple[str, bytes] | None:
        """(Id, words of the teller) of the one institution that certainly is meant by this id or code on a day; None
        where the words do not hold on the day, nobody is known by it, or it takes more to say who is meant."""
        if not self.words or self.places_from is None:
            return None
        day = on.isoformat()
        rows = self.rows(TOLD, (asked,)) if is_registry_id(asked) else self.rows(TOLD_OF_CODE, (asked.upper(), day))
        for one, start, end, body in rows:
            if (start is None or start <= day) and (end is None or end > day):
                return one, zlib.decompress(body)
        return None

    def record(self, institution_id: str) -> Record:
        """An id nobody bears has an empty record."""
        rows = self.rows("SELECT line FROM record WHERE id = ?", (institution_id,))
        if not rows:
            return Record(institution_id)
        plain = json.loads(zlib.decompress(rows[0][0]))
        self._learn(set(origins_in(plain)))
        return read_record(plain, self._origins)

    def _decide(self, question: Question, on: date, max_age_days: int) -> Decision:
        by_code = self._matches(question.code, "code") if question.code else None
        by_name = self._matches(question.name, "name") if question.name else None
        known = self._records({match.institution_id for match in (*(by_code or ()), *(by_name or ()))})
        return decide_from(question, on, self.edition, by_code, by_name, known, max_age_days=max_age_days)

    def _matches(self, asked: str, kind: str) -> tuple[Match, ...]:
        """Who bears or bore it, in the order that `loading` gives."""
        plain, upper, as_id = asked, asked.upper(), asked.lower()
        if kind == "name":
            plain, upper, as_id = fold(asked), "", ""
        found = {
            Match(id_, means, _day(start), _day(end))
            for text, id_, means, start, end in self.rows(MATCH, (plain, upper, as_id, kind))
            if text and (text == as_id if means == "id" else text in (plain, upper))
        }
        return tuple(sorted(found, key=lambda match: (match.institution_id, match.by, str(match[2:]))))

    def _records(self, ids: set[str]) -> dict[str, Record]:
        """The institutions and everyone they were succeeded by, transitively."""
        found: dict[str, Record] = {}
        wanted = set(ids)
        while wanted:
            found |= {one: self.record(one) for one in wanted}
            wanted = {step.value for one in wanted for step in found[one].successions} - set(found)
        return found

    def _feature(self, institution_id: str, on: date) -> str | None:
        rows = self.rows(
            "SELECT feature FROM state WHERE id = :id AND (valid_from IS NULL OR valid_from <= :on)"
            " AND (valid_to IS NULL OR valid_to > :on)",
            {"id": institution_id, "on": on.isoformat()},
        )
        return zlib.decompress(rows[0][0]).decode() if rows else None

    def _learn(self, names: set[str]) -> None:
        for name in names - self._origins.keys():
            ((plain,),) = self.rows("SELECT plain FROM origin WHERE name = ?", (name,))
            self._origins[name] = read_origin(json.loads(plain))

    def rows(self, statement: str, given: Any = ()) -> list[Any]:
        """What a statement finds."""
        return list(self._connection().execute(statement, given))

    def _connection(self) -> sqlite3.Connection:
        """Each thread has one of its own; the file never changes, only another takes its place."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True)
            if _identity(self.path) != self.identity:
                connection.close()
                raise Replaced(f"{self.path} is another file now")
            self._local.connection = connection
        return connection


def open_register(directory: Path, before: KeptRegister | None = None) -> KeptRegister | None:
    """The release on the disk: `before` while it is the same file; None where there is none that can be read."""
    path = directory / REGISTER
    try:
        if before is not None and before.identity == _identity(path):
            return before
        found = KeptRegister(path)
    except (OSError, sqlite3.Error, ValueError, KeyError):
        return None
    return found if found.head["format"] == FORMAT else None


def _identity(path: Path) -> tuple[int, int, int]:
    found = os.stat(path)  # noqa: PTH116  its errors are the caller's
    return found.st_ino, found.st_size, found.st_mtime_ns


def _conditions(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The WHERE of a search and its values; texts of the question are never part of the SQL."""
    parts = ["(valid_from IS NULL OR valid_from <= :on)", "(valid_to IS NULL OR valid_to > :on)"]
    given: dict[str, Any] = {"on": wanted.on.isoformat()}
    words = fold(wanted.q).split()
    if words:
        parts.append("number IN (SELECT rowid FROM finding WHERE words MATCH :words)")
        given["words"] = " ".join(f'"{word}"*' for word in words)
    for name in ("type", "ownership", "status"):
        parts += _one_of(name, getattr(wanted, name), given)
    if not wanted.status:
        parts.append(f"status NOT IN ({', '.join(repr(status.value) for status in GONE)})")
    if wanted.province:
        parts += _one_of("province", (wanted.province,), given)
    for name, chosen in (("levels", wanted.training_level), ("occupations", wanted.occupation)):
        either = " OR ".join(f"' ' || {name} || ' ' LIKE :{name}{at}" for at in range(len(chosen)))
        given |= {f"{name}{at}": f"% {value} %" for at, value in enumerate(chosen)}
        parts += [f"({either})"] if either else []
    return " AND ".join(parts), given


def _one_of(name: str, values: Sequence[str], given: dict[str, Any]) -> list[str]:
    given |= {f"{name}{at}": value for at, value in enumerate(values)}
    listed = ", ".join(f":{name}{at}" for at in range(len(values)))
    return [f"{name} IN ({listed})"] if values else []


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
