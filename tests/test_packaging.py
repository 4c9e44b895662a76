"""The built wheel runs away from the checkout, with its pages, assets, data and migrations."""

import json
import os
import site
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.packaging

MAKE_THE_APPLICATION = """
import sys, pathlib, mapapp, geodata
from mapapp.settings import Settings
assert pathlib.Path(mapapp.__file__).is_relative_to(sys.prefix), mapapp.__file__
assert pathlib.Path(geodata.__file__).is_relative_to(sys.prefix), geodata.__file__
client = mapapp.create_app(Settings(database_url=sys.argv[1])).test_client()
for path in sys.argv[2:]:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.get_data(as_text=True)[:500])
    print(path, len(answer.data))
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without network."""
    target = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, ROOT)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, and the dependencies of this one: the `bin` directory."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False)
    packages = next(place.glob("lib/python3*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # sys.path entries only: the .pth of the editable install in there is not followed.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return place / "bin"


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DATABASE_URL"))}
    done = subprocess.run(
        command, cwd=cwd, env={**clean, **environment}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_carries_every_file_of_both_packages(wheel: Path) -> None:
    ignored = {"__pycache__"}
    ours = {
        str(path.relative_to(ROOT))
        for package in ("geodata", "mapapp")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not ignored & set(path.parts)
    }
    assert ours - names(wheel) == set()


def test_wheel_carries_the_vendored_assets_with_their_sums(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        manifest = json.loads(archive.read("mapapp/static/vendor/manifest.json"))
    assert {"leaflet/leaflet.js", "leaflet/leaflet.css"} <= set(manifest)
    assert {f"mapapp/static/vendor/{path}" for path in manifest} <= names(wheel)


def test_wheel_carries_nothing_of_the_tests_and_scripts(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names(wheel)} == {
        "geodata",
        "mapapp",
        f"mapapp-{version('mapapp')}.dist-info",
    }


def test_command_line_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "python", "-m", "mapapp", "db", "status", cwd=tmp_path)
    assert str(tmp_path / "var") in told
    assert "not made yet" in told


def test_wheel_makes_its_database_and_serves_pages_and_assets(
    installed: Path, tmp_path: Path, empty_database_url: str
) -> None:
    told = run(installed / "python", "-m", "mapapp", "db", "migrate", cwd=tmp_path, DATABASE_URL=empty_database_url)
    assert "Migrating the tables" in told
    assert "Loaded the administrative units" in told
    paths = ["/", "/en/", "/about", "/api/v1/openapi.json", "/static/vendor/leaflet/leaflet.js"]
    told = run(installed / "python", "-c", MAKE_THE_APPLICATION, empty_database_url, *paths, cwd=tmp_path)
    assert len(told.splitlines()) == len(paths)
