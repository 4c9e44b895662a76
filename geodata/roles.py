"""The database roles that the web works as, none of which owns a table or passes row-level security by.

`mapapp` (or whoever owns the database) migrates and runs the operator's commands. `mapapp_read` answers questions;
`mapapp_web` writes what pages and jobs write, each row judged by the policies; `mapapp_door` alone sees people, rights
and sessions. A private cluster has them from its making; elsewhere `ensure` makes them where our role may.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


class Role(StrEnum):
    """Roles by what they do."""

    READ = "mapapp_read"
    WEB = "mapapp_web"
    DOOR = "mapapp_door"


@dataclass(frozen=True)
class Way:
    """A way to the database: a URL, and the role to take on there (None: the URL's own user)."""

    url: str
    role: Role | None = None


OF_PEOPLE = (
    *("person_right", "person_session", "person_invitation", "recovery_code", "sign_in_event"),
    *("publication_permit", "account_act"),
)
NOT_WRITTEN = (
    *("alembic_version", "role_act", "rehearsal", "person"),
    *("administrative_unit", "unit_succession", "unit_boundary", "unit_population", "spatial_ref_sys"),
)
"""What pages and jobs never write."""


def ensure(engine: Engine) -> bool:
    """Make the roles that are missing, let our own take them on, and give them their rights. False where our role may
    not make them: then `advice` says what a superuser has to run."""
    with engine.connect() as connection:
        try:
            for role in Role:
                if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role}):
                    connection.execute(text(f"CREATE ROLE {role} LOGIN"))
                if not connection.scalar(text("SELECT pg_has_role(:name, 'MEMBER')"), {"name": role}):
                    connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
            connection.commit()
        except DBAPIError:
            connection.rollback()
        present = _present(connection)
        if present:
            grant(connection)
            connection.commit()
    return present


def advice(engine: Engine) -> str:
    """What a superuser runs where our role may not make roles."""
    owner = engine.url.username or "mapapp"
    made = " ".join(f"CREATE ROLE {role} LOGIN;" for role in Role)
    return f'Let a superuser run:  {made} GRANT {", ".join(Role)} TO "{owner}";'


def is_guarded(session: Session) -> bool:
    """Whether the policies hold for this session: it works as one of the roles, not as an owner or superuser."""
    asked = (
        "SELECT rolname = ANY(:names) AND NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    return bool(session.scalar(text(asked), {"names": list(Role)}))


def _present(connection: Connection) -> bool:
    found = connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = ANY(:names)"), {"names": list(Role)})
    return bool(found == len(Role))


def grant(connection: Connection) -> None:
    """The rights of each role on the tables as they are now; nothing happens where a role is missing."""
    if not _present(connection):
        return
    everybody = ", ".join(Role)
    people = ", ".join(OF_PEOPLE)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {everybody}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {Role.READ}, {Role.WEB}",
        f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {Role.WEB}",
        f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(_existing(connection, NOT_WRITTEN))} FROM {Role.WEB}",
        f"REVOKE ALL ON person, {people} FROM {Role.READ}, {Role.WEB}",
        f"GRANT SELECT (id, login, name) ON person TO {Role.READ}, {Role.WEB}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON person, {people} TO {Role.DOOR}",
        f"GRANT SELECT ON administrative_unit, unit_succession, role_act, institution TO {Role.DOOR}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {Role.WEB}, {Role.DOOR}",
        "REVOKE ALL ON FUNCTION refresh_statistics(text[]) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION refresh_statistics(text[]) TO {Role.WEB}",
    ):
        connection.execute(text(statement))


def _existing(connection: Connection, tables: tuple[str, ...]) -> list[str]:
    """Tables of ours among these; a superuser's stay as they are."""
    ours = "relkind = 'r' AND pg_has_role(relowner, 'USAGE')"
    asked = f"SELECT relname FROM pg_class WHERE relname = ANY(:names) AND {ours}"
    return list(connection.scalars(text(asked), {"names": list(tables)}))
