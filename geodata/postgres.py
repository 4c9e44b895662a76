"""The PostgreSQL programs of this machine, and the user they may run as.

PostgreSQL refuses to run as root, so root hands its programs to the user `postgres`, or `nobody` where that is missing.
"""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geodata.errors import GeodataError

OLDEST_MAJOR = 15
"""Keys treat NULL as a value of its own (NULLS NOT DISTINCT)."""

SERVER_VERSION = "SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000"
"""What a server calls its version (also "18beta1"), and its major version."""

DEBIAN_HOME = Path("/usr/lib/postgresql")
RUN_AS = ("postgres", "nobody")
INSTALL_HINT = "apt-get install -y postgresql-15-postgis-3"


class PostgresMissing(GeodataError):
    """No usable PostgreSQL with PostGIS on this machine."""


class PostgresFailed(GeodataError):
    """A PostgreSQL program ended with an error; the message carries its last words."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user that owns a cluster and runs its programs."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_new_cluster(cls) -> "Account":
        """The current user; for root the first of `RUN_AS` that exists. Raises `PostgresMissing` when none does."""
        if os.geteuid() != 0:
            return cls.of_uid(os.geteuid())
        for name in RUN_AS:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)
        raise PostgresMissing(
            "PostgreSQL does not run as root, and this machine has neither user: " + ", ".join(RUN_AS)
        )

    @classmethod
    def of_uid(cls, uid: int) -> "Account":
        """The account behind a user id, also one without an entry in the password file (as in some containers)."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            return cls(str(uid), uid, os.getegid())
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @property
    def is_current(self) -> bool:
        """Whether this process already runs as the account."""
        return os.geteuid() == self.uid

    def own(self, *paths: Path) -> None:
        """Give the paths to the account; nothing to do when the account is the current user."""
        if not self.is_current:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def run(
        self,
        command: Sequence[str | Path],
        *,
        directory: Path = Path("/"),
        environment: Mapping[str, str] = MappingProxyType({}),
        timeout_s: float = 900,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as the account without the caller's PG* variables; its output is captured as text."""
        who = {} if self.is_current else {"user": self.uid, "group": self.gid, "extra_groups": ()}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - our own argument lists
            [str(part) for part in command],
            cwd=directory,
            env={**_clean_environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
            start_new_session=True,  # Ctrl-C in the terminal is for the caller alone
            **who,
        )

    def can_enter(self, directory: Path) -> bool:
        """Whether the account may reach and list the directory through all its parents."""
        return self.run([shutil.which("test") or "/usr/bin/test", "-x", directory]).returncode == 0


def _clean_environment() -> dict[str, str]:
    """What PostgreSQL's programs need and nothing that could redirect them to another server or language."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True, order=True)
class Installation:
    """One installed PostgreSQL that has PostGIS; the newest sorts last."""

    major: int
    bin: Path

    def program(self, name: str) -> Path:
        """The path of one of its programs, such as `pg_ctl`."""
        return self.bin / name


def installations() -> list[Installation]:
    """All PostgreSQL >= 15 with PostGIS under `/usr/lib/postgresql` and on the PATH, newest first."""
    found = {i.bin: i for i in map(_inspect, _candidate_directories()) if i is not None}
    return sorted(found.values(), reverse=True)


def newest() -> Installation:
    """The newest usable installation. Raises `PostgresMissing` with the command that installs one."""
    for installation in installations():
        return installation
    raise PostgresMissing(
        f"PostgreSQL {OLDEST_MAJOR} or newer with PostGIS is not installed. On Debian run:  {INSTALL_HINT}"
    )


def of_major(major: int) -> Installation:
    """The installation of one major version, for a cluster that it made. Raises `PostgresMissing`."""
    for installation in installations():
        if installation.major == major:
            return installation
    raise PostgresMissing(
        f"This cluster was made by PostgreSQL {major}, which is not installed with PostGIS."
        f" On Debian run:  apt-get install -y postgresql-{major}-postgis-3"
    )


def _candidate_directories() -> Iterator[Path]:
    yield from DEBIAN_HOME.glob("*/bin")
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _inspect(directory: Path) -> Installation | None:
    """The installation in a `bin` directory, or None when programs or PostGIS are missing or it is too old."""
    if not all((directory / name).is_file() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    answer = _output(directory / "postgres", "--version")
    match = re.search(r"\(PostgreSQL\) (\d+)", answer)
    if match is None or int(match[1]) < OLDEST_MAJOR or not _has_postgis(directory, match[1]):
        return None
    return Installation(int(match[1]), directory)


def _has_postgis(directory: Path, major: str) -> bool:
    shares = [Path("/usr/share/postgresql") / major]
    if (directory / "pg_config").is_file():
        shares.append(Path(_output(directory / "pg_config", "--sharedir")))
    return any((share / "extension" / "postgis.control").is_file() for share in shares)


def _output(program: Path, option: str) -> str:
    done = subprocess.run([program, option], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    return done.stdout.strip()
