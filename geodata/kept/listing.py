"""The list for others, written from the small database: the same bytes however that came to say what it says."""

import gzip
import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from geodata.kept.encoding import origins_in, to_line
from geodata.kept.files import settle

LISTS_KEPT = 5
"""So many releases back a difference to the present one can be told."""

PORTION = 2_000
Progress = Callable[[int], object]


def list_file(directory: Path, release: int) -> Path:
    return directory / f"list-{release:08}.ndjson.gz"


def write_list(
    database: sqlite3.Connection, directory: Path, about: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    """Write the records by id, each origin once and before the first record that names it; the list's head: `about`
    with counts and hashes. Both files come into their places whole; lists of long ago are forgotten."""
    target = list_file(directory, about["release"])
    draft, digest, said, size, count = (
        target.with_suffix(f".{os.getpid()}.new"),
        hashlib.sha256(),
        hashlib.sha256(),
        0,
        0,
    )
    with draft.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        for origins, records in _portions(database):
            said.update("".join(records).encode())
            content = "".join([*origins, *records]).encode()
            digest.update(content)
            file.write(content)
            size, count = size + len(content), count + len(records)
            progress(len(records))
    head = {
        **about,
        "institutions": count,
        "bytes": size,
        "gzip_bytes": draft.stat().st_size,
        "sha256": digest.hexdigest(),
        "records_sha256": said.hexdigest(),
    }
    settle(draft, target)
    draft.write_text(to_line(head))
    settle(draft, target.with_suffix(".json"))
    _forget_old(directory)
    return head


def _portions(database: sqlite3.Connection) -> Iterator[tuple[list[str], list[str]]]:
    """(Lines of origins that were not named before, lines of records), some thousands of records at a time."""
    told: set[str] = set()
    records = database.execute("SELECT line FROM record ORDER BY id")
    while rows := records.fetchmany(PORTION):
        lines = [zlib.decompress(line).decode() for (line,) in rows]
        wanted = dict.fromkeys(name for line in lines for name in origins_in(json.loads(line)) if name not in told)
        told |= wanted.keys()
        yield [_origin(database, name) for name in wanted], [f"{line}\n" for line in lines]


def _origin(database: sqlite3.Connection, name: str) -> str:
    ((plain,),) = database.execute("SELECT plain FROM origin WHERE name = ?", (name,))
    return f'{{"{name}":{plain}}}\n'


def _forget_old(directory: Path) -> None:
    for old in sorted(directory.glob("list-*.ndjson.gz"))[:-LISTS_KEPT]:
        old.unlink()
        old.with_suffix(".json").unlink(missing_ok=True)
