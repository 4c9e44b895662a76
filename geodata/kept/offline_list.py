"""The national list as others have it: read back into a register, compared with an earlier one, brought up to date.

A list is lines: origins, `{name: […]}`, and records, `[id, …]`, by id. A difference has the lines of records that are
new or changed, the origins they name, and `{"-": [ids]}` of those that are gone.
"""

import gzip
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from geodata.errors import GeodataError
from geodata.kept.encoding import origins_in, to_line
from geodata.kept.files import INDEXES, SCHEMA, UNSAFE, put_about, put_records

GONE = "-"
PORTION = 2_000


class DamagedList(GeodataError):
    """A file that is no list, or not the one its head describes."""


def difference(before: Path, after: Path) -> Iterator[str]:
    """The lines that make `after` of `before`, without the end of line."""
    old, new = _digests(before), _digests(after)
    changed = {one for one, digest in new.items() if old.get(one) != digest}
    named = {name for line in records_of(after) if _id(line) in changed for name in origins_in(json.loads(line))}
    for line in lines_of(after):
        if _id(line) in changed if line.startswith("[") else line[2 : line.index('"', 2)] in named:
            yield line
    if gone := sorted(old.keys() - new.keys()):
        yield to_line({GONE: gone})


def apply(before: Iterable[str], change: Iterable[str]) -> Iterator[str]:
    """The records of a list after a difference, by id."""
    records: dict[str, str] = {}
    for line in (*before, *change):
        if line.startswith("["):
            records[_id(line)] = line
        elif line.startswith(f'{{"{GONE}"'):
            for one in json.loads(line)[GONE]:
                records.pop(one, None)
    return (records[one] for one in sorted(records))


def records_digest(lines: Iterable[str]) -> str:
    """SHA-256 over the record lines alone, in the order of their ids: what a list says, however it came together."""
    digest = hashlib.sha256()
    for line in lines:
        if line.startswith("["):
            digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a list. Raises `DamagedList`."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            yield from (line.rstrip("\n") for line in file)
    except (OSError, EOFError, ValueError) as error:
        raise DamagedList(f"{path} cannot be read: {error}") from error


def records_of(path: Path) -> Iterator[str]:
    return (line for line in lines_of(path) if line.startswith("["))


def load(lines: Iterator[str], head: dict[str, Any], database_file: Path) -> None:
    """Make a register of a list, which `register.KeptRegister` answers from. Raises `DamagedList` when the lines are
    not those that the head describes."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(database_file)) as database:
        database.executescript(UNSAFE + SCHEMA)
        while portion := list(islice(lines, PORTION)):
            digest.update("".join(f"{line}\n" for line in portion).encode())
            try:
                plain = [json.loads(line) for line in portion]
                origins = [
                    (name, to_line(one)) for part in plain if isinstance(part, dict) for name, one in part.items()
                ]
                records = [(one, to_line(one)) for one in plain if isinstance(one, list)]
                put_records(database, origins, records)
            except (ValueError, TypeError, IndexError, KeyError, sqlite3.Error) as error:
                raise DamagedList(f"a line of the list cannot be read: {error}") from error
        if digest.hexdigest() != head["sha256"]:
            raise DamagedList("the list is not the one that was signed")
        database.executescript(INDEXES)
        put_about(database, head, key=f"list {head['release']}@{head['published_at']}", summary={})


def _digests(path: Path) -> dict[str, bytes]:
    """{registry id: short digest of its line}"""
    return {_id(line): hashlib.blake2b(line.encode(), digest_size=16).digest() for line in records_of(path)}


def _id(line: str) -> str:
    """The registry id that a record's line begins with; ids hold nothing that JSON escapes."""
    return line[2 : line.index('"', 2)]
