"""Acting under a token: what the database's policies are told about who is at work, transaction by transaction.

The setting holds the opaque token, never a person or a province: whoever can run SQL as the web's role can set it to
anything, and nothing but a token that was given out opens anything. It is local to the transaction, so a connection
goes back to its pool without it.
"""

from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, sessionmaker

_SET = text("SELECT set_config('mapapp.token', :token, true)")


def act_under(session: Session | sessionmaker[Session], token: str) -> None:
    """From now on every transaction of the session, or of those that these make, acts for whom the token stands for."""

    def tell(_session: Session, _transaction: Any, connection: Connection) -> None:
        connection.execute(_SET, {"token": token})

    event.listen(session, "after_begin", tell)
    if isinstance(session, Session) and session.in_transaction():
        session.execute(_SET, {"token": token})


def rehearse(session: Session) -> None:
    """Let who may read work that is not public try out what it would change, in this (sub)transaction, which from now
    on can only be rolled back."""
    session.execute(text("SELECT rehearse()"))


def end_own_session(sessions: sessionmaker[Session]) -> None:
    """A job ends the session that was opened for it."""
    with sessions() as session:
        session.execute(text("SELECT end_own_session()"))
        session.commit()
