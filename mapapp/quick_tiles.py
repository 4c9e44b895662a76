"""Tiles of large scales from one statement each: `/ogc/collections/institutions/tiles/WebMercatorQuad/{z}/{y}/{x}`."""

import re

from flask import Flask

from geodata.engine import make_engine
from geodata.releases import Moment
from geodata.roles import Role, Way
from geodata.tiles import LAST_STORED, Tile, UnknownTile
from geodata.tiles.one_trip import Away, NotRead, OneTrip
from mapapp.outage import Outage
from mapapp.quick import Asked, NotPlain
from mapapp.replica import Replica, the_replica
from mapapp.settings import Settings

ADDRESS = re.compile(r"/ogc/collections/institutions/tiles/WebMercatorQuad/([0-9]{2})/([0-9]{1,6})/([0-9]{1,6})")
PINNED = re.compile(r"v=([0-9]{1,9})")


class LiveTiles:
    """Tiles as of now, under an address that says no release."""

    def __init__(self, reads: OneTrip, outage: Outage, replica: Replica | None) -> None:
        self.reads, self.outage, self.replica = reads, outage, replica

    def takes(self, path: str, query: str) -> bool:
        found = ADDRESS.fullmatch(path)
        return not query and found is not None and int(found[1]) > LAST_STORED

    def takes_long(self, query: str, *, packed: bool) -> bool:  # noqa: ARG002  the database is asked
        return True

    def answer(self, asked: Asked) -> bytes:
        found = ADDRESS.fullmatch(asked.path)
        at = Moment(asked.day, asked.state.release, True, asked.state.published_at)
        if found is None or self.outage.breaker.is_open or not at.release:
            raise NotPlain
        if self.replica is not None and not self.replica.usable:
            raise NotPlain
        try:
            return self.reads.tile(Tile.parse(*found.groups()), at, asked.state.edition)
        except Away:
            if self.replica is None:
                self.outage.breaker.trip()
            raise NotPlain from None
        except (NotRead, UnknownTile):
            raise NotPlain from None


class PinnedTiles(LiveTiles):
    """Under an address that names the current release: they may be kept for ever."""

    def takes(self, path: str, query: str) -> bool:
        return PINNED.fullmatch(query) is not None and super().takes(path, "")

    def answer(self, asked: Asked) -> bytes:
        if asked.query != f"v={asked.state.release}":
            raise NotPlain
        return super().answer(asked)


def answerers(app: Flask, settings: Settings) -> list[LiveTiles]:
    """Opens no connection yet; reads on the replica, where there is one: what it shows is only told while it is the
    release that the primary shows."""
    way = Way(settings.replica_url, Role.READ) if settings.replica_url else settings.way(Role.READ)
    engine = make_engine(
        way.url,
        role=way.role,
        statement_timeout_ms=settings.statement_timeout_ms,
        application_name="mapapp-web",
        pool_size=1,
    )
    reads = app.extensions["mapapp.one_trip"] = OneTrip(engine)
    parts = reads, app.extensions["mapapp.outage"], the_replica(app)
    return [LiveTiles(*parts), PinnedTiles(*parts)]
