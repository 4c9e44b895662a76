"""The looks that pages are seen in: at a phone and a desk, light and dark, in both languages."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE

LOOK = ("viewport", "scheme", "language")

LOOKS: tuple[tuple[str, dict[str, int], str, str], ...] = (
    ("phone-light-vi", PHONE, "light", ""),
    ("desk-dark-en", DESK, "dark", "/en"),
    ("phone-dark-en", PHONE, "dark", "/en"),
    ("desk-light-vi", DESK, "light", ""),
)
PAIRS = (LOOKS[:2], LOOKS[2:])
"""Either has both widths, schemes and languages."""


def looks(pair: int, *given: str) -> list[Any]:
    """What a test is given for each look, after `given`: those of the pair always, the others in the long runs."""
    return [
        pytest.param(
            *given, *look, id="-".join((*given, name)), marks=() if (name, *look) in PAIRS[pair] else pytest.mark.long
        )
        for name, *look in LOOKS
    ]


def in_turn(paths: Sequence[str]) -> list[Any]:
    """The looks of each path, one pair after the other: over two paths, every look is seen also in short runs."""
    return [one for path, pair in zip(paths, cycle(range(len(PAIRS))), strict=False) for one in looks(pair, path)]
