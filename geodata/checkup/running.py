"""The checks of a database one after the other, in one read-only transaction."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geodata.checkup import database, facts, register
from geodata.checkup.looks import Look
from geodata.checkup.registered import Check, Grade, Outcome
from geodata.errors import GeodataError

CHECKS: tuple[Check, ...] = (*database.CHECKS.all, *register.CHECKS.all, *facts.CHECKS.all)

READING = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def run(look: Look, *, slow: bool = True) -> Iterator[Outcome]:
    """An outcome per check, as each is done, without the `slow` ones where they are not wanted. One that fails and
    without which no other can be looked at is the last."""
    look.session.rollback()
    look.session.execute(text(READING))
    for check in CHECKS:
        if slow or not check.slow:
            outcome = _looked(check, look)
            yield outcome
            if outcome.is_fault and check.first:
                return


def _looked(check: Check, look: Look) -> Outcome:
    """What cannot be read, in the database or beside it, is a finding and no end."""
    try:
        return check.look(look)
    except (DBAPIError, GeodataError) as error:
        look.session.rollback()
        look.session.execute(text(READING))
        unread = Check(check.name, check.claim, check.remedy, Grade.FAULT, check.slow, check.first, check.looking)
        return Outcome(unread, (f"could not be looked at: {str(getattr(error, 'orig', error)).partition(chr(10))[0]}",))
