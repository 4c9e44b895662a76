"""Registry ids: short, opaque, lower-case, with a check character, never mistakable for an institution code.

Form: `v` + 9 random characters + 1 check character, from an alphabet without vowels and look-alikes (so no words, no
0/o, 1/l). Codes are upper-case and contain no id of this shape. 23**9 = 1.8e12 ids; the `institution` table, from
which nothing is ever deleted, makes an accidental repeat an error instead of a reuse.
"""

import random
import secrets

ALPHABET = "23456789bcdfghjkmnpqrst"
LENGTH = 9


def issue(chance: random.Random | None = None) -> str:
    """A new id; from `chance` when a reproducible one is wanted (illustrative data), else from the system's source."""
    source = chance or secrets.SystemRandom()
    body = "".join(source.choice(ALPHABET) for _ in range(LENGTH))
    return f"v{body}{check_character(body)}"


def is_registry_id(text: str) -> bool:
    """True for a well-formed id whose check character fits; says nothing about whether it was ever issued."""
    body, check = text[1:-1], text[-1:]
    shaped = len(text) == LENGTH + 2 and text[0] == "v" and all(letter in ALPHABET for letter in body)
    return shaped and check == check_character(body)


def check_character(body: str) -> str:
    """Weighted sum modulo the alphabet's size, a prime, with a different weight at each place: catches every single
    wrong character and every swap of two."""
    total = sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]
