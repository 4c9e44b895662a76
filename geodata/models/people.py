"""People who may sign in, what they may do where, their sessions, what happened at the door. Nothing here is public.

Tokens are kept as their SHA-256 only, passwords as argon2 hashes, second factors encrypted by the application's key.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of

MOMENT = DateTime(timezone=True)


class Person(Base):
    """Someone who may sign in. `failed_count` attempts in a row lead to `locked_until`; `totp_step` is the last time
    step whose code was used, so that none works twice. `oidc_subject` names them at the identity provider."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    failed_count: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    created_by: Mapped[str]
    __table_args__ = (CheckConstraint("login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'", name="login_shape"),)


class PersonRight(Base):
    """A role over one province, one institution (reporters), or, with neither, the whole country.

    The province is a unit of any vintage: what it became is what the right covers today (`geodata.people.territories`).
    A right that was taken away keeps its row: `valid_to` tells when.
    """

    __tablename__ = "person_right"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    province_key: Mapped[str | None] = mapped_column(ForeignKey("administrative_unit.key"))
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institution.id"))
    valid_from: Mapped[datetime] = mapped_column(MOMENT)
    valid_to: Mapped[datetime | None] = mapped_column(MOMENT)
    granted_by: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    ended_by: Mapped[str | None]
    __table_args__ = (
        one_of("role", v.Role),
        CheckConstraint("(role = 'reporter') = (institution_id IS NOT NULL)", name="reporters_have_an_institution"),
        CheckConstraint("role <> 'reporter' OR province_key IS NULL", name="reporters_have_no_province"),
        CheckConstraint("role <> 'provincial_steward' OR province_key IS NOT NULL", name="provincial_has_a_province"),
        CheckConstraint("role <> 'national_steward' OR province_key IS NULL", name="national_has_none"),
        CheckConstraint("valid_from <= valid_to", name="validity_runs_forward"),
        Index("ix_person_right_person_id", "person_id"),
        Index(
            "uq_person_right_standing",
            "person_id",
            "role",
            "province_key",
            "institution_id",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )


class RoleAct(Base):
    """What a role allows, for the policies in the database: the same as `geodata.people.rights.ACTS`."""

    __tablename__ = "role_act"
    role: Mapped[str] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (one_of("role", v.Role), one_of("act", v.PersonAct))


class PersonSession(Base):
    """A browser, or a job, that acts for a person. `series` stays the same when the token is changed for another;
    `replaced_at` is when this one was. `expires_at` is the end of the series, whatever happens."""

    __tablename__ = "person_session"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(server_default="browser")
    series: Mapped[str]
    agent: Mapped[str] = mapped_column(server_default="")
    method: Mapped[str] = mapped_column(server_default="password")
    opened_at: Mapped[datetime] = mapped_column(MOMENT)
    made_at: Mapped[datetime] = mapped_column(MOMENT)
    seen_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    replaced_at: Mapped[datetime | None] = mapped_column(MOMENT)
    revoked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    rotated_from: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (
        one_of("kind", v.SessionKind),
        Index("ix_person_session_person_id", "person_id"),
        Index("ix_person_session_series", "series"),
    )


class PersonInvitation(Base):
    """A link that lets a person set a password once: the first, or a new one in place of a forgotten one."""

    __tablename__ = "person_invitation"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)


class PublicationPermit(Base):
    """What the application shows while it publishes in a person's name (`geodata.people.permits`)."""

    __tablename__ = "publication_permit"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)


class RecoveryCode(Base):
    """A code that stands in once for the second factor; 80 random bits, kept as a hash."""

    __tablename__ = "recovery_code"
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)


class AccountAct(Base):
    """What was done to somebody's account: by whom (`by_id`; none: the operator), when and why. `detail` is a right as
    `{role, province, institution, from, until}`. Never altered (trigger)."""

    __tablename__ = "account_act"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(MOMENT)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str]
    step: Mapped[str]
    detail: Mapped[dict[str, str]] = mapped_column(JSONB)
    reason: Mapped[str]
    __table_args__ = (
        one_of("step", v.AccountStep),
        CheckConstraint("reason <> ''", name="says_why"),
        Index("ix_account_act_person_id", "person_id", "id"),
    )


class SignInEvent(Base):
    """What happened at the door. What was typed is not kept: a login that nobody has may be somebody's password."""

    __tablename__ = "sign_in_event"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime] = mapped_column(MOMENT)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str]
    method: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    __table_args__ = (one_of("outcome", v.SignInOutcome), Index("ix_sign_in_event_person_id", "person_id", "at"))
