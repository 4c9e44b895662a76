"""Load on the three sides of a comparison: wrk on the web servers, pgbench on the database."""

import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.benchmark.registers import Unusable, run

CONNECTIONS = 16
MOST_SCRIPTS = 100
"""pgbench takes at most 128 scripts; each question is one."""

LUA = Path(__file__).with_name("cycle.lua")


@dataclass(frozen=True)
class Measured:
    """One burst of load. `bytes_each`: of an answer with its headers. None: not said by the program."""

    per_s: float
    p50_ms: float | None
    p99_ms: float | None
    bytes_each: int | None
    refused: int = 0
    broken: int = 0
    answered: int = 0


def ask_web(address: str, lines: Iterable[str], *, seconds: int, connections: int = CONNECTIONS) -> Measured:
    """The requests in turn, over and over, by wrk."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requests:
        requests.write("".join(f"{line}\n" for line in lines))
        requests.flush()
        burst = ["-t", "2" if connections > 1 else "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s"]
        told = run("wrk", *burst, "-s", str(LUA), address, "--", requests.name)
    found = json.loads(told.strip().splitlines()[-1])
    done = found["requests"] or 1
    return Measured(
        per_s=round(found["requests"] / found["duration_us"] * 1e6, 1),
        p50_ms=found["p50_us"] / 1000,
        p99_ms=found["p99_us"] / 1000,
        bytes_each=round(found["bytes"] / done),
        refused=found["refused"],
        broken=found["broken"],
        answered=found["requests"] - found["refused"],
    )


def ask_database(
    program: str,
    target: Sequence[str],
    queries: Sequence[str],
    *,
    numbers: int,
    seconds: int,
    connections: int = CONNECTIONS,
) -> Measured:
    """The queries at random, prepared, by pgbench; `:number` in one is any below `numbers`."""
    with tempfile.TemporaryDirectory() as folder:
        scripts: list[str] = []
        for number, query in enumerate(queries[:MOST_SCRIPTS]):
            script = Path(folder) / f"{number}.sql"
            script.write_text(f"\\set number random(0, {numbers - 1})\n{query};\n")
            scripts += ["-f", str(script)]
        burst = ["-n", "-M", "prepared", "-c", str(connections), "-j", "2", "-T", str(seconds)]
        told = run(program, *burst, *scripts, *target)
    rate = re.search(r"^tps = ([0-9.]+)", told, re.MULTILINE)
    failed = re.search(r"^number of failed transactions: ([0-9]+)", told, re.MULTILINE)
    if not rate:
        raise Unusable(f"pgbench told no rate: {told[-500:]}")
    return Measured(round(float(rate[1]), 1), None, None, None, broken=int(failed[1]) if failed else 0)
