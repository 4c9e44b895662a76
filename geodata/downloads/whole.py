"""The whole set of downloads in a directory of somebody's choice, to be carried to where no network leads."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.downloads.rows import Edition, Scope
from geodata.downloads.shelf import MadeFile, make, sha256_of
from geodata.engine import AWAY
from geodata.errors import GeodataError

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


class ExportRefused(GeodataError):
    """A directory that cannot take an export; the message says why and what to do."""


def write_files(
    session: Session,
    edition: Edition,
    directory: Path,
    wanted: Iterable[tuple[Scope, str]],
    *,
    made: Callable[[], object] = lambda: None,
) -> list[MadeFile]:
    """A file for each wanted (scope, format), all of one edition; `made` is called after each."""
    files = []
    for scope, format in wanted:
        one = make(session, edition, scope, format, directory / f"{scope.stem}.{format}")
        session.rollback()  # each file reads by itself what the release said: nothing is held for hours
        to_disk(one.path)
        files.append(one)
        made()
    return files


def write_texts(directory: Path, texts: Mapping[str, str]) -> None:
    """Small files, in their order, each whole or not there at all."""
    for name, text in texts.items():
        draft = directory / f".{name}"
        draft.write_text(text, encoding="utf-8")
        to_disk(draft)
        draft.replace(directory / name)


def sums(directory: Path) -> str:
    """A line per file of the directory, as `sha256sum --check` reads it."""
    return "".join(f"{sha256_of(one)}  {one.name}\n" for one in sorted(directory.iterdir()) if one.is_file())


@contextmanager
def all_or_nothing(directory: Path) -> Iterator[None]:
    """Makes the directory, or takes an empty one; whatever ends the block early takes everything out again. Raises
    `ExportRefused` for a directory that cannot be filled."""
    new = not directory.exists()
    _require_empty(directory)
    try:
        yield
    except BaseException as error:
        _clear(directory, itself=new)
        if isinstance(error, OSError):
            raise ExportRefused(
                f"{directory} cannot be filled: {error.strerror or error}. Nothing was kept."
            ) from error
        if isinstance(error, AWAY):
            raise ExportRefused(
                f"The database did not answer to the end. Nothing was kept in {directory}: start again when it does."
            ) from error
        raise


def _require_empty(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        present = next(directory.iterdir(), None)
        probe = directory / f".{MANIFEST}"
        if present is None:
            probe.touch()
            probe.unlink()
    except FileExistsError as error:
        raise ExportRefused(f"{directory} is a file. Name a directory that is empty or not there yet.") from error
    except OSError as error:
        raise ExportRefused(f"{directory} cannot be written: {error.strerror}. Choose another directory.") from error
    if present is not None:
        unfinished = "" if (directory / MANIFEST).exists() else ", and no finished export: it has no manifest"
        raise ExportRefused(
            f"{directory} is not empty ({present.name}){unfinished}. Name a directory that is empty or not there yet."
        )


def _clear(directory: Path, *, itself: bool) -> None:
    if itself:
        shutil.rmtree(directory, ignore_errors=True)
        return
    for one in directory.iterdir():
        one.unlink(missing_ok=True)


def to_disk(path: Path) -> None:
    """A file that has its name has its bytes too, also after the power went."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
