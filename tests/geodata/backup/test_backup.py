"""Backups of a private cluster: restored to a moment, and refused when a byte of them changed."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from geodata.backup import archiving, bases, contents, encryption, restoring
from geodata.backup.archive import Archive, BackupDamaged, BackupRefused, Life, following
from geodata.cluster import Cluster
from geodata.engine import make_engine

pytestmark = pytest.mark.operation
TABLE = "CREATE TABLE kept (name text); INSERT INTO kept VALUES ('Trường Trung cấp nghề Đồng Đăng')"
KEY = "a key of more than thirty-two characters"


@dataclass(frozen=True)
class BackedUp:
    """A cluster at rest whose table `kept` was written after the backup and dropped right after `moment`."""

    site: Cluster
    archive: Archive
    before: contents.Contents
    moment: datetime


def change(cluster: Cluster, statements: str) -> None:
    engine = make_engine(cluster.url)
    with engine.begin() as connection:
        connection.execute(text(statements))
    engine.dispose()


@pytest.fixture(scope="module")
def ground(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory that the server's account can enter."""
    directory = cluster.directory / tmp_path_factory.mktemp("backup").name
    directory.mkdir()
    directory.chmod(0o755)
    yield directory
    for place in directory.iterdir():
        Cluster(place).destroy()
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def backed_up(ground: Path) -> BackedUp:
    site, archive = Cluster(ground / "site", durable=False), Archive(ground / "it's 100 % kept")
    site.ensure()
    (site.directory / "secret-key").write_text("very secret")
    assert archiving.enable(site, archive)
    archiving.restart(site)
    bases.take(site, archive, [site.directory / "secret-key", site.directory / "keys"])
    change(site, TABLE)
    moment, before = bases.clock(site), contents.read(site.url, digests=True)
    archiving.flush(site, archive)
    change(site, "DROP TABLE kept")
    archiving.flush(site, archive)
    site.stop()
    return BackedUp(site, archive, before, moment)


@pytest.fixture
def into(ground: Path) -> Iterator[Cluster]:
    """A cluster that does not exist yet."""
    directory = ground / "restored"
    yield Cluster(directory, durable=False)
    Cluster(directory).destroy()
    shutil.rmtree(directory, ignore_errors=True)


def test_restores_the_moment_before_a_table_was_dropped(backed_up: BackedUp, into: Cluster) -> None:
    done = restoring.restore(backed_up.archive, into, backed_up.moment)
    assert contents.differences(backed_up.before, contents.read(into.url, digests=True)) == []
    assert done.last_commit is not None
    assert done.base.finished_at < done.last_commit <= backed_up.moment
    assert (into.directory / "secret-key").read_text() == "very secret"
    goes_on_by_itself(into, backed_up.archive)


def goes_on_by_itself(into: Cluster, archive: Archive) -> None:
    """It starts like any other, and writes into no archive."""
    into.stop()
    into.start()
    assert not archiving.progress(into).on
    change(into, "INSERT INTO kept VALUES ('later')")
    with pytest.raises(BackupRefused, match="earlier life"):
        archiving.enable(into, archive)


def test_latest_takes_all_there_is(backed_up: BackedUp, into: Cluster) -> None:
    restoring.restore(backed_up.archive, into, None)
    found = contents.differences(backed_up.before, contents.read(into.url, digests=True))
    assert found == ["kept: 1 rows before, no table after", "kept: other contents"]


def test_moment_that_the_log_does_not_reach_is_refused_with_what_it_reaches(backed_up: BackedUp, into: Cluster) -> None:
    with pytest.raises(BackupRefused, match=r"its last transaction is of .* --to latest"):
        restoring.restore(backed_up.archive, into, backed_up.moment + timedelta(days=1))
    assert not into.directory.exists()


def test_moment_before_the_first_backup_is_refused(backed_up: BackedUp, into: Cluster) -> None:
    with pytest.raises(BackupRefused, match="nothing leads further back"):
        restoring.restore(backed_up.archive, into, backed_up.moment - timedelta(days=1))


def test_nothing_is_restored_over_what_is_there(backed_up: BackedUp) -> None:
    with pytest.raises(BackupRefused, match="not empty"):
        restoring.restore(backed_up.archive, backed_up.site, None)


def in_the_cluster(archive: Archive) -> Path:
    return max(archive.bases()[0].cluster.glob("base/*/*"), key=lambda path: path.stat().st_size)


def in_the_log(archive: Archive) -> Path:
    return archive.wal / f"{archive.segments()[-1]}.gz"


def in_the_files(archive: Archive) -> Path:
    return archive.bases()[0].files / "secret-key"


def in_the_facts(archive: Archive) -> Path:
    return archive.bases()[0].directory / "base.json"


def in_the_sums(archive: Archive) -> Path:
    return archive.bases()[0].sums


@pytest.mark.parametrize("chosen", [in_the_cluster, in_the_log, in_the_files, in_the_facts, in_the_sums])
def test_flipped_byte_is_found_before_anything_is_restored(
    backed_up: BackedUp, into: Cluster, chosen: Callable[[Archive], Path]
) -> None:
    path = chosen(backed_up.archive)
    flip_a_byte(path)
    try:
        with pytest.raises(BackupDamaged, match=str(backed_up.archive.directory)):
            restoring.restore(backed_up.archive, into, None)
    finally:
        flip_a_byte(path)
    assert not into.directory.exists()


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_missing_piece_of_the_log_is_found(backed_up: BackedUp) -> None:
    archive, base = backed_up.archive, backed_up.archive.bases()[0]
    names = [name for name in archive.segments() if name >= base.start_wal]
    assert len(names) >= 3
    kept = (archive.wal / f"{names[1]}.gz").rename(archive.directory / "kept")
    try:
        with pytest.raises(BackupDamaged, match=f"{names[1]} is missing"):
            archive.verify_log(base.start_wal)
    finally:
        kept.rename(archive.wal / f"{names[1]}.gz")
    assert archive.verify_log(base.start_wal) == len(names)


def test_pieces_of_the_log_follow_one_another() -> None:
    assert following("000000010000000000000009") == "00000001000000000000000A"
    assert following("0000000100000001000000FF") == "000000010000000200000000"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(KEY)
    return path


needs_gnupg = pytest.mark.skipif(shutil.which("gpg") is None, reason="GnuPG is not installed")


@needs_gnupg
def test_encrypted_copy_restores_like_the_original(
    backed_up: BackedUp, into: Cluster, tmp_path: Path, key: Path
) -> None:
    secret = encryption.Encryption(key)
    assert encryption.copy(backed_up.archive, tmp_path / "copy", secret)[0] == 1
    assert encryption.copy(backed_up.archive, tmp_path / "copy", secret) == (0, 0)
    assert not any(b"very secret" in path.read_bytes() for path in (tmp_path / "copy").rglob("*.gpg"))
    into.directory.mkdir()
    with encryption.unpacked(tmp_path / "copy", secret, backed_up.moment, beside=into.directory) as archive:
        restoring.restore(archive, into, backed_up.moment)
    assert contents.differences(backed_up.before, contents.read(into.url, digests=True)) == []


@needs_gnupg
def test_flipped_byte_and_wrong_key_are_found_in_an_encrypted_file(key: Path, tmp_path: Path) -> None:
    kept, secret = tmp_path / "kept.gpg", encryption.Encryption(key)
    secret.encrypt(["echo", "text"], kept)
    secret.decrypt(kept, ["grep", "-q", "text"])
    key.write_text(KEY[::-1])
    with pytest.raises(BackupDamaged, match="another key"):
        secret.decrypt(kept, ["cat"])
    key.write_text(KEY)
    flip_a_byte(kept)
    with pytest.raises(BackupDamaged, match="damaged"):
        secret.decrypt(kept, ["cat"])


@pytest.mark.parametrize(("mode", "content", "said"), [(0o640, KEY, "chmod 600"), (0o600, "short", "32 characters")])
def test_careless_key_is_refused(key: Path, mode: int, content: str, said: str) -> None:
    key.write_text(content)
    key.chmod(mode)
    with pytest.raises(BackupRefused, match=said):
        encryption.Encryption(key)


def test_place_that_is_taken_or_inside_or_far_too_long_is_refused(backed_up: BackedUp, ground: Path) -> None:
    backed_up.site.start()
    taken = ground / "taken"
    taken.mkdir(exist_ok=True)
    (taken / "a-file").touch()
    try:
        inside, long = backed_up.site.home / "backups", ground.joinpath(*["long" * 50] * 5)
        for place, said in [(taken, "not empty"), (inside, "inside"), (long, "too long")]:
            with pytest.raises(BackupRefused, match=said):
                archiving.enable(backed_up.site, Archive(place))
    finally:
        backed_up.site.stop()


def test_pruning_keeps_the_newest_backup_and_its_log(backed_up: BackedUp, ground: Path) -> None:
    archive = Archive(Path(shutil.copytree(backed_up.archive.directory, ground / "archive", copy_function=os.link)))
    (archive.wal / f"{'0' * 7}1{'0' * 16}.gz").touch()
    older = archive.bases()[0]
    shutil.copytree(older.directory, archive.base / "20000101T000000Z")
    told = (older.directory / "base.json").read_text().replace(str(older.finished_at.year), "2000")
    (archive.base / "20000101T000000Z" / "base.json").write_text(told)
    assert bases.prune(archive, 1) == 1
    assert [base.label for base in archive.bases()] == [older.label]
    assert archive.segments()[0] == older.start_wal


def test_life_of_a_damaged_archive_is_not_guessed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert archive.life() is None
    archive.marker.write_text('{"system_identifier": "7", "timeline": 1}')
    assert archive.life() == Life("7", 1)
    archive.marker.write_text("{")
    with pytest.raises(BackupDamaged):
        archive.life()
