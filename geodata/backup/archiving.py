"""Making the server hand its log to an archive, piece by piece, and asking it how that goes.

The settings are made with ALTER SYSTEM, so a cluster that nobody backs up runs without them. `archive_timeout` bounds
what is lost with the whole machine: work of the last minute at most.
"""

import contextlib
import json
import os
import shlex
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from geodata.backup.archive import Archive, BackupRefused, Life
from geodata.cluster import Cluster
from geodata.cluster_settings import PORT, SUPERUSER

ARCHIVE_TIMEOUT = "60s"
PATIENCE_S = 120
MOST_FAILURES = 2
LONGEST_COMMAND = 1_000
NAMES = ("archive_mode", "archive_command", "archive_timeout")
CONFIGURED = "backup.json"
"""In the data directory: where the backups of this installation go."""


class ArchivingFails(BackupRefused):
    """The server cannot hand over its log."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How archiving goes: since the start of the server's statistics."""

    on: bool
    archived: int
    last_archived_at: datetime | None
    failed: int
    failing: bool


@contextlib.contextmanager
def superuser(cluster: Cluster) -> Iterator[psycopg.Connection[TupleRow]]:
    """A connection of the running cluster's superuser, without a transaction."""
    host = str(cluster.socket_directory)
    with psycopg.connect(host=host, port=PORT, user=SUPERUSER, dbname=SUPERUSER, autocommit=True) as connection:
        yield connection


def configured(data: Path) -> Archive:
    """The archive of the installation in a data directory. Raises `BackupRefused` when none was chosen."""
    try:
        return Archive(Path(json.loads((data / CONFIGURED).read_text())["to"]))
    except FileNotFoundError:
        raise BackupRefused("No place for backups was chosen. Choose one with: mapapp backup enable --to DIR") from None


def enable(cluster: Cluster, archive: Archive) -> bool:
    """Make the running cluster keep its log in the archive; whether the server must be restarted for it to begin.

    Raises `BackupRefused` for a directory that the server cannot enter or that holds another life's backups.
    """
    _refuse_inside(cluster, archive)
    life = read_life(cluster)
    if archive.life() not in (None, life):
        raise BackupRefused(f"{archive.directory} holds the backups of another database or of an earlier life of this.")
    _make(cluster, archive, life)
    with superuser(cluster) as connection:
        _set(connection, {"archive_mode": "on", "archive_command": archive_command(archive.wal)})
        _set(connection, {"archive_timeout": ARCHIVE_TIMEOUT})
        connection.execute("SELECT pg_reload_conf()")
    (cluster.directory / CONFIGURED).write_text(json.dumps({"to": str(archive.directory)}) + "\n")
    return not progress(cluster).on


def disable(cluster: Cluster) -> None:
    """The running cluster keeps its log no longer; the archive stays as it is. Takes effect at once."""
    with superuser(cluster) as connection:
        _set(connection, {"archive_command": "true"})
        connection.execute("SELECT pg_reload_conf()")
        for name in NAMES:
            connection.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
    (cluster.directory / CONFIGURED).unlink(missing_ok=True)


def restart(cluster: Cluster) -> None:
    """Stop and start the server; whoever had claimed it (`mapapp serve`) stays the one to stop it."""
    owner = cluster.place.owner_file
    claimed = owner.read_text() if owner.exists() else None
    cluster.stop()
    cluster.start()
    if claimed is not None:
        owner.write_text(claimed)


def progress(cluster: Cluster) -> Progress:
    """How archiving goes in the running cluster."""
    asked: LiteralString = (
        "SELECT current_setting('archive_mode') = 'on', archived_count, last_archived_time, failed_count,"
        " coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) FROM pg_stat_archiver"
    )
    with superuser(cluster) as connection:
        found = connection.execute(asked).fetchone()
    assert found is not None  # noqa: S101 - the view has one row
    return Progress(*found)


def flush(cluster: Cluster, archive: Archive) -> str:
    """Close the present piece of the log and wait until it is in the archive; its name. Raises `ArchivingFails`."""
    failed_before = progress(cluster).failed
    with superuser(cluster) as connection:
        found = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    name = str(found[0]) if found else ""
    deadline = time.monotonic() + PATIENCE_S
    while not (archive.wal / f"{name}.gz").exists():
        how = progress(cluster)
        if not how.on:
            raise ArchivingFails("The server does not keep its log yet: it must be restarted once.")
        if time.monotonic() > deadline or how.failed - failed_before > MOST_FAILURES:
            raise ArchivingFails(f"{name} did not reach {archive.wal} ({how.failed} attempts failed; see the log).")
        time.sleep(0.05)
    return name


def read_life(cluster: Cluster) -> Life:
    """Identifier and timeline of the running cluster."""
    asked: LiteralString = (
        "SELECT system_identifier::text, timeline_id FROM pg_control_system(), pg_control_checkpoint()"
    )
    with superuser(cluster) as connection:
        found = connection.execute(asked).fetchone()
    assert found is not None  # noqa: S101 - one row
    return Life(*found)


def archive_command(wal: Path) -> str:
    """The shell command that keeps one piece: packed, on the disk before its name appears, never another under a name
    that is taken (the same once more is fine: the server repeats itself after a crash)."""
    known = 'gzip -dc "$f.gz" | cmp -s - "%p"'
    keep = 'gzip -1 -c "%p" > "$f.part" && sha256sum < "$f.part" | cut -c1-64 > "$f.sha256"'
    named = 'sync "$f.part" "$f.sha256" && mv "$f.part" "$f.gz" && sync "$d"'
    return f'umask 077; {_names(wal)}; if [ -f "$f.gz" ]; then {known}; else {keep} && {named}; fi'


def restore_command(wal: Path) -> str:
    """The reverse. A piece that is there but cannot be unpacked ends the recovery instead of passing for the end."""
    return f'{_names(wal)}; test -f "$f.gz" || exit 1; gzip -dc "$f.gz" > "%p" || exit 255'


def _names(wal: Path) -> str:
    """Once, because PostgreSQL cuts commands off after 1,023 bytes."""
    return f'd={shlex.quote(str(wal)).replace("%", "%%")}; f="$d/%f"'


def _set(connection: psycopg.Connection[TupleRow], values: dict[str, str]) -> None:
    for name, value in values.items():
        connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))


def _refuse_inside(cluster: Cluster, archive: Archive) -> None:
    """A backup that is lost with what it backs up is none."""
    place = archive.directory.resolve()
    if place.is_relative_to(cluster.home) or place == cluster.directory.resolve():
        raise BackupRefused(f"{archive.directory} is inside what is backed up. Choose another disk or machine.")
    if "\n" in str(place):
        raise BackupRefused("The name of the directory holds a line break.")
    if len(os.fsencode(archive_command(archive.wal))) > LONGEST_COMMAND:
        raise BackupRefused("The name of the directory is too long for PostgreSQL.")


def _make(cluster: Cluster, archive: Archive, life: Life) -> None:
    account = cluster.place.account
    new = not archive.directory.exists()
    if not new and archive.life() is None and any(archive.directory.iterdir()):
        raise BackupRefused(f"{archive.directory} is not empty and holds no backups. Choose an empty directory.")
    for place in (archive.directory, archive.base, archive.wal):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    archive.directory.chmod(0o700)
    archive.marker.write_text(json.dumps(asdict(life)) + "\n")
    account.own(archive.directory, archive.base, archive.wal, archive.marker)
    if not account.can_enter(archive.wal):
        raise BackupRefused(
            f"User {account.name}, who runs the database, cannot enter {archive.directory}: one of the directories"
            " above it is shut. Choose another."
        )
