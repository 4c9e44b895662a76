"""`mapapp serve`: database, tables, first dataset, web server; and all of it down again at the end."""

import contextlib
import gc
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import click
from flask import Flask
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server.mp import MPServer

from geodata.cluster import Cluster
from geodata.cluster_place import ClusterUnusable
from geodata.engine import require_answer
from geodata.errors import GeodataError
from geodata.preparation import migrate
from mapapp import create_app, keeper, logs, measuring
from mapapp.endings import die_with_parent, end_on_signals, errors_of_an_end, uninterrupted
from mapapp.in_charge import charge
from mapapp.serving.application import Serving
from mapapp.settings import Settings
from mapapp.starting import made_beside, uncollected


class AddressInUse(GeodataError):
    """Another program listens where the site should be served."""


@click.command()
@click.option("--host", help="Address to listen on (MAPAPP_HOST; default: 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (MAPAPP_PORT; default: 8000).")
@click.option("--beside", is_flag=True, help="Serve beside another process of the same data, for an upgrade.")
@click.pass_obj
def command(settings: Settings, host: str | None, port: int | None, beside: bool) -> None:
    """Start the database, bring it up to date and serve the site until Ctrl-C or SIGTERM.

    A private database that this command has made gets the illustrative dataset. The database is stopped at the end
    when this command started it. With --beside it must run already (`mapapp db start`), and keeps running.
    """
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    database = _database_of_others if beside else _running_database
    _refuse_address_in_use(settings)
    note = f"process {os.getpid()}, http://{settings.host}:{settings.port}\n"
    with contextlib.ExitStack() as running:
        running.enter_context(errors_of_an_end(running.enter_context(end_on_signals())))
        ours = running.enter_context(charge(settings.data, note, beside=beside))
        with uncollected(), made_beside(partial(create_app, settings)) as site:
            running.enter_context(database(settings))
            logs.begin(settings)
            migrate(settings.url, say=click.echo)
            app = site.result()  # made before the workers fork: it fails here rather than in each of them
            gc.freeze()  # what they inherit is never looked through for garbage, nor copied by that
        _fill_new_cluster(settings)
        if ours.taken():
            measuring.begin_anew(settings.data)
        with keeper.watched(_keeper_command(settings), settings.data, may_start=ours.taken):
            click.echo(f"Serving on http://{settings.host}:{settings.port}  (Ctrl-C stops)")
            workers = partial(workers_application, app, settings, os.getpid())
            web_server(settings).serve(target_loader=workers, wrap_loader=False)


def web_server(settings: Settings) -> MPServer:
    """Granian as measured best: per worker one thread for the network, one that hears everybody and one that works (see
    `serving`); dead workers come back."""
    return MPServer(
        "mapapp:create_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,  # as nginx speaks; a body of HTTP/2 need not say that it is there
        workers=settings.workers,
        websockets=False,
        runtime_mode=RuntimeModes.st,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    )


def workers_application(app: Flask, settings: Settings, parent: int) -> Any:
    """What each worker answers with: the application as it was made before they forked, which has opened nothing."""
    die_with_parent(parent)
    logs.begin(settings)
    return Serving(app, settings)


def _keeper_command(settings: Settings) -> list[str]:
    """What collects signed answers and keeps what answers go on from in an outage; it ends with this process."""
    watch = ["--data", str(settings.data), "audit", "collect", "--watch", "--parent", str(os.getpid())]
    return [sys.executable, "-m", "mapapp", *watch]


def _fill_new_cluster(settings: Settings) -> None:
    """The first dataset, in a cluster that has never had one. It is committed as a whole: after a kill it is loaded
    again or found complete."""
    cluster = settings.cluster
    if cluster is not None and cluster.fresh:
        from mapapp.commands.demo import load_first_dataset  # only the first start pays for reading it

        click.echo("Loading the illustrative dataset into the new database.")
        load_first_dataset(settings)
        cluster.settle()
        gc.freeze()


@contextlib.contextmanager
def _running_database(settings: Settings) -> Iterator[None]:
    """The private cluster, stopped at the end when started here or left over from a killed process; or another one."""
    cluster = settings.cluster
    if cluster is None:
        require_answer(settings.url)
        yield
        return
    ours = cluster.abandoned or not cluster.running
    try:
        _start(cluster)
        if ours:
            cluster.claim()
        yield
    finally:
        if ours:
            click.echo("Stopping the database.")
            cluster.stop()


@contextlib.contextmanager
def _database_of_others(settings: Settings) -> Iterator[None]:
    """A database that nobody stops who may end before us. Raises `ClusterUnusable` for one at rest, or one that the
    process that serves now will stop."""
    cluster = settings.cluster
    if cluster is None:
        require_answer(settings.url)
    elif not cluster.running:
        raise ClusterUnusable(f"The database in {settings.data} does not run. Start it with: mapapp db start")
    elif cluster.claimed:
        raise ClusterUnusable(
            "The database ends with the process that serves now. End that, and let the database be started by itself:"
            " mapapp db start"
        )
    yield


def _start(cluster: Cluster) -> None:
    """In one piece: a signal that comes meanwhile takes effect afterwards, so that no server is left half started."""
    if not cluster.exists:
        click.echo(f"Making a private database in {cluster.directory}.")
    with uninterrupted():
        cluster.ensure()


def _refuse_address_in_use(settings: Settings) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = error.strerror or error
        raise AddressInUse(f"Cannot listen on {settings.host}:{settings.port}: {reason}. Try --port.") from error
