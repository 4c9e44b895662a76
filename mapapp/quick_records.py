"""`/api/v1/institutions/<id or code>` as of today, from the copy of the release: the record lies there in the words in
which it is sent."""

import re

from geodata.kept.telling import words_of
from mapapp.outage import Outage
from mapapp.quick import Asked, NotPlain
from mapapp.quick_copy import the_copy
from mapapp.record_words import PATH, version_of_words, whole_answer

PLAIN = re.compile(re.escape(PATH) + r"[A-Za-z0-9.-]{1,64}")


class Records:
    """Answers for single institutions."""

    def __init__(self, outage: Outage) -> None:
        self.outage = outage

    def takes(self, path: str, query: str) -> bool:
        return not query and PLAIN.fullmatch(path) is not None

    def takes_long(self, query: str, *, packed: bool) -> bool:  # noqa: ARG002  every record is small
        return False

    def answer(self, asked: Asked) -> bytes:
        with the_copy(self.outage, asked) as kept:
            if kept.words != words_of(version_of_words(), asked.state.units):
                raise NotPlain
            found = kept.told(asked.path.removeprefix(PATH), asked.day)
        if found is None:
            raise NotPlain
        institution_id, words = found
        return whole_answer(words, institution_id, asked.base, asked.base + asked.path, asked.of_the_register)
