"""Engines and sessions for a PostGIS database, with the time zone, time limits and name every connection gets."""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, LockNotAvailable, QueryCanceled
from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session, sessionmaker

from geodata.errors import GeodataError

DEFAULT_STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 10_000


class DatabaseUnavailable(GeodataError):
    """No PostgreSQL answers at the URL; the message carries the driver's reason, never the password."""


AWAY = (DatabaseUnavailable, OperationalError, InterfaceError, NoFreeConnection)
"""What a query raises when the database does not answer, or not within its time limit: try again later."""


def is_gone(error: Exception) -> bool:
    """Whether the database itself did not answer, rather than that one statement took too long."""
    return not isinstance(getattr(error, "orig", None), QueryCanceled | LockNotAvailable)


def is_forbidden(error: Exception) -> bool:
    """Whether the database refused the person or role a row or a table."""
    return isinstance(getattr(error, "orig", None), InsufficientPrivilege)


def make_engine(
    url: str,
    *,
    statement_timeout_ms: int = DEFAULT_STATEMENT_TIMEOUT_MS,
    application_name: str = "mapapp",
    pool_size: int = 5,
    role: str | None = None,
) -> Engine:
    """An engine whose connections speak UTC and end statements after `statement_timeout_ms` (0: never).
    `role` is taken on where the database has it and lets us.

    `url` may name the plain scheme `postgresql://` or `postgres://`; the driver is psycopg 3 in any case. No
    connection is opened yet.
    """
    options = {"TimeZone": "UTC", "statement_timeout": statement_timeout_ms, "lock_timeout": LOCK_TIMEOUT_MS}
    engine = create_engine(
        with_driver(url),
        pool_size=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,  # what people ask, and where they are, belongs in no log
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            "application_name": application_name,
            "connect_timeout": 10,
        },
    )
    event.listen(engine, "handle_error", _tell_lost_connection)
    if role is not None:
        event.listen(engine, "connect", lambda connection, _: _take_on(connection, role))
    return engine


def _tell_lost_connection(context: ExceptionContext) -> None:
    """Raise `DatabaseUnavailable` where the server went away in the middle of an answer: psycopg then has no SQLSTATE,
    and so no better name for it than `DatabaseError`."""
    lost = context.original_exception
    if type(lost) is psycopg.DatabaseError and not lost.sqlstate:
        context.is_disconnect = True
        raise DatabaseUnavailable(f"The database went away: {lost}") from lost


def _take_on(connection: Any, role: str) -> None:
    """Work as the role on a new connection, for good; as ourselves where there is no such role for us."""
    asked = "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(oid, 'MEMBER')"
    with connection.cursor() as cursor:
        if cursor.execute(asked, (role,)).fetchone():
            cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    connection.commit()


def make_sessions(
    url: str,
    *,
    statement_timeout_ms: int = DEFAULT_STATEMENT_TIMEOUT_MS,
    application_name: str = "mapapp",
    pool_size: int = 5,
    role: str | None = None,
) -> sessionmaker[Session]:
    """Sessions on a new engine; objects stay readable after the commit, which the route or command makes last."""
    engine = make_engine(
        url,
        statement_timeout_ms=statement_timeout_ms,
        application_name=application_name,
        pool_size=pool_size,
        role=role,
    )
    return sessionmaker(engine, expire_on_commit=False)


def require_answer(url: str) -> None:
    """Connect once and hang up. Raises `DatabaseUnavailable` when the URL is none or nothing answers there."""
    try:
        engine = make_engine(url, pool_size=1)
        try:
            engine.connect().close()
        finally:
            engine.dispose()
    except ArgumentError:
        raise DatabaseUnavailable("The database URL is none; one looks like postgresql://user@host/database.") from None
    except OperationalError as error:
        raise DatabaseUnavailable(f"The database does not answer: {error.orig}") from error


def with_driver(url: str) -> str:
    """The URL with the psycopg 3 driver, from any spelling of the PostgreSQL scheme."""
    parsed = make_url("postgresql" + url.removeprefix("postgres") if url.startswith("postgres:") else url)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
