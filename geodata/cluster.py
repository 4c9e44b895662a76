"""The private PostGIS cluster: made, started and stopped without touching any other PostgreSQL of the machine.

Everything lives in `<directory>/postgres`: the data, the log, and the unix socket. There is no TCP port. The socket
directory belongs to the account that runs the server and nobody else may enter it (0700), so the server trusts who
reaches the socket: such a process could read the data files directly, and a password file would guard nothing more.
Root reaches it as root reaches every file.

The operator's commands sign in as `mapapp`, which owns its database but is no superuser; the web signs in as roles that
own nothing (`geodata.roles`).
"""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import URL

from geodata import postgres, processes, roles
from geodata.cluster_place import ClusterUnusable, Place
from geodata.cluster_settings import EXTENSIONS, INITDB, PORT, SUPERUSER, configuration
from geodata.postgres import Account, Installation, PostgresFailed

DATABASE = ROLE = "mapapp"
NO_SUCH_PID = 2**22 + 1  # above the largest pid_max of Linux


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What `mapapp db status` tells about a private cluster."""

    exists: bool
    running: bool
    major: int | None
    home: Path
    socket_directory: Path | None


class Cluster:
    """A private cluster in `directory` (the application's data directory, such as `var/`).

    `durable=False` gives up crash safety for speed: for tests, whose data nobody misses.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.place = Place(directory)
        self.directory = self.place.directory
        self.durable = durable

    # -- what one asks -----------------------------------------------------------------------------------------------

    @property
    def home(self) -> Path:
        """The folder with data, log and socket."""
        return self.place.home

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.place.data

    @property
    def socket_directory(self) -> Path:
        """The folder of the unix socket."""
        return self.place.socket_directory

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return self.place.exists

    @property
    def running(self) -> bool:
        """Whether the server process of this very data directory is alive."""
        pid = self._recorded_pid()
        return pid is not None and processes.works_in(pid, self.data)

    @property
    def fresh(self) -> bool:
        """Whether the cluster has been made here and never been given its first dataset (see `settle`)."""
        return self.place.fresh_mark.exists()

    @property
    def abandoned(self) -> bool:
        """Whether the process that had claimed the running server died without stopping it."""
        return self.place.owner_file.exists() and not processes.is_alive(self.place.owner_file.read_text())

    @property
    def claimed(self) -> bool:
        """Whether a process that lives will stop the running server at its end."""
        return self.place.owner_file.exists() and processes.is_alive(self.place.owner_file.read_text())

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the application's database, as role `mapapp`."""
        return self.database_url(DATABASE)

    def database_url(self, database: str, *, role: str = ROLE) -> str:
        """SQLAlchemy URL of one of the cluster's databases over the unix socket."""
        query = {"host": str(self.socket_directory), "port": str(PORT)}
        return URL.create("postgresql+psycopg", username=role, database=database, query=query).render_as_string()

    def status(self) -> ClusterStatus:
        """Existence, version and state without starting anything."""
        if not self.exists:
            return ClusterStatus(False, False, None, self.home, None)
        return ClusterStatus(True, self.running, self._major, self.home, self.socket_directory)

    # -- what one does -----------------------------------------------------------------------------------------------

    def ensure(self) -> bool:
        """Make the cluster where it is missing, start it, and see to database and extensions. True when just made."""
        with self.place.locked():
            created = not self.exists
            if created:
                self._create()
            self._start()
            self._prepare_database()
        return created

    def start(self) -> bool:
        """Start the existing server. True when this call started it, False when it was running."""
        with self.place.locked():
            if not self.exists:
                raise ClusterUnusable(f"There is no database cluster in {self.directory}. Make one with: scripts/serve")
            return self._start()

    def stop(self) -> bool:
        """Stop the server, ending its sessions. True when this call stopped it, False when it was not running."""
        if not self.exists:
            return False
        with self.place.locked():
            self.release()
            if not self.running:
                return False
            _succeed(self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60"))
            return True

    def claim(self) -> None:
        """Record that the calling process will stop the server, so that the next one can tell when it could not."""
        self.place.owner_file.write_text(processes.identity(os.getpid()) or "")

    def release(self) -> None:
        """Leave the server running for others: nobody's death makes it `abandoned` any more."""
        self.place.owner_file.unlink(missing_ok=True)

    def settle(self) -> None:
        """The cluster has got its first dataset: it is `fresh` no longer, for good."""
        self.place.fresh_mark.unlink(missing_ok=True)

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Create a database owned by `mapapp`, with the extensions or as a copy of `template`; returns its URL."""
        with self._administrator() as connection:
            source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
            names = {"name": sql.Identifier(name), "role": sql.Identifier(ROLE), "source": source}
            connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {role}{source}").format(**names))
        if template is None:
            self._create_extensions(name)
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database with its sessions; nothing happens when it does not exist."""
        with self._administrator() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def destroy(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        self.stop()
        self.place.remove()

    # -- making it ---------------------------------------------------------------------------------------------------

    def _create(self) -> None:
        """Initialise beside the final place and rename: a half-made cluster is never taken for a whole one."""
        account = Account.for_new_cluster()
        installation = postgres.newest()
        home = self.place.make_home(account)
        for leftover in home.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix="new-", dir=home))
        account.own(unfinished)
        command = [str(installation.program("initdb")), "-D", str(unfinished), *INITDB]
        _succeed(account.run(command if self.durable else [*command, "--no-sync"]))
        with (unfinished / "postgresql.conf").open("a") as postgresql_conf:
            postgresql_conf.write("\ninclude_if_exists = 'mapapp.conf'\n")
        self.place.fresh_mark.touch()
        unfinished.rename(self.data)

    def _prepare_database(self) -> None:
        with self._administrator() as connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
            for role in roles.Role:
                self._add_role(connection, role)
            missing = not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE)
        if missing:
            self.create_database(DATABASE)
        else:
            self._create_extensions(DATABASE)

    def _add_role(self, connection: psycopg.Connection[tuple[object, ...]], role: roles.Role) -> None:
        """A role that the web works as, and that `mapapp` may take on."""
        names = {"role": sql.Identifier(role), "owner": sql.Identifier(ROLE)}
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            connection.execute(sql.SQL("CREATE ROLE {role} LOGIN").format(**names))
            connection.execute(sql.SQL("GRANT {role} TO {owner}").format(**names))

    def _create_extensions(self, database: str) -> None:
        with self._administrator(database) as connection:
            present = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
            for name in EXTENSIONS:
                if name not in present:
                    connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(name)))

    def _administrator(self, database: str = SUPERUSER) -> psycopg.Connection[tuple[object, ...]]:
        host = str(self.socket_directory)
        return psycopg.connect(host=host, port=PORT, user=SUPERUSER, dbname=database, autocommit=True)

    # -- running it --------------------------------------------------------------------------------------------------

    def _start(self) -> bool:
        if self.running:
            return False
        written = self.data / "mapapp.conf"
        written.write_text(configuration(self.socket_directory, durable=self.durable))
        self.place.account.own(written)
        self.place.make_socket_directory()
        self._forget_dead_server()
        self.release()
        self._start_server()
        return True

    def _start_server(self, *, patience_s: float = 20) -> None:
        """Start and wait until it answers; orphans of a killed server are given time to end."""
        log, deadline = self.home / "start.log", time.monotonic() + patience_s
        while True:
            log.unlink(missing_ok=True)
            done = self._pg_ctl("start", "-l", log.name, "-w", "-t", "600")
            if done.returncode == 0:
                return
            told = self._last_words(log) or done.stderr
            if "shared memory block" not in told or time.monotonic() > deadline:
                raise PostgresFailed(f"PostgreSQL did not start: {told}")
            time.sleep(0.2)

    def _last_words(self, log: Path) -> str:
        """The end of what the server wrote at its start, first to `log`, then to the newest file of its collector."""
        collected = sorted((self.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
        return "".join(path.read_text(errors="replace")[-1500:] for path in (log, *collected) if path.exists()).strip()

    def _forget_dead_server(self) -> None:
        """After a crash the recorded pid may belong to a stranger, which PostgreSQL takes for a running server.

        `postmaster.pid` stays, because it also names the shared memory that guards against a second server on the
        same data; the socket and its lock guard nothing in a directory of our own.
        """
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.socket_directory / name).unlink(missing_ok=True)
        pid = self._recorded_pid()
        if pid is not None and processes.exists(pid):
            path = self.data / "postmaster.pid"
            _, _, rest = path.read_text().partition("\n")
            path.write_text(f"{NO_SUCH_PID}\n{rest}")

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().partition("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    def _pg_ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run in `home`, the data directory in the environment: pg_ctl puts paths unquoted into a shell command."""
        command = [str(self._installation.program("pg_ctl")), *arguments]
        return self.place.account.run(command, directory=self.home, environment={"PGDATA": str(self.data)})

    @cached_property
    def _installation(self) -> Installation:
        return postgres.of_major(self._major)

    @property
    def _major(self) -> int:
        return int((self.data / "PG_VERSION").read_text())


def _succeed(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode != 0:
        raise PostgresFailed(f"{Path(done.args[0]).name} failed: {(done.stderr or done.stdout).strip()[-1500:]}")


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: LiteralString, value: str) -> bool:
    return connection.execute(query, (value,)).fetchone() is not None
