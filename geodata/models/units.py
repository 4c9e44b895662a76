"""Administrative units of every vintage, their succession and their boundaries."""

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import WGS84, Base, no_overlap_of_days, one_of


class AdministrativeUnit(Base):
    """A unit during one span of days. Codes were reused on 01/07/2025, so the key is `code@valid_from`.

    `aliases` holds every spelling the unit answers to, folded and without spaces (see `geodata.unit_names`).
    """

    __tablename__ = "administrative_unit"
    key: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    level: Mapped[str]
    name: Mapped[str]
    full_name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    parent_key: Mapped[str | None] = mapped_column(ForeignKey("administrative_unit.key"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    point: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=WGS84, spatial_index=False))
    area_km2: Mapped[float | None]
    folded: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source: Mapped[str]
    __table_args__ = (
        one_of("level", v.UnitLevel),
        CheckConstraint("valid_from < valid_to", name="validity_runs_forward"),
        no_overlap_of_days("one_unit_per_code_and_day", "level", "code"),
        Index("ix_administrative_unit_parent_key", "parent_key"),
        Index("ix_administrative_unit_folded", "folded"),
        Index("ix_administrative_unit_aliases", "aliases", postgresql_using="gin"),
    )


class UnitSuccession(Base):
    """Old to new, many-to-many: `part` says whether the whole predecessor went there."""

    __tablename__ = "unit_succession"
    predecessor_key: Mapped[str] = mapped_column(ForeignKey("administrative_unit.key"), primary_key=True)
    successor_key: Mapped[str] = mapped_column(ForeignKey("administrative_unit.key"), primary_key=True)
    effective_on: Mapped[date]
    part: Mapped[str]
    is_default: Mapped[bool]
    __table_args__ = (
        CheckConstraint("part IN ('whole', 'part')", name="part_vocabulary"),
        Index("ix_unit_succession_successor_key", "successor_key"),
    )


class UnitBoundary(Base):
    """The outline in force for a unit; three widths of simplification for small, middle and large scales."""

    __tablename__ = "unit_boundary"
    unit_key: Mapped[str] = mapped_column(ForeignKey("administrative_unit.key"), primary_key=True)
    quality: Mapped[str]
    source: Mapped[str]
    geom: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False))
    geom_low: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False))
    geom_mid: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False))
    imported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    imported_by: Mapped[str]
    __table_args__ = (
        one_of("quality", v.BoundaryQuality),
        Index("ix_unit_boundary_geom", "geom", postgresql_using="gist"),
    )
