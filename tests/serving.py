"""An application on the loopback address, for browsers and for programs that read over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from apiflask import APIFlask
from werkzeug.serving import WSGIRequestHandler, make_server

POLL_S = 0.02
"""How long a server that is told to stop may go on waiting for somebody."""


class Quiet(WSGIRequestHandler):
    """Says nothing to the terminal."""

    def log(self, *_args: Any, **_more: Any) -> None:
        pass


class Running:
    """Answers under `address` until it is stopped; to stop it again does nothing."""

    def __init__(self, app: Any, *, threaded: bool) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=threaded, request_handler=Quiet)
        self._server.daemon_threads = False  # type: ignore[attr-defined]  # to close it waits for who is still answered
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": POLL_S})
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


@contextmanager
def answering(app: Any, *, threaded: bool = False) -> Iterator[Running]:
    """Any WSGI application running."""
    running = Running(app, threaded=threaded)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def serving(app: APIFlask) -> Iterator[Running]:
    """The application running as installed; afterwards it has nothing left to write and no connection."""
    with ExitStack() as closing:
        closing.callback(close, app)
        yield closing.enter_context(answering(app, threaded=True))


def close(app: APIFlask) -> None:
    """End what an application that made its own sessions keeps open."""
    app.extensions["mapapp.misses"].write()  # so that its thread has nothing left to write
    with ExitStack() as closing:
        for given in ("mapapp.sessions", "mapapp.writing_sessions"):
            closing.callback(app.extensions[given].kw["bind"].dispose)
        closing.callback(app.extensions["mapapp.door"].sessions.kw["bind"].dispose)
