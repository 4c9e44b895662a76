"""What a client is told where all is well."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient


def ask(client: FlaskClient, address: str) -> Any:
    """The JSON of an address, which must answer 200."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def page(client: FlaskClient, address: str) -> str:
    """The text of a page, which must answer 200."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def the_layer(app: Flask, kind: type[Any]) -> Any:
    """Of what stands between the memory of answers and Flask."""
    layer = app.extensions["mapapp.at_once"]
    while not isinstance(layer, kind):
        layer = layer.app
    return layer
