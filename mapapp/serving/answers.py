"""An answer of the application, as it is handed to the server: files go by their names, so that a large one never
stands in memory and is sent as fast as it is taken."""

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from werkzeug.wsgi import FileWrapper

from mapapp.serving.protocol import Exchange, Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

FILE_WRAPPER = "wsgi.file_wrapper"
CONTENT_RANGE = re.compile(r"bytes ([0-9]+)-([0-9]+)/")


@dataclass(frozen=True)
class Answer:
    """A whole answer, or the name of a file with the part of it to send (from, up to) where not all is wanted.
    `refused`: nothing was done for it, for want of time."""

    status: int
    headers: Headers
    body: bytes = b""
    file: str | None = None
    part: tuple[int, int] | None = None
    refused: bool = False

    def give(self, exchange: Exchange) -> None:
        if self.file and self.part:
            exchange.response_file_range(self.status, self.headers, self.file, *self.part)
        elif self.file:
            exchange.response_file(self.status, self.headers, self.file)
        elif self.body:
            exchange.response_bytes(self.status, self.headers, self.body)
        else:
            exchange.response_empty(self.status, self.headers)


def ask(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """What the application answers."""
    said: list[tuple[int, Headers]] = []
    files: list[str] = []

    def start_response(status: str, headers: Headers, *_error: Any) -> Any:
        said[:] = [(int(status[:3]), headers)]

    def wrapped(file: IO[bytes], *size: int) -> FileWrapper:
        files.append(str(file.name))
        return FileWrapper(file, *size)

    environ[FILE_WRAPPER] = wrapped
    parts = app(environ, start_response)
    try:
        ((status, headers),) = said
        if files and environ["REQUEST_METHOD"] == "GET" and status in (200, 206):
            return Answer(status, headers, file=files[0], part=part_of(status, headers))
        return Answer(status, headers, b"".join(parts))
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def part_of(status: int, headers: Headers) -> tuple[int, int] | None:
    """Which bytes of a file, from and up to, where only some are answered."""
    told = dict(headers).get("Content-Range", "")
    found = CONTENT_RANGE.match(told) if status == 206 else None
    return (int(found[1]), int(found[2]) + 1) if found else None
