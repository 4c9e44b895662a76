"""Signed answers on record: whatever ends the process, and in one setting whatever ends the machine, loses none."""

import hashlib
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from geodata.audit.answers import Answered
from mapapp.spool import BLOCK, Disk, Spool, SpoolUnusable, Sync
from mapapp.spool_records import UNACCOUNTED, collect, line_of, read

SECTOR = 512
CUTS = 25


class PowerCut(OSError):
    """The machine is gone."""


class FailingDisk(Disk):
    """A disk that keeps for certain only what was synced. After `calls` the power is gone; of each sector written since
    the last sync, `restart` keeps the new content or the old one."""

    def __init__(self, calls: int) -> None:
        self.calls, self.safe = calls, dict[Path, bytes]()
        self._lock = threading.Lock()

    def write(self, descriptor: int, data: bytes, at: int) -> None:
        self._call()
        super().write(descriptor, data, at)

    def sync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}")
        content = path.read_bytes()
        self._call()
        self.safe[path.readlink()] = content

    def _call(self) -> None:
        with self._lock:
            self.calls -= 1
            if self.calls < 0:
                raise PowerCut

    def restart(self, directory: Path, chance: random.Random) -> None:
        """The files as they are found afterwards. One that was never synced is gone: it has not got its name yet."""
        named = {path.stem: content for path, content in self.safe.items()}
        for path in directory.iterdir():
            old, new = named.get(path.stem), path.read_bytes()
            if old is None or path.suffix == ".new":
                path.unlink()
                continue
            sectors = [(old[at : at + SECTOR], new[at : at + SECTOR]) for at in range(0, len(new), SECTOR)]
            path.write_bytes(b"".join(chance.choice(pair) for pair in sectors))


def sent_before_the_cut(spool: Spool, threads: int) -> list[str]:
    """The numbers of the answers that would have been sent until nothing could be recorded any more."""
    sent: list[str] = []

    def work() -> None:
        while True:
            try:
                number = spool.number()
                spool.record(number, 1, "k", "token")
            except SpoolUnusable:
                return
            sent.append(number)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sent


def found_in(directory: Path) -> list[Answered]:
    return [one for path in directory.glob("*.spool") for one in read(path.read_bytes())]


def accounted(number: str, found: list[Answered]) -> bool:
    """Whether the number is told as one that may have been used."""
    ranges = [one.jti.rpartition("-") for one in found if one.kid == UNACCOUNTED]
    return any(number[:-3] == first[:-3] and first[-3:] <= number[-3:] <= last for first, _, last in ranges)


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("when", list(Sync))
def test_power_cut_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: Sync, threads: int) -> None:
    chance = random.Random(20261122 + threads)
    lost = 0
    for cut in range(CUTS):
        directory = tmp_path / str(cut)
        directory.mkdir()
        disk = FailingDisk(chance.randrange(3, 300))
        spool = Spool(directory, segment_bytes=6_000, when=when, disk=disk)
        sent = sent_before_the_cut(spool, threads)
        spool.close()
        disk.restart(directory, chance)
        with monkeypatch.context() as restarted:
            restarted.setattr("mapapp.spool_records.boot_id", lambda: "another start of the machine")
            found = found_in(directory)
        missing = set(sent) - {one.jti for one in found}
        assert when is Sync.INTERVAL or not missing
        assert all(accounted(number, found) for number in missing)
        lost += len(missing)
    assert (lost > 0) == (when is Sync.INTERVAL), "the disk must fail for the claim to mean anything"


class CountingDisk(Disk):
    """A disk that counts how often it was waited for."""

    def __init__(self) -> None:
        self.syncs = 0

    def sync(self, descriptor: int) -> None:
        self.syncs += 1
        super().sync(descriptor)


def test_answers_recorded_together_share_a_wait_for_the_disk(tmp_path: Path) -> None:
    disk = CountingDisk()
    spool = Spool(tmp_path, disk=disk)
    spool.number()
    disk.syncs = 0
    line = len(line_of("together0", 1, "k", hashlib.sha256(b"token").hexdigest()))
    assert spool._segment is not None
    with spool._segment._syncing:  # the disk is busy while eight come
        threads = [threading.Thread(target=spool.record, args=(f"together{n}", 1, "k", "token")) for n in range(8)]
        for thread in threads:
            thread.start()
        while spool._segment.end < spool._segment.synced + 8 * line:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert disk.syncs == 1
    assert len(found_in(tmp_path)) == 8
    spool.close()


def test_a_file_that_once_failed_to_reach_the_disk_is_left(tmp_path: Path) -> None:
    disk = FailingDisk(calls=3)  # zeros, the first block, and both on the disk
    spool = Spool(tmp_path, disk=disk)
    spool.number()
    disk.calls = 1  # the record, and then it does not reach the disk
    with pytest.raises(SpoolUnusable):
        spool.record("a", 1, "k", "token")
    disk.calls = 1_000
    spool.record("b", 1, "k", "token")
    assert len(list(tmp_path.glob("*.spool"))) == 2
    spool.close()


@pytest.mark.parametrize("when", list(Sync))
def test_many_threads_and_many_files_lose_nothing(tmp_path: Path, when: Sync) -> None:
    spool = Spool(tmp_path, segment_bytes=4_000, when=when)

    def work(name: int) -> None:
        for number in range(50):
            spool.record(f"{name}-{number}", 1, "k", "token")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found: list[Answered] = []

    def take(answers: list[Answered]) -> int:
        found.extend(answers)
        return len(answers)

    assert collect(tmp_path, take) == 200
    assert {one.jti for one in found} == {f"{name}-{number}" for name in range(4) for number in range(50)}
    assert len(list(tmp_path.iterdir())) == 1  # what is still being written stays
    spool.close()
    collect(tmp_path, take)
    assert list(tmp_path.iterdir()) == []


def test_half_a_record_is_no_record(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.record("whole", 1, "k", "token")
    assert spool._segment is not None
    spool._segment.add(b"torn 1 k 00")
    assert [one.jti for one in read(next(tmp_path.glob("*.spool")).read_bytes())] == ["whole"]
    spool.close()


def test_numbers_are_reserved_on_the_disk_before_they_are_used(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    numbers = [spool.number() for _ in range(3 * BLOCK)]
    assert len(set(numbers)) == 3 * BLOCK
    assert spool._segment is not None
    written = next(tmp_path.glob("*.spool")).read_bytes()[: spool._segment.synced].decode()
    assert {number[:-3] for number in numbers} <= {line.split()[0][1:] for line in written.splitlines()}
    spool.close()


def test_after_a_power_cut_numbers_without_a_record_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path)
    numbers = [spool.number() for _ in range(5)]
    for number in numbers[:3]:  # the records of the last two did not reach the disk
        spool.record(number, 1, "k", "token")
    spool.close()
    content = next(tmp_path.glob("*.spool")).read_bytes()
    assert [one.jti for one in read(content)] == numbers[:3]
    monkeypatch.setattr("mapapp.spool_records.boot_id", lambda: "another start of the machine")
    lost = read(content)[-1]
    assert (lost.jti, lost.kid) == (f"{numbers[3]}-{BLOCK - 1:03x}", UNACCOUNTED)


@pytest.mark.parametrize("when", list(Sync))
def test_what_a_killed_process_recorded_is_collected(tmp_path: Path, when: Sync) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from mapapp.spool import Spool, Sync;"
        "s = Spool(Path(sys.argv[1]), when=Sync(sys.argv[2]));"
        "[s.record(s.number(), 1, 'k', 'token') for _ in range(700)];"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path), when.value], check=False, timeout=60)
    found: list[Answered] = []

    def take(answers: list[Answered]) -> int:
        found.extend(answers)
        return len(answers)

    assert collect(tmp_path, take) == 700
    assert len({one.jti for one in found}) == 700
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("a file where the directory should be")
    with pytest.raises(SpoolUnusable, match="answers"):
        Spool(tmp_path / "answers").record("1", 1, "k", "token")
