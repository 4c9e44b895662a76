"""The request's database session, the register's state as it reads it, and today's date.

Public requests read in one read-only, repeatable-read transaction: everything in one answer comes from one release.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g
from sqlalchemy.orm import Session, sessionmaker

from geodata.access.population import population_version
from geodata.administrative_units import boundaries_version
from geodata.engine import AWAY, DatabaseUnavailable, make_sessions
from geodata.people.acting import act_under
from geodata.proposals.reviews import reviews_version
from geodata.releases import current_release, stay_in
from geodata.roles import Role, Way
from geodata.search import was_cut_short
from geodata.unit_load import loaded_units
from mapapp.outage import require_database
from mapapp.replica import Replica, may_be_late, the_replica
from mapapp.settings import Settings

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
Clock = Callable[[], datetime]
Sessions = sessionmaker[Session]


@dataclass(frozen=True)
class Register:
    """The current release: its number (0: nothing was published yet), time, counts and data status.

    `data_status` is `official`, `unverified`, `illustrative`, `mixed`, or `empty`. `outlines` changes when an outline
    is replaced or a population imported, which needs no release.
    """

    release: int
    published_at: datetime | None
    data_status: str
    summary: dict[str, Any]
    outlines: str = ""

    @property
    def units(self) -> str:
        """Which build of the administrative units the database holds."""
        return self.outlines.rpartition("+")[2]

    @property
    def edition(self) -> tuple[object, ...]:
        """What answers depend on. The time of the release counts too, because a database put back from a backup reuses
        numbers."""
        return self.release, self.published_at, self.outlines


EMPTY = Register(0, None, "empty", {})

LOOK_AGAIN_S = 1.0
"""For so long an answer made before may still be given without looking whether there is a new release."""


@dataclass
class LastLook:
    """What this worker last saw of the register, when, and for how long that may do for answers made before."""

    trusted_for_s: float
    register: Register | None = None
    at: float = 0.0
    outlines: str = ""
    outlines_at: float = 0.0
    at_source: float = 0.0
    _seeing: Lock = field(default_factory=Lock)

    def recent(self) -> Register | None:
        return self.register if time.monotonic() - self.at < self.trusted_for_s else None

    @property
    def ages(self) -> bool:
        """Whether it can still be trusted, but not much longer."""
        return self.trusted_for_s / 2 < time.monotonic() - self.at < self.trusted_for_s

    def recent_at_source(self) -> Register | None:
        """The same, where the primary itself was looked at."""
        return self.register if time.monotonic() - self.at_source < self.trusted_for_s else None

    def see(self, state: Register, began: float, *, late: bool) -> None:
        """Remember the state, as it was when the look at it began: not where somebody looked later and was sooner; one
        that a replica shows only where no later one was seen."""
        with self._seeing:
            if began < self.at or (late and self.register is not None and state.release < self.register.release):
                return
            self.register, self.at = state, began
            self.at_source = self.at_source if late else began


def reading_sessions(settings: Settings, *, replica: str | None = None) -> Sessions:
    """Sessions for public requests: one connection per worker thread, read-only, one snapshot per request; on the
    replica at this URL, or on the primary."""
    way = Way(replica, Role.READ) if replica else settings.way(Role.READ)
    sessions = make_sessions(
        way.url,
        role=way.role,
        statement_timeout_ms=settings.statement_timeout_ms,
        application_name="mapapp-web",
        pool_size=2,
    )
    engine = sessions.kw["bind"].execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    sessions.configure(bind=engine)
    return sessions


def install(app: Flask, settings: Settings, sessions: Sessions | None, clock: Clock | None) -> None:
    """Give requests their sessions and their clock. Whoever brings sessions may publish through them at any moment:
    then the register is looked at for every request."""
    app.extensions["mapapp.sessions"] = sessions or reading_sessions(settings)
    app.extensions["mapapp.replica"] = None if sessions else _replica(settings, app.extensions["mapapp.sessions"])
    app.extensions["mapapp.last_look"] = LastLook(trusted_for_s=0 if sessions else LOOK_AGAIN_S)
    app.extensions["mapapp.clock"] = clock or (lambda: datetime.now(UTC))
    app.teardown_appcontext(_close)


def _replica(settings: Settings, primary: Sessions) -> Replica | None:
    if settings.replica_url is None:
        return None
    sessions = reading_sessions(settings, replica=settings.replica_url)
    return Replica(sessions, primary, most_lag_s=settings.replica_lag_s)


def session() -> Session:
    """The request's session, opened when first asked for and closed with the request: on a replica where the request
    may be answered from one, else on the primary. Raises `DatabaseUnavailable` while the database is left alone after
    a failure."""
    if "session" not in g:
        g.session = _late_session() or _session()
    return cast(Session, g.session)


def cut_short() -> bool:
    """Whether this request could not look at everything that may be meant (`geodata.search`): its answer holds for now
    only."""
    return "session" in g and was_cut_short(g.session)


def _session() -> Session:
    require_database()
    return acting(cast(Sessions, current_app.extensions["mapapp.sessions"])())


def _late_session() -> Session | None:
    """One on the replica, if there is one that answers and is close enough behind for this request."""
    replica = the_replica(current_app)
    found = replica.session() if replica and may_be_late() else None
    g.late = found is not None
    return found


def acting(session: Session) -> Session:
    """The session, which acts from now on for whoever is signed in at this request (see `mapapp.sign_in`)."""
    token = g.get("acting_token")
    if token:
        act_under(session, token)
    return session


def now() -> datetime:
    """The time of this request, the same however often it is asked for."""
    if "now" not in g:
        g.now = current_app.extensions["mapapp.clock"]()
    return cast(datetime, g.now)


def today() -> date:
    """The calendar day in Vietnam."""
    return day_in_vietnam(now())


def day_in_vietnam(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def register() -> Register:
    """The state of the register in this request's snapshot."""
    if "register" not in g:
        g.register = _read_register()
    return cast(Register, g.register)


def look_ahead(app: Flask) -> None:
    """Look at the register while what was seen of it can still be trusted, so that nobody has to wait for that. Leaves
    everything as it is where the database is away, which the next who asks will deal with."""
    with app.app_context(), suppress(DatabaseUnavailable, *AWAY):
        g.session = _session()
        register()
        app.extensions["mapapp.verifier"].look(g.session)


def lately_read_register() -> Register | None:
    """The register as this worker read it within the last second, for answers that are kept; None after longer."""
    return cast(LastLook, current_app.extensions["mapapp.last_look"]).recent()


def lately_read_at_source() -> Register | None:
    """The same, where the primary itself was looked at."""
    return cast(LastLook, current_app.extensions["mapapp.last_look"]).recent_at_source()


def known_register() -> Register | None:
    """What this request already knows of the register, without asking the database (it may be away)."""
    return cast(Register | None, g.get("register"))


def data_status(counts: dict[str, int]) -> str:
    """One word for several records: their common status, `mixed`, or `empty`."""
    present = [status for status, count in counts.items() if count]
    if not present:
        return "empty"
    return present[0] if len(present) == 1 else "mixed"


def _read_register() -> Register:
    look, began = cast(LastLook, current_app.extensions["mapapp.last_look"]), time.monotonic()
    if time.monotonic() - look.outlines_at >= look.trusted_for_s:
        look.outlines, look.outlines_at = _ground(session()), time.monotonic()
    state = _current_register(look.outlines)
    look.see(state, began, late=g.get("late", False))
    return state


def _ground(session: Session) -> str:
    """What changes answers without a release: outlines, the population of communes, reviews of provinces, units."""
    versions = boundaries_version(session), population_version(session), reviews_version(session)
    return "+".join(map(str, (*versions, loaded_units(session))))


def _current_register(outlines: str) -> Register:
    release = current_release(session())
    if release is None:
        return replace(EMPTY, outlines=outlines)
    counts = release.summary.get("by_data_status", {})
    stay_in(session(), release)
    return Register(release.id, release.published_at, data_status(counts), release.summary, outlines)


def _close(_error: BaseException | None) -> None:
    """The answer is made by now: a database that went away meanwhile takes nothing from it."""
    opened = g.pop("session", None)
    if opened is not None:
        with suppress(*AWAY):
            opened.close()
