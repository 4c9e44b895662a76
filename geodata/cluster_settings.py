"""What a private cluster is made and run with."""

import os
from collections.abc import Mapping
from pathlib import Path

EXTENSIONS = ("postgis", "unaccent", "pg_trgm", "btree_gist")
SUPERUSER = "postgres"
PORT = 5432  # only names the socket file; two clusters differ by their socket directory

INITDB = (
    *("-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject"),
    *("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"),
)

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "''",
    "port": str(PORT),
    "cluster_name": "'mapapp'",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "logging_collector": "on",
    "log_filename": "'postgresql-%a.log'",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_min_duration_statement": "2s",
}
NOT_DURABLE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # tests that look at plans analyse for themselves, and no other test waits for it
}


def configuration(socket_directory: Path, *, durable: bool) -> str:
    """The text of `mapapp.conf`, which postgresql.conf includes; `ALTER SYSTEM` is read later and wins."""
    settings = {**SETTINGS, **memory(), "unix_socket_directories": _list_of_one(socket_directory)}
    settings |= {} if durable else NOT_DURABLE
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def memory() -> dict[str, str]:
    """An eighth of the machine's memory for PostgreSQL's own cache, between 128 MB and 2 GB, and half as what it may
    expect in all: the indexes of a large register are then made and read in memory."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "shared_buffers": f"{min(max(total // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(total // 2, 256)}MB",
    }


def _list_of_one(path: Path) -> str:
    """A path as a value of a setting that takes a list of paths."""
    quoted = str(path).replace('"', '""').replace("'", "''")
    return f"""'"{quoted}"'"""
