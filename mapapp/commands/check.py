"""`mapapp check`: what is right with this installation, what is not, and what to do then."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import click

from geodata import checkup
from geodata.checkup import Grade, Outcome
from geodata.engine import AWAY
from geodata.errors import GeodataError
from mapapp.checkup import CHECKS, Place
from mapapp.commands import command_session
from mapapp.settings import Settings

SHOWN = 5
"""Findings of one check that are printed."""

MARKS = {None: ("right", "green"), Grade.FAULT: ("FAULT", "red"), Grade.NOTE: ("note ", "yellow")}


class FaultsFound(GeodataError):
    """Something is not as it has to be."""


@click.command()
@click.option("--fast", is_flag=True, help="Without the checks that read every row: registry ids, transparency log.")
@click.pass_obj
def command(settings: Settings, fast: bool) -> None:
    """Look the installation over: files, keys, settings, backups, the database, and what the register says.

    Each line is a claim, with what contradicts it and the remedy. A fault has to be mended: the exit code is then 1. A
    note is for somebody to know. Reads only; a private database at rest is started for it and put to rest again.
    """
    now = datetime.now(UTC)
    counted: Counter[Grade | None] = Counter()
    for outcome in of_place(settings, now):
        counted[tell(outcome)] += 1
    try:
        with command_session(settings) as session:
            look = checkup.Look(
                session,
                now,
                timedelta(days=settings.register_max_age_days),
                timedelta(days=settings.signed_answers_days),
            )
            for outcome in checkup.run(look, slow=not fast):
                counted[tell(outcome)] += 1
    except (GeodataError, OSError, *AWAY) as error:
        show(Grade.FAULT, "The database answers", [str(error)], "Start it (mapapp db start), or see DATABASE_URL")
        counted[Grade.FAULT] += 1
    told = f"{counted[None]} right, {counted[Grade.NOTE]} to know, {counted[Grade.FAULT]} to mend."
    if counted[Grade.FAULT]:
        raise FaultsFound(told)
    click.echo(told)


def of_place(settings: Settings, now: datetime) -> Iterator[Outcome]:
    """What is found beside the database."""
    return (check.look_beside(Place(settings, now)) for check in CHECKS.all)


def tell(outcome: Outcome) -> Grade | None:
    """Print it; its grade where anything was found."""
    grade = outcome.check.grade if outcome.found else None
    show(grade, outcome.check.claim, outcome.found, outcome.check.remedy)
    return grade


def show(grade: Grade | None, claim: str, found: Iterable[str], remedy: str) -> None:
    """A line for the claim; below it what contradicts it, and the remedy."""
    mark, colour = MARKS[grade]
    click.echo(f"{click.style(mark, fg=colour)}  {'Not so: ' if grade else ''}{claim}.")
    lines = list(found)
    for line in lines[:SHOWN]:
        click.echo(f"         {line}")
    if lines[SHOWN:]:
        click.echo(f"         … and {len(lines) - SHOWN} more")
    if lines:
        click.echo(f"       → {remedy}.")
