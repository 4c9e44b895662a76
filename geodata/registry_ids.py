"""Registry ids: short, opaque, lower-case, with a check character, never mistakable for an institution code.

Form: `v` + 9 random characters + 1 check character, from an alphabet without vowels and look-alikes (so no words, no
0/o, 1/l). Codes are upper-case and contain no id of this shape. 23**9 = 1.8e12 ids; the `institution` table, from
which nothing is ever deleted, makes an accidental repeat an error instead of a reuse.
"""

import random
import re
import secrets
from itertools import count
from operator import mul

ALPHABET = "23456789bcdfghjkmnpqrst"
LENGTH = 9
SHAPE = re.compile(f"v[{ALPHABET}]{{{LENGTH + 1}}}")
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


def issue(chance: random.Random | None = None) -> str:
    """A new id; from `chance` when a reproducible one is wanted (illustrative data), else from the system's source."""
    source = chance or secrets.SystemRandom()
    body = "".join(source.choice(ALPHABET) for _ in range(LENGTH))
    return f"v{body}{check_character(body)}"


def is_registry_id(text: str) -> bool:
    """True for a well-formed id whose check character fits; says nothing about whether it was ever issued."""
    return SHAPE.fullmatch(text) is not None and text[-1] == check_character(text[1:-1])


def check_character(body: str) -> str:
    """Weighted sum modulo the alphabet's size, a prime, with a different weight at each place: catches every single
    wrong character and every swap of two."""
    total = sum(map(mul, count(2), map(VALUES.__getitem__, body)))
    return ALPHABET[-total % len(ALPHABET)]
