"""Streaming a release into two files: a small database to answer from, and the list for others.

Records are read some thousands at a time and written at once, in the order of their ids: a million institutions need no
more memory than a thousand.
"""

import gzip
import hashlib
import os
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.kept.encoding import Known, plain_origin, plain_record, to_line
from geodata.kept.files import FORMAT, REGISTER, SCHEMA, finish, put_records, settle
from geodata.models import InstitutionName, InstitutionState, Release
from geodata.releases import current_release
from geodata.verification.facts import Edition, Origin
from geodata.verification.loading import Shelf, edition, read_records
from geodata.vocabulary import NameKind

PORTION = 2_000
LISTS_KEPT = 5
"""So many releases back a difference to the present one can be told."""

Progress = Callable[[int], object]
Line = tuple[list[Any], str]
"""A record, plain and as text."""


class Building:
    """One release on its way to the disk."""

    def __init__(self, directory: Path, session: Session, release: Release, told: Edition) -> None:
        self.directory, self.session, self.release, self.told = directory, session, release, told
        self.names: dict[Origin, str] = {}
        self.count = 0

    def draft(self, name: str) -> Path:
        return self.directory / f"{name}.{os.getpid()}.new"


def build(session: Session, directory: Path, *, progress: Progress = lambda _: None) -> dict[str, Any] | None:
    """Write the current release; the list's head, or None where nothing was published. Each file comes into its place
    whole. For one repeatable-read transaction."""
    release = current_release(session)
    if release is None:
        return None
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    building = Building(directory, session, release, edition(session, None, Shelf()))
    draft = building.draft("register")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as database:
        database.executescript(SCHEMA)
        head = _list(building, database, progress)
        _states(building, database)
        finish(database, head, building.told.key, release.summary)
    settle(draft, directory / REGISTER)
    _forget_old_lists(directory)
    return head


def list_file(directory: Path, release: int) -> Path:
    return directory / f"list-{release:08}.ndjson.gz"


def _list(building: Building, database: sqlite3.Connection, progress: Progress) -> dict[str, Any]:
    """Write every record to the list and to the database; the list's head."""
    draft, digest, said, size = building.draft("list"), hashlib.sha256(), hashlib.sha256(), 0
    with draft.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        for records in _portions(building):
            lines = [f"{line}\n" for line in _put(building, database, records)]
            content = "".join(lines).encode()
            digest.update(content)
            said.update("".join(line for line in lines if line.startswith("[")).encode())
            size += len(content)
            file.write(content)
            progress(len(records))
    head = {
        **_head(building),
        "bytes": size,
        "gzip_bytes": draft.stat().st_size,
        "sha256": digest.hexdigest(),
        "records_sha256": said.hexdigest(),
    }
    target = list_file(building.directory, building.release.id)
    settle(draft, target)
    draft.write_text(to_line(head))
    settle(draft, target.with_suffix(".json"))
    return head


def _head(building: Building) -> dict[str, Any]:
    published_on = building.told.published_on
    return {
        "format": FORMAT,
        "release": building.release.id,
        "published_at": building.release.published_at.isoformat(),
        "published_on": published_on.isoformat() if published_on else None,
        "data_status": building.told.data_status,
        "institutions": building.count,
    }


def _put(building: Building, database: sqlite3.Connection, records: list[list[Any]]) -> list[str]:
    """Keep a portion; its lines for the list: each origin once, before the first record that names it."""
    known = database.execute("SELECT count(*) FROM origin").fetchone()[0]
    fresh = [(name, to_line(plain_origin(one))) for one, name in list(building.names.items())[known:]]
    lines = [(plain, to_line(plain)) for plain in records]
    put_records(database, fresh, lines)
    building.count += len(lines)
    return [*(f'{{"{name}":{plain}}}' for name, plain in fresh), *(line for _, line in lines)]


def _portions(building: Building) -> Iterator[list[list[Any]]]:
    """Every institution that the release has a name of, by id."""
    last = ""
    names = select(InstitutionName.institution_id).where(InstitutionName.release_to.is_(None)).distinct()
    while True:
        query = names.where(InstitutionName.institution_id > last).order_by(InstitutionName.institution_id)
        ids = list(building.session.scalars(query.limit(PORTION)))
        if not ids:
            return
        last = ids[-1]
        found, also = read_records(building.session, ids, building.release.id), _other_names(building.session, ids)
        yield [_dated(plain_record(found[one], also[one], building.names)) for one in ids]


def _dated(plain: list[Any]) -> list[Any]:
    """With days as texts, as they are read back."""
    return [_dated(one) if isinstance(one, list) else _text(one) for one in plain]


def _other_names(session: Session, ids: list[str]) -> dict[str, list[Known]]:
    name = InstitutionName
    query = select(name.institution_id, name.text, name.valid_from, name.valid_to).where(
        name.institution_id == func.any(ids), name.kind != NameKind.OFFICIAL, name.release_to.is_(None)
    )
    found: dict[str, list[Known]] = defaultdict(list)
    for institution, spelled, start, end in session.execute(query):
        found[institution].append((spelled, start, end))
    return found


def _states(building: Building, database: sqlite3.Connection) -> None:
    """Each institution at its main campus over its spans of days, ready to be searched and shown."""
    state = InstitutionState
    query = (
        select(
            *(state.row_id, state.institution_id, state.valid_from, state.valid_to, state.name_folded, state.type),
            *(state.ownership, state.status, state.province_code),
            func.array_to_string(state.training_levels, " "),
            func.array_to_string(state.occupations, " "),
            *(state.feature, func.concat_ws(text("' '"), state.name_folded, state.search_text, state.place_text)),
        )
        .where(state.is_main, state.release_to.is_(None))
        .execution_options(yield_per=PORTION)
    )
    with building.session.execute(query) as rows:
        for part in rows.partitions():
            plain = [[_text(value) for value in row] for row in part]
            values = ", ".join("?" * 12)
            shown = [(*row[:11], zlib.compress(row[11].encode())) for row in plain]
            database.executemany(f"INSERT INTO state VALUES ({values})", shown)
            database.executemany(
                "INSERT INTO finding (rowid, words) VALUES (?, ?)", [(row[0], row[12]) for row in plain]
            )


def _forget_old_lists(directory: Path) -> None:
    for old in sorted(directory.glob("list-*.ndjson.gz"))[:-LISTS_KEPT]:
        old.unlink()
        old.with_suffix(".json").unlink(missing_ok=True)


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
