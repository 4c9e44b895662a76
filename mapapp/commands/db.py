"""`mapapp db`: the database itself: start, stop, migrate, status."""

import click

from geodata import migrations
from geodata.cluster import Cluster
from geodata.cluster_place import ClusterUnusable
from geodata.engine import make_engine
from geodata.preparation import migrate
from mapapp.commands import database
from mapapp.settings import Settings


@click.group()
def command() -> None:
    """The database: start, stop, migrate, status."""


@command.command()
@click.pass_obj
def start(settings: Settings) -> None:
    """Start the private cluster, making it first where it is missing. It runs until `db stop`."""
    cluster = _private(settings)
    created = cluster.ensure()
    cluster.release()
    cluster.settle()
    click.echo(f"The database in {settings.data} runs{' (new and empty)' if created else ''}.")


@command.command()
@click.pass_obj
def stop(settings: Settings) -> None:
    """Stop the private cluster; sessions in progress are ended."""
    stopped = _private(settings).stop()
    click.echo("The database has been stopped." if stopped else "The database was not running.")


@command.command(name="migrate")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    """Bring the tables to this version and load the administrative units that came with it."""
    with database(settings) as url:
        migrate(url, say=click.echo)


@command.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Tell where the database is, whether it runs and which version its tables have. Starts nothing."""
    cluster = settings.cluster
    if cluster is None:
        click.echo("database: selected by DATABASE_URL")
    else:
        found = cluster.status()
        state = ("running" if found.running else "stopped") if found.exists else "not made yet"
        click.echo(f"database: private cluster in {found.home}, {state}")
        if not found.running:
            return
    _tell_revisions(settings.url)


def _tell_revisions(url: str) -> None:
    engine = make_engine(url, application_name="mapapp-cli", pool_size=1)
    (present, newest), fit = migrations.revisions(engine), migrations.fit(engine)
    engine.dispose()
    beside = f"newer than {newest} of this version, which works on them" if fit else f"this version needs {newest}"
    click.echo(f"tables: {present or 'none'}" + ("" if present == newest else f" ({beside})"))


def _private(settings: Settings) -> Cluster:
    if settings.cluster is None:
        raise ClusterUnusable("DATABASE_URL selects a database that is not ours to start or stop.")
    return settings.cluster
