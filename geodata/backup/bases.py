"""Copies of the whole running cluster, with the installation's own files; verified as soon as they are made."""

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from geodata import postgres
from geodata.backup.archive import SEGMENT, Archive, BackupDamaged, BackupRefused, Base, sha256
from geodata.backup.archiving import flush, progress, superuser
from geodata.cluster import Cluster
from geodata.cluster_settings import PORT, SUPERUSER
from geodata.postgres import Account, Installation

DAYS_S = 10 * 86_400


def take(cluster: Cluster, archive: Archive, files: Iterable[Path]) -> Base:
    """Copy the running cluster and the files (those that exist; by their names in the data directory) to the archive,
    read the copy back, and wait for the log that it needs. A copy that fails leaves nothing behind."""
    if not progress(cluster).on:
        raise BackupRefused("Archiving begins when the database is restarted; do that first.")
    started_at = clock(cluster)
    label = f"{started_at:%Y%m%dT%H%M%SZ}"
    if (archive.base / label).exists():
        raise BackupRefused(f"The backup {label} was made this very second.")
    unfinished = archive.base / f"unfinished-{label}"
    unfinished.mkdir(mode=0o700)
    try:
        cluster.place.account.own(unfinished)
        _copy_cluster(cluster, unfinished / "cluster", label)
        _copy_files(cluster.directory, files, unfinished / "files")
        start_wal = _start_wal(unfinished / "cluster")
        base = Base(unfinished, label, started_at, clock(cluster), start_wal)
        (unfinished / "base.json").write_text(base.told())
        base.sums.write_text(sums(base))
        verify(base)
        unfinished.rename(archive.base / label)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    flush(cluster, archive)
    archive.verify_log(start_wal)
    return archive.base_before(base.finished_at)


def clock(cluster: Cluster) -> datetime:
    """What the server's clock says, in UTC."""
    with superuser(cluster) as connection:
        found = connection.execute("SELECT clock_timestamp()").fetchone()
    assert found is not None  # noqa: S101 - one row
    moment: datetime = found[0]
    return moment.astimezone(UTC)


def verify(base: Base) -> None:
    """Read a copy and compare every file with its sum. Raises `BackupDamaged`, naming the file."""
    try:
        expected = base.sums.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupDamaged(f"{base.sums} cannot be read: {error}.") from None
    differing = sorted(set(expected.splitlines()) ^ set(sums(base).splitlines()))
    if differing:
        names = ", ".join(sorted({line.partition("  ")[2] or line for line in differing})[:5])
        raise BackupDamaged(f"{base.directory} is damaged: {names}.")
    done = Account.of_uid(os.geteuid()).run(
        [programs_for(base.cluster).program("pg_verifybackup"), "--exit-on-error", base.cluster], timeout_s=DAYS_S
    )
    if done.returncode != 0:
        raise BackupDamaged(f"{base.directory} is damaged: {done.stderr.strip()[-500:]}")


def prune(archive: Archive, keep: int) -> int:
    """Delete all copies but the newest `keep` (at least one), and the log that only they needed; how many copies."""
    bases = archive.bases()
    old, kept = bases[: -max(keep, 1)], bases[-max(keep, 1) :]
    for base in old:
        shutil.rmtree(base.directory)
    if kept:
        first = min(base.start_wal for base in kept)
        for path in archive.wal.iterdir():
            if SEGMENT.match(path.name) and path.name[:24] < first:
                path.unlink()
    return len(old)


def programs_for(cluster: Path) -> Installation:
    """The PostgreSQL that can read a data directory."""
    return postgres.of_major(int((cluster / "PG_VERSION").read_text()))


def sums(base: Base) -> str:
    """The sums of what lies beside the cluster, as sha256sum writes them."""
    paths = sorted(path for path in (base.directory / "base.json", *base.files.rglob("*")) if path.is_file())
    lines = (f"{sha256(path)}  {path.relative_to(base.directory)}\n" for path in paths)
    return "".join(lines)


def _copy_cluster(cluster: Cluster, target: Path, label: str) -> None:
    socket = str(cluster.socket_directory)
    where = ["-h", socket, "-p", str(PORT), "-U", SUPERUSER, "--no-password", "-D", str(target)]
    how = ["--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256", f"--label={label}"]
    sync = [] if cluster.durable else ["--no-sync"]
    program = programs_for(cluster.data).program("pg_basebackup")
    done = cluster.place.account.run([program, *where, *how, *sync], timeout_s=DAYS_S)
    if done.returncode != 0:
        raise BackupRefused(f"pg_basebackup failed: {done.stderr.strip()[-1500:]}")


def _copy_files(data: Path, files: Iterable[Path], target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in files:
        copy = target / path.relative_to(data)
        if path.is_dir():
            shutil.copytree(path, copy)
        elif path.exists():
            shutil.copy2(path, copy)


def _start_wal(cluster: Path) -> str:
    """The piece of the log that a copy begins with, from PostgreSQL's own label."""
    first = (cluster / "backup_label").read_text().splitlines()[0]
    return first.partition("(file ")[2].rstrip(")")
