"""Finished files on disk, shared by all workers, bounded: what was asked longest ago makes room."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 256_000_000
NO_FILES = frozenset({"lock", "waits"})
"""What else the renderer keeps in the folder."""


@dataclass(frozen=True)
class File:
    """A finished file and what to call it."""

    name: str
    content: bytes


class Store:
    """Files by key in a folder. Keys name everything a file depends on, so an entry is right for ever."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def get(self, key: str) -> File | None:
        """The file, which counts as asked for now."""
        path = self.folder / key
        try:
            name, _, content = path.read_bytes().partition(b"\n")
            os.utime(path)
        except FileNotFoundError:
            return None
        return File(name.decode(), content)

    def put(self, key: str, file: File) -> None:
        """Keep the file; it appears whole or not at all. One larger than a quarter of the room is not kept."""
        if len(file.content) > self.most_bytes // 4:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{secrets.token_hex(8)}"
        draft.write_bytes(file.name.encode() + b"\n" + file.content)
        draft.replace(self.folder / key)
        self._make_room()

    def _make_room(self) -> None:
        found = [(path, path.stat()) for path in self._files()]
        room = self.most_bytes - sum(stat.st_size for _, stat in found)
        for path, stat in sorted(found, key=lambda one: one[1].st_mtime_ns):
            if room >= 0:
                return
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            room += stat.st_size

    def _files(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if path.is_file() and path.name not in NO_FILES]
