"""`mapapp check`: what is beside the database, the words on the terminal, and the exit code."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from geodata import processes
from geodata.backup.archiving import Progress
from geodata.checkup import Check, Grade
from geodata.cluster import Cluster, ClusterStatus
from geodata.imports.room import NoRoom
from mapapp import checkup, keeper
from mapapp.checkup import CHECKS, Place
from mapapp.cli import main
from mapapp.commands.check import of_place
from mapapp.key_store import KeyStore
from mapapp.settings import Settings
from tests.databases import NETWORK, DatabaseLike

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BY_NAME = {check.name: check for check in CHECKS.all}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An installation with a private database (not made yet), keys and a public address."""
    (tmp_path / "var").mkdir()
    KeyStore(tmp_path / "var" / "keys").ensure(NOW - timedelta(days=1))
    return Place(Settings(data=tmp_path / "var", public_url="https://bando.example.vn"), NOW)


def found(name: str, place: Place) -> str:
    return "\n".join(BY_NAME[name].look(place).found)


def test_all_is_right_but_for_backups(place: Place) -> None:
    told = {check.name: check.look(place).found for check in CHECKS.all}
    room = told.pop("room")
    assert {name for name, lines in told.items() if lines} == {"backup_enabled"}
    assert len(room) < 2, "it depends on the machine"


def test_what_is_not_built_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "VENDORED", place.settings.data / "manifest.json")
    assert found("built", place) == f"{place.settings.data / 'manifest.json'} is missing"


def test_a_data_directory_that_is_missing_or_closed_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_given: False)
    assert found("data_directory", place).endswith("cannot be written")
    shutil.rmtree(place.settings.data)
    assert found("data_directory", place).endswith("is not there")


def test_a_full_disk_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(directory: Path) -> None:
        raise NoRoom("đầy", "full")

    monkeypatch.setattr(checkup, "require_room", full)
    assert "more than 80% of the disk" in found("room", place)


def test_open_secrets_are_told(place: Place) -> None:
    secret = place.settings.data / "secret-key"
    secret.write_text("x" * 40)
    secret.chmod(0o640)
    (place.settings.data / "keys").chmod(0o755)
    told = found("secrets", place)
    assert f"{secret} is open to others" in told
    assert "keys is open to others" in told
    assert found("signing_key", place) == "", "told once"


def test_damaged_keys_are_told(place: Place) -> None:
    next((place.settings.data / "keys").glob("*.json")).write_text("{")
    assert "is damaged" in found("secrets", place)


def test_a_missing_or_old_key_is_told(place: Place) -> None:
    assert "signs since 2026-11-21" in found("signing_key", replace(place, now=NOW + timedelta(days=500)))
    shutil.rmtree(place.settings.data / "keys")
    assert found("signing_key", place) == "there is none yet"
    assert not (place.settings.data / "keys").exists(), "nothing is made by looking"


@pytest.mark.parametrize(
    ("address", "told"), [(None, "is not set"), ("http://bando.example.vn", "is not https"), ("https://b.vn", "")]
)
def test_the_public_address_is_looked_at(place: Place, address: str | None, told: str) -> None:
    shown = found("public_address", Place(replace(place.settings, public_url=address), NOW))
    assert (told in shown, bool(shown)) == (True, bool(told))


def test_somebody_elses_database_is_not_ours_to_back_up(place: Place) -> None:
    assert "No place for backups was chosen" in found("backup_enabled", place)
    hosted = replace(place.settings, database_url="postgresql://h.invalid/d")
    assert found("backup_enabled", Place(hosted, NOW)) == ""


def test_backups_that_are_missing_or_old_or_unreadable_are_told(place: Place, tmp_path: Path) -> None:
    note = place.settings.data / "backup.json"
    assert found("backup_recent", place) == "", "none were wanted"
    note.write_text("{")
    assert "cannot be read" in found("backup_recent", place)
    note.write_text(json.dumps({"to": str(tmp_path / "backups")}))
    assert found("backup_recent", place).endswith("holds none")
    a_backup(tmp_path / "backups", finished_at=NOW - timedelta(days=1))
    assert (found("backup_enabled", place), found("backup_recent", place)) == ("", "")
    assert "finished at 2026-11-21" in found("backup_recent", replace(place, now=NOW + timedelta(days=2)))
    (tmp_path / "backups" / "base" / "20261121T090000Z" / "base.json").write_text("{")
    assert "base.json" in found("backup_recent", place)


def a_backup(directory: Path, *, finished_at: datetime) -> None:
    base = directory / "base" / f"{finished_at:%Y%m%dT%H%M%SZ}"
    base.mkdir(parents=True)
    moment = finished_at.isoformat()
    facts = {"label": base.name, "started_at": moment, "finished_at": moment, "start_wal": "0" * 24}
    (base / "base.json").write_text(json.dumps(facts))


@pytest.mark.parametrize(
    ("on", "failing", "told"),
    [(True, False, ""), (False, False, "not yet: it begins"), (True, True, "it failed 3 times, and the last time too")],
)
def test_a_log_that_is_not_handed_over_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch, on: bool, failing: bool, told: str
) -> None:
    running = ClusterStatus(True, True, 15, place.settings.data, None)
    monkeypatch.setattr(Cluster, "status", lambda _cluster: running)
    monkeypatch.setattr(checkup, "progress", lambda _cluster: Progress(on, 9, NOW, 3, failing))
    assert found("backup_log", place) == "", "no backups were enabled"
    (place.settings.data / "backup.json").write_text("{}")
    shown = found("backup_log", place)
    assert (told in shown, bool(shown)) == (True, bool(told))


def test_a_keeper_that_is_down_or_stuck_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    data = place.settings.data
    assert found("keeper", place) == "", "the site does not run"
    alive = processes.identity(os.getpid())
    (data / keeper.NOTE).write_text(json.dumps({"process": alive, "restarts": 0}))
    assert found("keeper", place) == "", "no round is over yet"
    monkeypatch.setattr(keeper, "_age_s", lambda _path: 1_801)
    assert found("keeper", place) == "it finished its last round 1801 s ago"
    (data / keeper.NOTE).write_text(json.dumps({"process": "", "restarts": 7}))
    assert found("keeper", place) == "it does not run; it was started anew 7 times"


# -- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def run(place: Place) -> Callable[..., Result]:
    def run(url: str, *options: str) -> Result:
        environment = {"DATABASE_URL": url, "MAPAPP_DATA": str(place.settings.data), "MAPAPP_PUBLIC_URL": None}
        return CliRunner().invoke(main, ["check", *options], env=environment)

    return run


@pytest.fixture(scope="module")
def network_url(database_like: DatabaseLike) -> str:
    return database_like(NETWORK)


@pytest.fixture(autouse=True)
def has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "require_room", lambda _directory: None)


def test_a_sound_installation_exits_with_0(run: Callable[..., Result], network_url: str) -> None:
    done = run(network_url)
    assert done.exit_code == 0, done.output
    assert "right  Readers see the newest release.\n" in done.output
    assert "note   Not so: The site knows its public address, which is encrypted.\n" in done.output
    assert "       → Set MAPAPP_PUBLIC_URL to the address that people use" in done.output
    assert " to know, 0 to mend.\n" in done.output
    assert "FAULT" not in done.output
    assert "row by row" not in run(network_url, "--fast").output


def test_a_fault_exits_with_1_and_its_remedy(
    run: Callable[..., Result], network_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(_place: Place) -> list[str]:
        return [f"file {number} is missing" for number in range(8)]

    broken = Check("broken", "All files are there", "Put them back", Grade.FAULT, False, False, lambda p: iter(many(p)))
    monkeypatch.setattr(CHECKS, "all", [broken])
    done = run(network_url, "--fast")
    assert done.exit_code == 1
    assert "FAULT  Not so: All files are there.\n         file 0 is missing\n" in done.output
    assert "file 5" not in done.output
    assert "         … and 3 more\n       → Put them back.\n" in done.output
    assert "1 to mend." in done.output


def test_a_database_that_is_away_is_told_after_the_rest(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run(f"postgresql://user:hidden-word@/d?host={tmp_path}")
    assert done.exit_code == 1
    assert "right  The data directory can be written" in done.output
    assert "FAULT  Not so: The database answers." in done.output
    assert "hidden-word" not in done.output


def test_a_private_database_that_was_never_made_is_told_and_not_made(place: Place) -> None:
    done = CliRunner().invoke(main, ["check"], env={"DATABASE_URL": None, "MAPAPP_DATA": str(place.settings.data)})
    assert done.exit_code == 1
    assert "There is no database in" in done.output
    assert {one.name for one in place.settings.data.iterdir()} == {"keys"}


@pytest.mark.parametrize("damaged", ["{", "{}", "[]", '{"to": 1}', "\udcff"])
def test_a_damaged_note_on_backups_is_told_with_the_rest(place: Place, damaged: str) -> None:
    (place.settings.data / "backup.json").write_bytes(damaged.encode(errors="surrogateescape"))
    done = CliRunner().invoke(main, ["check"], env={"DATABASE_URL": None, "MAPAPP_DATA": str(place.settings.data)})
    assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
    told = "FAULT  Not so: Backups of the private database are enabled.\n         could not be looked at: "
    assert told in done.output
    assert "There is no database in" in done.output, "and what comes after it is looked at all the same"


def test_a_data_directory_that_may_not_be_entered_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    within, real = place.settings.data, os.stat

    def forbidden(path: Path, *given: object, **more: bool) -> os.stat_result:
        if within in Path(path).parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *given, **more)

    environment = {"DATABASE_URL": None, "MAPAPP_DATA": str(within)}
    monkeypatch.setattr(Path, "stat", forbidden)
    done = CliRunner().invoke(main, ["check"], env=environment)
    assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
    assert "could not be looked at: PermissionError: [Errno 13] Permission denied" in done.output
    assert "FAULT  Not so: The database answers.\n" in done.output


def test_a_server_that_is_full_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_cluster: Cluster) -> Progress:
        raise psycopg.OperationalError("connection failed: FATAL:  sorry, too many clients already\nmore")

    (place.settings.data / "backup.json").write_text(json.dumps({"to": str(place.settings.data)}))
    running = ClusterStatus(True, True, 15, place.settings.data, None)
    monkeypatch.setattr(Cluster, "status", lambda _cluster: running)
    monkeypatch.setattr(checkup, "progress", full)
    told = {one.check.name: one.found for one in of_place(place.settings, NOW)}
    assert told["backup_log"] == (
        "could not be looked at: OperationalError: connection failed: FATAL:  sorry, too many clients already",
    )
