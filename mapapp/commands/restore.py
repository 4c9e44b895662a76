"""`mapapp restore`: the register as it was at a second, in another directory, read back."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from geodata.backup import archiving, contents, encryption, restoring
from geodata.backup.archive import Archive, BackupDamaged
from geodata.cluster import Cluster
from mapapp.commands.backup import DIRECTORY, FILES, KEY, NOT_OURS, shown
from mapapp.settings import Settings

LATEST = "latest"


class Moment(click.ParamType[datetime | str]):
    """A moment with its offset from UTC, or `latest`."""

    name = "moment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime | str:
        if value == LATEST:
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment such as '2026-11-22 09:00:00+07:00'.", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} lacks its offset from UTC, such as '{value}+07:00' in Vietnam.", param, ctx)
        return moment


@click.command()
@click.option("--to", "moment", type=Moment(), required=True, help="'2026-11-22 09:00:00+07:00', or: latest")
@click.option("--into", type=DIRECTORY, required=True, help="A new data directory; nothing is ever overwritten.")
@click.option("--from", "source", type=DIRECTORY, help="The backups, where this machine does not know them any more.")
@click.option("--key-file", type=KEY, help="The key, when --from is an encrypted copy.")
@click.pass_obj
def command(settings: Settings, moment: datetime | str, into: Path, source: Path | None, key_file: Path | None) -> None:
    """Make a database as it was at a moment, with everything committed by then, and read it back.

    It lies in a directory of its own; look at it with  mapapp --data DIR serve,  and put it in the place of the damaged
    one when it is what you want.
    """
    if settings.database_url is not None and source is None:
        raise click.UsageError(NOT_OURS.format(files=", ".join(FILES), data=settings.data))
    if key_file is not None and source is None:
        raise click.UsageError("--key-file needs --from, the encrypted copy.")
    wanted = moment if isinstance(moment, datetime) else None
    target = Cluster(into)
    restoring.require_empty(into)
    with _archive(settings, source, key_file, wanted, into.absolute()) as archive:
        done = restoring.restore(archive, target, wanted, say=click.echo)
    try:
        found = contents.read(target.url, answers_kept_for=timedelta(days=settings.signed_answers_days))
    finally:
        target.stop()
    click.echo(told(done, found))
    if found.faults:
        raise BackupDamaged("\n".join([f"The transparency log disagrees: {len(found.faults)} faults", *found.faults]))
    click.echo(f"Look at it with:  mapapp --data {into} serve\nIt is not backed up: mapapp --data {into} backup enable")


def told(done: restoring.Restored, found: contents.Contents) -> str:
    """What was restored, and what was read back."""
    last = shown(done.last_commit) if done.last_commit else "none after the backup"
    log = "agrees with the register" if not found.faults else "DISAGREES with the register"
    log = log if found.current else "not asked: the tables are of an older version (db migrate)"
    rows = sum(found.rows.values())
    return (
        f"Restored from {done.base.label}; last transaction: {last}.\n"
        f"Read back: {len(found.rows)} tables, {rows:,} rows, release {found.release}; transparency log: {log}."
    )


@contextlib.contextmanager
def _archive(
    settings: Settings, source: Path | None, key_file: Path | None, moment: datetime | None, beside: Path
) -> Iterator[Archive]:
    if source is not None and key_file is not None:
        found = encryption.Encryption(key_file)
        beside.mkdir(parents=True, exist_ok=True)
        with encryption.unpacked(source.absolute(), found, moment, beside=beside, say=click.echo) as archive:
            yield archive
    elif source is not None:
        yield Archive(source.absolute())
    else:
        archive = archiving.configured(settings.data)
        cluster = replace(settings, database_url=None).cluster
        if cluster is not None and cluster.exists and cluster.running:
            archiving.flush(cluster, archive)
        yield archive
