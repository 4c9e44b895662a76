"""A server on the loopback address for programs that read over HTTP: prints its address, then serves until killed.

Usage: python -m tests.loopback DATABASE_URL
"""

import sys
from datetime import UTC, datetime

from werkzeug.serving import make_server

from mapapp import create_app
from mapapp.settings import Settings
from tests.conftest import scratch
from tests.serving import Quiet

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def main(url: str) -> None:
    app = create_app(Settings(database_url=url, data=scratch()), None, lambda: NOW)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    sys.stdout.write(f"http://127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
