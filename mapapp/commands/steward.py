"""`mapapp steward`: the way in to the steward's pages on this machine."""

import getpass
from datetime import UTC, datetime

import click

from geodata.steward_access import LINK_LASTS, make_link
from mapapp.commands import command_session
from mapapp.settings import Settings


@click.group()
def command() -> None:
    """The steward's pages (/steward), which answer on this machine only."""


@command.command()
@click.option("--by", default=getpass.getuser, show_default="your user name", help="Who will act; recorded.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the site (MAPAPP_PORT; default: 8000).")
@click.option("--english", is_flag=True, help="Lead to the English pages.")
@click.pass_obj
def link(settings: Settings, by: str, port: int | None, english: bool) -> None:
    """Print a link that opens the steward's pages once, within a quarter of an hour.

    Open it in a browser on this machine, or through a tunnel: ssh -L 8000:127.0.0.1:8000 server
    """
    with command_session(settings) as session:
        token = make_link(session, by=by, at=datetime.now(UTC))
        session.commit()
    path = "/en/steward/enter" if english else "/steward/enter"
    click.echo(f"http://127.0.0.1:{port or settings.port}{path}?link={token}")
    minutes = int(LINK_LASTS.total_seconds() // 60)
    click.echo(f"Dùng được một lần, trong {minutes} phút. / Works once, within {minutes} minutes.", err=True)
