"""The body of a request is waited for before the request has its turn, so long and no longer.

What reads a body waits for whoever sends it. So a body is read before its request has its turn, many at once, by the
thread that hears everybody: who sends too slowly or not at all is told so and hung up on, as soon as somebody else
needs the place, and what came in part is not looked at.
"""

import asyncio
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from geodata.imports.containers import MAX_FILE_BYTES
from geodata.report_senders import network
from mapapp.refusals import CUT_OFF, NO_LENGTH, OVERLOADED, TOO_SLOW, Refusal
from mapapp.serving.places import SLOWEST_BYTES_PER_S, NoPlace, Place, Places
from mapapp.serving.protocol import Exchange

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

WITHOUT = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Whatever these bring is not looked at."""

LARGEST_UPLOAD = MAX_FILE_BYTES + 1024**2
"""Of stewards: a file, and the form around it."""

SESSION = "person"
UPLOADS = ("/steward/imports", "/en/steward/imports")

SENDING = 128
"""Bodies of a worker that may be on their way at once."""

PATIENCE_S = 15.0
IN_MEMORY = 100_000

STATES_ITS_END = "application/json"
"""A body in pieces does not say how long it is: broken off, only JSON is seen not to be whole."""


class Refused(Exception):
    """The body is not taken; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.title)
        self.refusal = refusal


class Bodies:
    """Puts whole bodies into the environments of their requests. What says that it is longer than `most_bytes` (with a
    steward's file: LARGEST_UPLOAD) is left unread, for the application to refuse."""

    def __init__(self, most_bytes: int, *, patience_s: float = PATIENCE_S, sending: int = SENDING) -> None:
        self.most_bytes, self.patience_s = most_bytes, patience_s
        self.places = Places(sending)

    async def take(self, environ: "WSGIEnvironment", exchange: Exchange) -> None:
        """The environment says who sends, as the proxies tell. Raises `Refused`."""
        announced, in_pieces = announced_bytes(environ), "HTTP_TRANSFER_ENCODING" in environ
        most = LARGEST_UPLOAD if may_bring_file(environ) else self.most_bytes
        if environ["REQUEST_METHOD"] in WITHOUT or not (announced or in_pieces) or announced > most:
            return
        if in_pieces and not environ.get("CONTENT_TYPE", "").startswith(STATES_ITS_END):
            raise Refused(NO_LENGTH)
        try:
            with self.places.taken(network(environ["REMOTE_ADDR"])) as place:
                body, size = await self._whole(exchange, None if in_pieces else announced, most, place)
        except NoPlace as error:
            raise Refused(OVERLOADED) from error
        environ.update({"wsgi.input": body, "CONTENT_LENGTH": str(size)})
        environ.pop("HTTP_TRANSFER_ENCODING", None)

    async def _whole(self, exchange: Exchange, announced: int | None, most: int, place: Place) -> tuple[IO[bytes], int]:
        """The body from its beginning, much of it on the disk, and its size: at most one byte more than `most`. Raises
        `Refused`."""
        body: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  read later
        reading = asyncio.create_task(read(exchange, body, place, most + 1 if announced is None else announced))
        patience_s = self.patience_s + (announced or 0) / SLOWEST_BYTES_PER_S
        try:
            await asyncio.wait([reading, place.over], timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                raise Refused(TOO_SLOW)
            reading.result()
            if announced is not None and place.size < announced:
                raise Refused(CUT_OFF)
            body.seek(0)
        except OSError as error:  # the disk is full
            body.close()
            raise Refused(OVERLOADED) from error
        except BaseException:
            reading.cancel()
            body.close()
            raise
        return body, place.size


async def read(exchange: Exchange, body: IO[bytes], place: Place, most: int) -> None:
    """What comes, up to `most` bytes."""
    async for piece in exchange:
        place.size += body.write(piece[: most - place.size])
        if place.size >= most or not piece:
            break


def may_bring_file(environ: "WSGIEnvironment") -> bool:
    """Whether a steward may be sending a file: somebody with a session does, where files go. Whose it is, is asked
    afterwards."""
    cookies = environ.get("HTTP_COOKIE", "").replace(" ", "").split(";")
    return environ.get("PATH_INFO") in UPLOADS and any(one.startswith(f"{SESSION}=") for one in cookies)


def announced_bytes(environ: "WSGIEnvironment") -> int:
    """What the length says; 0 for none."""
    length = environ.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 19 else 0
