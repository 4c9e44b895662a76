"""The registry: two times, units, readiness, work"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("institution", "change_log")
FACTS = (
    "institution_name",
    "identifier",
    "institution_attribute",
    "campus",
    "licence",
    "programme",
    "relation",
    "completeness_declaration",
    "indicator_value",
)
GUARDS = {
    "refuse_change": """
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
    """,
    "only_close": """
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.release_to IS NULL AND NEW.release_to IS NOT NULL
                AND to_jsonb(NEW) - 'release_to' = to_jsonb(OLD) - 'release_to' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a published row of % may only be closed', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END
    """,
}


def upgrade() -> None:
    op.create_geospatial_table(
        "administrative_unit",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_key", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("aliases", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.literal_column("level"), "="),
            (sa.literal_column("code"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="one_unit_per_code_and_day",
        ),
        sa.CheckConstraint(
            "level IN ('province', 'district', 'commune')", name=op.f("ck_administrative_unit_level_vocabulary")
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_administrative_unit_validity_runs_forward")),
        sa.ForeignKeyConstraint(
            ["parent_key"],
            ["administrative_unit.key"],
            name=op.f("fk_administrative_unit_parent_key_administrative_unit"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_administrative_unit")),
    )
    op.create_index(
        "ix_administrative_unit_aliases", "administrative_unit", ["aliases"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_administrative_unit_folded", "administrative_unit", ["folded"], unique=False)
    op.create_index("ix_administrative_unit_parent_key", "administrative_unit", ["parent_key"], unique=False)
    op.create_table(
        "api_client",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requests_per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('requested', 'active', 'revoked')", name=op.f("ck_api_client_state_vocabulary")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_client_key_hash")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint(
            "number", "issued_on", name=op.f("uq_decision_number_issued_on"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "indicator",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "subject_kind IN ('institution', 'authority', 'territory')",
            name=op.f("ck_indicator_subject_kind_vocabulary"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_table(
        "institution",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
    )
    op.create_geospatial_table(
        "institution_state",
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("campus_id", sa.Text(), nullable=True),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("place_text", sa.Text(), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('simple', name_folded), 'A') || setweight(to_tsvector('simple', search_text), 'B') || setweight(to_tsvector('simple', place_text), 'C')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("data_status", sa.Text(), nullable=False),
        sa.Column("training_levels", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("occupations", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("identifiers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("former_province_code", sa.Text(), nullable=True),
        sa.Column("former_district_code", sa.Text(), nullable=True),
        sa.Column("former_commune_code", sa.Text(), nullable=True),
        sa.Column("location_precision", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "geog",
            Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            sa.Computed("geom::geography", persisted=True),
            nullable=True,
        ),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_institution_state")),
    )
    op.create_index(
        "ix_institution_state_former_province_code",
        "institution_state",
        ["former_province_code", "former_district_code", "former_commune_code"],
        unique=False,
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_geospatial_index(
        "ix_institution_state_geog",
        "institution_state",
        ["geog"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("release_to IS NULL"),
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "ix_institution_state_geom",
        "institution_state",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("release_to IS NULL"),
        postgresql_ops={},
    )
    op.create_index(
        "ix_institution_state_identifiers",
        "institution_state",
        ["identifiers"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_index("ix_institution_state_institution_id", "institution_state", ["institution_id"], unique=False)
    op.create_index(
        "ix_institution_state_name",
        "institution_state",
        ["name_folded", "institution_id"],
        unique=False,
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_index(
        "ix_institution_state_occupations",
        "institution_state",
        ["occupations"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_index(
        "ix_institution_state_province_code",
        "institution_state",
        ["province_code", "commune_code"],
        unique=False,
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_index("ix_institution_state_release_from", "institution_state", ["release_from"], unique=False)
    op.create_index(
        "ix_institution_state_search",
        "institution_state",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_index(
        "ix_institution_state_trigram",
        "institution_state",
        ["name_folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "reporting_period",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "starts_on <= ends_on AND ends_on <= due_on", name=op.f("ck_reporting_period_days_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_period")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("file_hash", sa.Text(), nullable=True),
        sa.Column("data_status", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "data_status IN ('illustrative', 'unverified', 'official')", name=op.f("ck_source_data_status_vocabulary")
        ),
        sa.CheckConstraint("kind IN ('demo', 'import', 'undo', 'edit')", name=op.f("ck_source_kind_vocabulary")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_table(
        "authority",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("territory_key", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('ministry', 'province', 'agency')", name=op.f("ck_authority_kind_vocabulary")),
        sa.ForeignKeyConstraint(
            ["territory_key"], ["administrative_unit.key"], name=op.f("fk_authority_territory_key_administrative_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint("kind IN ('demo', 'import', 'undo', 'edit')", name=op.f("ck_release_kind_vocabulary")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_release_decision_id_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("province_key", sa.Text(), nullable=True),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('national_steward', 'provincial_steward', 'approver', 'reporter', 'auditor')",
            name=op.f("ck_role_grant_role_vocabulary"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_role_grant_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")),
        sa.ForeignKeyConstraint(
            ["province_key"], ["administrative_unit.key"], name=op.f("fk_role_grant_province_key_administrative_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "person_id", "role", "province_key", "institution_id", name="one_grant", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("indicator_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_target_indicator_id_indicator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_geospatial_table(
        "unit_boundary",
        sa.Column("unit_key", sa.Text(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "geom_low",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "geom_mid",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.CheckConstraint("quality IN ('approximate', 'official')", name=op.f("ck_unit_boundary_quality_vocabulary")),
        sa.ForeignKeyConstraint(
            ["unit_key"], ["administrative_unit.key"], name=op.f("fk_unit_boundary_unit_key_administrative_unit")
        ),
        sa.PrimaryKeyConstraint("unit_key", name=op.f("pk_unit_boundary")),
    )
    op.create_geospatial_index(
        "ix_unit_boundary_geom", "unit_boundary", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "unit_succession",
        sa.Column("predecessor_key", sa.Text(), nullable=False),
        sa.Column("successor_key", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.CheckConstraint("part IN ('whole', 'part')", name=op.f("ck_unit_succession_part_vocabulary")),
        sa.ForeignKeyConstraint(
            ["predecessor_key"],
            ["administrative_unit.key"],
            name=op.f("fk_unit_succession_predecessor_key_administrative_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_key"],
            ["administrative_unit.key"],
            name=op.f("fk_unit_succession_successor_key_administrative_unit"),
        ),
        sa.PrimaryKeyConstraint("predecessor_key", "successor_key", name=op.f("pk_unit_succession")),
    )
    op.create_index("ix_unit_succession_successor_key", "unit_succession", ["successor_key"], unique=False)
    op.create_geospatial_table(
        "campus",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("campus_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("former_province_code", sa.Text(), nullable=True),
        sa.Column("former_district_code", sa.Text(), nullable=True),
        sa.Column("former_commune_code", sa.Text(), nullable=True),
        sa.Column("location_precision", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("hashtextextended(campus_id, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            (sa.text("int4range(release_from, release_to)"), "&&"),
            using="gist",
            name="campus_said_once",
        ),
        sa.CheckConstraint(
            "(geom IS NOT NULL) = (location_precision IN ('surveyed', 'address', 'commune'))",
            name=op.f("ck_campus_point_has_precision"),
        ),
        sa.CheckConstraint("kind IN ('main', 'site', 'branch')", name=op.f("ck_campus_kind_vocabulary")),
        sa.CheckConstraint(
            "location_precision IN ('surveyed', 'address', 'commune', 'district', 'province', 'none')",
            name=op.f("ck_campus_location_precision_vocabulary"),
        ),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_campus_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_campus_validity_runs_forward")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_campus_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_campus_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["release_from"], ["release.id"], name=op.f("fk_campus_release_from_release")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_campus_source_id_source")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_campus")),
    )
    op.create_index("ix_campus_institution_id", "campus", ["institution_id"], unique=False)
    op.create_table(
        "change_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("action IN ('add', 'close', 'bulk')", name=op.f("ck_change_log_action_vocabulary")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_change_log_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_change_log_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_change_log_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_log")),
    )
    op.create_index("ix_change_log_institution_id", "change_log", ["institution_id"], unique=False)
    op.create_index("ix_change_log_release_id", "change_log", ["release_id"], unique=False)
    op.create_table(
        "completeness_declaration",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "release_from < release_to", name=op.f("ck_completeness_declaration_publication_runs_forward")
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_completeness_declaration_validity_runs_forward")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_completeness_declaration_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_completeness_declaration_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(
            ["release_from"], ["release.id"], name=op.f("fk_completeness_declaration_release_from_release")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_completeness_declaration_source_id_source")
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_completeness_declaration")),
    )
    op.create_index(
        "ix_completeness_declaration_institution_id", "completeness_declaration", ["institution_id"], unique=False
    )
    op.create_table(
        "identifier",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("hashtextextended(institution_id, 0)"), "="),
            (sa.literal_column("hashtextextended(scheme, 0)"), "="),
            (sa.literal_column("hashtextextended(value, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            (sa.text("int4range(release_from, release_to)"), "&&"),
            using="gist",
            name="identifier_said_once",
        ),
        sa.CheckConstraint("scheme IN ('code', 'e_id')", name=op.f("ck_identifier_scheme_vocabulary")),
        sa.CheckConstraint("value ~ '^[A-Z0-9.-]{2,35}$'", name=op.f("ck_identifier_value_shape")),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_identifier_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_identifier_validity_runs_forward")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_identifier_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_identifier_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["release_from"], ["release.id"], name=op.f("fk_identifier_release_from_release")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_identifier_source_id_source")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_identifier")),
    )
    op.create_index("ix_identifier_value", "identifier", ["value"], unique=False)
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("file_format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("base_release_id", sa.Integer(), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("undo_release_id", sa.Integer(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.CheckConstraint(
            "state IN ('staged', 'refused', 'published', 'undone')", name=op.f("ck_import_run_state_vocabulary")
        ),
        sa.ForeignKeyConstraint(
            ["base_release_id"], ["release.id"], name=op.f("fk_import_run_base_release_id_release")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_import_run_decision_id_decision")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_import_run_release_id_release")),
        sa.ForeignKeyConstraint(
            ["undo_release_id"], ["release.id"], name=op.f("fk_import_run_undo_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_file_hash", "import_run", ["file_hash"], unique=False)
    op.create_table(
        "institution_attribute",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("hashtextextended(institution_id, 0)"), "="),
            (sa.literal_column("hashtextextended(kind, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            (sa.text("int4range(release_from, release_to)"), "&&"),
            using="gist",
            name="one_value_at_a_time",
        ),
        sa.CheckConstraint(
            "NOT (kind = 'enrolment') OR value IN ('open', 'stopped')",
            name=op.f("ck_institution_attribute_enrolment_value"),
        ),
        sa.CheckConstraint(
            "NOT (kind = 'high_quality') OR value IN ('recognised', 'candidate', 'none')",
            name=op.f("ck_institution_attribute_highquality_value"),
        ),
        sa.CheckConstraint(
            "NOT (kind = 'ownership') OR value IN ('public', 'private', 'foreign_invested', 'unknown')",
            name=op.f("ck_institution_attribute_ownership_value"),
        ),
        sa.CheckConstraint(
            "NOT (kind = 'status' AND value = 'not_yet_open')",
            name=op.f("ck_institution_attribute_not_yet_open_is_derived"),
        ),
        sa.CheckConstraint(
            "NOT (kind = 'status') OR value IN ('not_yet_open', 'active', 'suspended', 'closed', 'merged')",
            name=op.f("ck_institution_attribute_status_value"),
        ),
        sa.CheckConstraint(
            "NOT (kind = 'type') OR value IN ('college', 'intermediate_school', 'vocational_high_school', 'vocational_centre', 'vocational_continuing_centre')",
            name=op.f("ck_institution_attribute_institutiontype_value"),
        ),
        sa.CheckConstraint(
            "kind IN ('type', 'ownership', 'status', 'enrolment', 'high_quality', 'managing_body', 'website', 'telephone', 'email')",
            name=op.f("ck_institution_attribute_kind_vocabulary"),
        ),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_institution_attribute_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_institution_attribute_validity_runs_forward")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_institution_attribute_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_institution_attribute_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(
            ["release_from"], ["release.id"], name=op.f("fk_institution_attribute_release_from_release")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_institution_attribute_source_id_source")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_institution_attribute")),
    )
    op.create_table(
        "institution_name",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), server_default="", nullable=False),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("hashtextextended(institution_id, 0)"), "="),
            (sa.literal_column("hashtextextended(kind, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            (sa.text("int4range(release_from, release_to)"), "&&"),
            using="gist",
            name="one_name_at_a_time",
        ),
        sa.CheckConstraint(
            "kind IN ('official', 'english', 'short')", name=op.f("ck_institution_name_kind_vocabulary")
        ),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_institution_name_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_institution_name_validity_runs_forward")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_institution_name_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_institution_name_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(
            ["release_from"], ["release.id"], name=op.f("fk_institution_name_release_from_release")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_institution_name_source_id_source")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_institution_name")),
    )
    op.create_table(
        "licence",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("licence_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("hashtextextended(licence_id, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            (sa.text("int4range(release_from, release_to)"), "&&"),
            using="gist",
            name="licence_said_once",
        ),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_licence_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_licence_validity_runs_forward")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_licence_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_licence_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["release_from"], ["release.id"], name=op.f("fk_licence_release_from_release")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_licence_source_id_source")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_licence")),
    )
    op.create_index("ix_licence_institution_id", "licence", ["institution_id"], unique=False)
    op.create_index("ix_licence_number", "licence", ["number"], unique=False)
    op.create_table(
        "programme",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("occupation_code", sa.Text(), nullable=False),
        sa.Column("occupation_name", sa.Text(), nullable=True),
        sa.Column("training_level", sa.Text(), nullable=False),
        sa.Column("campus_id", sa.Text(), nullable=True),
        sa.Column("licence_id", sa.Text(), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("taught_out_until", sa.Date(), nullable=True),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("occupation_code ~ '^[0-9]{7}$'", name=op.f("ck_programme_occupation_code_shape")),
        sa.CheckConstraint(
            "training_level IN ('elementary', 'intermediate', 'college', 'vocational_high')",
            name=op.f("ck_programme_training_level_vocabulary"),
        ),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_programme_quota_not_negative")),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_programme_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_programme_validity_runs_forward")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_programme_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_programme_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["release_from"], ["release.id"], name=op.f("fk_programme_release_from_release")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_programme_source_id_source")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_programme")),
    )
    op.create_index("ix_programme_institution_id", "programme", ["institution_id"], unique=False)
    op.create_index("ix_programme_occupation_code", "programme", ["occupation_code", "training_level"], unique=False)
    op.create_table(
        "register_head",
        sa.Column("id", sa.Integer(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_register_head_single_row")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_register_head_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_head")),
    )
    op.create_table(
        "relation",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("predecessor_id", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Text(), nullable=False),
        sa.Column("keeps_records", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind = 'rename' OR predecessor_id <> successor_id", name=op.f("ck_relation_no_self_succession")
        ),
        sa.CheckConstraint(
            "kind IN ('rename', 'merge', 'split', 'absorb', 'upgrade')", name=op.f("ck_relation_kind_vocabulary")
        ),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_relation_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_relation_validity_runs_forward")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_relation_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["institution.id"], name=op.f("fk_relation_predecessor_id_institution")
        ),
        sa.ForeignKeyConstraint(["release_from"], ["release.id"], name=op.f("fk_relation_release_from_release")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_relation_source_id_source")),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["institution.id"], name=op.f("fk_relation_successor_id_institution")
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_relation")),
    )
    op.create_index("ix_relation_predecessor_id", "relation", ["predecessor_id"], unique=False)
    op.create_index("ix_relation_successor_id", "relation", ["successor_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("authority_id", sa.Text(), nullable=True),
        sa.Column("territory_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(subject_kind = 'institution') = (institution_id IS NOT NULL) AND (subject_kind = 'authority') = (authority_id IS NOT NULL) AND (subject_kind = 'territory') = (territory_key IS NOT NULL)",
            name=op.f("ck_report_one_subject"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'approved', 'published')",
            name=op.f("ck_report_state_vocabulary"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('institution', 'authority', 'territory')", name=op.f("ck_report_subject_kind_vocabulary")
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_report_authority_id_authority")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_report_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["reporting_period.id"], name=op.f("fk_report_period_id_reporting_period")
        ),
        sa.ForeignKeyConstraint(
            ["territory_key"], ["administrative_unit.key"], name=op.f("fk_report_territory_key_administrative_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index("uq_report_authority", "report", ["authority_id", "period_id"], unique=True)
    op.create_index("uq_report_institution", "report", ["institution_id", "period_id"], unique=True)
    op.create_index("uq_report_territory", "report", ["territory_key", "period_id"], unique=True)
    op.create_table(
        "import_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('created', 'updated', 'unchanged', 'rejected')", name=op.f("ck_import_row_outcome_vocabulary")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_row_run_id_import_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("run_id", "sheet", "row_number", name=op.f("uq_import_row_run_id_sheet_row_number")),
    )
    op.create_table(
        "indicator_value",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("numerator", sa.Numeric(), nullable=True),
        sa.Column("denominator", sa.Numeric(), nullable=True),
        sa.Column("missing_reason", sa.Text(), nullable=True),
        sa.Column("row_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("release_to", sa.Integer(), nullable=True),
        sa.Column("release_from", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(value IS NULL) = (missing_reason IS NOT NULL)", name=op.f("ck_indicator_value_missing_is_said")
        ),
        sa.CheckConstraint("denominator >= 0 AND numerator >= 0", name=op.f("ck_indicator_value_counts_not_negative")),
        sa.CheckConstraint("release_from < release_to", name=op.f("ck_indicator_value_publication_runs_forward")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_indicator_value_validity_runs_forward")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_indicator_value_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_value_indicator_id_indicator")
        ),
        sa.ForeignKeyConstraint(["release_from"], ["release.id"], name=op.f("fk_indicator_value_release_from_release")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_indicator_value_report_id_report")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_indicator_value_source_id_source")),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_indicator_value")),
    )
    op.create_index(
        "uq_indicator_value_open",
        "indicator_value",
        ["report_id", "indicator_id"],
        unique=True,
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.create_index("ix_identifier_institution_id", "identifier", ["institution_id"], unique=False)
    op.create_index(
        "ix_institution_attribute_institution_id", "institution_attribute", ["institution_id"], unique=False
    )
    op.create_index("ix_institution_name_institution_id", "institution_name", ["institution_id"], unique=False)
    for function, body in GUARDS.items():
        op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in FACTS:
        op.execute(
            f"CREATE TRIGGER {table}_only_closes BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION only_close()"
        )


def downgrade() -> None:
    op.drop_index(
        "uq_indicator_value_open", table_name="indicator_value", postgresql_where=sa.text("release_to IS NULL")
    )
    op.drop_table("indicator_value")
    op.drop_table("import_row")
    op.drop_index("uq_report_territory", table_name="report")
    op.drop_index("uq_report_institution", table_name="report")
    op.drop_index("uq_report_authority", table_name="report")
    op.drop_table("report")
    op.drop_index("ix_relation_successor_id", table_name="relation")
    op.drop_index("ix_relation_predecessor_id", table_name="relation")
    op.drop_table("relation")
    op.drop_table("register_head")
    op.drop_index("ix_programme_occupation_code", table_name="programme")
    op.drop_index("ix_programme_institution_id", table_name="programme")
    op.drop_table("programme")
    op.drop_index("ix_licence_number", table_name="licence")
    op.drop_index("ix_licence_institution_id", table_name="licence")
    op.drop_table("licence")
    op.drop_table("institution_name")
    op.drop_table("institution_attribute")
    op.drop_index("ix_import_run_file_hash", table_name="import_run")
    op.drop_table("import_run")
    op.drop_index("ix_identifier_value", table_name="identifier")
    op.drop_table("identifier")
    op.drop_index("ix_completeness_declaration_institution_id", table_name="completeness_declaration")
    op.drop_table("completeness_declaration")
    op.drop_index("ix_change_log_release_id", table_name="change_log")
    op.drop_index("ix_change_log_institution_id", table_name="change_log")
    op.drop_table("change_log")
    op.drop_index("ix_campus_institution_id", table_name="campus")
    op.drop_geospatial_table("campus")
    op.drop_index("ix_unit_succession_successor_key", table_name="unit_succession")
    op.drop_table("unit_succession")
    op.drop_geospatial_index(
        "ix_unit_boundary_geom", table_name="unit_boundary", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("unit_boundary")
    op.drop_table("target")
    op.drop_table("role_grant")
    op.drop_table("release")
    op.drop_table("authority")
    op.drop_table("source")
    op.drop_table("reporting_period")
    op.drop_table("person")
    op.drop_index(
        "ix_institution_state_trigram",
        table_name="institution_state",
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.drop_index(
        "ix_institution_state_search",
        table_name="institution_state",
        postgresql_using="gin",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.drop_index("ix_institution_state_release_from", table_name="institution_state")
    op.drop_index(
        "ix_institution_state_province_code",
        table_name="institution_state",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.drop_index(
        "ix_institution_state_occupations",
        table_name="institution_state",
        postgresql_using="gin",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.drop_index(
        "ix_institution_state_name", table_name="institution_state", postgresql_where=sa.text("release_to IS NULL")
    )
    op.drop_index("ix_institution_state_institution_id", table_name="institution_state")
    op.drop_index(
        "ix_institution_state_identifiers",
        table_name="institution_state",
        postgresql_using="gin",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.drop_geospatial_index(
        "ix_institution_state_geom",
        table_name="institution_state",
        postgresql_using="gist",
        postgresql_where=sa.text("release_to IS NULL"),
        column_name="geom",
    )
    op.drop_geospatial_index(
        "ix_institution_state_geog",
        table_name="institution_state",
        postgresql_using="gist",
        postgresql_where=sa.text("release_to IS NULL"),
        column_name="geog",
    )
    op.drop_index(
        "ix_institution_state_former_province_code",
        table_name="institution_state",
        postgresql_where=sa.text("release_to IS NULL"),
    )
    op.drop_geospatial_table("institution_state")
    op.drop_table("institution")
    op.drop_table("indicator")
    op.drop_table("decision")
    op.drop_table("api_client")
    op.drop_index("ix_administrative_unit_parent_key", table_name="administrative_unit")
    op.drop_index("ix_administrative_unit_folded", table_name="administrative_unit")
    op.drop_index("ix_administrative_unit_aliases", table_name="administrative_unit", postgresql_using="gin")
    op.drop_geospatial_table("administrative_unit")
    for function in GUARDS:
        op.execute(f"DROP FUNCTION {function}()")
