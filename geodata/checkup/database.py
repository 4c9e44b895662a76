"""Checks of the database itself: what it has to offer, and whether it can be relied on."""

from collections.abc import Iterator

from sqlalchemy import text

from geodata import migrations
from geodata.checkup.looks import Look
from geodata.checkup.registered import Checks, Grade
from geodata.cluster_settings import EXTENSIONS
from geodata.postgres import OLDEST_MAJOR, SERVER_VERSION
from geodata.roles import Role
from geodata.search import ordered_by_character
from geodata.unit_load import built_units, loaded_units

CHECKS = Checks()

UNUSABLE_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT (indisvalid AND indisready) AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
UNPROVEN = """
    SELECT conrelid::regclass || ': ' || conname FROM pg_constraint
    WHERE NOT convalidated AND connamespace = 'public'::regnamespace ORDER BY 1
"""
SORTED_OTHERWISE = """
    SELECT datcollversion AS made, pg_database_collation_actual_version(oid) AS now FROM pg_database
    WHERE datname = current_database()
"""
UNSAFE = """
    SELECT name || ' = ' || setting FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY 1
"""


@CHECKS("Move the data to a newer server (docs/operations.md, Upgrade), or set DATABASE_URL to one", first=True)
def version(look: Look) -> Iterator[str]:
    """The database is of a PostgreSQL that this version works on"""
    found, major = look.session.execute(text(SERVER_VERSION)).one()
    if major < OLDEST_MAJOR:
        yield f"it is {found}, and {OLDEST_MAJOR} or newer is needed"


@CHECKS("Let a superuser run in the database: CREATE EXTENSION postgis (and each other one named)", first=True)
def extensions(look: Look) -> Iterator[str]:
    """The database has the extensions that the map needs"""
    present = set(look.session.scalars(text("SELECT extname FROM pg_extension")))
    yield from (f"{name} is missing" for name in EXTENSIONS if name not in present)


@CHECKS(
    "Older ones: stop the site and run mapapp db migrate (or start the site: it does the same). Newer ones: serve with"
    " the version that made them, or restore a backup from before it was installed",
    first=True,
)
def tables(look: Look) -> Iterator[str]:
    """The tables are those that this version works on"""
    engine = look.session.get_bind().engine
    if not migrations.fit(engine):
        present, newest = migrations.revisions(engine)
        if present and newest and present > newest:
            yield f"they ({present}) are those of a newer version, and this one ({newest}) does not work on them"
        else:
            yield f"they are at revision {present or 'none'}, and {newest} is needed"


@CHECKS("mapapp db migrate loads them")
def units(look: Look) -> Iterator[str]:
    """The administrative units of both worlds are those that came with this version"""
    if loaded_units(look.session) != built_units():
        yield "none are loaded" if not loaded_units(look.session) else "those of another version are loaded"


@CHECKS("mapapp db migrate makes them, or prints what a superuser has to run; until then nobody can sign in")
def roles(look: Look) -> Iterator[str]:
    """The web has database roles of its own"""
    present = set(look.session.scalars(text("SELECT rolname FROM pg_roles")))
    yield from (f"{role} is missing" for role in Role if role not in present)


@CHECKS("Build each anew: REINDEX INDEX CONCURRENTLY <name>")
def indexes(look: Look) -> Iterator[str]:
    """Every index can be used"""
    yield from look.session.scalars(text(UNUSABLE_INDEXES))


@CHECKS("Find the rows that break it, correct them, then: ALTER TABLE <table> VALIDATE CONSTRAINT <name>")
def constraints(look: Look) -> Iterator[str]:
    """Every constraint has been proven for the rows that were there before it"""
    yield from look.session.scalars(text(UNPROVEN))


@CHECKS(
    "Run REINDEX DATABASE, then ALTER DATABASE <name> REFRESH COLLATION VERSION: the system's order of letters changed"
)
def collation(look: Look) -> Iterator[str]:
    """Texts are in the order in which the indexes were built"""
    row = look.session.execute(text(SORTED_OTHERWISE)).one()
    if row.made != row.now:
        yield f"built with version {row.made} of the order, the system now has {row.now}"


@CHECKS(
    "Dump it, make one with TEMPLATE template0 LOCALE 'C.UTF-8', and restore into that: until then words that very many"
    " institutions match are suggested by name alone, with a wait",
    grade=Grade.NOTE,
)
def order(look: Look) -> Iterator[str]:
    """Texts are in the order of their characters, in which names that begin alike stand together"""
    if not ordered_by_character(look.session):
        yield "they are in the order of a language"


@CHECKS("Set it to on in postgresql.conf and reload: a power cut may lose what was acknowledged", grade=Grade.NOTE)
def durability(look: Look) -> Iterator[str]:
    """What was acknowledged survives a power cut"""
    yield from look.session.scalars(text(UNSAFE))
