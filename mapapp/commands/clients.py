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
        rows = api_clients.listed(session, ClientState(state) if state else None)
        contacts = api_clients.contacts(session, [row.id for row in rows])
        lines = [line(row, contacts.get(row.id, "")) for row in rows]
    click.echo("\n".join(lines or ["No clients."]))


def operator(reason: str = "") -> api_clients.Hand:
    """Who types here, and why."""
    return api_clients.Hand(by=getpass.getuser(), at=datetime.now(UTC), reason=reason)


def line(row: ApiClient, contact: str) -> str:
    used = f"{row.last_used_at:%Y-%m-%d %H:%M} UTC" if row.last_used_at else "never used"
    quota = f"{row.requests_per_minute:,}/min"
    return f"{row.id}  {row.state:9}  {quota}  {used}  {row.name}  <{contact}>  {row.purpose}"


@command.command()
@click.argument("client_id", type=int)
@click.option("--per-minute", type=click.IntRange(1), default=api_clients.DEFAULT_PER_MINUTE, show_default=True)
@click.pass_obj
def approve(settings: Settings, client_id: int, per_minute: int) -> None:
    """Give a client that asked for it its key; send it to the client's contact, it is not shown again."""
    with command_session(settings) as session:
        key = api_clients.approve(session, client_id, operator(), per_minute=per_minute)
        session.commit()
    click.echo(key)


@command.command()
@click.argument("client_id", type=int)
@click.pass_obj
def rotate(settings: Settings, client_id: int) -> None:
    """Give a client a new key; the old one works for seven days more."""
    with command_session(settings) as session:
        key = api_clients.rotate(session, client_id, operator())
        session.commit()
    click.echo(key)


@command.command()
@click.argument("client_id", type=int)
@click.option("--reason", default="revoked by the operator", show_default=True, help="Kept with the act.")
@click.pass_obj
def revoke(settings: Settings, client_id: int, reason: str) -> None:
    """Let a client's keys work no more; web processes notice within half a minute."""
    with command_session(settings) as session:
        api_clients.revoke(session, client_id, operator(reason))
        session.commit()
    click.echo(f"Client {client_id} is revoked.")
