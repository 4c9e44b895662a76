"""`mapapp demo`: the illustrative dataset: load it, clear it away."""

import click

from geodata import demo
from geodata.releases import current_release
from mapapp.commands import command_session
from mapapp.settings import Settings


@click.group()
def command() -> None:
    """The illustrative dataset: load, clear."""


@command.command()
@click.option(
    "--institutions",
    type=click.IntRange(0, demo.LARGEST),
    default=demo.DEFAULT_INSTITUTIONS,
    show_default=True,
    help="How many institutions; the default is the size of the country's network.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=demo.DEFAULT_SEED,
    show_default=True,
    help="The same seed and number give the same institutions.",
)
@click.pass_obj
def load(settings: Settings, institutions: int, seed: int) -> None:
    """Publish the illustrative dataset in one release. Refused while it is loaded already."""
    _load(settings, institutions, seed)


@command.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def clear(settings: Settings, yes: bool) -> None:
    """Publish the register without the illustrative dataset; earlier releases keep it."""
    if not yes:
        click.confirm("Take all illustrative data out of the register?", abort=True)
    with command_session(settings) as session:
        done = demo.clear(session)
        session.commit()
    click.echo(f"Release {done.release}: closed {sum(done.rows.values()):,} illustrative facts.")


def load_first_dataset(settings: Settings) -> None:
    """Fill a private database that has just been made; one that holds a publication already is left as it is."""
    with command_session(settings) as session:
        published = current_release(session) is not None
    if not published:
        _load(settings, demo.DEFAULT_INSTITUTIONS, demo.DEFAULT_SEED)


def _load(settings: Settings, institutions: int, seed: int) -> None:
    with (
        command_session(settings) as session,
        click.progressbar(length=institutions, label="Illustrative institutions", update_min_steps=100) as bar,
    ):
        done = demo.load(session, institutions=institutions, seed=seed, progress=bar.update)
        session.commit()
    click.echo(f"Release {done.release}: {institutions:,} illustrative institutions, {sum(done.rows.values()):,} rows.")
