"""Where finished downloads stand: made at the first request, kept unchanged, one maker at a time."""

import fcntl
import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.downloads.plain import Chunks, write_csv, write_geojson
from geodata.downloads.rows import Edition, Scope, chunks
from geodata.downloads.tables import write_gpkg, write_parquet, write_xlsx

Writer = Callable[[Path, Chunks, Edition], None]
FORMATS: dict[str, Writer] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "geojson": write_geojson,
    "gpkg": write_gpkg,
    "parquet": write_parquet,
}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
EDITIONS_KEPT = 3
"""Older ones are made again when asked for: the register remembers what it said."""


@dataclass(frozen=True)
class MadeFile:
    """A finished file: its name, size in bytes, SHA-256 as hexadecimal digits."""

    path: Path
    name: str
    bytes: int
    sha256: str


class Shelf:
    """Files of editions in a folder; `<folder>/<edition>/<name>`, each with its sum beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, session: Session, edition: Edition, scope: Scope, format: str) -> MadeFile:
        """The file, made now where it is not there yet."""
        found = self.kept(edition, scope, format)
        if found is not None:
            return found
        with self._alone():
            found = self.kept(edition, scope, format)  # somebody else has made it meanwhile
            return found or self._make(session, edition, scope, format)

    def kept(self, edition: Edition, scope: Scope, format: str) -> MadeFile | None:
        """The file, where it is there already."""
        path = self._place(edition) / f"{scope.stem}.{format}"
        try:
            noted = json.loads(path.with_name(path.name + ".sha256").read_text())
        except FileNotFoundError:
            return None
        return MadeFile(path, path.name, noted["bytes"], noted["sha256"])

    def _make(self, session: Session, edition: Edition, scope: Scope, format: str) -> MadeFile:
        path = self._place(edition) / f"{scope.stem}.{format}"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        made = make(session, edition, scope, format, path)
        noted = path.with_name(f".{secrets.token_hex(8)}.sum")
        noted.write_text(json.dumps({"sha256": made.sha256, "bytes": made.bytes}))
        noted.replace(path.with_name(path.name + ".sha256"))
        self._forget_old()
        return made

    def _place(self, edition: Edition) -> Path:
        """A database put back from a backup reuses numbers: the time of the release counts too."""
        return self.folder / f"r{edition.release}-{edition.published_at:%Y%m%dT%H%M%S%f}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _sweep(self) -> None:
        """Take away the drafts of makers that were ended: whoever is alone here knows that nobody writes to them."""
        for draft in self.folder.glob("r*/.*"):
            draft.unlink(missing_ok=True)

    def _forget_old(self) -> None:
        editions = sorted(
            (one for one in self.folder.glob("r*") if one.is_dir()),
            key=lambda one: one.stat().st_mtime_ns,
            reverse=True,
        )
        for old in editions[EDITIONS_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def make(session: Session, edition: Edition, scope: Scope, format: str, path: Path) -> MadeFile:
    """The file at `path`: whole, or not there at all."""
    draft = path.with_name(f".{secrets.token_hex(8)}.{format}")
    try:
        FORMATS[format](draft, chunks(session, edition, scope), edition)
        made = MadeFile(path, path.name, draft.stat().st_size, sha256_of(draft))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return made


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
