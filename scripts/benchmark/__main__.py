"""Measure the public read paths at several sizes of the register."""

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import psycopg

from geodata import postgres
from geodata.cluster import Cluster
from mapapp import create_app
from mapapp.db import VIETNAM
from mapapp.endings import end_on_signals
from mapapp.settings import Settings
from scripts.benchmark import load, questions, registers, report, samples, servers
from scripts.benchmark.answers import Answers, ask_all
from scripts.benchmark.registers import Size, Unusable
from scripts.benchmark.rows import PLACES, Row

WARM_UP_S = 2
LONGEST_WARM_UP_S = 10
COMPLETE_WARM_UP_S = 60
FITS_IN_MEMORY = 2_000
"""So few questions are all asked while warming up, however long it takes."""

EVERY_QUESTION = 8
"""Times the questions are asked while warming up: each of two processes makes an answer at the first asking, keeps it,
and gives it without further thought from the third on."""


def main() -> int:
    asked = arguments()
    try:
        need_programs()
        sizes = [Size(name) for name in asked.sizes.split(",")]
        machine = report.machine(datetime.now(VIETNAM).isoformat(timespec="seconds"))
        reports = [measure(size, asked) for size in sizes if size.institutions]
    except Unusable as reason:
        print(reason, file=sys.stderr)
        return 1
    report.store(registers.KEPT, reports, machine)
    print(f"Written: {registers.KEPT}/results.md, {registers.KEPT}/results.json")
    failed = [one for size in reports for one in size.results if one.skipped.startswith("wrong")]
    return 1 if failed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--sizes", default="2k,100k,1M", help="institutions, such as 2k,100k,1M (default: all three)")
    parser.add_argument("--seconds", type=int, default=3, help="length of each measurement (default: 3)")
    parser.add_argument("--only", default="", metavar="NAMES", help="rows to measure, such as id,bbox,search")
    parser.add_argument("--fresh", action="store_true", help="load the registers again")
    return parser.parse_args()


def need_programs() -> None:
    if not shutil.which("wrk"):
        raise Unusable("The load generator is missing. Install it and start again:  sudo apt-get install -y wrk")


def measure(size: Size, asked: argparse.Namespace) -> report.SizeReport:
    """All rows at one size; the private database is stopped at the end."""
    cluster = registers.prepare(size, fresh=asked.fresh)
    try:
        servers.copy_release(cluster.directory)
        registers.read_through(cluster)
        with servers.bare_flask() as flask, servers.site(cluster.directory) as site:
            with registers.connect(cluster) as connection:
                chosen = rows(connection, asked.only)
                results = [
                    row_result(row, connection, cluster, site.address, flask.address, asked.seconds) for row in chosen
                ]
            found = report.SizeReport(
                size.name,
                size.institutions,
                registers.describe(cluster),
                site.ready_s,
                site.worker_memory_mb(),
                results,
            )
    finally:
        cluster.stop()
    show(found)
    return found


def rows(connection: psycopg.Connection[tuple[object, ...]], only: str) -> list[Row]:
    today = datetime.now(VIETNAM).date()
    figures = connection.execute(
        "SELECT DISTINCT indicator_id, period_id FROM readiness_figure ORDER BY period_id DESC, indicator_id LIMIT 12"
    ).fetchall()
    everything = questions.rows(
        samples.draw(connection, today), indicators=[(str(name), str(period)) for name, period in figures]
    )
    names = [name for name in only.split(",") if name]
    unknown = set(names) - {row.name for row in everything}
    if unknown:
        raise Unusable(f"--only: there is no row {', '.join(sorted(unknown))}; {', '.join(r.name for r in everything)}")
    return [row for row in everything if not names or row.name in names]


def row_result(
    row: Row,
    connection: psycopg.Connection[tuple[object, ...]],
    cluster: Cluster,
    site: str,
    flask: str,
    seconds: int,
) -> report.Result:
    """One row: first whether every answer is right, then how often it is given."""
    if row.rule not in routes(cluster) or not row.paths:
        return report.Result(row, None, None, None, "the site has no such route yet")
    print(f"  {row.name} …", end="", flush=True)
    answers = ask_all(site, row)
    if answers.wrong:
        print(f" wrong: {answers.wrong}")
        return report.Result(row, None, None, None, f"wrong: {answers.wrong}")
    program, target = str(postgres.newest().program("pgbench")), registers.pgbench_target(cluster)
    queries, numbers = in_the_database(row, connection, answers)
    ask_database = partial(load.ask_database, program, target, queries, numbers=numbers, connections=row.connections)
    if row.natural:
        ask_database(seconds=LONGEST_WARM_UP_S)  # what it reads stands in memory for both sides
    registers.read_copy(cluster)
    warm_up(site, answers, row.connections)
    web = load.ask_web(site, answers.lines, seconds=seconds, connections=row.connections)
    bare = load.ask_web(flask, ["/answer"], seconds=seconds, connections=row.connections)
    database = ask_database(seconds=seconds)
    if web.refused or web.broken:
        return report.Result(row, None, None, None, f"wrong: {web.refused} refused, {web.broken} broken under load")
    print(f" {web.per_s:,.0f}/s, Flask {bare.per_s:,.0f}/s, database {database.per_s:,.0f}/s")
    return report.Result(row, web, bare, database)


def warm_up(site: str, answers: Answers, connections: int) -> None:
    """As long as it takes to have asked everything, at most 10 seconds, or a minute for few questions: what a worker
    keeps in memory it keeps for the whole release, and the first minute of a release is not what is measured."""
    asked, began = 0, time.monotonic()
    longest = COMPLETE_WARM_UP_S if len(answers.lines) <= FITS_IN_MEMORY else LONGEST_WARM_UP_S
    while asked < EVERY_QUESTION * len(answers.lines) and time.monotonic() - began < longest:
        asked += load.ask_web(site, answers.lines, seconds=WARM_UP_S, connections=connections).answered


def routes(cluster: Cluster) -> set[str]:
    """The rules the application answers to."""
    app = create_app(Settings(data=Path(cluster.directory)))
    return {rule.rule for rule in app.url_map.iter_rules()}


def in_the_database(
    row: Row, connection: psycopg.Connection[tuple[object, ...]], answers: Answers
) -> tuple[Sequence[str], int]:
    """What the database is asked instead, and how many numbers `:number` may be."""
    if row.natural is not None:
        put(connection, PLACES, f"place {row.natural.type}", row.natural.places)
        return [row.natural.query], len(row.natural.places)
    if row.sql:
        return row.sql, 1
    connection.execute("DROP TABLE IF EXISTS bench_answer")
    connection.execute("CREATE UNLOGGED TABLE bench_answer (number int PRIMARY KEY, body text NOT NULL)")
    with connection.cursor().copy("COPY bench_answer FROM STDIN") as copy:
        for number, body in enumerate(answers.bodies):
            copy.write_row((number, body))
    connection.execute("VACUUM (ANALYZE) bench_answer")
    return ["SELECT body FROM bench_answer WHERE number = :number"], len(answers.bodies)


def put(connection: psycopg.Connection[tuple[object, ...]], table: str, column: str, values: Sequence[str]) -> None:
    """A table of the benchmark with these values (SQL), by their numbers."""
    connection.execute(f"DROP TABLE IF EXISTS {table}".encode())
    connection.execute(f"CREATE UNLOGGED TABLE {table} (number int PRIMARY KEY, {column} NOT NULL)".encode())
    for start in range(0, len(values), 1_000):
        rows = ", ".join(f"({start + at}, {value})" for at, value in enumerate(values[start : start + 1_000]))
        connection.execute(f"INSERT INTO {table} VALUES {rows}".encode())
    connection.execute(f"VACUUM (ANALYZE) {table}".encode())


def show(found: report.SizeReport) -> None:
    print(f"\n{report.heading(found)}")
    print(report.line(report.HEADINGS))
    for result in found.results:
        print(report.line(report.cells(found, result)))
    print()


if __name__ == "__main__":
    with end_on_signals():  # so that the servers and the database end with us
        sys.exit(main())
