"""Asking the OGC API over an illustrative network: nothing here publishes, so one application serves a whole file."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from mapapp import create_app
from tests.mapapp.conftest import NOW, NOWHERE

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def client(network_engine: Engine) -> FlaskClient:
    return create_app(NOWHERE, sessionmaker(network_engine), lambda: NOW).test_client()


@pytest.fixture(scope="module")
def ask(client: FlaskClient) -> Ask:
    """`ask(path, **parameters)`: the JSON of a path below /ogc, which must answer 200."""

    def ask(path: str, **parameters: str | int) -> Any:
        answer = client.get(f"/ogc{path}", query_string={name.replace("__", "-"): v for name, v in parameters.items()})
        assert answer.status_code == 200, answer.text
        return answer.get_json(force=True)

    return ask


@pytest.fixture(scope="module")
def everything(ask: Ask) -> list[dict[str, Any]]:
    """All institutions of today but those closed and merged."""
    found: list[dict[str, Any]] = ask("/collections/institutions/items", limit=10_000)["features"]
    return found
