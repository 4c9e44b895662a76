"""What a release derives from the facts: the state of each institution, ready to be searched and served."""

from datetime import date
from typing import Any

from geoalchemy2 import Geography, Geometry
from sqlalchemy import BigInteger, Computed, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from geodata.models.base import WGS84, Base

OPEN = text("release_to IS NULL")


class InstitutionState(Base):
    """An institution as it stands at one campus, over a span of days in which nothing shown changes, in a span of
    releases. Exactly one row per institution, day and release has `is_main`.

    `geom` is lon/lat and NULL when the place is known to district or province only. `feature` is the GeoJSON Feature
    as text, ready to send. `name_folded` is the name of that time; `search_text` adds the other folded forms people may
    type (former and short names, English, initials, codes, website), `place_text` the places of both worlds of every
    campus.
    """

    __tablename__ = "institution_state"
    row_id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    institution_id: Mapped[str]
    campus_id: Mapped[str | None]
    is_main: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    release_from: Mapped[int]
    release_to: Mapped[int | None]
    name: Mapped[str]
    name_folded: Mapped[str]
    search_text: Mapped[str]
    place_text: Mapped[str]
    search: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('simple', name_folded), 'A') || setweight(to_tsvector('simple', search_text), 'B')"
            " || setweight(to_tsvector('simple', place_text), 'C')",
            persisted=True,
        ),
    )
    type: Mapped[str]
    ownership: Mapped[str]
    status: Mapped[str]
    data_status: Mapped[str]
    training_levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    occupations: Mapped[list[str]] = mapped_column(ARRAY(Text))
    identifiers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    province_code: Mapped[str | None]
    commune_code: Mapped[str | None]
    former_province_code: Mapped[str | None]
    former_district_code: Mapped[str | None]
    former_commune_code: Mapped[str | None]
    location_precision: Mapped[str]
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=WGS84, spatial_index=False))
    geog: Mapped[Any | None] = mapped_column(
        Geography("POINT", srid=WGS84, spatial_index=False), Computed("geom::geography", persisted=True)
    )
    feature: Mapped[str]
    __table_args__ = (
        Index("ix_institution_state_institution_id", "institution_id"),
        Index("ix_institution_state_geom", "geom", postgresql_using="gist", postgresql_where=OPEN),
        Index(
            "ix_institution_state_place",
            text("st_geohash(geom, 10)"),  # COLLATE "C" in the database, which does not tell so when asked
            "institution_id",
            "campus_id",
            postgresql_include=["geom", "release_from", "release_to"],
        ),
        Index("ix_institution_state_geog", "geog", postgresql_using="gist", postgresql_where=OPEN),
        Index("ix_institution_state_search", "search", postgresql_using="gin", postgresql_where=OPEN),
        Index(
            "ix_institution_state_trigram",
            "name_folded",
            postgresql_using="gin",
            postgresql_ops={"name_folded": "gin_trgm_ops"},
            postgresql_where=OPEN,
        ),
        Index("ix_institution_state_identifiers", "identifiers", postgresql_using="gin", postgresql_where=OPEN),
        Index("ix_institution_state_occupations", "occupations", postgresql_using="gin", postgresql_where=OPEN),
        Index("ix_institution_state_province_code", "province_code", "commune_code", postgresql_where=OPEN),
        Index(
            "ix_institution_state_former_province_code",
            "former_province_code",
            "former_district_code",
            "former_commune_code",
            postgresql_where=OPEN,
        ),
        Index(
            "ix_institution_state_main",
            "name_folded",
            "institution_id",
            postgresql_include=[
                *("row_id", "geom", "status", "type", "ownership", "data_status", "valid_from", "valid_to"),
                *("province_code", "commune_code"),
                *("former_province_code", "former_district_code", "former_commune_code"),
            ],
            postgresql_where=text("release_to IS NULL AND is_main"),
        ),
        Index("ix_institution_state_release_from", "release_from"),
        Index(
            "ix_institution_state_release_to",
            "release_to",
            "institution_id",
            postgresql_where=text("release_to IS NOT NULL"),
        ),
    )
