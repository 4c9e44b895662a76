"""The two web servers of a run: the site as `mapapp serve` starts it, and the bare Flask answer."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scripts.benchmark.registers import Unusable

PATIENCE_S = 60
OURS = ("MAPAPP_", "DATABASE_")
KEPT = ("MAPAPP_ANSWERS_MB",)
"""Of the installation's own settings only this one reaches the site that is measured."""

UNDER_LOAD = {"MAPAPP_ANONYMOUS_PER_MINUTE": "10000000"}
"""One address asks everything here."""


class Memory(NamedTuple):
    """MB of a process: all that is resident, and its share of it, in which pages that several processes use are divided
    among them (workers share what was read before they were forked)."""

    resident: float
    share: float


@dataclass(frozen=True)
class Server:
    """A server that answers at `address`; `ready_s`: seconds from its start to its first answer."""

    address: str
    ready_s: float
    pid: int

    def worker_memory_mb(self) -> list[Memory]:
        """Memory of each worker process in MB, largest first."""
        return sorted((memory_mb(pid) for pid in workers(self.pid)), reverse=True)


def copy_release(data: Path) -> None:
    """Have the release on the disk, as it is some minutes after a publication."""
    subprocess.run(
        [sys.executable, "-m", "mapapp", "--data", str(data), "audit", "collect"],
        env=settings(),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def settings() -> dict[str, str]:
    """The environment of the site that is measured."""
    return {name: value for name, value in os.environ.items() if name in KEPT or not name.startswith(OURS)} | UNDER_LOAD


@contextlib.contextmanager
def site(data: Path) -> Iterator[Server]:
    """The site over the running cluster in `data`, with its default settings (two workers)."""
    port = free_port()
    command = [sys.executable, "-m", "mapapp", "--data", str(data), "serve", "--port", str(port)]
    with _served(command, f"http://127.0.0.1:{port}", "/healthz") as server:
        yield server


@contextlib.contextmanager
def bare_flask() -> Iterator[Server]:
    """A small JSON from Flask on the same server, as it is fastest there."""
    port = free_port()
    command = [sys.executable, "-m", "scripts.benchmark.bare_flask", str(port)]
    with _served(command, f"http://127.0.0.1:{port}", "/answer") as server:
        yield server


@contextlib.contextmanager
def _served(command: list[str], address: str, path: str) -> Iterator[Server]:
    began = time.monotonic()
    process = subprocess.Popen(command, env=settings(), stdout=subprocess.DEVNULL)
    try:
        _wait(process, address + path, began + PATIENCE_S)
        yield Server(address, round(time.monotonic() - began, 2), process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: "subprocess.Popen[bytes]", url: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unusable(f"the server for {url} ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  our own address
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise Unusable(f"{url} does not answer within {PATIENCE_S} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def workers(pid: int) -> list[int]:
    """The processes below `pid` that serve requests (not the helper that watches over spawned ones)."""
    below = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [one for one in below if b"resource_tracker" not in Path(f"/proc/{one}/cmdline").read_bytes()]


def memory_mb(pid: int) -> Memory:
    kib = dict(re.findall(r"^(Rss|Pss): +([0-9]+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE))
    return Memory(round(int(kib["Rss"]) / 1024, 1), round(int(kib["Pss"]) / 1024, 1))
