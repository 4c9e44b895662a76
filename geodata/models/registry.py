"""Institutions and what is known of them: names, identifiers, attributes, campuses, licences, programmes, relations."""

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import WGS84, Base, Fact, fact_checks, no_overlap, one_of


class Institution(Base):
    """An issued registry id. Rows are never deleted or changed (trigger): an id is never reused."""

    __tablename__ = "institution"
    id: Mapped[str] = mapped_column(primary_key=True)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class InstitutionName(Fact, Base):
    """A name in one language or form. `folded` is `text.fold(text)`; `terms` holds further folded search forms."""

    __tablename__ = "institution_name"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    kind: Mapped[str]
    text: Mapped[str]
    folded: Mapped[str]
    terms: Mapped[str] = mapped_column(server_default="")
    __table_args__ = (
        *fact_checks(),
        one_of("kind", v.NameKind),
        no_overlap("one_name_at_a_time", "institution_id", "kind"),
        Index("ix_institution_name_institution_id", "institution_id"),
        Index("ix_institution_name_folded", "folded"),
    )


class Identifier(Fact, Base):
    """A code or e-ID with the days on which it was the institution's. Sharing between institutions is allowed: the
    answer is then `ambiguous`."""

    __tablename__ = "identifier"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    scheme: Mapped[str]
    value: Mapped[str]
    __table_args__ = (
        *fact_checks(),
        one_of("scheme", v.IdentifierScheme),
        CheckConstraint("value ~ '^[A-Z0-9.-]{2,35}$'", name="value_shape"),
        no_overlap("identifier_said_once", "institution_id", "scheme", "value"),
        Index("ix_identifier_value", "value"),
        Index("ix_identifier_institution_id", "institution_id"),
    )


class InstitutionAttribute(Fact, Base):
    """One single-valued fact (`kind`) with validity and source."""

    __tablename__ = "institution_attribute"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    kind: Mapped[str]
    value: Mapped[str]
    __table_args__ = (
        *fact_checks(),
        one_of("kind", v.AttributeKind),
        one_of("value", v.InstitutionType, when="kind = 'type'"),
        one_of("value", v.Ownership, when="kind = 'ownership'"),
        one_of("value", v.Status, when="kind = 'status'"),
        one_of("value", v.Enrolment, when="kind = 'enrolment'"),
        one_of("value", v.HighQuality, when="kind = 'high_quality'"),
        CheckConstraint("NOT (kind = 'status' AND value = 'not_yet_open')", name="not_yet_open_is_derived"),
        no_overlap("one_value_at_a_time", "institution_id", "kind"),
        Index("ix_institution_attribute_institution_id", "institution_id"),
    )


class Campus(Fact, Base):
    """A place of an institution. `campus_id` stays the same through its versions.

    Unit codes are stored for both worlds because codes were reused on 01/07/2025: `province_code`, `commune_code` as of
    that day, `former_*` as until the day before. `geom` is lon/lat; it is NULL unless the source placed the campus.
    """

    __tablename__ = "campus"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    campus_id: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str | None]
    address: Mapped[str | None]
    province_code: Mapped[str | None]
    commune_code: Mapped[str | None]
    former_province_code: Mapped[str | None]
    former_district_code: Mapped[str | None]
    former_commune_code: Mapped[str | None]
    location_precision: Mapped[str]
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=WGS84, spatial_index=False))
    __table_args__ = (
        *fact_checks(),
        one_of("kind", v.CampusKind),
        one_of("location_precision", v.LocationPrecision),
        CheckConstraint(
            "(geom IS NOT NULL) = (location_precision IN ('surveyed', 'address', 'commune'))",
            name="point_has_precision",
        ),
        no_overlap("campus_said_once", "campus_id"),
        Index("ix_campus_institution_id", "institution_id"),
    )


class Licence(Fact, Base):
    """Giấy chứng nhận đăng ký hoạt động; validity is the licence's own. `licence_id` survives corrections."""

    __tablename__ = "licence"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    licence_id: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    __table_args__ = (
        *fact_checks(),
        no_overlap("licence_said_once", "licence_id"),
        Index("ix_licence_institution_id", "institution_id"),
        Index("ix_licence_number", "number"),
    )


class Programme(Fact, Base):
    """An occupation trained at a level, under a licence, perhaps at one campus only; `taught_out_until` is the last day
    (exclusive) of a recorded teach-out period after the programme's end."""

    __tablename__ = "programme"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    occupation_code: Mapped[str]
    occupation_name: Mapped[str | None]
    training_level: Mapped[str]
    campus_id: Mapped[str | None]
    licence_id: Mapped[str | None]
    quota: Mapped[int | None]
    taught_out_until: Mapped[date | None]
    __table_args__ = (
        *fact_checks(),
        one_of("training_level", v.TrainingLevel),
        CheckConstraint("occupation_code ~ '^[0-9]{7}$'", name="occupation_code_shape"),
        CheckConstraint("quota >= 0", name="quota_not_negative"),
        Index("ix_programme_institution_id", "institution_id"),
        Index("ix_programme_occupation_code", "occupation_code", "training_level"),
    )


class Relation(Fact, Base):
    """Succession between institutions, many-to-many; `valid_from` is the effective day."""

    __tablename__ = "relation"
    kind: Mapped[str]
    predecessor_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    successor_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    keeps_records: Mapped[bool] = mapped_column(server_default=text("false"))
    __table_args__ = (
        *fact_checks(),
        one_of("kind", v.RelationKind),
        CheckConstraint("kind = 'rename' OR predecessor_id <> successor_id", name="no_self_succession"),
        Index("ix_relation_predecessor_id", "predecessor_id"),
        Index("ix_relation_successor_id", "successor_id"),
    )


class CompletenessDeclaration(Fact, Base):
    """Someone declared that the register holds every licence and programme of the institution for these days."""

    __tablename__ = "completeness_declaration"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    declared_by: Mapped[str]
    declared_on: Mapped[date]
    __table_args__ = (
        *fact_checks(),
        Index("ix_completeness_declaration_institution_id", "institution_id"),
    )


FACTS: tuple[type[Fact], ...] = (
    InstitutionName,
    Identifier,
    InstitutionAttribute,
    Campus,
    Licence,
    Programme,
    Relation,
    CompletenessDeclaration,
)
