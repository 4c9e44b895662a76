"""Words that found nothing, on their way to the stewards: noted at once, written later, lost before they cost anything.

A page only adds to a small tally in memory. A thread writes the tally through a session of its own some seconds later;
when the database refuses, the tally is dropped and the log says so.
"""

import logging
from collections import Counter
from datetime import date
from threading import Lock, Thread
from time import sleep
from typing import cast

from flask import Flask, current_app

from geodata.missed_queries import keep, keepable
from geodata.vocabulary import MissedKind
from mapapp.db import Sessions, cut_short, today
from mapapp.kept_answers import only_now
from mapapp.params import InstitutionFilters

WRITTEN_EVERY_S = 10
LARGEST_TALLY = 500
"""Different words held in memory; more in ten seconds are no people and are dropped."""

log = logging.getLogger(__name__)


class Tally:
    """Counts misses; `write` hands them to the register. `background`: a thread does that by itself."""

    def __init__(self, sessions: Sessions, *, background: bool) -> None:
        self._sessions = sessions
        self._background = background
        self._lock = Lock()
        self._counts: Counter[tuple[date, MissedKind, str]] = Counter()
        self._writing = False

    def add(self, day: date, kind: MissedKind, words: str) -> None:
        """Count one miss; the first one after a rest wakes the writer."""
        with self._lock:
            if len(self._counts) < LARGEST_TALLY or (day, kind, words) in self._counts:
                self._counts[day, kind, words] += 1
            wake = self._background and not self._writing
            self._writing = self._writing or wake
        if wake:
            Thread(target=self._write_later, name="missed-queries", daemon=True).start()

    def write(self) -> None:
        """Write what was counted so far and start from nothing; never raises."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._writing = False
        if not counts:
            return
        try:
            with self._sessions() as session:
                keep(session, counts)
                session.commit()
        except Exception as error:
            log.warning("words that found nothing were not kept: %s", type(error).__name__)

    def _write_later(self) -> None:
        sleep(WRITTEN_EVERY_S)
        self.write()


def install(app: Flask, *, background: bool) -> None:
    """Give the application its tally, which needs the writing sessions."""
    app.extensions["mapapp.misses"] = Tally(app.extensions["mapapp.writing_sessions"], background=background)


def tally() -> Tally:
    return cast(Tally, current_app.extensions["mapapp.misses"])


def note_search(asked: InstitutionFilters) -> None:
    """A search that found nothing: its words, when nothing but them was asked, so that they alone are to blame, and
    when it could look everywhere."""
    if not cut_short() and set(asked.model_dump(exclude_defaults=True)) == {"q"}:
        note(MissedKind.SEARCH, asked.q)


def note(kind: MissedKind, typed: str) -> None:
    only_now()  # so that the next one who asks this is counted too
    words = keepable(typed)
    if words:
        tally().add(today(), kind, words)
