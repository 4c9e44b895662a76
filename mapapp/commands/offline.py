"""`mapapp offline`: the signed national list in a directory to take along; checking with it, without any server."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from geodata.errors import GeodataError
from mapapp.issuing import make_issuer
from mapapp.offline_bundle import Bundle, export
from mapapp.offline_list import Lists
from mapapp.settings import Settings
from mapapp.signing import ForgedToken, check

DIRECTORY = click.Path(file_okay=False, path_type=Path)


class Refused(GeodataError):
    """A token that is no answer of whoever signed the list."""


@click.group()
def command() -> None:
    """The national list for places without a network: who was authorised for what, and when."""


@command.command(name="export")
@click.argument("directory", type=DIRECTORY)
@click.pass_obj
def export_list(settings: Settings, directory: Path) -> None:
    """Write the newest list, signed, with the keys, into a directory. Needs MAPAPP_PUBLIC_URL, who signs.

    It is the list of the release on the disk (mapapp audit collect). To ask it: mapapp verify FILE --offline DIRECTORY
    """
    if settings.public_url is None:
        raise click.UsageError("the list says who signed it: set MAPAPP_PUBLIC_URL")
    now, issuer = datetime.now(UTC), make_issuer(settings)
    ring = issuer.signer.ring(now)
    head = export(Lists(settings, issuer), ring, directory, issuer=settings.public_url, now=now)
    until = datetime.fromtimestamp(head["exp"], UTC)
    click.echo(
        f"{directory}: release {head['release']}, {head['institutions']:,} institutions,"
        f" {head['gzip_bytes']:,} bytes, usable until {until:%Y-%m-%d %H:%M} UTC."
    )


@command.command(name="check")
@click.argument("directory", type=DIRECTORY)
@click.argument("token_file", type=click.File())
def check_token(directory: Path, token_file: TextIO) -> None:
    """Check a signed answer (a file, or - for standard input) with the keys that came with the list."""
    now = datetime.now(UTC)
    bundle = Bundle(directory, now)
    try:
        found = check(token_file.read().strip(), bundle.jwks, issuer=bundle.head["iss"], now=now)
    except ForgedToken as error:
        raise Refused(f"Refused: {error}") from error
    click.echo(f"Genuine: {found.get('answer', 'batch')}, about {found['sub']}, expires {found.get('expires_at')}")
