"""The copy of the release that plain questions are answered from: of the very release that is asked about, or not at
all."""

import logging
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from geodata.kept.register import KeptRegister, Replaced
from mapapp.outage import Outage, same
from mapapp.quick import Asked, NotPlain


@contextmanager
def the_copy(outage: Outage, asked: Asked) -> Iterator[KeptRegister]:
    """Raises `NotPlain` where there is none, and where it cannot be read."""
    kept, published_at = outage.opened(), asked.state.published_at
    if kept is None or published_at is None or not same(kept, asked.state.release, published_at):
        raise NotPlain
    try:
        yield kept
    except Replaced:
        outage.look_again()
        raise NotPlain from None
    except (sqlite3.Error, zlib.error, ValueError, LookupError) as error:
        logging.getLogger(__name__).error("the copy in %s cannot be read: %s", outage.directory, error)
        raise NotPlain from None
