"""The files in deploy/ and the guide that tells how to use them."""

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest

from geodata.cluster import Cluster
from mapapp import LARGEST_BODY, create_app
from mapapp.cli import main
from mapapp.serving.bodies import LARGEST_UPLOAD
from mapapp.settings import Settings
from tests.mapapp.conftest import NOWHERE

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "operations.md").read_text()
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
SYSTEMD = shutil.which("systemd-analyze")


def files() -> list[Path]:
    return sorted(path for path in DEPLOY.iterdir() if path.is_file())


@pytest.mark.parametrize("path", [*files(), ROOT / "docs" / "operations.md"], ids=lambda path: path.name)
def test_every_setting_named_is_one(path: Path) -> None:
    known = {one.metadata["variable"] for one in fields(Settings)}
    assert set(re.findall(r"\bMAPAPP_[A-Z_]+", path.read_text())) <= known


def test_every_file_is_in_the_guide_or_beside_one_that_is() -> None:
    told = {path.name for path in files() if path.name in GUIDE or path.name.split(".")[0] in GUIDE}
    assert told == {path.name for path in files()}


@pytest.mark.parametrize(
    "words", sorted(set(re.findall(r"^(?:runuser .*)?mapapp ((?:[a-z]+ ?)+)", GUIDE, re.MULTILINE)))
)
def test_every_command_of_the_guide_exists(words: str) -> None:
    command: click.Command = main
    for word in words.split():
        if isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found is not None, words
            command = found


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    made = [*make, "-subj", "/CN=bando.example.vn", "-keyout", key, "-out", certificate]
    subprocess.run(made, check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text()
    for place in ("/etc/ssl/mapapp", "/var/cache/nginx/mapapp", "/var/log/nginx"):
        site = site.replace(place, str(tmp_path))
    site = re.sub(r"listen (\[::\]:)?(80|443)", lambda found: f"listen {found[1] or ''}{40000 + int(found[2])}", site)
    (tmp_path / "site").write_text(site)
    temporary = " ".join(f"{name}_temp_path {tmp_path}/{name};" for name in TEMPORARY)
    whole = f"pid {tmp_path}/pid; events {{}} http {{ {temporary} include {tmp_path}/site; }}"
    (tmp_path / "nginx").write_text(whole)
    command = [str(NGINX), "-t", "-e", tmp_path / "errors", "-c", tmp_path / "nginx"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def test_nginx_lets_through_what_the_site_takes() -> None:
    rules = (DEPLOY / "nginx.conf").read_text()
    ((ways, for_files),) = re.findall(r"location ~ (\S+) \{\s+client_max_body_size (\d+)m;", rules)
    (for_all,) = re.findall(r"^    client_max_body_size (\d+)m;", rules, re.MULTILINE)
    assert int(for_files) * 1024**2 >= LARGEST_UPLOAD
    assert int(for_all) * 1024**2 >= LARGEST_BODY
    site = create_app(NOWHERE)
    uploads = [rule.rule for rule in site.url_map.iter_rules() if rule.endpoint.endswith("steward.upload")]
    assert len(uploads) == 2
    assert all(re.search(ways, path) for path in uploads)


def test_systemd_looks_at_the_process_of_the_database_itself() -> None:
    unit = (DEPLOY / "mapapp-database.service").read_text()
    data = re.findall(r"^Environment=MAPAPP_DATA=(.+)$", unit, re.MULTILINE)
    assert len(data) == 1
    assert f"\nPIDFile={Cluster(Path(data[0])).data / 'postmaster.pid'}\n" in unit
    assert "\nType=forking\n" in unit
    assert "\nRestart=always\n" in unit


@pytest.mark.skipif(SYSTEMD is None, reason="systemd is not installed")
@pytest.mark.parametrize(("unit", "most"), [("mapapp@.service", "20"), ("mapapp-database.service", "25")])
def test_unit_is_hardened(unit: str, most: str, tmp_path: Path) -> None:
    path = shutil.copy(DEPLOY / unit, tmp_path / unit.replace("@", "@8000"))
    command = [str(SYSTEMD), "security", "--offline=true", f"--threshold={most}", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-500:]
