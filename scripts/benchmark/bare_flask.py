"""The measure of all rows: a Flask application that answers a small JSON, on the very server settings of the site.

Run as `python -m scripts.benchmark.bare_flask PORT`.
"""

import json
import os
import sys
from functools import partial

from flask import Flask, Response

from mapapp.commands.serve import web_server
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
    web_server(Settings(port=int(sys.argv[1]))).serve(
        target_loader=partial(application, os.getpid()), wrap_loader=False
    )
