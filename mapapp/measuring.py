"""Counting and timing every request that `serving` answers, and telling which waited too long to be worth an answer.

Each worker counts in its own memory, for well under a hundredth of a millisecond per request, and writes its numbers to
a file of its own every second while requests come; whoever is asked for `/metrics` adds up the files, those of workers
that ended included, so that counters never fall. `mapapp serve` begins with none.
"""

import contextlib
import json
import logging
import os
import shutil
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from flask import Flask

from geodata import processes
from mapapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

DIRECTORY = "metrics"
WRITTEN_EVERY_S = 1.0
SLOW_S = 1.0
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SENT_AT = "HTTP_X_REQUEST_START"
"""When the proxy in front got the request: `t=` and seconds since 1970, as nginx writes `t=$msec`."""

KINDS = {
    **dict.fromkeys(("api", "ogc", "reconcile", "data", "static", "steward", "planner", "verify"), ""),
    **{"healthz": "health", "readyz": "health", "metrics": "health", "tiles": "tiles"},
}
"""By the first part of the address; all others are `pages`. Few, and none tells what was asked."""

log = logging.getLogger("mapapp.requests")


@dataclass
class Measured:
    """What one worker counted: requests by kind and status, their seconds by kind in all and per bucket, and how many
    were turned away. Lists of buckets end with one for everything longer."""

    requests: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    buckets: dict[str, list[int]] = field(default_factory=dict)
    refused: int = 0

    def add(self, kind: str, status: str, took_s: float) -> None:
        self.requests[f"{kind} {status}"] += 1
        if kind not in self.buckets:
            self.buckets[kind], self.seconds[kind] = [0] * (len(BUCKETS_S) + 1), 0.0
        self.seconds[kind] += took_s
        self.buckets[kind][bisect_left(BUCKETS_S, took_s)] += 1

    def include(self, other: Mapping[str, Any]) -> None:
        """Add what another worker wrote."""
        self.requests.update(other["requests"])
        self.refused += other["refused"]
        for kind, buckets in other["buckets"].items():
            mine = self.buckets.get(kind, [0] * len(buckets))
            self.buckets[kind] = [a + b for a, b in zip(mine, buckets, strict=True)]
            self.seconds[kind] = self.seconds.get(kind, 0.0) + other["seconds"][kind]


class Measuring:
    """Counts what `serving` answers. `directory`: where workers write; without it only this process is counted."""

    def __init__(self, directory: Path | None, longest_wait_s: float) -> None:
        self.directory, self.longest_wait_s = directory, longest_wait_s
        self.mine = Measured()
        self._file, self._counting = Lock(), Lock()
        self._writing = False

    def waited_too_long(self, kind: str, environ: "WSGIEnvironment") -> bool:
        """Whether whoever asked has likely gone before the request came here."""
        sent_at = environ.get(SENT_AT)
        if sent_at is None or not self.longest_wait_s or kind == "health":
            return False
        try:
            return time.time() - float(sent_at.removeprefix("t=")) > self.longest_wait_s
        except ValueError:
            return False

    def note(self, kind: str, method: str, status: str, took_s: float, *, refused: bool = False) -> None:
        """Count a request that was answered, and log one that failed or took long."""
        with self._counting:
            self.mine.add(kind, status, took_s)
            self.mine.refused += refused
            wake, self._writing = self.directory is not None and not self._writing, self.directory is not None
        if not refused and (took_s > SLOW_S or status >= "500"):
            log.info("request", extra={"kind": kind, "method": method, "status": int(status), "ms": int(took_s * 1000)})
        if wake:
            Thread(target=self._write_later, name="metrics", daemon=True).start()

    def _write_later(self) -> None:
        time.sleep(WRITTEN_EVERY_S)
        with self._counting:
            self._writing = False
        self.write()

    def write(self) -> None:
        """This worker's numbers to its file; a full disk costs nothing but numbers."""
        if self.directory is None:
            return
        name = (processes.identity(os.getpid()) or str(os.getpid())).replace(" ", "-")
        with self._file, contextlib.suppress(OSError):
            self.directory.mkdir(mode=0o700, exist_ok=True)
            draft = self.directory / f"{name}.part"
            draft.write_text(json.dumps(vars(self.mine)))
            draft.rename(self.directory / f"{name}.json")

    def whole(self) -> Measured:
        """What all workers counted since `mapapp serve` started."""
        self.write()
        if self.directory is None or not self.directory.is_dir():
            return self.mine
        found = Measured()
        for path in self.directory.glob("*.json"):
            with contextlib.suppress(OSError, ValueError):
                found.include(json.loads(path.read_text()))
        return found

    def workers(self) -> list[int]:
        """The process numbers of the workers that live and have answered."""
        named = [path.stem.replace("-", " ") for path in self.directory.glob("*.json")] if self.directory else []
        return sorted(int(name.split()[0]) for name in named if processes.is_alive(name))


def kind_of(path: str) -> str:
    """The kind of a request by its address: one of a few words."""
    parts = path.split("/", 4)
    first = parts[2] if len(parts) > 2 and parts[1] == "en" else parts[1] if len(parts) > 1 else ""
    if first == "api" and len(parts) > 3 and parts[3] == "verify":
        return "verify"
    return KINDS.get(first, "pages") or first


def install(app: Flask, settings: Settings) -> None:
    directory = settings.data / DIRECTORY if settings.data.is_dir() else None
    app.extensions["mapapp.measuring"] = Measuring(directory, settings.longest_wait_ms / 1000)


def begin_anew(data: Path) -> None:
    """Forget what the workers of an earlier start counted."""
    shutil.rmtree(data / DIRECTORY, ignore_errors=True)
