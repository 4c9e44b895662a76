"""Tiles of large scales before Flask: to the letter what the whole way gives, or left to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.releases import Moment, moment
from geodata.tiles import Tile, one_trip
from geodata.tiles.grid import CELL_BITS, QUAD_ZOOM
from geodata.tiles.one_trip import STATEMENT, Away, NotRead, OneTrip, named, numbers
from geodata.tiles.reading import CELLS, live
from mapapp import create_app
from mapapp.db import day_in_vietnam
from mapapp.quick import Quick
from mapapp.quick_tiles import LiveTiles, PinnedTiles
from mapapp.settings import Settings
from tests.conftest import scratch
from tests.mapapp.asking import the_layer
from tests.mapapp.conftest import NOW

TILES = "/ogc/collections/institutions/tiles/WebMercatorQuad"
READERS = pytest.mark.parametrize(
    "headers", [{}, {"Accept-Encoding": "gzip"}, {"Accept": "text/html"}], ids=["plain", "gzip", "browser"]
)
DRAWN = text(
    "SELECT z, min(x) AS x, min(y) AS y FROM tile_point CROSS JOIN generate_series(12, 16) AS z"
    " GROUP BY z, quad >> (2 * (24 - z)) ORDER BY md5(z::text || min(institution_id)) LIMIT 60"
)
APART = text("SELECT x, y FROM tile_gathering LIMIT 3")


@dataclass
class Site:
    """`tiles`: some that hold institutions; `apart`: some with another layer besides, or with nothing in them."""

    app: APIFlask
    tiles: list[Tile]
    apart: list[Tile]
    release: int
    flask_calls: list[str] = field(default_factory=list)

    def get(self, address: str, headers: dict[str, str]) -> TestResponse:
        return self.app.test_client().get(address, headers=headers)

    def forget(self) -> None:
        self.app.extensions["mapapp.at_once"]._pointers.clear()
        self.flask_calls.clear()

    def whole(self, address: str, headers: dict[str, str]) -> TestResponse:
        """The answer of the whole way."""
        with patch.object(the_layer(self.app, Quick), "answerers", []):
            answer = self.get(address, headers)
        self.forget()
        return answer


def tile_of(z: int, x: float, y: float) -> Tile:
    half = 20_037_508.342789244
    return Tile(z, int((x + half) / (2 * half) * 2**z), int((half - y) / (2 * half) * 2**z))


def address(tile: Tile, query: str = "") -> str:
    return f"{TILES}/{tile.z}/{tile.y}/{tile.x}{query}"


@pytest.fixture(scope="module")
def installed(network_engine: Engine) -> Iterator[Site]:
    settings = Settings(
        database_url=network_engine.url.render_as_string(hide_password=False), data=scratch() / "quick-tiles"
    )
    with Session(network_engine) as session:
        tiles = [tile_of(row.z, row.x, row.y) for row in session.execute(DRAWN)]
        apart = [tile_of(13, row.x, row.y) for row in session.execute(APART)]
        release = moment(session, day_in_vietnam(NOW)).release
    hoang_sa = tile_of(12, 12_470_000, 1_865_000)
    app = create_app(settings, clock=lambda: NOW)
    app.extensions["mapapp.last_look"].trusted_for_s = 3_600
    yield Site(app, tiles, [*apart, hoang_sa, Tile(14, 0, 0)], release)
    app.extensions["mapapp.one_trip"].close()
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[sessions].kw["bind"].dispose()


@pytest.fixture
def site(installed: Site) -> Iterator[Site]:
    quick = the_layer(installed.app, Quick)
    inner = quick.app
    installed.app.extensions["mapapp.outage"].breaker._until = 0.0

    def counted(environ: Any, start_response: Any) -> Any:
        installed.flask_calls.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    with patch.object(quick, "app", counted):
        yield installed


@READERS
@pytest.mark.parametrize("pinned", [False, True])
def test_tiles_are_those_of_the_whole_way(site: Site, headers: dict[str, str], pinned: bool) -> None:
    query = f"?v={site.release}" if pinned else ""
    site.get(address(site.tiles[0], query), headers)
    for tile in (*site.tiles, *site.apart):
        expected = site.whole(address(tile, query), headers)
        answer = site.get(address(tile, query), headers)
        assert (answer.status_code, dict(answer.headers), answer.get_data()) == (
            *(expected.status_code, dict(expected.headers)),
            expected.get_data(),
        )
        assert bool(site.flask_calls) == (tile in site.apart), tile
        assert answer.status_code == (200 if answer.get_data() else 204)


def test_a_tile_that_somebody_has_is_not_sent_again(site: Site) -> None:
    there = address(site.tiles[1])
    etag = site.whole(there, {}).headers["ETag"]
    site.get(there, {})
    assert site.get(there, {"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("query", ["?v=999", "?v=0", "?f=mvt", "?v=1&f=mvt", "?x=1", "?v=١"])
def test_other_questions_go_the_whole_way(site: Site, query: str) -> None:
    site.get(address(site.tiles[0], f"?v={site.release}"), {})
    there = address(site.tiles[2], query)
    expected = site.whole(there, {})
    answer = site.get(there, {})
    assert (answer.status_code, answer.headers.get("Cache-Control")) == (
        expected.status_code,
        expected.headers.get("Cache-Control"),
    )
    assert site.flask_calls


def test_addresses_that_are_none_of_ours_are_left_alone() -> None:
    live_, pinned = LiveTiles(None, None, None), PinnedTiles(None, None, None)  # type: ignore[arg-type]
    assert live_.takes(f"{TILES}/14/1/1", "")
    assert pinned.takes(f"{TILES}/14/1/1", "v=1")
    for path in (f"{TILES}/11/1/1", f"{TILES}/4/1/1", f"{TILES}/14/1/1/", f"{TILES}/14/-1/1", f"/en{TILES}/14/1/1"):
        assert not live_.takes(path, "")
    assert not live_.takes(f"{TILES}/14/1/1", "v=1")
    assert not pinned.takes(f"{TILES}/14/1/1", "v=1&v=2")


def test_a_tile_outside_of_the_grid_is_told_as_ever(site: Site) -> None:
    site.get(address(site.tiles[0]), {})
    assert site.get(f"{TILES}/12/4096/1", {}).status_code == 404


def test_only_the_release_that_is_asked_about_is_told(site: Site, network_engine: Engine) -> None:
    reads = OneTrip(network_engine)
    with Session(network_engine) as session:
        at = moment(session, day_in_vietnam(NOW))
        assert at.published_at
        assert reads.tile(site.tiles[0], at, "") == live(session, site.tiles[0])
    for other in (
        Moment(at.on, at.release + 1, True, at.published_at),
        Moment(at.on, at.release, True, at.published_at + timedelta(seconds=1)),
    ):
        with pytest.raises(NotRead):
            reads.tile(site.tiles[0], other, "")
    reads._let_go()


def test_a_tile_with_very_many_is_told_in_cells(site: Site, network_engine: Engine) -> None:
    reads = OneTrip(network_engine)
    reads._statement = named(STATEMENT.replace("count(*) <= 500", "count(*) <= 0"))
    tile = site.tiles[0]
    with Session(network_engine) as session:
        at = moment(session, day_in_vietnam(NOW))
        assert numbers(tile)["shift"] == 2 * max(QUAD_ZOOM - tile.z - CELL_BITS, 0)
        expected = bytes(session.scalar(text(CELLS), numbers(tile)) or b"")
        assert expected != live(session, tile)
    assert reads.tile(tile, at, "") == expected
    reads._let_go()


def test_while_the_database_is_away_it_is_left_alone(site: Site) -> None:
    site.get(address(site.tiles[0]), {})
    reads, breaker = site.app.extensions["mapapp.one_trip"], site.app.extensions["mapapp.outage"].breaker
    try:
        with patch.object(reads, "_read", side_effect=psycopg.OperationalError("gone")):
            site.get(address(site.tiles[3]), {})
        assert site.flask_calls, "the whole way tells what happens then"
        assert breaker.is_open
        site.forget()
        site.get(address(site.tiles[4]), {})
        assert site.flask_calls
    finally:
        breaker._until = reads._not_before = 0.0


def test_places_apart_are_not_learnt_from_a_replica_that_is_behind(site: Site, network_engine: Engine) -> None:
    """They would be those of the older release for as long as the new one lasts."""
    reads = OneTrip(network_engine)
    published = one_trip.APART.replace("SELECT x, y FROM tile_gathering", "SELECT x, y FROM tile_point")
    with Session(network_engine) as session:
        at = moment(session, day_in_vietnam(NOW))
    with pytest.raises(NotRead):
        reads.tile(site.tiles[0], Moment(at.on, at.release + 1, True, at.published_at), "the new one")
    with patch.object(one_trip, "APART", published), pytest.raises(NotRead):
        reads.tile(site.tiles[0], at, "the new one")
    assert reads._apart[1]
    reads._let_go()


def test_where_there_are_no_places_apart_tiles_are_told(site: Site, network_engine: Engine) -> None:
    reads = OneTrip(network_engine)
    nowhere = one_trip.APART.replace("FROM tile_gathering", "FROM tile_gathering WHERE false")
    with Session(network_engine) as session:
        at = moment(session, day_in_vietnam(NOW))
    with patch.object(one_trip, "APART", nowhere), patch.object(one_trip, "ARCHIPELAGOS", ()):
        assert reads.tile(site.tiles[0], at, "")
    assert reads._apart == ("", [])
    reads._let_go()


@pytest.mark.parametrize("error", one_trip.BUSY)
def test_a_statement_that_is_ended_does_not_put_the_database_away(site: Site, error: type[psycopg.Error]) -> None:
    site.get(address(site.tiles[0]), {})
    reads, breaker = site.app.extensions["mapapp.one_trip"], site.app.extensions["mapapp.outage"].breaker
    site.forget()
    with patch.object(reads, "_ask", side_effect=error) as asked:
        assert site.get(address(site.tiles[3]), {}).status_code == 200
    assert (asked.call_count, bool(site.flask_calls)) == (1, True)
    site.forget()
    site.get(address(site.tiles[4]), {})
    assert (site.flask_calls, breaker.is_open) == ([], False)


def test_a_held_connection_that_was_dropped_is_replaced(site: Site, network_engine: Engine) -> None:
    for tile in site.tiles[:2]:
        site.get(address(tile), {})
    reads = site.app.extensions["mapapp.one_trip"]
    dropped = reads._driver.info.backend_pid
    with network_engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": dropped})
    site.forget()
    answer = site.get(address(site.tiles[5]), {})
    assert (answer.status_code, site.flask_calls) == (200, [])
    assert not site.app.extensions["mapapp.outage"].breaker.is_open
    assert reads._driver.info.backend_pid != dropped


def test_what_was_prepared_for_other_tables_is_prepared_anew(site: Site, network_engine: Engine) -> None:
    reads, changed = (
        OneTrip(network_engine),
        psycopg.errors.FeatureNotSupported("cached plan must not change result type"),
    )
    with Session(network_engine) as session:
        at = moment(session, day_in_vietnam(NOW))
    told = reads.tile(site.tiles[0], at, "")
    with patch.object(reads, "_ask", side_effect=[changed, told]):
        assert reads.tile(site.tiles[0], at, "") == told
    assert reads._held is None
    reads.tile(site.tiles[0], at, "")
    with patch.object(reads, "_ask", side_effect=changed), pytest.raises(NotRead) as raised:
        reads.tile(site.tiles[0], at, "")
    assert raised.type is not Away
    assert reads.tile(site.tiles[0], at, "") == told
    reads._let_go()


@READERS
def test_an_older_release_teaches_nothing(site: Site, headers: dict[str, str]) -> None:
    older, current = address(site.tiles[6], "?v=999"), address(site.tiles[6], f"?v={site.release}")
    expected = site.whole(current, headers)
    quick = the_layer(site.app, Quick)
    with patch.dict(quick._taught, clear=True):
        assert site.get(older, headers).headers["Cache-Control"] != expected.headers["Cache-Control"]
        for _ in range(2):
            site.forget()
            assert dict(site.get(current, headers).headers) == dict(expected.headers)
        assert not site.flask_calls, "the current release does"


def test_what_the_application_told_of_another_state_teaches_nothing(site: Site) -> None:
    """The register went on while the application answered: it had another opinion of which release is the current."""
    look, quick = site.app.extensions["mapapp.last_look"], the_layer(site.app, Quick)
    inner, current = quick.app, address(site.tiles[7], f"?v={site.release}")
    later = replace(look.register, outlines=f"{look.register.outlines} anew")

    def goes_on(environ: Any, start_response: Any) -> Any:
        def started(*begun: Any) -> Any:
            look.register = later
            return start_response(*begun)

        return inner(environ, started)

    site.forget()
    with patch.dict(quick._taught, clear=True), patch.object(look, "register", look.register):
        with patch.object(quick, "app", goes_on):
            assert site.get(current, {}).status_code == 200
        assert quick._taught == {}
