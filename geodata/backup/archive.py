"""The directory that backups go to: whole copies of a cluster (`base/`) and the log written since (`wal/`).

One archive belongs to one life of one cluster (PostgreSQL's system identifier and timeline): a restored cluster, which
goes on differently, needs another. A piece of the log has 16 MB and is kept as `NAME.gz` with its sum in `NAME.sha256`;
names follow one another.
"""

import gzip
import hashlib
import json
import re
import zlib
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from geodata.errors import GeodataError

SEGMENT_BYTES = 16 * 2**20
SEGMENTS_PER_LOG = 2**32 // SEGMENT_BYTES
SEGMENT = re.compile(r"[0-9A-F]{24}")
READ_BYTES = 2**20


class BackupRefused(GeodataError):
    """What was asked of the backups cannot be done; the message says why and what to do."""


class BackupDamaged(GeodataError):
    """A backup is not what it was when it was made, or not whole."""


@dataclass(frozen=True, slots=True)
class Life:
    """Whose backups an archive holds."""

    system_identifier: str
    timeline: int


@dataclass(frozen=True, slots=True)
class Base:
    """A copy of the whole cluster. It can be restored to any moment from `finished_at` on; `start_wal` names the first
    piece of the log that this needs."""

    directory: Path
    label: str
    started_at: datetime
    finished_at: datetime
    start_wal: str

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory, with the manifest that `pg_verifybackup` reads."""
        return self.directory / "cluster"

    @property
    def files(self) -> Path:
        """The installation's own files: keys, secrets, checkpoints."""
        return self.directory / "files"

    @property
    def sums(self) -> Path:
        """The SHA-256 sums of everything beside `cluster`."""
        return self.directory / "SHA256SUMS"

    def told(self) -> str:
        """The facts as JSON, as `read_base` takes them."""
        facts = {name: str(value) for name, value in asdict(self).items() if name != "directory"}
        return json.dumps(facts, indent=1) + "\n"


def read_base(directory: Path, told: Path) -> Base:
    """The base in a directory by its JSON. Raises `BackupDamaged`."""
    try:
        facts = json.loads(told.read_text())
        times = {name: datetime.fromisoformat(facts[name]) for name in ("started_at", "finished_at")}
        if not SEGMENT.fullmatch(facts["start_wal"]) or not re.fullmatch(r"[0-9TZ]+", facts["label"]):
            raise ValueError("unknown form")
        return Base(directory, facts["label"], start_wal=facts["start_wal"], **times)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(f"{told} cannot be read: {error!r}.") from None


@dataclass(frozen=True, slots=True)
class Archive:
    """Backups in one directory."""

    directory: Path

    @property
    def base(self) -> Path:
        return self.directory / "base"

    @property
    def wal(self) -> Path:
        return self.directory / "wal"

    @property
    def marker(self) -> Path:
        """The file that says whose backups these are."""
        return self.directory / "archive.json"

    def life(self) -> Life | None:
        """Whose backups these are; None where there are none yet. Raises `BackupDamaged`."""
        if not self.marker.exists():
            return None
        try:
            facts = json.loads(self.marker.read_text())
            return Life(**{one.name: facts[one.name] for one in fields(Life)})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupDamaged(f"{self.marker} cannot be read: {error!r}.") from None

    def bases(self) -> list[Base]:
        """The finished copies, oldest first. Raises `BackupDamaged` for one that cannot be read."""
        found = (place for place in self.base.glob("*Z") if place.is_dir())
        return sorted((read_base(place, place / "base.json") for place in found), key=lambda base: base.finished_at)

    def segments(self) -> list[str]:
        """The names of the pieces of the log, in order."""
        names = (path.name.removesuffix(".gz") for path in self.wal.glob("*.gz"))
        return sorted(name for name in names if SEGMENT.fullmatch(name))

    def base_before(self, moment: datetime | None) -> Base:
        """The newest base that was finished by the moment (None: the newest). Raises `BackupRefused`."""
        bases = self.bases()
        usable = [base for base in bases if moment is None or base.finished_at <= moment]
        if usable:
            return usable[-1]
        if not bases:
            raise BackupRefused(f"There is no backup in {self.directory}.")
        raise BackupRefused(
            f"The oldest backup in {self.directory} was finished at {bases[0].finished_at}; nothing leads further back."
        )

    def verify_log(self, start: str) -> int:
        """Read every piece of the log from `start` on; how many there are. Raises `BackupDamaged` for a piece that is
        damaged or missing between others."""
        names = [name for name in self.segments() if name >= start]
        if not names or names[0] != start:
            raise BackupDamaged(f"{self.wal}: the log {start}, with which the backup begins, is missing.")
        for before, name in pairwise(names):
            if name != following(before):
                raise BackupDamaged(f"{self.wal}: the log {following(before)} is missing; {name} is there.")
        for name in names:
            verify_segment(self.wal / f"{name}.gz")
        return len(names)


def following(segment: str) -> str:
    """The name of the next piece of the log."""
    timeline, number = segment[:8], int(segment[8:16], 16) * SEGMENTS_PER_LOG + int(segment[16:], 16) + 1
    return f"{timeline}{number // SEGMENTS_PER_LOG:08X}{number % SEGMENTS_PER_LOG:08X}"


def verify_segment(path: Path) -> None:
    """Compare a piece of the log with its sum and size. Raises `BackupDamaged`.

    The sum inside gzip is not enough: in a long run of zeros, some flipped bits unpack to the same.
    """
    size = 0
    try:
        expected = path.with_suffix(".sha256").read_text().strip()
        if sha256(path) != expected:
            raise OSError("its sum is another")
        with gzip.open(path) as file:
            while part := file.read(READ_BYTES):
                size += len(part)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise BackupDamaged(f"{path} is damaged: {error}.") from None
    if size != SEGMENT_BYTES:
        raise BackupDamaged(f"{path} is damaged: {size} bytes instead of {SEGMENT_BYTES}.")


def sha256(path: Path) -> str:
    """The SHA-256 sum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
