"""The records of signed answers as they lie in files: lines with a sum of their own, read up to the first torn one."""

import fcntl
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from geodata.audit.answers import Answered

SUFFIX = ".spool"
UNACCOUNTED = "unaccounted"
"""Instead of a key's id: numbers that were reserved when the power failed, and that may have been used."""


def line_of(jti: str, second: int, kid: str, hashed: str) -> bytes:
    text = f"{jti} {second} {kid} {hashed}"
    return f"{text} {_crc(text)}\n".encode("ascii")


def collect(directory: Path, keep: Callable[[list[Answered]], int]) -> int:
    """Hand all recorded answers to `keep`, which returns how many were new and has them safe by then; then delete the
    files that nobody holds. How many were new."""
    fresh = 0
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        with path.open("rb") as file:
            free = _free(file.fileno())
            fresh += keep(read(file.read()))
            if free:
                path.unlink()
    return fresh


def read(content: bytes) -> list[Answered]:
    """The whole records of a file, up to the first that is not whole; after a power cut also the numbers that may have
    been used without a record that survived."""
    answers: list[list[str]] = []
    reserved: list[list[str]] = []
    for one in _lines(content):
        (reserved if one[0].startswith("+") else answers).append(one)
    found = [Answered(jti, int(second), kid, bytes.fromhex(hashed)) for jti, second, kid, hashed in answers]
    lost = [block for block in reserved if block[3] != boot_id()]
    return found + [_unaccounted(block, {one.jti for one in found}) for block in lost if not _all_used(block, found)]


def boot_id() -> str:
    """Another one each time the machine starts."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _all_used(block: list[str], found: list[Answered]) -> bool:
    return sum(one.jti.startswith(block[0][1:]) for one in found) == int(block[2])


def _unaccounted(block: list[str], used: set[str]) -> Answered:
    """The numbers of the block from the first without a record on."""
    prefix, count = block[0][1:], int(block[2])
    first = next(number for number in range(count) if f"{prefix}{number:03x}" not in used)
    return Answered(f"{prefix}{first:03x}-{count - 1:03x}", int(block[1]), UNACCOUNTED, bytes(32))


def _lines(content: bytes) -> Iterator[list[str]]:
    for line in content.partition(b"\x00")[0].split(b"\n"):
        parts = line.decode("ascii", "replace").split(" ")
        if len(parts) != 5 or _crc(" ".join(parts[:4])) != parts[4]:
            return
        yield parts[:4]


def _free(descriptor: int) -> bool:
    """Whether no process may add to the file any more."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _crc(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
