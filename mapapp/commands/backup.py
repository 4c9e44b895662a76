"""`mapapp backup`: keep the register where the loss of this machine does not reach it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from geodata.backup import archiving, bases, encryption
from geodata.backup.archive import Archive, BackupRefused
from geodata.cluster import Cluster
from geodata.cluster_place import ClusterUnusable
from mapapp.commands import database
from mapapp.issuing import SPOOL
from mapapp.keeping import CHECKPOINTS
from mapapp.settings import Settings

FILES = ("secret-key", "keys", SPOOL, CHECKPOINTS)
"""What an installation keeps beside its database and could not make again."""

NOT_OURS = (
    "DATABASE_URL selects a database that is not ours to back up. Use that server's own means: pgBackRest, or"
    " pg_basebackup with archive_command (docs/operations.md); on a hosted one its snapshots to a point in time."
    " Keep {files} of {data} too, and check a restored register with:  mapapp audit verify"
)
RESTART = "restart the database (`mapapp db stop`, `mapapp db start`, or its unit)"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DIRECTORY = click.Path(file_okay=False, path_type=Path)
KEY = click.Path(dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--keep", type=click.IntRange(1), help="Afterwards delete all backups but the newest N.")
@click.pass_context
def command(context: click.Context, keep: int | None) -> None:
    """Copy the whole database now, verify the copy, and keep the log since: restorable to any second after it.

    First choose where to:  mapapp backup enable --to DIR
    """
    if context.invoked_subcommand is not None:
        return
    settings: Settings = context.obj
    cluster, archive = private(settings), archiving.configured(settings.data)
    with database(settings):
        base = bases.take(cluster, archive, [settings.data / name for name in FILES])
    click.echo(f"{base.directory}: verified; restorable from {shown(base.finished_at)} on.")
    if keep is not None:
        click.echo(f"{bases.prune(archive, keep)} older backups deleted.")


@command.command()
@click.option("--to", "directory", type=DIRECTORY, required=True, help="An empty directory, on another disk.")
@click.option("--restart", is_flag=True, help="Restart a running database at once; requests of that moment fail.")
@click.pass_obj
def enable(settings: Settings, directory: Path, restart: bool) -> None:
    """Choose the directory of the backups and let the database keep its log there from its next start."""
    cluster = private(settings)
    with database(settings):
        waiting = archiving.enable(cluster, Archive(directory.absolute()))
        if waiting and restart:
            archiving.restart(cluster)
    if waiting and not restart and cluster.running:
        click.echo(f"Backups begin when the database is restarted: {RESTART}, or repeat with --restart.")
    else:
        click.echo(f"The database keeps its log in {directory}. Now make the first backup:  mapapp backup")


@command.command()
@click.pass_obj
def disable(settings: Settings) -> None:
    """Keep the log no longer. What is in the backups stays; nothing later can be restored."""
    cluster = private(settings)
    with database(settings):
        archiving.disable(cluster)
    click.echo("The database keeps its log no longer.")


@command.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """The backups, and how keeping the log goes. Exit code 1 when it fails."""
    cluster, archive = private(settings), archiving.configured(settings.data)
    for base in archive.bases():
        click.echo(f"{base.label}  restorable from {shown(base.finished_at)}")
    with database(settings):
        how = archiving.progress(cluster)
    last = shown(how.last_archived_at) if how.last_archived_at else "nothing yet"
    click.echo(f"log: {len(archive.segments())} pieces in {archive.wal}; last kept: {last}")
    if not how.on:
        raise BackupRefused(f"The log is not kept yet: {RESTART}.")
    if how.failing:
        raise BackupRefused(f"Keeping the log fails ({how.failed} attempts): see the database's log.")


@command.command()
@click.pass_obj
def verify(settings: Settings) -> None:
    """Read every backup and the whole log; exit code 1 and the name of the file when a byte is not what it was."""
    private(settings)
    archive = archiving.configured(settings.data)
    found = archive.bases()
    for base in found:
        bases.verify(base)
        click.echo(f"{base.label}: intact")
    if not found:
        raise BackupRefused(f"There is no backup in {archive.directory} yet. Make one with:  mapapp backup")
    pieces = archive.verify_log(min(base.start_wal for base in found))
    click.echo(f"log: {pieces} pieces, none missing, intact")


@command.command()
@click.option("--to", "directory", type=DIRECTORY, required=True, help="Where the copy lies, on another machine.")
@click.option("--key-file", type=KEY, required=True, help="A line of at least 32 characters, mode 0600.")
@click.pass_obj
def copy(settings: Settings, directory: Path, key_file: Path) -> None:
    """Bring an encrypted copy of the backups up to date. It deletes nothing there.

    Make a key with:  (umask 077; openssl rand -base64 33 > backup.key)   and keep it elsewhere too: without it, the
    copy is lost.
    """
    private(settings)
    archive = archiving.configured(settings.data)
    new = encryption.copy(archive, directory.absolute(), encryption.Encryption(key_file), say=click.echo)
    click.echo(f"{directory}: {new[0]} backups and {new[1]} pieces of the log are new.")


def private(settings: Settings) -> Cluster:
    """The private cluster. Raises `BackupRefused` with what to do for another database."""
    cluster = settings.cluster
    if cluster is None:
        raise BackupRefused(NOT_OURS.format(files=", ".join(FILES), data=settings.data))
    if not cluster.exists:
        raise ClusterUnusable(f"There is no database in {settings.data} yet. Make one with: mapapp db start")
    return cluster


def shown(moment: datetime) -> str:
    """A moment as people in Vietnam read it, with its offset, as `mapapp restore --to` takes it."""
    return moment.astimezone(VIETNAM).isoformat(sep=" ", timespec="milliseconds")
