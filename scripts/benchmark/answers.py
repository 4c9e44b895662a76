"""Correctness before speed: what the site answers to the questions of a row, checked one by one."""

import gzip
import http.client
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from scripts.benchmark.rows import Row

CLIENTS = 4
MOST_CHECKED = 500
"""Of more questions than this a part is read and checked; under load any other status than 200 or 304 still fails."""


@dataclass(frozen=True)
class Answers:
    """`lines`: the questions as cycle.lua reads them. `bodies`: answers, for the database to hand out. `wrong`: the
    first thing that is not plausible."""

    lines: tuple[str, ...]
    bodies: tuple[str, ...]
    wrong: str = ""


@dataclass(frozen=True)
class Answer:
    path: str
    body: bytes
    etag: str
    wrong: str


def ask_all(address: str, row: Row) -> Answers:
    """Ask every question of the row once (a part of very many), in a settled order."""
    paths = list(row.paths)
    random.Random(2222).shuffle(paths)
    checked = paths[:MOST_CHECKED]
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = [checked[number::CLIENTS] for number in range(CLIENTS)]
        answers = list(chain.from_iterable(pool.map(lambda part: list(_ask(address, row, part)), parts)))
    wrong = next((f"{one.path}: {one.wrong}" for one in answers if one.wrong), "")
    return Answers(
        lines=tuple(_lines(row, paths, answers)),
        bodies=tuple(one.body.decode(errors="replace") for one in answers),
        wrong=wrong,
    )


def _ask(address: str, row: Row, paths: Iterable[str]) -> Iterable[Answer]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    for path in paths:
        address, _, body_asked = path.partition("\t")
        method, kind = ("POST", {"Content-Type": "application/json"}) if body_asked else ("GET", {})
        connection.request(method, address, body_asked or None, {**row.headers, **kind})
        response = connection.getresponse()
        body = response.read()
        if response.getheader("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if response.status != 200:
            yield Answer(path, b"", "", f"status {response.status}")
        else:
            yield Answer(path, body, response.getheader("ETag", ""), row.check(path, body) or "")
    connection.close()


def _lines(row: Row, paths: list[str], answers: list[Answer]) -> Iterable[str]:
    """Path and headers of each question; with the ETag of its answer when it is to be asked again."""
    headers = [f"{name}: {value}" for name, value in row.headers.items()]
    if row.unchanged:
        return ("\t".join([one.path, *headers, f"If-None-Match: {one.etag}"]) for one in answers)
    return ("\t".join([path, *headers]) for path in paths)
