"""What citizens leave behind: words they searched for in vain. Nothing here tells who they are."""

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of


class MissedQuery(Base):
    """Folded words that found nothing, and how often on a day."""

    __tablename__ = "missed_query"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    __table_args__ = (one_of("kind", v.MissedKind),)
