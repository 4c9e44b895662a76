"""Rows on their way into a table, column by column, in the text form that COPY reads."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Words = npt.NDArray[np.object_]

NULL = "\\N"
NEVER = np.datetime64("NaT", "D")
Translation = Callable[[str], str]


class Rows:
    """Rows of one table. Values hold no tab, line end or backslash: the dataset's own words, numbers and days."""

    def __init__(self, table: str, *columns: str) -> None:
        self.table = table
        self.columns: dict[str, list[str]] = {column: [] for column in columns}

    def add(self, count: int, **values: str | Sequence[str]) -> None:
        """Append `count` rows: a sequence of texts per column, or one text for all; columns not given are NULL."""
        for column, texts in self.columns.items():
            value = values.pop(column, NULL)
            texts.extend([value] * count if isinstance(value, str) else value)
        if values or len({len(texts) for texts in self.columns.values()}) > 1:
            raise ValueError(f"{self.table}: rows do not fit the columns: {sorted(values)}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def feed(self, digest: "hashlib._Hash") -> None:
        """Add the content to a digest, column by column; it depends on the rows alone."""
        for column, texts in self.columns.items():
            digest.update(f"{self.table}.{column}\n".encode())
            digest.update("\n".join(texts).encode())

    def copy_text(self, ends: str, translations: Mapping[str, Translation]) -> str:
        """The rows for COPY; `ends` is what every row ends with, `translations` give ids for numbers of the dataset."""
        columns = [
            [translations[column](text) for text in texts] if column in translations else texts
            for column, texts in self.columns.items()
        ]
        return "".join([f"{line}{ends}\n" for line in map("\t".join, zip(*columns, strict=True))])


def day_texts(days: Days) -> list[str]:
    """ISO days; NULL where there is none."""
    texts: list[str] = np.where(np.isnat(days), NULL, np.datetime_as_string(days, unit="D")).tolist()
    return texts


def texts(values: Sequence[Any] | npt.NDArray[Any]) -> list[str]:
    """The values as text."""
    return [str(value) for value in (values.tolist() if isinstance(values, np.ndarray) else values)]


def no_days(count: int) -> Days:
    """So many unknown days."""
    return np.full(count, NEVER)


def day(text: str) -> np.datetime64:
    """The day of an ISO text."""
    return np.datetime64(text, "D")


def earlier(one: Days, other: Days | np.datetime64) -> Days:
    """The earlier day of each pair; a missing one counts as never."""
    found: Days = np.fmin(one, other)
    return found


def later(one: Days, other: Days | np.datetime64) -> Days:
    """The later day of each pair; a missing one counts as always."""
    found: Days = np.fmax(one, other)
    return found


def random_words(chance: np.random.Generator, shares: Mapping[str, float], count: int) -> Words:
    """So many of the words at random, in these shares (which sum to 1)."""
    words = np.array(list(shares), dtype=object)
    ladder = np.cumsum(list(shares.values()))
    drawn: Words = words[np.minimum(np.searchsorted(ladder, chance.random(count)), len(words) - 1)]
    return drawn
