"""Ways of writing that let data become code or markup: none, but for those listed here with their reason.

What ruff's rules S hold (shells, pickle, eval, requests without an end, unsafe markup) is not held here again."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "mapapp" / "templates"
SCRIPTS = sorted((ROOT / "mapapp" / "static" / "js").rglob("*.js"))
DRAWN = "an SVG that we draw; what it says is escaped by whoever draws it"
BUILT = "a file of ours, or JSON without what ends a script (exports.html_map)"
NOT_ESCAPED = {
    ("people/second_factor.html", "page.drawing"): DRAWN,
    ("planner/access.html", "found.drawing"): DRAWN,
    ("planner/compare.html", "side.drawing"): DRAWN,
    ("planner/parts.html", "course.curve"): DRAWN,
    ("planner/planner.html", "shown.drawing"): DRAWN,
    ("planner/standalone.html", "styles"): BUILT,
    ("planner/standalone.html", "patterns"): BUILT,
    ("planner/standalone.html", "drawing"): DRAWN,
    ("planner/standalone.html", "element"): BUILT,
    ("planner/standalone.html", "data"): BUILT,
    ("planner/standalone.html", "script"): BUILT,
    ("reports/report.html", "extra"): "attributes that the same template writes out",
}
WRITTEN_AS_MARKUP = re.compile(
    r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(|javascript:"
)
NAMES_IN_STATEMENTS = {
    ("geodata/unit_build/sources.py", "table"): "tables of a package that we lock by its hash, read at build time",
    ("geodata/unit_load.py", "table"): "our own table, for which a file is named that came with this version",
    ("geodata/undoing.py", "table"): "one of the tables of facts, each of which is asked in turn",
    ("geodata/imports/publication.py", "table"): "one of TABLES, the tables of facts",
    ("scripts/benchmark/__main__.py", "column"): "words of the same file, asked of the benchmark's own register",
    ("scripts/benchmark/__main__.py", "table"): "words of the same file, asked of the benchmark's own register",
}


def not_escaped() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*")):
        if path.suffix in (".html", ".xml", ".svg"):
            text = path.read_text()
            assert "autoescape false" not in text, path
            yield from ((str(path.relative_to(TEMPLATES)), found) for found in left_as_they_are(text))


def left_as_they_are(template: str) -> Iterator[str]:
    """What the template says is markup already, as it is written in Jinja; `{% filter safe %}` as "a block"."""
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    for found in environment.parse(template).find_all(nodes.Filter):
        if found.name == "safe":
            yield written(found.node)


def written(node: nodes.Node | None) -> str:
    match node:
        case None:
            return "a block"
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{written(node.node)}.{node.attr}"
        case _:
            return repr(node)


def test_every_way_to_leave_a_text_as_it_is_is_seen() -> None:
    ways = "{{ a.b|safe }}{{ f(x)|safe }}{% filter safe %}{{ c }}{% endfilter %}{% set d = (e ~ g)|upper|safe %}"
    found = sorted(left_as_they_are(ways))
    assert len(found) == 4
    assert {"a.b", "a block"} < set(found)


def test_templates_escape_all_but_what_is_listed() -> None:
    assert set(not_escaped()) == set(NOT_ESCAPED)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_set_text_as_text(path: Path) -> None:
    assert not WRITTEN_AS_MARKUP.findall(path.read_text())


ROOMS = ("geodata", "mapapp", "scripts")


def python_files(room: Path) -> Iterator[Path]:
    """Also the scripts without an ending."""
    for path in sorted(room.rglob("*")):
        if path.is_file() and (path.suffix == ".py" or (not path.suffix and is_python(path))):
            yield path


def is_python(path: Path) -> bool:
    with path.open("rb") as opened:
        first = opened.readline()
    return first.startswith(b"#!") and b"python" in first


def arguments_in_statements(path: Path) -> Iterator[str]:
    """Names of texts given to a function that it writes into a statement just so."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            arguments = [*function.args.args, *function.args.kwonlyargs]
            texts = {one.arg for one in arguments if one.annotation and ast.unparse(one.annotation) == "str"}
            yield from (name for name in parts_of_statements(function) if name in texts)


def parts_of_statements(function: ast.FunctionDef) -> Iterator[str]:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call) and node.args):
        if re.fullmatch(r"(sa\.)?text|.*\.(execute|executemany|scalars?)", ast.unparse(call.func)):
            parts = [node for node in ast.walk(call.args[0]) if isinstance(node, ast.FormattedValue)]
            yield from (node.value.id for node in parts if isinstance(node.value, ast.Name))


def test_statements_hold_no_argument_but_what_is_listed() -> None:
    paths = [path for room in ROOMS for path in python_files(ROOT / room) if "migrations" not in path.parts]
    found = {(str(path.relative_to(ROOT)), name) for path in paths for name in arguments_in_statements(path)}
    assert found == set(NAMES_IN_STATEMENTS)


def test_an_argument_in_a_statement_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text('def find(session, *, name: str):\n    session.execute(text(f"SELECT {name}"), {"a": name})\n')
    assert set(arguments_in_statements(path)) == {"name"}
