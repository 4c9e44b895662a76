"""Answers kept in the memory of each worker: what somebody asked before in this release is answered without asking the
register again, already compressed.

An answer is kept under its ETag, which names everything it depends on (the question, the release, the outlines, the
day, the version of the code). The least recently used ones make room for new ones.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from flask import Flask, Response, current_app, g, request

KEPT_FOR_S = 600
"""As long as caches on the way may show an answer while they ask for a new one (`stale-while-revalidate`)."""

SHARE_OF_ONE = 8
"""An answer larger than this part of the memory would push out too many others."""

OVERHEAD = 1_500
"""Bytes that an answer's headers and its place in the memory take, about."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer. `made_at` in seconds of the monotonic clock."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    made_at: float

    def __len__(self) -> int:
        return len(self.body) + OVERHEAD


class KeptAnswers:
    """At most `most_bytes` of answers, none older than KEPT_FOR_S; 0 bytes keep nothing."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._answers: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Kept | None:
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            if time.monotonic() - found.made_at > KEPT_FOR_S:
                self._forget(key)
                return None
            self._answers.move_to_end(key)
            return found

    def put(self, key: str, answer: Kept) -> None:
        if len(answer) > self.most_bytes // SHARE_OF_ONE:
            return
        with self._lock:
            self._forget(key)
            self._answers[key] = answer
            self.bytes += len(answer)
            while self.bytes > self.most_bytes:
                self._forget(next(iter(self._answers)))

    def _forget(self, key: str) -> None:
        found = self._answers.pop(key, None)
        if found is not None:
            self.bytes -= len(found)


def install(app: Flask, most_bytes: int) -> None:
    """Give the application its memory. Call it before anything else that changes answers: it keeps them when all others
    are done with them."""
    app.extensions["mapapp.kept"] = KeptAnswers(most_bytes)
    app.after_request(keep)


def kept(etag: str) -> Response | None:
    """The answer of this ETag, compressed if the reader takes that, or 304 where the reader has it under the ETag that
    its view gave it; None when it is not kept."""
    found = _memory().get(key_of(etag))
    if found is None:
        return None
    only_now()  # it is kept already, and must grow old
    shown = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    has_it = bool(found.etag) and found.etag in shown
    if has_it:
        about_the_answer = [pair for pair in found.headers if not pair[0].lower().startswith("content-")]
        return Response(b"", 304, about_the_answer)
    return Response(found.body, 200, list(found.headers))


def keep(response: Response) -> Response:
    """Keep what was marked with `for_others`."""
    if g.get("keep_as") and request.method == "GET" and response.status_code == 200 and not response.is_streamed:
        headers = tuple((name, value) for name, value in response.headers if name != "Set-Cookie")
        etag = response.headers.get("ETag", "")
        _memory().put(key_of(g.keep_as), Kept(response.get_data(), headers, etag, time.monotonic()))
    return response


def for_others(etag: str) -> None:
    """The answer being made is the same for everyone who asks this again."""
    g.setdefault("keep_as", etag)


def only_now() -> None:
    """The answer being made holds for this moment only (it tells an age)."""
    g.keep_as = ""


def key_of(etag: str) -> str:
    """Where the answer of this ETag is kept for a reader like the one who asks now."""
    return etag + "+gzip" if request.accept_encodings.quality("gzip") > 0 else etag


def _memory() -> KeptAnswers:
    found: KeptAnswers = current_app.extensions["mapapp.kept"]
    return found
