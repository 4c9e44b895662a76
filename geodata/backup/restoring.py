"""A cluster made of a base and the log up to a moment, in another directory; or nothing."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from geodata.backup import bases
from geodata.backup.archive import Archive, BackupRefused, Base
from geodata.backup.archiving import NAMES, restore_command, superuser
from geodata.backup.encryption import UNPACKING
from geodata.cluster import Cluster
from geodata.cluster_place import Place
from geodata.engine import AWAY, require_answer
from geodata.postgres import Account, PostgresFailed

ENDED_BEFORE = "recovery ended before configured recovery target was reached"
LAST_TRANSACTION = re.compile(r"last completed transaction was at log time (\S+ \S+)")
NOT_TAKEN = ("log", "current_logfiles", "mapapp.conf", "backup_manifest")
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a cluster was made of; `last_commit` is the time of the last transaction that is in it, as far as the log
    tells (None: the base alone)."""

    base: Base
    last_commit: datetime | None


def restore(archive: Archive, into: Cluster, moment: datetime | None, *, say: Say = lambda _: None) -> Restored:
    """Make `into` the cluster as it was at the moment (everything committed by then; None: the last that was archived)
    and leave it running. Its archiving is off: it needs an archive of its own.

    Raises `BackupRefused` where the archive does not lead to the moment, or `into` is taken; `BackupDamaged`. Then
    nothing is left behind.
    """
    require_empty(into.directory)
    base = archive.base_before(moment)
    say(f"Verifying the backup {base.label}.")
    bases.verify(base)
    say(f"Verifying the log since: {archive.verify_log(base.start_wal)} pieces.")
    _require_readable(archive.wal / f"{base.start_wal}.gz")
    try:
        say("Copying.")
        _copy(base, into.place)
        settings = _prepare(into, archive, moment)
        say("Replaying the log.")
        _replay(into, moment)
        (into.data / "postgresql.auto.conf").write_text(settings)
        _put_files(base, into.directory)
    except BaseException:
        into.destroy()
        shutil.rmtree(into.directory, ignore_errors=True)
        raise
    return Restored(base, _last_commit(into))


def require_empty(directory: Path) -> None:
    """Raises `BackupRefused` for a directory with anything in it but what is being decrypted: a restoration never
    overwrites."""
    if directory.exists() and (not directory.is_dir() or any(not _is_passing(one) for one in directory.iterdir())):
        raise BackupRefused(f"{directory} is not empty. A restoration goes into a new directory.")


def _is_passing(path: Path) -> bool:
    return path.name.startswith(UNPACKING)


def _require_readable(piece: Path) -> None:
    """What the server cannot read would pass for the end of the log."""
    account = Account.for_new_cluster()
    if account.run([shutil.which("test") or "/usr/bin/test", "-r", piece]).returncode != 0:
        raise BackupRefused(f"User {account.name}, who runs the database, cannot read {piece}.")


def _copy(base: Base, place: Place) -> None:
    place.directory.mkdir(parents=True, exist_ok=True)
    account = Account.for_new_cluster()
    unfinished = Path(tempfile.mkdtemp(prefix="new-", dir=place.make_home(account)))
    account.own(unfinished)
    command = ["cp", "-a", "--reflink=auto", f"{base.cluster}/.", str(unfinished)]
    done = Account.of_uid(os.geteuid()).run(command, timeout_s=bases.DAYS_S)
    if done.returncode != 0:
        raise BackupRefused(f"The backup cannot be copied: {done.stderr.strip()[-500:]}")
    for name in NOT_TAKEN:
        found = unfinished / name
        shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)
    account.own(unfinished, *unfinished.rglob("*"))  # on another machine the same account may have another number
    unfinished.chmod(0o700)
    unfinished.rename(place.data)


def _prepare(into: Cluster, archive: Archive, moment: datetime | None) -> str:
    """Tell the server what to replay; the settings that shall stay afterwards."""
    written = into.data / "postgresql.auto.conf"
    kept = "".join(line for line in written.read_text().splitlines(True) if not line.startswith(NAMES))
    recovery = {
        "restore_command": restore_command(archive.wal),
        "recovery_target_timeline": "current",
        "hot_standby": "off",
    }
    if moment is not None:
        recovery |= {
            "recovery_target_time": moment.astimezone(UTC).isoformat(),
            "recovery_target_inclusive": "on",
            "recovery_target_action": "promote",
        }
    lines = (f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in recovery.items())
    written.write_text(kept + "".join(lines))
    signal = into.data / "recovery.signal"
    signal.touch()
    into.place.account.own(signal)
    return kept


def _replay(into: Cluster, moment: datetime | None) -> None:
    try:
        into.start()
    except PostgresFailed as error:
        if not into.running:
            raise _explained(str(error), moment) from error
    while not _answers(into):  # a long log takes longer than one is willing to wait for an ordinary start
        if not into.running:
            raise _explained(_last_words(into), moment)
        time.sleep(0.2)


def _answers(into: Cluster) -> bool:
    try:
        require_answer(into.url)
    except AWAY:
        return False
    return True


def _last_words(into: Cluster) -> str:
    """The end of what the server wrote."""
    written = sorted((into.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
    return "".join(path.read_text(errors="replace")[-3000:] for path in written)


def _explained(told: str, moment: datetime | None) -> BackupRefused:
    if ENDED_BEFORE not in told:
        return BackupRefused(f"The log could not be replayed: {told}")
    last = LAST_TRANSACTION.search(told)
    reaches = f"its last transaction is of {last[1]} UTC" if last else "it holds no transaction since the backup"
    return BackupRefused(f"The archive does not reach {moment}: {reaches}. To take all there is, say: --to latest")


def _put_files(base: Base, directory: Path) -> None:
    """The installation's keys and secrets, with their modes, as the current user's."""
    for path in base.files.iterdir():
        target = directory / path.name
        shutil.copytree(path, target) if path.is_dir() else shutil.copy2(path, target)


def _last_commit(into: Cluster) -> datetime | None:
    with superuser(into) as connection:
        found = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    return found[0] if found else None
