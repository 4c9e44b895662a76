"""`/metrics` for Prometheus: all workers of this machine together, the register, the keeper, and the backups.

For this machine alone, unless `MAPAPP_METRICS_TOKEN` is set: then whoever sends it as a bearer token is answered too.
"""

import hmac
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from geodata.backup.archive import Archive
from geodata.backup.archiving import configured
from geodata.engine import AWAY
from geodata.errors import GeodataError
from mapapp.db import register
from mapapp.keeper import keeper_of
from mapapp.measuring import BUCKETS_S, Measured, Measuring
from mapapp.own_machine import require_machine
from mapapp.replica import the_replica
from mapapp.settings import Settings

bp = APIBlueprint("metrics", __name__, enable_openapi=False)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@bp.get("/metrics")
def metrics() -> Response:
    """The metrics as text; to strangers, this page does not exist."""
    require_reader()
    measuring = cast(Measuring, current_app.extensions["mapapp.measuring"])
    registry = CollectorRegistry()
    families = [*requests(measuring.whole()), *workers(measuring.workers()), *the_register()]
    data = current_app.config["DATA_DIRECTORY"]
    registry.register(Fixed([*families, *the_keeper(data), *replicas(), *backups(data)]))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def install(app: Flask, settings: Settings) -> None:
    """Tell the page its token and where the backups are noted."""
    app.config.update(METRICS_TOKEN=settings.metrics_token, DATA_DIRECTORY=settings.data)


def require_reader() -> None:
    """404 for everyone but this machine and the holder of the token."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        require_machine()


class Fixed:
    """Families that are known already, as a registry takes them."""

    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        return self.families


def requests(measured: Measured) -> Iterable[Metric]:
    """Requests by kind and status, their seconds by kind, and those turned away."""
    counted = CounterMetricFamily("mapapp_requests", "Requests answered.", labels=["kind", "status"])
    for name, count in sorted(measured.requests.items()):
        counted.add_metric(name.split(), count)
    seconds = HistogramMetricFamily("mapapp_request_seconds", "Time spent on answering.", labels=["kind"])
    for kind, buckets in sorted(measured.buckets.items()):
        seconds.add_metric([kind], cumulated(buckets), measured.seconds[kind])
    refused = "Requests turned away with 503 because too many waited, or they too long."
    return counted, seconds, CounterMetricFamily("mapapp_refused", refused, value=measured.refused)


def cumulated(buckets: list[int]) -> list[tuple[str, float]]:
    """Buckets as Prometheus counts them: each with all shorter ones."""
    bounds = [*map(str, BUCKETS_S), "+Inf"]
    return [(bound, float(sum(buckets[: place + 1]))) for place, bound in enumerate(bounds)]


def workers(pids: list[int]) -> Iterable[Metric]:
    """Memory of each living worker; parts that workers share count for each of them."""
    memory = GaugeMetricFamily("mapapp_worker_memory_bytes", "Resident memory.", labels=["pid"])
    for pid in pids:
        try:
            resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
        memory.add_metric([str(pid)], resident * PAGE_BYTES)
    return (memory,)


def the_register() -> Iterable[Metric]:
    """Whether the database answers; the release, when it was published, what it holds."""
    up = GaugeMetricFamily("mapapp_database_up", "1 when the database answers.")
    try:
        state = register()
    except AWAY:
        up.add_metric([], 0)
        return (up,)
    up.add_metric([], 1)
    release = GaugeMetricFamily("mapapp_release", "Number of the current release.", value=state.release)
    if state.published_at is None:
        return up, release
    when = "When the current release was published."
    return up, release, GaugeMetricFamily("mapapp_published_seconds", when, value=state.published_at.timestamp())


def the_keeper(data: Path) -> Iterable[Metric]:
    """The process that collects signed answers and keeps the release; nothing where `mapapp serve` does not run."""
    found = keeper_of(data)
    if found is None:
        return
    yield GaugeMetricFamily("mapapp_keeper_up", "1 when the keeper runs.", value=int(found.running))
    yield CounterMetricFamily("mapapp_keeper_restarts", "How often it was started anew.", value=found.restarts)
    if found.round_age_s is not None:
        since = "Seconds since it finished a round."
        yield GaugeMetricFamily("mapapp_keeper_round_age_seconds", since, value=found.round_age_s)


def replicas() -> Iterable[Metric]:
    """Whether the replica is read from, and how far it is behind; nothing where none is set."""
    replica = the_replica(current_app)
    if replica is None:
        return
    yield GaugeMetricFamily("mapapp_replica_in_use", "1 while the replica is read from.", value=int(replica.usable))
    if replica.state.lag_s is not None:
        yield GaugeMetricFamily("mapapp_replica_lag_seconds", "How far it is behind.", value=replica.state.lag_s)


def backups(data: Path) -> Iterable[Metric]:
    """When the newest backup was finished and the log last kept; nothing where no backups were enabled, or where this
    process may not look."""
    try:
        archive = configured(data)
        bases, pieces = archive.bases(), archive.segments()
    except (GeodataError, OSError, json.JSONDecodeError):
        return
    if bases:
        finished = bases[-1].finished_at.timestamp()
        yield GaugeMetricFamily("mapapp_backup_seconds", "When the newest backup was finished.", value=finished)
    if pieces:
        yield GaugeMetricFamily(
            "mapapp_backup_log_seconds", "When the log was last kept.", value=_kept(archive, pieces)
        )


def _kept(archive: Archive, pieces: list[str]) -> float:
    return (archive.wal / f"{pieces[-1]}.gz").stat().st_mtime
