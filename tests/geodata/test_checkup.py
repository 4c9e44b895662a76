"""The look over a database: all is right with an illustrative network, and each check sees what it is there for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata import unit_load
from geodata.checkup import CHECKS, Check, Grade, Look, database, run
from geodata.errors import GeodataError
from geodata.vocabulary import Role
from tests.databases import opened, rolled_back
from tests.people import a_person

BY_NAME = {check.name: check for check in CHECKS}
NOTES = {"durability", "two_people"}
"""What tests want otherwise: a database that may lose everything, and that nobody signs in to."""


@pytest.fixture
def look(network_engine: Engine) -> Iterator[Look]:
    """At an illustrative network, whose guards are off: what is broken comes back at the end of the test."""
    with rolled_back(network_engine) as session:
        yield Look(session, datetime.now(UTC))


def found(name: str, look: Look) -> str:
    return "\n".join(BY_NAME[name].look(look).found)


def test_all_is_right_with_an_illustrative_network(network_engine: Engine) -> None:
    with Session(network_engine) as session:
        outcomes = list(run(Look(session, datetime.now(UTC))))
    assert [one.check.name for one in outcomes] == [check.name for check in CHECKS]
    assert {one.check.name: one.found for one in outcomes if one.is_fault} == {}
    natural = {"shared_identifiers", "provinces", "merged_into"}
    assert NOTES <= {one.check.name for one in outcomes if one.found} <= NOTES | natural


def test_slow_checks_may_be_left_out(network_engine: Engine) -> None:
    with Session(network_engine) as session:
        names = {one.check.name for one in run(Look(session, datetime.now(UTC)), slow=False)}
    assert set(BY_NAME) - names == {"registry_ids", "log"}


def test_everything_is_looked_at_in_a_transaction_that_cannot_write(
    network_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def writes(look: Look) -> Iterator[str]:
        yield from look.session.scalars(text("DELETE FROM indicator_value RETURNING indicator_id"))

    def asks(look: Look) -> Iterator[str]:
        yield look.session.scalar(text("SHOW transaction_isolation")) or ""

    def misses(_: Look) -> Iterator[str]:
        raise GeodataError("the file of units is missing")
        yield

    made = [Check(one.__name__, "", "", Grade.NOTE, False, False, one) for one in (writes, misses, asks)]
    monkeypatch.setattr("geodata.checkup.running.CHECKS", made)
    with Session(network_engine) as session:
        told = [(one.found, one.is_fault) for one in run(Look(session, datetime.now(UTC)))]
    assert told == [
        (("could not be looked at: cannot execute DELETE in a read-only transaction",), True),
        (("could not be looked at: the file of units is missing",), True),
        (("repeatable read",), False),
    ], "and what comes after it is looked at all the same"


def test_without_tables_nothing_else_is_looked_at(empty_database_url: str) -> None:
    with opened(empty_database_url) as engine, Session(engine) as session:
        *before, last = run(Look(session, datetime.now(UTC)))
    assert [one.check.name for one in before] == ["version", "extensions"]
    assert (last.check.name, last.is_fault) == ("tables", True)
    assert last.found[0].startswith("they are at revision none")


def test_tables_of_a_newer_version_are_not_called_old(network_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.migrations.newest", lambda: "0001")
    with Session(network_engine) as session:
        last = list(run(Look(session, datetime.now(UTC))))[-1]
    assert last.check.name == "tables"
    assert last.found[0].endswith("are those of a newer version, and this one (0001) does not work on them")
    assert "Newer ones: serve with the version that made them" in last.check.remedy


ONE = "(SELECT min(institution_id) FROM institution_state WHERE release_to IS NULL AND is_main AND status = 'active')"
OTHER = ONE.replace("min(", "max(")
BREAKING = {
    "units": ["COMMENT ON INDEX {mark} IS 'units of another version'"],
    "constraints": ["ALTER TABLE source ADD CONSTRAINT never CHECK (id < 0) NOT VALID"],
    "newest_release": [
        "INSERT INTO release (id, kind, published_by, reason) SELECT max(id) + 1, 'edit', 'x', 'x' FROM release"
    ],
    "no_later_rows": [f"UPDATE institution_name SET release_to = 99 WHERE institution_id = {ONE}"],
    "states": [
        f"DELETE FROM institution_state WHERE institution_id = {ONE}",
        f"UPDATE institution_name SET release_to = 99 WHERE institution_id = {OTHER}",
    ],
    "one_state_a_day": [
        "UPDATE institution_state SET is_main = true, valid_from = NULL, valid_to = NULL WHERE institution_id ="
        " (SELECT min(institution_id) FROM institution_state WHERE release_to IS NULL AND NOT is_main)"
    ],
    "counts": [f"UPDATE institution_state SET status = 'suspended' WHERE institution_id = {ONE}"],
    "stored_figures": ["UPDATE readiness_stamp SET release_id = 0"],
    "stored_tiles": ["UPDATE tile_stamp SET release_id = 0"],
    "registry_ids": ["INSERT INTO institution (id) VALUES ('v2222222223')"],
    "log": ["UPDATE release SET reason = 'another'"],
    "known_units": [f"UPDATE campus SET commune_code = '99999' WHERE institution_id = {ONE}"],
    "inside_the_country": [
        "UPDATE campus SET geom = ST_SetSRID(ST_MakePoint(2.35, 48.86), 4326) WHERE geom IS NOT NULL"
    ],
    "programmes": [
        "UPDATE programme SET licence_id = 'nobodys' WHERE row_id = (SELECT min(row_id) FROM programme)",
        "UPDATE programme SET campus_id = 'nowhere' WHERE row_id = (SELECT min(row_id) FROM programme)",
    ],
    "successions": [
        "INSERT INTO relation (kind, predecessor_id, successor_id, release_from, source_id)"
        f" SELECT 'merge', one, other, 1, (SELECT min(id) FROM source) FROM (VALUES ({ONE}, {OTHER}), ({OTHER}, {ONE}))"
        " AS pair (one, other)"
    ],
    "merged_into": [f"UPDATE institution_state SET status = 'merged' WHERE institution_id = {ONE}"],
    "shared_identifiers": [
        "UPDATE identifier SET value = 'CDD0000', valid_from = NULL, valid_to = NULL WHERE row_id IN"
        " (SELECT max(row_id) FROM identifier WHERE release_to IS NULL GROUP BY institution_id LIMIT 2)"
    ],
    "provinces": [f"UPDATE institution_state SET province_code = NULL WHERE institution_id = {ONE}"],
    "one_data_status": [f"UPDATE institution_state SET data_status = 'official' WHERE institution_id = {ONE}"],
}
TOLD = {
    "units": "another version",
    "constraints": "source: ",
    "newest_release": "they see release 1, the newest is 2",
    "no_later_rows": "institution_name ",
    "states": "is not shown\n",
    "one_state_a_day": "v",
    "counts": "by_status: ",
    "stored_figures": "another release than 1",
    "stored_tiles": "another release than 1",
    "registry_ids": "v2222222223",
    "log": "release 1: is not what the log says",
    "known_units": ": commune 99999",
    "inside_the_country": ": 2.3500 48.8600",
    "programmes": " under licence nobodys",
    "successions": " ← ",
    "merged_into": "v",
    "shared_identifiers": "CDD0000: ",
    "provinces": "v",
    "one_data_status": "official: 1\n",
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_check_sees_what_is_broken(look: Look, name: str) -> None:
    before = set(BY_NAME[name].look(look).found)
    guards_off(look.session)
    for statement in BREAKING[name]:
        look.session.execute(text(statement.format(mark=unit_load._MARK)))
    told = set(BY_NAME[name].look(look).found) - before
    assert TOLD[name] in "\n".join([*sorted(told), ""])


def guards_off(session: Session) -> None:
    """The triggers that keep tables as they are; off for the rest of the transaction, which is never committed."""
    for table in ("release", "institution", "institution_name", "campus", "programme", "relation", "identifier"):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_an_old_server_is_told(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("version", look) == ""
    monkeypatch.setattr(database, "OLDEST_MAJOR", 99)
    assert found("version", look).endswith("and 99 or newer is needed")


@pytest.mark.parametrize(("name", "number", "told"), [("14beta1", 140000, "14beta1, and 15"), ("18devel", 180000, "")])
def test_the_name_of_a_version_may_be_any(look: Look, name: str, number: int, told: str) -> None:
    says = f"SELECT CASE $1 WHEN 'server_version' THEN '{name}' ELSE '{number}' END"
    look.session.execute(text("CREATE SCHEMA another_server"))
    look.session.execute(
        text(f"CREATE FUNCTION another_server.current_setting(text) RETURNS text LANGUAGE sql AS $${says}$$")
    )
    look.session.execute(text("SET LOCAL search_path = another_server, pg_catalog, public"))
    assert told in found("version", look)
    assert bool(told) == bool(found("version", look))


def test_a_missing_extension_is_named(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "EXTENSIONS", ("postgis", "no_such_thing"))
    assert found("extensions", look) == "no_such_thing is missing"


def test_a_missing_role_is_named(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "Role", StrEnum("Role", {"READ": "mapapp_read", "NONE": "mapapp_none"}))
    assert found("roles", look) == "mapapp_none is missing"


def test_an_unusable_index_is_named(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TABLE spare (id int)"))
        connection.execute(text("INSERT INTO spare VALUES (1), (1)"))
        try:
            with pytest.raises(DBAPIError):
                connection.execute(text("CREATE UNIQUE INDEX CONCURRENTLY ix_spare ON spare (id)"))
            with Session(engine) as session:
                assert found("indexes", Look(session, datetime.now(UTC))) == "ix_spare"
        finally:
            connection.execute(text("DROP TABLE spare"))


def test_another_order_of_letters_is_told(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("collation", look) == ""
    monkeypatch.setattr(database, "SORTED_OTHERWISE", "SELECT '2.36' AS made, '2.41' AS now")
    assert "version 2.36" in found("collation", look)


def test_a_database_in_the_order_of_a_language_is_told(engine: Engine, look: Look, worker_id: str) -> None:
    name = f"vietnamese_{worker_id}"  # goes with the cluster, as all of its databases do
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'vi-VN'"))
    url = engine.url.set(database=name).render_as_string(hide_password=False)
    with opened(url) as vietnamese, Session(vietnamese) as session:
        assert found("order", replace(look, session=session)) == "they are in the order of a language"
    assert found("order", look) == ""


def test_a_database_that_forgets_is_told(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "fsync = off" in found("durability", look), "of the database of the tests"
    monkeypatch.setattr(database, "UNSAFE", "SELECT 'x' WHERE false")
    assert found("durability", look) == ""


def test_an_empty_register_is_told(places: Session) -> None:
    assert found("published", Look(places, datetime.now(UTC))) == "the register is empty"


def test_an_old_register_is_told(look: Look) -> None:
    old = replace(look, now=look.now + timedelta(days=31), register_max_age=timedelta(days=30))
    assert "every verification answers register_stale" in found("age", old)


def test_the_day_is_that_of_vietnam(look: Look) -> None:
    guards_off(look.session)
    look.session.execute(text(BREAKING["shared_identifiers"][0]))
    look.session.execute(text("UPDATE identifier SET valid_to = '2026-01-02' WHERE value = 'CDD0000'"))
    shared = [
        "CDD0000" in found("shared_identifiers", replace(look, now=datetime(2026, 1, 1, hour, 30, tzinfo=UTC)))
        for hour in (16, 17)
    ]
    assert shared == [True, False], "at 17:30 UTC it is the second of January there"


@pytest.mark.parametrize(
    ("roles", "right"),
    [
        ((), False),
        ((Role.NATIONAL_STEWARD,), False),
        ((Role.NATIONAL_STEWARD, Role.NATIONAL_STEWARD), False),
        ((Role.APPROVER,), False),
        ((Role.NATIONAL_STEWARD, Role.APPROVER), True),
    ],
)
def test_nobody_publishes_alone(look: Look, roles: tuple[Role, ...], right: bool) -> None:
    for number, role in enumerate(roles):
        a_person(look.session, role, login=f"person{number}")
    assert (found("two_people", look) == "") is right


def test_every_check_is_seen_failing_here() -> None:
    """Whoever adds one shows it failing too."""
    elsewhere = {
        "version",
        "extensions",
        "tables",
        "roles",
        "indexes",
        "collation",
        "order",
        "durability",
        "published",
        "age",
        "two_people",
    }
    assert set(BY_NAME) == set(BREAKING) | elsewhere
    assert len(BY_NAME) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_claims_something_and_knows_a_remedy(check: Check) -> None:
    assert check.claim[:1].isupper()
    assert not check.claim.endswith(".")
    assert len(check.remedy) > 20
