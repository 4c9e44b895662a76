"""Code of the version before goes on working while the tables are already those of the next one, where that says so."""

import pytest
from sqlalchemy import Engine, text

from geodata import migrations
from geodata.engine import make_engine
from geodata.preparation import TablesTooNew, migrate
from tests.databases import MIGRATED, DatabaseLike, Prepared

NEWER = "9999"


@pytest.fixture
def newer(database_like: DatabaseLike) -> Engine:
    """A database whose tables have a revision that this code does not know."""

    def rename(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{NEWER}'"))

    return make_engine(database_like(Prepared("newer", rename, over=MIGRATED)), application_name="tests", pool_size=1)


def note(engine: Engine, oldest: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{oldest}'"))


def test_newer_tables_fit_where_they_say_so(newer: Engine) -> None:
    ours = migrations.revisions(newer)[1]
    note(newer, str(ours))
    assert migrations.fit(newer)
    note(newer, NEWER)
    assert not migrations.fit(newer)
    newer.dispose()


def test_older_version_starts_on_newer_tables_and_leaves_them_alone(newer: Engine) -> None:
    note(newer, str(migrations.revisions(newer)[1]))
    said: list[str] = []
    migrate(newer.url.render_as_string(), say=said.append)
    assert len(said) == 1
    assert NEWER in said[0]
    assert migrations.revisions(newer)[0] == NEWER
    newer.dispose()


def test_older_version_that_does_not_work_on_newer_tables_says_so_and_leaves_them_alone(newer: Engine) -> None:
    note(newer, NEWER)
    with pytest.raises(TablesTooNew, match=f"{NEWER}.*newer version"):
        migrate(newer.url.render_as_string())
    assert migrations.revisions(newer)[0] == NEWER
    newer.dispose()


def test_own_tables_fit_and_older_ones_do_not(engine: Engine, newer: Engine) -> None:
    assert migrations.fit(engine)
    with newer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    note(newer, "0001")
    assert not migrations.fit(newer)
    newer.dispose()


def test_upgrade_notes_the_oldest_version_that_works_on_the_tables(engine: Engine) -> None:
    present, _ = migrations.revisions(engine)
    with engine.connect() as connection:
        noted = connection.scalar(text("SELECT obj_description('alembic_version'::regclass, 'pg_class')"))
    assert noted == migrations.oldest(str(present))


def test_migration_that_does_not_say_so_ends_what_older_code_may_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert migrations.oldest("0020") == "0020"
    monkeypatch.setattr(migrations, "OLDEST", "0001")
    assert migrations.oldest("0020") == "0020", "0020 does not say that older code works"
