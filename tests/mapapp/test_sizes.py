"""The whole country's markers travel light at every zoom; what the first view weighs is tested in the browser."""

import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from geodata import demo
from mapapp import create_app
from tests.databases import UNITS, DatabaseLike, Prepared, opened
from tests.mapapp.conftest import NOW, NOWHERE

MOST_BYTES = 150 * 1024
MOST_FEATURES = 1_000
COUNTRY = "102,6,118,23.6"


def _load_country(engine: Engine) -> None:
    with Session(engine) as session:
        demo.load(session)
        session.commit()


@pytest.fixture(scope="module")
def country(database_like: DatabaseLike) -> Iterator[FlaskClient]:
    """A client of a site with as many institutions as the country has."""
    whole = Prepared("country", _load_country, over=UNITS)
    with opened(database_like(whole), statement_timeout_ms=0) as engine:
        yield create_app(NOWHERE, sessionmaker(engine), lambda: NOW).test_client()


@pytest.mark.parametrize("zoom", [0, 5, 8, 12, 22])
def test_the_whole_country_arrives_in_150_kb(country: FlaskClient, zoom: int) -> None:
    packed = country.get(f"/api/v1/clusters?bbox={COUNTRY}&zoom={zoom}", headers={"Accept-Encoding": "gzip"})
    shown = json.loads(country.get(f"/api/v1/clusters?bbox={COUNTRY}&zoom={zoom}").get_data())
    assert packed.headers["Content-Encoding"] == "gzip"
    assert 1_000 < len(packed.get_data()) <= MOST_BYTES
    assert len(shown["features"]) <= MOST_FEATURES
    assert shown["numberMatched"] + shown["withoutLocation"] > 1_500
