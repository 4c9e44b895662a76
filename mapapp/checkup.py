"""Checks of what an installation has beside its database: files, keys, settings, backups, the keeper."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from geodata.backup.archive import BackupRefused
from geodata.backup.archiving import CONFIGURED, configured, progress
from geodata.checkup.registered import Checks, Grade
from geodata.errors import GeodataError
from geodata.imports.room import FULLEST, NoRoom, require_room
from geodata.unit_load import BUILT
from mapapp.keeper import keeper_of
from mapapp.key_store import KeyStore
from mapapp.settings import Settings

OLDEST_BACKUP = timedelta(days=2)
LONGEST_ROUND_S = 1_800
"""As docs/operations.md wants somebody to be woken."""

OLDEST_KEY = timedelta(days=400)
VENDORED = Path(__file__).parent / "static" / "vendor" / "manifest.json"
SET_UP = "scripts/serve builds what is missing and starts the site"


@dataclass(frozen=True)
class Place:
    """The installation's settings, and the time."""

    settings: Settings
    now: datetime


CHECKS = Checks()


@CHECKS(SET_UP)
def built(_place: Place) -> Iterator[str]:
    """Everything that is built at set-up is there"""
    for path in (VENDORED, BUILT / "manifest.json"):
        if not path.exists():
            yield f"{path} is missing"


@CHECKS("Make it, and give it to the user that the site runs as: chown and chmod u+rwx")
def data_directory(place: Place) -> Iterator[str]:
    """The data directory can be written by whoever runs this"""
    data = place.settings.data
    if not data.is_dir():
        yield f"{data} is not there"
    elif not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield f"{data} cannot be written"


@CHECKS("Make room: nothing is imported meanwhile, and a full disk stops the database")
def room(place: Place) -> Iterator[str]:
    """There is room on the disk"""
    if place.settings.data.is_dir():
        try:
            require_room(place.settings.data)
        except NoRoom:
            yield f"more than {FULLEST:.0%} of the disk of {place.settings.data} is in use"


@CHECKS("Close it: chmod 600 for files, 700 for the directory; where somebody may have read a key: mapapp keys rotate")
def secrets(place: Place) -> Iterator[str]:
    """The secrets of the installation can be read by their owner alone, and are whole"""
    kept = place.settings.data / "secret-key"
    if kept.exists() and kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"{kept} is open to others"
    try:
        KeyStore(place.settings.data / "keys").read()
    except GeodataError as error:
        yield str(error)


@CHECKS("The site makes a first key when it starts; a new one for an old one: mapapp keys rotate", grade=Grade.NOTE)
def signing_key(place: Place) -> Iterator[str]:
    """A key signs answers, and is not too old"""
    try:
        key = KeyStore(place.settings.data / "keys").read().signing(place.now)
    except GeodataError:
        return  # told before
    if key is None:
        yield "there is none yet"
    elif place.now - key.signs_from > OLDEST_KEY:
        yield f"{key.kid} signs since {key.signs_from:%Y-%m-%d}"


@CHECKS("Set MAPAPP_PUBLIC_URL to the address that people use, https://…", grade=Grade.NOTE)
def public_address(place: Place) -> Iterator[str]:
    """The site knows its public address, which is encrypted"""
    public = place.settings.public_url
    if public is None:
        yield "MAPAPP_PUBLIC_URL is not set: checkpoints and the national list cannot be signed"
    elif not public.startswith("https:"):
        yield f"{public} is not https: cookies and answers travel open"


@CHECKS("mapapp backup enable --to DIR (another disk), then mapapp backup every day", grade=Grade.NOTE)
def backup_enabled(place: Place) -> Iterator[str]:
    """Backups of the private database are enabled"""
    if place.settings.cluster is not None:
        try:
            configured(place.settings.data)
        except BackupRefused as error:
            yield str(error)


@CHECKS("Look at the timer that runs mapapp backup; then: mapapp backup, and mapapp backup verify")
def backup_recent(place: Place) -> Iterator[str]:
    """The newest backup is no older than two days"""
    try:
        archive = configured(place.settings.data)
    except BackupRefused:
        return  # told before
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{place.settings.data / CONFIGURED} cannot be read: {error}"
        return
    try:
        bases = archive.bases()
    except (GeodataError, OSError) as error:
        yield str(error)
        return
    if not bases:
        yield f"{archive.directory} holds none"
    elif place.now - bases[-1].finished_at > OLDEST_BACKUP:
        yield f"finished at {bases[-1].finished_at:%Y-%m-%d %H:%M} UTC"


@CHECKS("Look for the reason in the database's own log, make room or mount the disk; or start the database anew")
def backup_log(place: Place) -> Iterator[str]:
    """While the private database runs, its log is handed over to the backups"""
    cluster = place.settings.cluster
    if cluster is None or not (place.settings.data / CONFIGURED).exists() or not cluster.status().running:
        return
    found = progress(cluster)
    if not found.on:
        yield "not yet: it begins when the database is started anew"
    elif found.failing:
        yield f"it failed {found.failed} times, and the last time too"


@CHECKS("Look for its last words in the site's log; starting the site anew starts it too")
def keeper(place: Place) -> Iterator[str]:
    """While the site runs, so does the keeper of answers and copies"""
    found = keeper_of(place.settings.data)
    if found is None:
        return
    if not found.running:
        yield f"it does not run; it was started anew {found.restarts} times"
    elif found.round_age_s is not None and found.round_age_s > LONGEST_ROUND_S:
        yield f"it finished its last round {found.round_age_s} s ago"
