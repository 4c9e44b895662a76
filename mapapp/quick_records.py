"""`/api/v1/institutions/<id or code>` as of today, from the copy of the release: the record lies there in the words in
which it is sent."""

import logging
import re
import sqlite3
import zlib

from geodata.kept.register import Replaced
from geodata.kept.telling import words_of
from mapapp.outage import Outage, same
from mapapp.quick import Asked, NotPlain
from mapapp.record_words import PATH, version_of_words, whole_answer

PLAIN = re.compile(re.escape(PATH) + r"[A-Za-z0-9.-]{1,64}")


class Records:
    """Answers for single institutions."""

    def __init__(self, outage: Outage) -> None:
        self.outage = outage

    def takes(self, path: str, query: str) -> bool:
        return not query and PLAIN.fullmatch(path) is not None

    def answer(self, asked: Asked) -> bytes:
        kept, published_at = self.outage.opened(), asked.state.published_at
        if kept is None or published_at is None or not same(kept, asked.state.release, published_at):
            raise NotPlain
        if kept.words != words_of(version_of_words(), asked.state.units):
            raise NotPlain
        try:
            found = kept.told(asked.path.removeprefix(PATH), asked.day)
        except Replaced:
            self.outage.look_again()
            raise NotPlain from None
        except (sqlite3.Error, zlib.error) as error:
            logging.getLogger(__name__).error("the copy in %s cannot be read: %s", self.outage.directory, error)
            raise NotPlain from None
        if found is None:
            raise NotPlain
        institution_id, words = found
        return whole_answer(words, institution_id, asked.base, asked.base + asked.path, asked.of_the_register)
