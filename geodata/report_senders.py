"""How many reports one sender may send: counted by hour under a hash whose salt is thrown away every day.

The address itself is never stored. While the salt of the day exists, a hash could be compared with a guessed address;
afterwards it means nothing, and the counts are deleted with it.
"""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geodata.models import ReportSalt, ReportSender

MOST_AN_HOUR = 5
MOST_AN_HOUR_FROM_ALL = 300
"""All senders together: what keeps a flood from many addresses out of the stewards' queue."""


def may_send(session: Session, address: str, at: datetime) -> bool:
    """Count one report of the sender in this hour; False when there were enough. The caller commits either way."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    forget(session, hour)
    mine = count(session, hour, hashed(session, address, hour.date()))
    everyone = session.scalar(select(func.sum(ReportSender.count)).where(ReportSender.hour == hour)) or 0
    return mine <= MOST_AN_HOUR and everyone <= MOST_AN_HOUR_FROM_ALL


def hashed(session: Session, address: str, day: date) -> bytes:
    """The sender under the day's salt."""
    return hmac.digest(salt_of(session, day), network(address).encode(), hashlib.sha256)[:16]


def salt_of(session: Session, day: date) -> bytes:
    """The day's salt, made by whoever needs it first."""
    fresh = insert(ReportSalt).values(day=day, salt=secrets.token_bytes(32))
    session.execute(fresh.on_conflict_do_nothing())
    return session.scalars(select(ReportSalt.salt).where(ReportSalt.day == day)).one()


def network(address: str) -> str:
    """What one household or office has of the address: all of an IPv4 address, the first 64 bits of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def count(session: Session, hour: datetime, sender: bytes) -> int:
    """One more report of the sender in the hour; how many that makes."""
    row = insert(ReportSender).values(hour=hour, sender=sender, count=1)
    more = row.on_conflict_do_update(index_elements=["hour", "sender"], set_={"count": ReportSender.count + 1})
    return session.scalars(more.returning(ReportSender.count)).one()


def forget(session: Session, hour: datetime) -> None:
    """Throw away the salts of earlier days and the counts of earlier hours, which no limit looks at any more."""
    session.execute(delete(ReportSalt).where(ReportSalt.day < hour.date()))
    session.execute(delete(ReportSender).where(ReportSender.hour < hour))
