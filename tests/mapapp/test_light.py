"""What a start reads, and what a web worker carries: heavy libraries come only with the work that needs them."""

import json
import subprocess
import sys
from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from mapapp.late_rules import LateRule

HEAVY = ("geopandas", "matplotlib", "openpyxl", "pandas", "pyarrow", "pyogrio", "pyproj", "reportlab")
OF_RARE_WORK = ("alembic", "mako", "pygments", "requests", "urllib3")
"""Tables are changed at an upgrade; folium reads the others for what we do not ask of it."""

MADE = """
import json, os, sys, threading
from pathlib import Path
import mapapp.commands.serve
from mapapp import create_app
from mapapp.settings import Settings

def opened():
    return [os.readlink(f"/proc/self/fd/{one}") for one in sorted(os.listdir("/proc/self/fd"))[:-1]]

before = opened(), threading.active_count()
create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", data=Path(sys.argv[1])))
after = opened(), threading.active_count()
print(json.dumps({"modules": list(sys.modules), "before": before, "after": after}))
"""


def said_by(program: str, *arguments: str) -> Any:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a fresh process says that made the site as `mapapp serve` does."""
    found: dict[str, Any] = said_by(MADE, str(tmp_path_factory.mktemp("data")))
    return found


@pytest.mark.parametrize("library", HEAVY + OF_RARE_WORK)
def test_a_worker_starts_without(made: dict[str, Any], library: str) -> None:
    assert {"folium", "mapapp.steward", "mapapp.commands.serve"} <= set(made["modules"])
    assert library not in made["modules"]


def test_making_the_site_opens_nothing_so_that_all_workers_can_inherit_it(made: dict[str, Any]) -> None:
    assert made["after"] == made["before"]


def test_the_command_line_reads_nothing_before_it_knows_what_is_asked() -> None:
    read = set(said_by("import json, mapapp.cli, sys; print(json.dumps(list(sys.modules)))"))
    assert {"click", "mapapp.cli"} <= read
    assert {"flask", "sqlalchemy", "psycopg", "mapapp.settings"}.isdisjoint(read)


def addresses(kind: type[Rule]) -> list[str]:
    rules = Map([kind("/en/<int:rule>/<name>", endpoint="one"), kind("/", defaults={"page": 1}, endpoint="two")])
    adapter = rules.bind("bando.example.vn")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("one", {"rule": 7, "name": "a b/ơ", "q": ["x", "y"]}),
        ("one", {"rule": 7, "name": "-"}),
        ("two", {"page": 1}),
    ]
    return [adapter.build(endpoint, values) for endpoint, values in asked]


def test_routes_that_compile_late_build_the_addresses_that_werkzeug_builds() -> None:
    assert addresses(LateRule) == addresses(Rule) == ["/en/7/a%20b/%C6%A1?q=x&q=y", "/en/7/-", "/"]
