"""The schema's way up and down."""

from collections.abc import Callable

from sqlalchemy import Engine, inspect

from geodata import migrations
from geodata.engine import make_engine
from geodata.models import Base


def test_models_and_migrations_agree_up_and_down_and_up(
    database_like: Callable[[str, Callable[[Engine], None]], str],
) -> None:
    engine = make_engine(database_like("empty", lambda _: None))
    migrations.upgrade(engine)
    migrations.check(engine)
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    present, newest = migrations.revisions(engine)
    assert present == newest is not None
    migrations.downgrade(engine)
    assert not set(Base.metadata.tables) & set(inspect(engine).get_table_names())
    migrations.upgrade(engine)
    engine.dispose()
