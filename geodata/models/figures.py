"""Stored readiness figures: what every overlay of the current release is summed from.

A *cell* is a group of institutions that no question about units, types, ownership, standing or levels tells apart. For
each cell, period and indicator the figure holds counts and sums, so that any unit of either world is a sum of cells.
"""

from decimal import Decimal

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Identity, Integer, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.models.base import Base

CELL_KEY = (
    *("province_code", "commune_code", "former_province_code", "former_district_code", "former_commune_code"),
    *("type", "ownership", "high_quality", "training_levels"),
)


class ReadinessCell(Base):
    """Institutions with the same place in both worlds (by their stored codes), type, ownership, standing and levels."""

    __tablename__ = "readiness_cell"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    province_code: Mapped[str | None]
    commune_code: Mapped[str | None]
    former_province_code: Mapped[str | None]
    former_district_code: Mapped[str | None]
    former_commune_code: Mapped[str | None]
    type: Mapped[str]
    ownership: Mapped[str]
    high_quality: Mapped[bool]
    training_levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    __table_args__ = (UniqueConstraint(*CELL_KEY, name="one_cell", postgresql_nulls_not_distinct=True),)


class ReadinessFigure(Base):
    """Of one cell, period and indicator in the release of the stamp: `applicable` institutions, `reporting` of them,
    and the sums that make the value: Σ amount / Σ weight."""

    __tablename__ = "readiness_figure"
    period_id: Mapped[str] = mapped_column(primary_key=True)
    indicator_id: Mapped[str] = mapped_column(primary_key=True)
    cell_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    applicable: Mapped[int] = mapped_column(Integer)
    reporting: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Decimal] = mapped_column(Numeric)
    weight: Mapped[Decimal] = mapped_column(Numeric)


class ReadinessStamp(Base):
    """The single row that says which release the figures are of, and under which measures they were derived."""

    __tablename__ = "readiness_stamp"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default="1")
    release_id: Mapped[int]
    measures: Mapped[str]
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)
