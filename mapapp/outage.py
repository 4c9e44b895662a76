"""When the database is away: answers go on from the release on the disk, say their age, and stop in time.

The release was read while the database answered (`mapapp audit collect`, which `mapapp serve` runs); its age counts
from the last moment at which the database was known to say the same. After a failure the database is left alone for
two seconds, so that requests do not queue up behind it; then the next request tries it again.
"""

import logging
import sqlite3
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from geodata.engine import AWAY, DatabaseUnavailable, is_gone
from geodata.kept.building import build
from geodata.kept.register import KeptRegister, Replaced, open_register
from geodata.kept.telling import Teller, words_version
from geodata.releases import read_head
from geodata.verification import Answer, Decision, Edition, Question, Reason, Why
from mapapp.settings import Settings

DIRECTORY = "kept"
CONFIRMED = "confirmed"
TRY_AGAIN_S = 2.0
LOOK_AGAIN_S = 1.0
Asked = tuple[Question, date]


class Breaker:
    """Open for two seconds after a failure."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._until

    def trip(self) -> None:
        self._until = time.monotonic() + TRY_AGAIN_S


@dataclass(frozen=True)
class Kept:
    """The release on the disk, and when the database last said the same."""

    register: KeptRegister
    seen_at: datetime


class Outage:
    """What this process answers from while the database is away."""

    def __init__(self, directory: Path, *, allowed_age_s: int) -> None:
        self.directory = directory
        self.allowed_age_s = allowed_age_s
        self.breaker = Breaker()
        self._opened: KeptRegister | None = None
        self._looked_at = float("-inf")

    def kept(self, now: datetime) -> Kept | None:
        """The release, while it is not too old to be answered from."""
        last = self.last()
        return last if last and now - last.seen_at <= timedelta(seconds=self.allowed_age_s) else None

    def opened(self) -> KeptRegister | None:
        """The release on the disk, looked for once a second; None without a file that can be read."""
        if time.monotonic() - self._looked_at >= LOOK_AGAIN_S:
            self._opened, self._looked_at = open_register(self.directory, self._opened), time.monotonic()
        return self._opened

    def look_again(self) -> None:
        """Another file has taken the place of the one opened: the next question opens that."""
        self._looked_at = float("-inf")

    def last(self) -> Kept | None:
        """The release however old, and when it was current."""
        register = self.opened()
        if register is None:
            return None
        try:
            seen_s = (self.directory / CONFIRMED).stat().st_mtime
        except OSError:
            return None
        return Kept(register, datetime.fromtimestamp(seen_s, UTC))

    def decide_in(self, edition: Edition, asked: Sequence[Asked], *, max_age_days: int) -> tuple[Decision, ...] | None:
        """The decisions of that release; None where the copy is of another one or cannot be read."""
        register = self.opened()
        if register is None or register.edition.key != edition.key:
            return None
        try:
            return register.decide_many(asked, max_age_days=max_age_days)
        except Replaced:
            self.look_again()
            return None
        except (sqlite3.Error, ValueError, zlib.error) as error:
            logging.getLogger(__name__).error("the copy in %s cannot be read: %s", self.directory, error)
            return None

    def decide(
        self, asked: Sequence[Asked], release: int | None, now: datetime, *, max_age_days: int
    ) -> tuple[Edition, tuple[Decision, ...], datetime | None]:
        """The release, its decisions and when it was current; `register_stale` where it may not be answered from, or
        another release is asked than the one on the disk."""
        kept, last = self.kept(now), self.last()
        edition = last.register.edition if last else Edition(0, None, "empty")
        seen_at = last.seen_at if last else None
        if kept is not None and release in (None, edition.release):
            try:
                return edition, kept.register.decide_many(asked, max_age_days=max_age_days), seen_at
            except Replaced:
                self.look_again()
                return self.decide(asked, release, now, max_age_days=max_age_days)
        reasons = (Reason(Why.REGISTER_AWAY),)
        stale = (
            Decision(question, on, edition.release, Answer.REGISTER_STALE, reasons, edition.data_status)
            for question, on in asked
        )
        return edition, tuple(stale), seen_at


def install(app: Flask, settings: Settings) -> None:
    """Let the application answer from the disk; reads nothing yet."""
    directory = settings.data / DIRECTORY
    app.extensions["mapapp.outage"] = Outage(directory, allowed_age_s=settings.allowed_age_s)


def the_outage() -> Outage:
    return cast(Outage, current_app.extensions["mapapp.outage"])


def answer_instead(error: Exception) -> Response | None:
    """The answer from the disk to a request that the database failed; None where there is none, or where the database
    is there and only took too long."""
    outage = the_outage()
    if not isinstance(error, AWAY) or not is_gone(error):
        return None
    outage.breaker.trip()
    from mapapp.outage_view import VIEWS  # it needs all of the site, which needs this module

    view = VIEWS.get(str(request.endpoint).removeprefix("en_")) if request.method in ("GET", "HEAD") else None
    kept = outage.kept(g.now if "now" in g else current_app.extensions["mapapp.clock"]())
    return view(kept) if view and kept else None


def require_database() -> None:
    """Raises `DatabaseUnavailable` at once while the database is left alone."""
    if the_outage().breaker.is_open:
        raise DatabaseUnavailable("the database failed a moment ago and is left alone")


def refresh(
    settings: Settings,
    session: Session,
    *,
    teller: Teller | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> bool:
    """Bring the release on the disk up to date with the database and the teller, and note that it is; whether it was
    written anew. The session must be fresh: everything is read in one repeatable-read transaction."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    directory = settings.data / DIRECTORY
    number, published_at = read_head(session)
    if published_at is None:
        return False
    known = open_register(directory)
    words = words_version(session, teller) if teller else ""
    same_words = known is not None and known.words == words and known.places_from is not None
    current = known is not None and same_words and same(known, number, published_at)
    if not current:
        build(session, directory, teller=teller, progress=progress)
    (directory / CONFIRMED).touch(mode=0o600)
    return not current


def same(known: KeptRegister, release: int, published_at: datetime) -> bool:
    return (known.head["release"], known.head["published_at"]) == (release, published_at.isoformat())
