"""How many people live in a commune, as a file the operator imported says."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata.models.base import Base


class UnitPopulation(Base):
    """People in a unit in a year; a later import of the same year replaces the figure."""

    __tablename__ = "unit_population"
    unit_key: Mapped[str] = mapped_column(ForeignKey("administrative_unit.key"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
    source: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    imported_by: Mapped[str]
    __table_args__ = (CheckConstraint("people >= 0", name="people_not_negative"),)
