"""`mapapp boundaries`: official outlines of administrative units in place of approximate ones."""

import getpass
from datetime import datetime
from pathlib import Path

import click

from geodata.boundaries import boundary_sets, import_boundaries
from geodata.vocabulary import BoundaryQuality, UnitLevel
from mapapp.commands import command_session
from mapapp.settings import Settings


@click.group()
def command() -> None:
    """Outlines of administrative units: import official files, list what stands in the register."""


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--level", type=click.Choice([level.value for level in UnitLevel]), required=True)
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A day of the units' vintage.")
@click.option(
    "--quality",
    type=click.Choice([quality.value for quality in BoundaryQuality]),
    default=BoundaryQuality.OFFICIAL.value,
    show_default=True,
    help="What you declare the file to be.",
)
@click.option("--source", help="Where the outlines come from, shown with the map (default: the file's name).")
@click.option("--layer", help="Layer of a file that holds several.")
@click.option("--partial", is_flag=True, help="The file holds only some of the units; the others keep their outlines.")
@click.option("--dry-run", is_flag=True, help="Check and report; change nothing.")
@click.pass_obj
def import_command(
    settings: Settings,
    file: Path,
    level: str,
    valid_from: datetime,
    quality: str,
    source: str | None,
    layer: str | None,
    partial: bool,
    dry_run: bool,
) -> None:
    """Replace outlines by those in FILE (GeoJSON, GeoPackage, Shapefile or zipped Shapefile), all or none.

    Features are matched to units by code and name. A file with an invalid geometry, an unknown, doubled or missing
    unit or a wrong coordinate system is refused with a list of what to correct (exit code 1).
    """
    with command_session(settings) as session:
        report = import_boundaries(
            session,
            file,
            level=level,
            valid_from=valid_from.date(),
            by=f"{getpass.getuser()} (mapapp boundaries import)",
            quality=quality,
            source=source,
            layer=layer,
            partial=partial,
            dry_run=dry_run,
        )
        for line in report.lines():
            click.echo(line, err=not report.accepted)
        if not report.accepted:
            raise click.exceptions.Exit(1)
        session.commit()


@command.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """List the outlines in the register: level, vintage, quality, source, who brought them and when."""
    with command_session(settings) as session:
        for found in boundary_sets(session):
            click.echo(
                f"{found.level:8}  {found.valid_from}  {found.quality:11}  {found.outlines:5}  {found.source}  "
                f"({found.imported_by}, {found.imported_at:%Y-%m-%d %H:%M} UTC)"
            )
