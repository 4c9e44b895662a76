"""The schema's way up and down."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from geodata import migrations, preparation
from geodata.cluster import Cluster
from geodata.engine import make_engine
from geodata.models import Base
from geodata.preparation import DatabaseTooOld, ExtensionsMissing, TablesInUse, migrate
from tests.databases import EMPTY, DatabaseLike, opened


def test_models_and_migrations_agree_up_and_down_and_up(
    database_like: DatabaseLike,
) -> None:
    engine = make_engine(database_like(EMPTY))
    migrations.upgrade(engine)
    migrations.check(engine)
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    present, newest = migrations.revisions(engine)
    assert present == newest is not None
    migrations.downgrade(engine)
    assert not set(Base.metadata.tables) & set(inspect(engine).get_table_names())
    migrations.upgrade(engine)
    engine.dispose()


def test_what_is_known_without_alembic_is_what_alembic_knows() -> None:
    history = ScriptDirectory.from_config(migrations.configuration())
    assert migrations.newest() == history.get_current_head()
    files = {one.revision: Path(one.path).name for one in history.walk_revisions()}
    assert files
    assert {revision: name for revision, name in files.items() if name.split("_")[0] != revision} == {}


def test_servers_that_start_together_prepare_a_database_one_after_the_other(empty_database_url: str) -> None:
    said: list[str] = []
    with ThreadPoolExecutor(3) as servers:
        list(servers.map(lambda _: migrate(empty_database_url, say=said.append), range(3)))
    assert len(said) == 2, "the first migrates and loads the units, the others find both done"


def test_who_works_with_the_tables_is_waited_for_and_named(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "ATTEMPTS", 2)
    monkeypatch.setattr(preparation, "PAUSE_S", 0.0)
    migrate(empty_database_url)
    engine = make_engine(empty_database_url, application_name="a long import")
    migrations.downgrade(engine, "-1")
    present, newest = migrations.revisions(engine)
    said: list[str] = []
    with engine.begin() as work:
        for table in Base.metadata.tables:
            if inspect(work).has_table(table):
                work.execute(text(f'LOCK TABLE "{table}" IN ROW EXCLUSIVE MODE'))
        with pytest.raises(TablesInUse, match="a long import"):
            migrate(empty_database_url, say=said.append)
        assert migrations.revisions(engine) == (present, newest)
    assert "a long import" in said[-1]
    migrate(empty_database_url)
    assert migrations.revisions(engine)[0] == newest
    engine.dispose()


def test_an_old_postgresql_is_refused_before_anything_is_made(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geodata.preparation.OLDEST_MAJOR", 99)
    with pytest.raises(DatabaseTooOld, match="99 or newer is needed"):
        migrate(empty_database_url)
    with opened(empty_database_url) as engine:
        assert migrations.revisions(engine)[0] is None


def test_the_name_of_a_version_may_be_any(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.preparation.SERVER_VERSION", "SELECT '14beta1', 14")
    with pytest.raises(DatabaseTooOld, match="PostgreSQL 14beta1; 15 or newer"):
        migrate(empty_database_url)


def test_missing_extensions_are_added_or_named_with_the_command(cluster: Cluster) -> None:
    url = cluster.create_database("bare", template="template1")
    try:
        with pytest.raises(ExtensionsMissing, match=r"CREATE EXTENSION IF NOT EXISTS postgis;"):
            migrate(url)
    finally:
        cluster.drop_database("bare")
