"""The body of a request is waited for before the request has its turn, so long and no longer.

The server hands a request over as soon as its headers are there; what reads the body then waits for whoever sends it.
Read in turn, four bodies of a letter a second stopped two workers for as long as they liked (measured); and one that
broke off was taken for whole. So a body is read before its request has its turn, a few at once: who sends too slowly is
told so, and what came in part is not looked at.

The server's `read` comes back with all that it was asked for or at the end, and an answer given while it still waits
stops the whole worker (measured). So little is asked for where little comes, and whoever says nothing at all keeps the
place until the connection ends: nginx waits for such in our place.
"""

import threading
import time
from collections.abc import Iterable
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from geodata.imports.containers import MAX_FILE_BYTES
from mapapp.measuring import kind_of
from mapapp.refusals import CUT_OFF, NO_LENGTH, REFUSED, TOO_SLOW, refuse, tell

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

WITHOUT = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Whatever these bring is not looked at."""

LARGEST_UPLOAD = MAX_FILE_BYTES + 1024**2
"""Of stewards: a file, and the form around it."""

SESSION = "person"
UPLOADS = ("/steward/imports", "/en/steward/imports")

SENDING = 16
"""Bodies of a worker that may be on their way at once."""

PATIENCE_S = 15.0
SLOWEST_BYTES_PER_S = 50_000
IN_MEMORY = 1_000_000
PIECE = 65_536
SLOW_S = 0.1
"""A piece that was waited for so long is followed by one of a single byte."""

STATES_ITS_END = "application/json"
"""A body in pieces does not say how long it is: broken off, only JSON is seen not to be whole."""


class TooManySend(Exception):
    """No place is free to wait for one more body."""


class CutOff(Exception):
    """Less came than was announced."""


class Bodies:
    """WSGI: the application with the whole body at hand. What says that it is longer than `most_bytes` (with a
    steward's file: LARGEST_UPLOAD) is left unread, for the application to refuse."""

    def __init__(
        self, app: "WSGIApplication", most_bytes: int, *, patience_s: float = PATIENCE_S, sending: int = SENDING
    ) -> None:
        self.app, self.most_bytes, self.patience_s = app, most_bytes, patience_s
        self._places = threading.BoundedSemaphore(sending)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        kind = kind_of(environ.get("PATH_INFO", ""))
        announced, in_pieces = announced_bytes(environ), "HTTP_TRANSFER_ENCODING" in environ
        most = LARGEST_UPLOAD if may_bring_file(environ) else self.most_bytes
        if environ["REQUEST_METHOD"] in WITHOUT or not (announced or in_pieces):
            environ["wsgi.input"] = BytesIO()
            return self.app(environ, start_response)
        if in_pieces and not environ.get("CONTENT_TYPE", "").startswith(STATES_ITS_END):
            return tell(NO_LENGTH, kind, start_response)
        if announced > most:
            return self.app(environ, start_response)
        try:
            body, size = self._whole(environ["wsgi.input"], None if in_pieces else announced, most)
        except TimeoutError:
            return tell(TOO_SLOW, kind, start_response)
        except (TooManySend, OSError):  # no place to wait, or none on the disk
            environ[REFUSED] = True
            return refuse(kind, start_response)
        except CutOff:
            return tell(CUT_OFF, kind, start_response)
        environ.update({"wsgi.input": body, "CONTENT_LENGTH": str(size)})
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with body:
            return self.app(environ, start_response)

    def _whole(self, source: "InputStream", announced: int | None, most: int) -> tuple[IO[bytes], int]:
        """The body and its size (at most one byte more than `most`). Raises `TooManySend`, `TimeoutError`, `CutOff`,
        and another `OSError` where the disk is full."""
        if not self._places.acquire(blocking=False):
            raise TooManySend
        try:
            patience_s = self.patience_s + (announced or 0) / SLOWEST_BYTES_PER_S
            body, size = read(source, most + 1 if announced is None else announced, patience_s)
        finally:
            self._places.release()
        if announced is not None and size < announced:
            body.close()
            raise CutOff
        return body, size


def read(source: "InputStream", most: int, patience_s: float) -> tuple[IO[bytes], int]:
    """What comes, up to `most` bytes, from its beginning, much on the disk. Raises `TimeoutError`, between pieces."""
    body, size = SpooledTemporaryFile(IN_MEMORY), 0  # noqa: SIM115  whoever reads it closes it
    began = before = time.monotonic()
    step = 1
    try:
        while size < most:
            piece = source.read(min(step, most - size))
            if not piece:
                break
            size += body.write(piece)
            now = time.monotonic()
            if size < most and now - began > patience_s:
                raise TimeoutError
            step = 1 if now - before > SLOW_S else min(step * 2, PIECE)
            before = now
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body, size


def may_bring_file(environ: "WSGIEnvironment") -> bool:
    """Whether a steward may be sending a file: somebody with a session does, where files go. Whose it is, is asked
    afterwards."""
    cookies = environ.get("HTTP_COOKIE", "").replace(" ", "").split(";")
    return environ.get("PATH_INFO") in UPLOADS and any(one.startswith(f"{SESSION}=") for one in cookies)


def announced_bytes(environ: "WSGIEnvironment") -> int:
    """What the length says; 0 for none."""
    length = environ.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 19 else 0
