"""Logs as JSON, one object a line, that tell what happened and nothing of what anybody asked.

A database error's text may quote the question (words, a position), and a traceback's last line with it: of an exception
the line names the type and the places in the code, never the text.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from flask.logging import default_handler

from mapapp.settings import Settings

FIELDS = ("kind", "method", "status", "ms")
"""What a request's line may carry besides its message."""


class JsonLines(logging.Formatter):
    """time (RFC 3339), level, logger, message, and where there is one the exception and the request's facts."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        told |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            told["exception"] = record.exc_info[0].__qualname__
            told["at"] = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(record.exc_info[2])]
        return json.dumps(told, ensure_ascii=False)


def begin(settings: Settings) -> None:
    """Write the whole process's logs as the setting says; for the processes of `mapapp serve`."""
    if settings.log == "json":
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
        logging.getLogger("mapapp").removeHandler(default_handler)  # of an application made before: it quotes errors
        logging.getLogger("alembic").setLevel(logging.WARNING)
