"""The measure of all rows: a Flask application that answers a small JSON, on the server of the site: granian as it asks
a WSGI application fastest, with as many processes and one thread in each that works.

Run as `python -m scripts.benchmark.bare_flask PORT`.
"""

import json
import os
import sys
from functools import partial

from flask import Flask, Response
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server.mp import MPServer

from mapapp.endings import die_with_parent
from mapapp.settings import Settings


def application(parent: int) -> Flask:
    """One route, no database, no hooks."""
    die_with_parent(parent)
    app = Flask(__name__)

    @app.get("/answer")
    def answer() -> Response:
        body = {"id": "bare", "name": "Flask", "values": list(range(20))}
        return Response(json.dumps(body), mimetype="application/json")

    return app


if __name__ == "__main__":
    MPServer(
        "bare",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=Settings().workers,
        blocking_threads=1,
        runtime_mode=RuntimeModes.st,
        log_level=LogLevels.warning,
    ).serve(target_loader=partial(application, os.getpid()), wrap_loader=False)
