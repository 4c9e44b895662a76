"""A copy of an archive that only the holder of the key can read, for a place that others run.

Made with GnuPG (AES-256, with a check that finds every changed byte): `base/LABEL.tar.gpg` with its facts in
`base/LABEL.json`, and `wal/NAME.tar.gpg`. Each run adds what is new and deletes nothing: whoever gets hold of this
machine shall not be able to empty the other place by emptying the archive.
"""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from geodata.backup.archive import Archive, BackupDamaged, BackupRefused, Base, read_base
from geodata.errors import GeodataError
from geodata.postgres import Account

SHORTEST_KEY = 32
UNPACKING = "restoring-"
"""How directories begin that exist only while something is decrypted."""

Say = Callable[[str], object]


class EncryptionMissing(GeodataError):
    """GnuPG is not installed."""


class Encryption:
    """GnuPG with the key in a file: one line of at least 32 characters, readable by its owner alone."""

    def __init__(self, key_file: Path) -> None:
        self.key_file = _checked(key_file)
        program = shutil.which("gpg")
        if program is None:
            raise EncryptionMissing("GnuPG is not installed. On Debian run:  apt-get install -y gnupg")
        self.program = program

    def encrypt(self, command: Sequence[str | Path], target: Path) -> None:
        """Keep the output of a command, encrypted; whole or not at all. Raises `BackupRefused`."""
        part = target.with_name(f"{target.name}.part")
        how = ["--symmetric", "--cipher-algo=AES256", "--compress-algo=none", "--s2k-count=65536"]
        with self._gpg() as gpg, part.open("wb") as file:
            told = _piped(command, [*gpg, *how], file.fileno())
            os.fsync(file.fileno())
        if told is not None:
            part.unlink()
            raise BackupRefused(f"{target.name} could not be encrypted: {told}")
        part.rename(target)

    def decrypt(self, source: Path, command: Sequence[str | Path]) -> None:
        """Give the decrypted bytes to a command. Raises `BackupDamaged`: another key, or a changed byte."""
        with self._gpg() as gpg:
            told = _piped([*gpg, "--decrypt", source], command, subprocess.DEVNULL)
        if told is not None:
            raise BackupDamaged(f"{source} cannot be decrypted: another key, or it is damaged ({told}).")

    @contextmanager
    def _gpg(self) -> Iterator[list[str]]:
        """The command in a home of its own, whose agent ends with it."""
        home = tempfile.mkdtemp(prefix="mapapp-gpg-")
        kept = [self.program, "--homedir", home, "--batch", "--quiet", "--no-options", "--pinentry-mode=loopback"]
        try:
            yield [*kept, "--passphrase-file", str(self.key_file)]
        finally:
            agent = shutil.which("gpgconf")
            if agent:
                subprocess.run([agent, "--homedir", home, "--kill", "all"], capture_output=True, check=False)  # noqa: S603
            shutil.rmtree(home, ignore_errors=True)


def copy(archive: Archive, target: Path, encryption: Encryption, *, say: Say = lambda _: None) -> tuple[int, int]:
    """Bring the encrypted copy up to date; how many bases and pieces of the log were new."""
    life = archive.life()
    copied = Archive(target)
    if copied.life() not in (None, life):
        raise BackupRefused(f"{target} holds a copy of other backups.")
    for place in (target, copied.base, copied.wal):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(archive.marker, copied.marker)
    bases = [base for base in archive.bases() if not (copied.base / f"{base.label}.json").exists()]
    for base in bases:
        say(f"Encrypting the backup {base.label}.")
        tar = ["tar", "-C", str(base.directory), "--numeric-owner", "-cf", "-", "."]
        encryption.encrypt(tar, copied.base / f"{base.label}.tar.gpg")
        (copied.base / f"{base.label}.json").write_text(base.told())
    names = [name for name in archive.segments() if not (copied.wal / f"{name}.tar.gpg").exists()]
    for name in names:
        tar = ["tar", "-C", str(archive.wal), "-cf", "-", f"{name}.gz", f"{name}.sha256"]
        encryption.encrypt(tar, copied.wal / f"{name}.tar.gpg")
    return len(bases), len(names)


@contextmanager
def unpacked(
    source: Path, encryption: Encryption, moment: datetime | None, *, beside: Path, say: Say = lambda _: None
) -> Iterator[Archive]:
    """What a restoration to the moment needs of an encrypted copy, as an archive in a directory of its own under
    `beside` that exists only within. The account that runs PostgreSQL can read it."""
    base = _base_before(source, moment)
    with tempfile.TemporaryDirectory(prefix=UNPACKING, dir=beside) as name:
        archive = Archive(Path(name))
        (archive.base / base.label).mkdir(parents=True)
        archive.wal.mkdir()
        say(f"Decrypting the backup {base.label}.")
        tar = ["tar", "-C", str(archive.base / base.label), "-xpf", "-"]
        encryption.decrypt(source / "base" / f"{base.label}.tar.gpg", tar)
        for path in sorted((source / "wal").glob("*.tar.gpg")):
            if path.name[:24] >= base.start_wal:
                encryption.decrypt(path, ["tar", "-C", str(archive.wal), "-xpf", "-"])
        Account.for_new_cluster().own(archive.directory, archive.wal, *archive.wal.iterdir())
        yield archive


def _base_before(source: Path, moment: datetime | None) -> Base:
    told = (read_base(source, path) for path in (source / "base").glob("*.json"))
    found = sorted(
        (base for base in told if moment is None or base.finished_at <= moment), key=lambda base: base.finished_at
    )
    if not found:
        raise BackupRefused(f"There is no encrypted backup in {source} that was finished by {moment or 'now'}.")
    return found[-1]


def _checked(key_file: Path) -> Path:
    try:
        mode, key = key_file.stat().st_mode, key_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupRefused(f"The key {key_file} cannot be read: {error}.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise BackupRefused(f"Others may read the key {key_file}. Run:  chmod 600 {key_file}")
    if len(key) < SHORTEST_KEY or "\n" in key:
        raise BackupRefused(f"The key in {key_file} must be one line of at least {SHORTEST_KEY} characters.")
    return key_file


def _piped(first: Sequence[str | Path], second: Sequence[str | Path], output: int) -> str | None:
    """Run `first | second`; the last words of those that failed, or None."""
    with (
        subprocess.Popen([*map(str, first)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as source,  # noqa: S603
        subprocess.Popen(  # noqa: S603
            [*map(str, second)], stdin=source.stdout, stdout=output, stderr=subprocess.PIPE
        ) as sink,
    ):
        if source.stdout:
            source.stdout.close()
        told = sink.communicate()[1]
        words = source.stderr.read() if source.stderr else b""
    if source.returncode == 0 and sink.returncode == 0:
        return None
    return (words + told).decode(errors="replace").strip()[-300:] or "it ended with an error"
