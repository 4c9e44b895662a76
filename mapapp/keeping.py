"""Housekeeping: recorded answers and keys enter the log, answers and imported files leave in their time, checkpoints
are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.audit import answers
from geodata.audit.log import begin, head
from geodata.imports.retention import forget_files
from geodata.vocabulary import KeyEvent
from mapapp.checkpoints import exported, sign_checkpoint
from mapapp.issuing import spool_directory
from mapapp.key_store import Key, KeyRing, KeyStore
from mapapp.settings import Settings
from mapapp.signing import Signer
from mapapp.spool_records import collect

CHECKPOINTS = "checkpoints"
CHECKPOINT_EVERY = timedelta(hours=1)
"""A new checkpoint is kept for every release, and at least so often while the log grows."""

Sessions = Callable[[], Session]


@dataclass(frozen=True)
class Kept:
    """What one round did. `checkpoint`: the file written, if any."""

    answers: int
    keys: int
    forgotten: int
    files: int
    checkpoint: Path | None


def keep(settings: Settings, sessions: Sessions, now: datetime) -> Kept:
    """One round. Raises what the database raises when it is away: nothing is lost then, the next round goes on."""
    with sessions() as session:
        signer = Signer(KeyStore(settings.data / "keys"))
        begin(session)
        session.commit()
        keys = log_keys(session, signer.store.read(), now)
        forgotten = answers.forget(session, before=now - timedelta(days=settings.signed_answers_days))
        files = forget_files(session, before=now - timedelta(days=settings.import_file_days)).files
        session.commit()

        def enter(found: list[answers.Answered]) -> int:
            fresh = answers.collect(session, found, at=now)
            session.commit()
            return fresh

        collected = collect(spool_directory(settings), enter)
        return Kept(collected, keys, forgotten, files, keep_checkpoint(settings, session, signer, now))


def log_keys(session: Session, ring: KeyRing, now: datetime) -> int:
    """Enter every key and what became of it; how many events were new. The caller commits."""
    return sum(
        answers.log_key(session, kid=key.kid, event=event, at=at, jwk=key.public)
        for key in ring.keys
        for event, at in events(ring, key, now)
    )


def events(ring: KeyRing, key: Key, now: datetime) -> list[tuple[KeyEvent, datetime]]:
    """What has happened to the key by now, and when."""
    found = [(KeyEvent.PUBLISHED, key.created_at)]
    until = ring.signs_until(key)
    if key.revoked:
        found.append((KeyEvent.REVOKED, key.retired_at or now))
    elif until is not None and until <= now:
        found.append((KeyEvent.RETIRED, until))
    return found


def keep_checkpoint(settings: Settings, session: Session, signer: Signer, now: datetime) -> Path | None:
    """Write a checkpoint into the data directory when there is a new release, or the last one is old and the log grew.
    Needs a key and an address to sign as."""
    found = head(session)
    if found.size == 0 or signer.store.version() is None:
        return None
    directory = settings.data / CHECKPOINTS
    last = max(directory.glob("*.json"), default=None, key=lambda file: file.name)
    if last is not None and not _due(last, found.size, found.release, now):
        return None
    token = sign_checkpoint(signer, found, issuer=settings.public_url or "urn:mapapp", now=now)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = directory / f"{found.size:012}-{found.release}.json"
    draft = target.with_suffix(".new")
    draft.write_text(exported(signer, token, now))
    return draft.rename(target)


def _due(last: Path, size: int, release: int, now: datetime) -> bool:
    kept_size, _, kept_release = last.stem.partition("-")
    if int(kept_size) == size:
        return False
    written = datetime.fromtimestamp(last.stat().st_mtime, UTC)
    return int(kept_release) != release or now - written >= CHECKPOINT_EVERY
