"""`mapapp population`: how many people live in the communes, so that access can be told of people as well."""

import getpass
from datetime import datetime
from pathlib import Path

import click

from geodata.access.population import import_population, population_sets
from mapapp.commands import command_session
from mapapp.db import VIETNAM
from mapapp.settings import Settings


@click.group()
def command() -> None:
    """People living in the communes: import a file, list what stands in the register."""


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="A day of the communes' vintage that the codes belong to (default: today).",
)
@click.pass_obj
def import_command(settings: Settings, file: Path, valid_from: datetime | None) -> None:
    """Take over the figures of FILE (CSV, UTF-8: commune, people, year, source), all or none.

    A figure of the same commune and year is replaced. A file with any fault is refused with a list of lines, values
    and remedies (exit code 1).
    """
    on = (valid_from or datetime.now(VIETNAM)).date()
    with command_session(settings) as session:
        done = import_population(
            session, file.read_bytes(), on=on, by=f"{getpass.getuser()} (mapapp population import)"
        )
        session.commit()
    years = ", ".join(map(str, done.years))
    click.echo(f"{done.communes} communes, {done.people} people ({years}).")
    if done.left_out:
        click.echo(f"{done.left_out} communes of {on} are not in the file: they count for communes, not for people.")


@command.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """List what was imported: year, communes, people, source, who brought it."""
    with command_session(settings) as session:
        for found in population_sets(session):
            click.echo(f"{found.year}  {found.communes:6}  {found.people:11}  {found.source}  ({found.imported_by})")
