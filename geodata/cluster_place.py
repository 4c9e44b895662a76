"""Where a private cluster lies: its folders, its lock, and what a root-only or very long path does to them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from geodata.cluster_settings import PORT
from geodata.errors import GeodataError
from geodata.postgres import Account

OUTSIDE = Path("/var/lib/mapapp")
LONGEST_SOCKET_PATH = 107  # bytes of sockaddr_un.sun_path without the closing NUL


class ClusterUnusable(GeodataError):
    """The cluster's directory cannot be used; the message says what to change."""


class Place:
    """The files of the cluster in `directory`, the application's data directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.link = self.directory / "postgres"
        self.owner_file = self.directory / "postgres.owner"

    @property
    def home(self) -> Path:
        """The folder with data, log and socket, behind the link that stands in for it under a root-only directory."""
        return self.link.resolve()

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory; it appears complete or not at all."""
        return self.home / "data"

    @property
    def fresh_mark(self) -> Path:
        """The file that stands for a cluster without its first dataset."""
        return self.home / "fresh"

    @property
    def socket_directory(self) -> Path:
        """`home/socket`, or a short private directory under /tmp where that path is too long for a socket."""
        inside = self.home / "socket"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH:
            return inside
        return Path("/tmp") / f"mapapp-{_short_name(self.home)}"  # noqa: S108 - only taken when private

    @property
    def exists(self) -> bool:
        """Whether a whole cluster is there. Raises `ClusterUnusable` when it is another user's."""
        try:
            return (self.data / "PG_VERSION").is_file()
        except PermissionError as error:
            raise ClusterUnusable(f"The cluster in {self.directory} belongs to another user.") from error

    @property
    def account(self) -> Account:
        """Whoever owns the data. Raises `ClusterUnusable` when an ordinary user asks for another's cluster."""
        account = Account.of_uid(self.data.stat().st_uid)
        if not account.is_current and os.geteuid() != 0:
            raise ClusterUnusable(f"The cluster in {self.directory} belongs to user {account.name}.")
        return account

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time makes, starts or stops the cluster; the lock ends with the process that holds it."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.directory / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ClusterUnusable(f"{self.directory} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def make_home(self, account: Account) -> Path:
        """The folder for the cluster, reachable by the account: outside where parents of `directory` shut it out."""
        home = self.home
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        account.own(home)
        return home if account.can_enter(home) else self._make_home_outside(account)

    def _make_home_outside(self, account: Account) -> Path:
        """A folder under /var/lib/mapapp, with a link to it in `directory` (as for a checkout under /root)."""
        OUTSIDE.mkdir(parents=True, exist_ok=True)
        OUTSIDE.chmod(0o711)
        target = Path(tempfile.mkdtemp(prefix=f"{self.directory.parent.name}-", dir=OUTSIDE))
        account.own(target)
        if not account.can_enter(target):
            raise ClusterUnusable(f"User {account.name} can enter neither {self.home} nor {target}. Use --data DIR.")
        shutil.rmtree(self.link)
        self.link.symlink_to(target)
        return target

    def make_socket_directory(self) -> None:
        """Create it, or accept the one that is there only when it is the account's own and shut to all others."""
        directory, account = self.socket_directory, self.account
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            account.own(directory)
        found = directory.lstat()
        if found.st_uid != account.uid or found.st_mode & 0o170077 != 0o040000:
            raise ClusterUnusable(f"{directory} is not a private directory of {account.name}. Remove it.")

    def remove(self) -> None:
        """Delete all of it; the server must be at rest."""
        if self.socket_directory.parent != self.home:
            shutil.rmtree(self.socket_directory, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)
        if self.link.is_symlink():
            self.link.unlink()
        self.owner_file.unlink(missing_ok=True)


def _short_name(path: Path) -> str:
    return sha256(os.fsencode(path)).hexdigest()[:16]
