"""Downloads are made in a process of their own, one download at a time on the machine (exports take turns among
themselves): a worker waits for one only for a moment, and keeps nothing of what making one takes."""

from collections.abc import Callable, Collection
from typing import cast

from flask import Flask, current_app

from geodata.downloads import FORMATS, Edition, MadeFile, Scope, Shelf
from mapapp.db import Sessions, session
from mapapp.exports.apart import Apart, RenderingFailed, Work
from mapapp.exports.patience import Patience

MOST_S = 3_600
"""A workbook of a million institutions takes a quarter of an hour."""


class Maker(Apart):
    """Makes what is not on the shelf. `connect` gives the sessions that a process of its own reads through; where
    somebody brought theirs along, files are made here and now. `patience` is that of the exports: workers wait for
    both together no longer than for one."""

    def __init__(self, shelf: Shelf, connect: Callable[[], Sessions] | None, patience: Patience) -> None:
        super().__init__(shelf.folder, most_s=MOST_S, turn="turn", patience=patience)
        self.shelf, self.connect = shelf, connect

    def files(self, edition: Edition, scope: Scope, formats: Collection[str] = FORMATS) -> list[MadeFile]:
        """The file of each format. Raises `Busy`, `RenderingFailed`."""
        if self.connect is None:
            return [self.shelf.file(session(), edition, scope, format) for format in formats]
        missing = [format for format in formats if self.shelf.kept(edition, scope, format) is None]
        if missing:
            names = [name_of(edition, scope, format) for format in missing]
            self.do(names, lambda: self._making(edition, scope, missing))
        found = [self.shelf.kept(edition, scope, format) for format in formats]
        if None in found:
            raise RenderingFailed(f"{scope.stem}: {', '.join(formats)}")
        return cast(list[MadeFile], found)

    def _making(self, edition: Edition, scope: Scope, formats: Collection[str]) -> Work:
        def make() -> None:
            assert self.connect is not None  # noqa: S101  else nothing is made apart
            with self.connect()() as own:
                for format in formats:
                    with self.failures.noted(name_of(edition, scope, format)):
                        self.shelf.file(own, edition, scope, format)
                    own.rollback()

        return make


def name_of(edition: Edition, scope: Scope, format: str) -> str:
    """What a file is called among those of all releases."""
    return f"r{edition.release}-{scope.stem}.{format}"


def install(app: Flask, shelf: Shelf, connect: Callable[[], Sessions] | None) -> None:
    """After the exports, whose patience it shares."""
    app.extensions["mapapp.downloads"] = Maker(shelf, connect, app.extensions["mapapp.exports"].patience)


def maker() -> Maker:
    return cast(Maker, current_app.extensions["mapapp.downloads"])
