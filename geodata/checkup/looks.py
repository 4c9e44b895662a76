"""What the checks of a database look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from geodata.days import vietnamese_day


@dataclass(frozen=True)
class Look:
    """A session of one read-only transaction, the time, and what the installation has set."""

    session: Session
    now: datetime
    register_max_age: timedelta = timedelta(days=400)
    answers_kept_for: timedelta = timedelta(days=400)

    @property
    def today(self) -> date:
        """The calendar day in Vietnam."""
        return vietnamese_day(self.now)
