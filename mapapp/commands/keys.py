"""`mapapp keys`: the keys that sign verification answers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from geodata.errors import GeodataError
from mapapp.key_store import WAIT_S, Key, KeyRing, KeyStore
from mapapp.settings import Settings
from mapapp.signing import ForgedToken, check

MEANING = {
    "waiting": "published, signs later",
    "signing": "signs now",
    "kept": "signs no more, published until its last answer has expired",
    "gone": "its answers have expired; deleted at the next rotation",
    "revoked": "not to be trusted, not published",
}


class Refused(GeodataError):
    """A token that is no answer of this installation."""


@click.group()
def command() -> None:
    """The keys that sign verification answers: list, rotate, retire; check a signed answer.

    They lie in the data directory under keys/, never in the database, and only their owner may read them.
    """


@command.command(name="list")
@click.pass_obj
def list_keys(settings: Settings) -> None:
    """Show every key with its state."""
    now = datetime.now(UTC)
    ring = _store(settings).read()
    for key in ring.keys:
        click.echo(_line(ring, key, now))
    if not ring.keys:
        click.echo("No keys yet. The first one is made when the first signed answer is asked for, or by: keys rotate")


@command.command()
@click.option(
    "--wait",
    type=click.IntRange(0, 86_400),
    default=WAIT_S,
    show_default=True,
    help="Seconds between publication and first signature; shorter than copies of the JWKS are kept is unsafe.",
)
@click.pass_obj
def rotate(settings: Settings, wait: int) -> None:
    """Publish a new key; it begins to sign after the wait, and the present one is kept until its answers expired."""
    now, store = datetime.now(UTC), _store(settings)
    key = store.rotate(now, wait_s=wait)
    click.echo(f"{key.kid} is published and signs from {_moment(key.signs_from)}.")
    for kid in store.forget(now):
        click.echo(f"{kid} is deleted: its last answer has expired.")


@command.command()
@click.argument("kid")
@click.option("--revoke", is_flag=True, help="The key is compromised: take it out of the JWKS at once.")
@click.pass_obj
def retire(settings: Settings, kid: str, revoke: bool) -> None:
    """Let a key never sign again. The signing one is retired by rotation, or by --revoke when it is compromised."""
    now, store = datetime.now(UTC), _store(settings)
    store.retire(kid, now, revoke=revoke)
    ring = store.read()
    click.echo("\n".join(_line(ring, key, now) for key in ring.keys))


@command.command(name="check")
@click.argument("token_file", type=click.File())
@click.option("--issuer", help="Who must have signed (default: MAPAPP_PUBLIC_URL).")
@click.pass_obj
def check_token(settings: Settings, token_file: TextIO, issuer: str | None) -> None:
    """Check a signed answer (a file, or - for standard input) with this installation's keys."""
    expected = issuer or settings.public_url
    if expected is None:
        raise click.UsageError("say who must have signed: --issuer https://…")
    now = datetime.now(UTC)
    try:
        found = check(token_file.read().strip(), _store(settings).read().jwks(now), issuer=expected, now=now)
    except ForgedToken as error:
        raise Refused(f"Refused: {error}") from error
    click.echo(f"Genuine: {found.get('answer', 'batch')}, about {found['sub']}, expires {found.get('expires_at')}")


def _store(settings: Settings) -> KeyStore:
    return KeyStore(Path(settings.data) / "keys")


def _line(ring: KeyRing, key: Key, now: datetime) -> str:
    state = ring.state(key, now)
    return f"{key.kid}  {state:8}  signs from {_moment(key.signs_from)}  ({MEANING[state]})"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
