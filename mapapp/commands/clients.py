"""`mapapp clients`: machines with a key: list, approve, rotate, revoke."""

import getpass
from datetime import UTC, datetime

import click

from geodata import api_clients
from geodata.models import ApiClient
from geodata.vocabulary import ClientState
from mapapp.commands import command_session
from mapapp.settings import Settings


@click.group()
def command() -> None:
    """Machines that asked for a key at /verify/clients. Only hashes of keys are kept: a key is shown once."""


@command.command(name="list")
@click.option("--state", type=click.Choice([state.value for state in ClientState]), help="Only these.")
@click.pass_obj
def list_clients(settings: Settings, state: str | None) -> None:
    """Show every client: number, state, quota, last use, name, contact, purpose."""
    with command_session(settings) as session:
        lines = [line(row) for row in api_clients.listed(session, ClientState(state) if state else None)]
    click.echo("\n".join(lines or ["No clients."]))


def line(row: ApiClient) -> str:
    used = f"{row.last_used_at:%Y-%m-%d %H:%M} UTC" if row.last_used_at else "never used"
    quota = f"{row.requests_per_minute:,}/min"
    return f"{row.id}  {row.state:9}  {quota}  {used}  {row.name}  <{row.contact}>  {row.purpose}"


@command.command()
@click.argument("client_id", type=int)
@click.option("--per-minute", type=click.IntRange(1), default=api_clients.DEFAULT_PER_MINUTE, show_default=True)
@click.pass_obj
def approve(settings: Settings, client_id: int, per_minute: int) -> None:
    """Give a client that asked for it its key; send it to the client's contact, it is not shown again."""
    with command_session(settings) as session:
        now = datetime.now(UTC)
        key = api_clients.approve(session, client_id, per_minute=per_minute, by=getpass.getuser(), at=now)
        session.commit()
    click.echo(key)


@command.command()
@click.argument("client_id", type=int)
@click.pass_obj
def rotate(settings: Settings, client_id: int) -> None:
    """Give a client a new key; the old one works for seven days more."""
    with command_session(settings) as session:
        key = api_clients.rotate(session, client_id, at=datetime.now(UTC))
        session.commit()
    click.echo(key)


@command.command()
@click.argument("client_id", type=int)
@click.pass_obj
def revoke(settings: Settings, client_id: int) -> None:
    """Let a client's keys work no more; web processes notice within half a minute."""
    with command_session(settings) as session:
        api_clients.revoke(session, client_id)
        session.commit()
    click.echo(f"Client {client_id} is revoked.")
