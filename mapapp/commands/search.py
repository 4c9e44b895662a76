"""`mapapp search`: how well search answers what people type."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import click
from sqlalchemy.orm import Session

from geodata import migrations, missed_queries, query_set, search_evaluation
from geodata.administrative_units import load_units
from geodata.cluster import Cluster
from geodata.engine import make_engine, make_sessions
from mapapp.commands import command_session
from mapapp.db import VIETNAM
from mapapp.settings import Settings

QUERIES = Path("tests/search/queries.csv")
INSTITUTIONS = Path("tests/search/institutions.csv")
FIRST_PCT, AMONG_FIVE_PCT = 95.0, 99.0
"""What the search must reach to be called good."""


@click.group(name="search")
def command() -> None:
    """Find out how well search answers."""


@command.command()
@click.option("--queries", type=click.Path(exists=True, path_type=Path), default=QUERIES, show_default=True)
@click.option("--institutions", type=click.Path(exists=True, path_type=Path), default=INSTITUTIONS, show_default=True)
@click.pass_obj
def evaluate(settings: Settings, queries: Path, institutions: Path) -> None:
    """Ask every query of the set in a scratch database; print the shares right first and among five, and the misses.

    Exit code 1 when fewer than 95 % are right first or 99 % among five, or when nonsense finds anything.
    """
    asked = query_set.load(queries)
    with scratch_register(settings, institutions) as session, click.progressbar(asked, label="asking") as bar:
        verdicts = search_evaluation.evaluate(session, bar, datetime.now(VIETNAM).date())
    shares = query_set.shares(verdicts)
    report(shares, verdicts)
    nonsense = shares.get("nonsense")
    good = shares["all"].first_pct >= FIRST_PCT and shares["all"].among_five_pct >= AMONG_FIVE_PCT
    if not good or (nonsense and nonsense.first < nonsense.total):
        raise click.ClickException("search answers worse than it must")


@command.command()
@click.option("--days", type=click.IntRange(1, missed_queries.KEPT_DAYS), default=30, show_default=True)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.pass_obj
def missed(settings: Settings, days: int, limit: int) -> None:
    """List what people searched for in vain, most often first: times, last day, where, folded words."""
    since = datetime.now(VIETNAM).date() - timedelta(days=days - 1)
    with command_session(settings) as session:
        found = missed_queries.listed(session, since=since, limit=limit)
    for one in found:
        click.echo(f"{one.times:>6}  {one.last}  {one.kind:<6}  {one.words}")
    if not found:
        click.echo(f"No search failed in the last {days} days.")


def report(shares: dict[str, query_set.Share], verdicts: list[tuple[query_set.Query, query_set.Verdict]]) -> None:
    click.echo(f"{'kind':<16}{'asked':>6}{'first %':>9}{'five %':>8}")
    for kind, share in shares.items():
        click.echo(f"{kind:<16}{share.total:>6}{share.first_pct:>9.1f}{share.among_five_pct:>8.1f}")
    for query, verdict in verdicts:
        if not verdict.first:
            place = "not first" if verdict.among_five else "missed"
            click.echo(
                f"{place}: {query.query!r} ({query.kind}): {query.why}; wanted {' '.join(query.wanted) or 'nothing'}"
            )


@contextmanager
def scratch_register(settings: Settings, institutions: Path) -> Iterator[Session]:
    """A database in the private cluster, dropped afterwards, that holds only the query set's institutions."""
    cluster = Cluster(settings.data)
    cluster.ensure()
    name = f"search_{uuid4().hex[:12]}"
    url = cluster.create_database(name)
    engine = make_engine(url, statement_timeout_ms=0)
    try:
        migrations.upgrade(engine)
        with make_sessions(url)() as session:
            load_units(session)
            search_evaluation.publish_institutions(session, institutions)
            yield session
    finally:
        engine.dispose()
        cluster.drop_database(name)
