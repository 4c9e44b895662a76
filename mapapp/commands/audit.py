"""`mapapp audit`: the transparency log: verify it, export a checkpoint, collect signed answers."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.orm import Session

from geodata.audit.log import Head, head
from geodata.audit.proofs import logged_key
from geodata.audit.verify import verify as verify_log
from geodata.engine import AWAY, make_sessions
from geodata.errors import GeodataError
from mapapp.checkpoints import Checkpoint, exported, read_checkpoint, sign_checkpoint
from mapapp.commands import command_session, database
from mapapp.db import day_in_vietnam
from mapapp.endings import die_with_parent, end_on_signals
from mapapp.keeper import round_done
from mapapp.keeping import Kept, keep
from mapapp.key_store import KeyStore
from mapapp.outage import refresh
from mapapp.record_words import teller
from mapapp.settings import Settings
from mapapp.signing import Signer

EVERY_S = 10


class Tampered(GeodataError):
    """The register is not what the log says, or the log not what the checkpoint says."""


@click.group()
def command() -> None:
    """The transparency log: every publication, every signed answer, every key.

    Export checkpoints to places that this machine cannot write to: with one of them, verify finds whatever was changed,
    deleted, moved or cut off since, also by somebody with every right here.
    """


@command.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write (default: the terminal).")
@click.pass_obj
def checkpoint(settings: Settings, out: Path | None) -> None:
    """Sign the log as it is now, for others to keep. Needs MAPAPP_PUBLIC_URL, who signs."""
    if settings.public_url is None:
        raise click.UsageError("a checkpoint says who signed it: set MAPAPP_PUBLIC_URL")
    now, signer = datetime.now(UTC), Signer(KeyStore(settings.data / "keys"))
    with command_session(settings) as session:
        found = head(session)
    text = exported(signer, sign_checkpoint(signer, found, issuer=settings.public_url, now=now), now)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text)
        click.echo(f"{out}: {found.size:,} leaves up to release {found.release}. Keep it on another machine.")


@command.command()
@click.option(
    "--checkpoint",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An exported checkpoint; without one, a log that was rewritten as a whole is not found out.",
)
@click.pass_obj
def verify(settings: Settings, file: Path | None) -> None:
    """Compare the log with the register, row by row, and with a checkpoint. Exit code 1 with every fault found."""
    kept = read_checkpoint(file) if file else None
    with command_session(settings) as session:
        now, kept_for = datetime.now(UTC), timedelta(days=settings.signed_answers_days)
        faults = list(map(str, verify_log(session, kept.head if kept else None, now=now, answers_kept_for=kept_for)))
        if kept is not None:
            faults += stranger(session, kept)
        found = head(session) if not faults else None
    if faults:
        raise Tampered("\n".join([f"{len(faults)} faults:", *faults]))
    click.echo(intact(found, kept))


def stranger(session: Session, kept: Checkpoint) -> list[str]:
    """A checkpoint signed by nobody of this installation proves nothing."""
    if logged_key(session, kept.kid):
        return []
    return [f"checkpoint: its key {kept.kid} is not in the log (collect first, if it was signed just now)"]


def intact(found: Head | None, kept: Checkpoint | None) -> str:
    against = f", and begins as the checkpoint of {kept.head.size:,} leaves says" if kept else ""
    size = found.size if found else 0
    return f"Intact: {size:,} leaves agree with the register{against}."


@command.command()
@click.option("--watch", is_flag=True, help=f"Go on every {EVERY_S} seconds until stopped; `mapapp serve` does this.")
@click.option("--parent", type=int, hidden=True, help="End with this process.")
@click.pass_obj
def collect(settings: Settings, watch: bool, parent: int | None) -> None:
    """Enter recorded answers and keys in the log, forget answers and imported files whose time is over, keep a
    checkpoint; bring the release on the disk, from which answers go on without the database, up to date.

    Checkpoints are kept in the data directory under checkpoints/, one per release and hour.
    """
    if parent is not None:
        die_with_parent(parent)
    if watch:
        with end_on_signals() as over:
            keep_watch(settings, over)
        return
    with database(settings) as url:
        done = one_round(settings, keeping_sessions(url))
    click.echo(told(done))


def keeping_sessions(url: str) -> Callable[[], Session]:
    return make_sessions(url, statement_timeout_ms=0, application_name="mapapp-keeper", pool_size=1)


def told(done: Kept) -> str:
    where = f"; checkpoint {done.checkpoint}" if done.checkpoint else ""
    forgotten = f"{done.forgotten:,} answers and {done.files:,} imported files forgotten"
    return f"{done.answers:,} answers and {done.keys} keys entered, {forgotten}{where}."


def one_round(settings: Settings, sessions: Callable[[], Session]) -> Kept:
    """The log first, then the release on the disk, which takes minutes where a million institutions are new; none where
    no answer may be given without the database."""
    done = keep(settings, sessions, datetime.now(UTC))
    if settings.allowed_age_s:
        with sessions() as session:
            refresh(settings, session, teller=teller(day_in_vietnam(datetime.now(UTC))))
    return done


def keep_watch(settings: Settings, over: Callable[[], bool]) -> None:
    """Round after round until it is over, behind the web workers; while the database is away, answers wait on the
    disk."""
    os.nice(10)
    sessions = keeping_sessions(settings.url)
    while not over():
        try:
            one_round(settings, sessions)
            round_done(settings.data)
        except AWAY as error:
            click.echo(f"The database is away; trying again: {type(error).__name__}", err=True)
        except Exception as error:  # the next round may succeed, and nothing is lost until then
            click.echo(f"Not everything could be kept: {type(error).__name__}: {error}", err=True)
        if not over():
            time.sleep(EVERY_S)
