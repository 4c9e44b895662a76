"""The two packages and their one arrow, read from the imports themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLUEPRINTS = {"citizen", "planner", "verifier", "steward", "ogc", "tiles", "reconcile", "feeds"}
TYPES_OF_SESSIONS = {"sqlalchemy.orm.Session", "sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.scoped_session"}
SQL_BEGINNINGS = ("select ", "insert into ", "update ", "delete from ", "with ", "create table ", "copy ", "truncate ")
SQL_CONTINUATIONS = (" from ", " into ", " set ", " as (", "(", " values")


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """Every name a module imports, dotted and absolute, wherever in the module the import stands."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else [])))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def texts(path: Path) -> Iterator[str]:
    """Every string constant of a module, without its docstrings."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def looks_like_sql(text: str) -> bool:
    folded = " ".join(text.lower().split()) + " "
    return folded.startswith(SQL_BEGINNINGS) and any(part in folded for part in SQL_CONTINUATIONS)


@pytest.mark.parametrize("path", modules("geodata"), ids=named)
def test_registry_knows_nothing_of_the_web(path: Path) -> None:
    forbidden = ("mapapp", "flask", "apiflask", "werkzeug", "jinja2", "folium")
    assert [name for name in imports(path) for package in forbidden if is_of(name, package)] == []


@pytest.mark.parametrize("path", modules("mapapp"), ids=named)
def test_web_holds_no_sql(path: Path) -> None:
    drivers = ("sqlalchemy", "psycopg", "geoalchemy2", "alembic")
    used = {name for name in imports(path) for package in drivers if is_of(name, package)}
    assert used <= TYPES_OF_SESSIONS
    assert [text for text in texts(path) if looks_like_sql(text)] == []


@pytest.mark.parametrize("path", modules("mapapp"), ids=named)
def test_blueprints_do_not_import_one_another(path: Path) -> None:
    room = path.relative_to(ROOT / "mapapp").parts[0].removesuffix(".py")
    if room in BLUEPRINTS:
        others = {f"mapapp.{other}" for other in BLUEPRINTS - {room}}
        assert [name for name in imports(path) for other in others if is_of(name, other)] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        named(path)
        for package in ("geodata", "mapapp")
        for path in modules(package)
        if {"os.environ", "os.getenv", "os.environb"} & {*imports(path), *attributes(path)}
    }
    assert readers == {"mapapp/settings.py"}


def attributes(path: Path) -> Iterator[str]:
    """Every `name.attribute` that a module uses."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def test_relative_and_late_imports_are_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("test_architecture.ROOT" if __name__ == "test_architecture" else f"{__name__}.ROOT", tmp_path)
    module = tmp_path / "mapapp" / "planner" / "pages.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "def late():\n    from ..citizen import nearby\n    import sqlalchemy.sql\nfrom . import charts\n"
    )
    assert sorted(imports(module)) == ["mapapp.citizen.nearby", "mapapp.planner.charts", "sqlalchemy.sql"]


@pytest.mark.parametrize("text", ["SELECT id FROM institution", "\n  insert into x values (1)", "WITH a AS (SELECT 1)"])
def test_sql_is_recognised(text: str) -> None:
    assert looks_like_sql(text)


@pytest.mark.parametrize("text", ["Select a place", "with the code", "Update available", "deleted"])
def test_prose_is_not_taken_for_sql(text: str) -> None:
    assert not looks_like_sql(text)
