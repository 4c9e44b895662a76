"""Who asks which site is said by headers that can be read, or the request is not taken."""

import pytest

from mapapp.serving.environment import Unreadable, environment
from tests.mapapp.serving.asking import question


def test_a_name_with_an_underscore_does_not_pass_for_another() -> None:
    asked = question("/", x_forwarded_for="192.0.2.1")
    asked.headers.pairs += [("x_forwarded_for", b"203.0.113.9"), ("transfer_encoding", b"chunked")]
    environ = environment(asked)
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
    assert "HTTP_TRANSFER_ENCODING" not in environ


@pytest.mark.parametrize("name", ["host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"])
def test_who_asks_is_never_guessed(name: str) -> None:
    asked = question("/")
    asked.headers.pairs = [(name, b"\xff, 192.0.2.1"), (name, b"203.0.113.9")]
    with pytest.raises(Unreadable):
        environment(asked)


def test_other_headers_that_cannot_be_read_are_left_out() -> None:
    asked = question("/", referer=b"\xff", x_forwarded_for="203.0.113.9")
    asked.headers.pairs += [("x-forwarded-for", b"192.0.2.1"), ("accept", b"text/html"), ("accept", b"\xff")]
    environ = environment(asked)
    assert environ["HTTP_X_FORWARDED_FOR"] == "203.0.113.9,192.0.2.1"
    assert environ["HTTP_ACCEPT"] == "text/html"
    assert "HTTP_REFERER" not in environ
