"""A downloaded list in a directory: its signed head, its lines, the keys; checked, then answered from."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from geodata.errors import GeodataError
from geodata.kept.listing import list_file
from geodata.kept.offline_list import lines_of, load
from geodata.kept.register import KeptRegister
from mapapp.geojson import to_json
from mapapp.key_store import KeyRing
from mapapp.offline_list import TYPE, Lists, claims, sign_head
from mapapp.signing import ForgedToken, genuine

HEAD, LINES, KEYS = "list.jws", "list.ndjson.gz", "jwks.json"


class UnusableList(GeodataError):
    """A directory without a list that may be used; the message tells what to do."""


def export(lists: Lists, ring: KeyRing, target: Path, *, issuer: str, now: datetime) -> dict[str, Any]:
    """Write the newest list, signed, with the keys; its head."""
    told = claims(lists, issuer, now)
    target.mkdir(parents=True, exist_ok=True)
    (target / HEAD).write_text(sign_head(lists.signer, told, now))
    (target / KEYS).write_text(to_json(ring.jwks(now)))
    shutil.copyfile(list_file(lists.directory, told["release"]), target / LINES)
    return told


class Bundle:
    """A list that was checked. Raises `UnusableList` for a forged or expired one, `DamagedList` for other lines."""

    def __init__(self, directory: Path, now: datetime) -> None:
        try:
            self.jwks: dict[str, Any] = json.loads((directory / KEYS).read_text())
            self.head = genuine((directory / HEAD).read_text().strip(), self.jwks, typ=TYPE)
        except (OSError, ValueError) as error:
            raise UnusableList(f"{directory} holds no list ({error}). Make one with: mapapp offline export") from error
        except ForgedToken as error:
            raise UnusableList(f"{directory / HEAD} is not genuine: {error}") from error
        if self.head["exp"] <= now.timestamp():
            raise UnusableList(f"the list of release {self.head['release']} has expired: get a new one")
        self.directory = directory

    def register(self, database: Path) -> KeptRegister:
        """The list as a register to ask, in a file that must not be there yet."""
        load(lines_of(self.directory / LINES), self.head, database)
        return KeptRegister(database)
