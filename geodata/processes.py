"""Which process is which, although numbers are used again: read from Linux's /proc."""

from pathlib import Path

PROC = Path("/proc")


def identity(pid: int) -> str | None:
    """Number and start time of a process, a name that is never given twice while the machine runs; None when gone."""
    try:
        # The name in the second field may hold spaces and brackets; the start time is field 22, the 20th behind it.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else f"{pid} {fields[19]}"


def is_alive(name: str) -> bool:
    """Whether the process with this `identity` still runs."""
    pid, _, _ = name.partition(" ")
    return pid.isdecimal() and identity(int(pid)) == name.strip()


def exists(pid: int) -> bool:
    """Whether any process bears the number."""
    return (PROC / str(pid)).exists()


def works_in(pid: int, directory: Path) -> bool:
    """Whether the process has `directory` as its working directory, as PostgreSQL has its data directory."""
    try:
        return identity(pid) is not None and (PROC / str(pid) / "cwd").samefile(directory)
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False
