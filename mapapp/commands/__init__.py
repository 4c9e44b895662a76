"""The operator's commands, one module each.

A module here exposes one click command or group named `command`; the module's name is the command's name (a trailing
underscore falls away: `import_.py` is `mapapp import`). `mapapp.cli` finds it by itself. Commands get the `Settings`
through `@click.pass_obj`, refuse by raising a `GeodataError` (exit code 1) and commit once, last.
"""

import contextlib
from collections.abc import Iterator

from sqlalchemy.orm import Session

from geodata.cluster_place import ClusterUnusable
from geodata.engine import make_sessions, require_answer
from mapapp.settings import Settings


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The database's URL while it answers: a private cluster at rest is started and put to rest again."""
    cluster = settings.cluster
    if cluster is None:
        require_answer(settings.url)
        yield settings.url
        return
    if not cluster.exists:
        raise ClusterUnusable(f"There is no database in {settings.data} yet. Make one with: mapapp db start")
    started = cluster.start()
    if started:
        cluster.claim()
    try:
        yield cluster.url
    finally:
        if started:
            cluster.stop()


@contextlib.contextmanager
def command_session(settings: Settings) -> Iterator[Session]:
    """A session without time limit for one command, which commits itself; anything uncommitted is rolled back."""
    with database(settings) as url:
        sessions = make_sessions(url, statement_timeout_ms=0, application_name="mapapp-cli", pool_size=1)
        with sessions() as session:
            try:
                yield session
            finally:
                session.rollback()
                session.get_bind().engine.dispose()
