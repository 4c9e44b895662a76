"""Signing in at an identity provider: a small one on the loopback, and what a bad one could send."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from geodata.models import PersonSession
from geodata.people import accounts
from mapapp import create_app
from tests.mapapp.conftest import NOW, NOWHERE
from tests.mapapp.provider import CLIENT, SECRET, Claims, Provider, running


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    with running(provider):
        yield provider


@pytest.fixture
def client(provider: Provider, web_connection: Connection, register: Session) -> FlaskClient:
    accounts.add(register, "lan", "Nguyễn Lan", by="tests", oidc_subject="sub-1")
    register.commit()
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    settings = replace(
        NOWHERE,
        secret_key="k" * 40,
        oidc_issuer=provider.address,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="Cổng của Bộ",
    )
    return create_app(settings, sessions, lambda: NOW).test_client()


def come_back(client: FlaskClient, *, change: Callable[[str], str] = lambda address: address) -> TestResponse:
    """Through the provider and back; `change` spoils the address of the way back."""
    away = client.get("/sign-in/oidc?next=/steward/answers")
    assert away.status_code == 302
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(change(back))
    return client.get(f"{parts.path}?{parts.query}")


def test_the_provider_is_offered_by_its_name(client: FlaskClient) -> None:
    assert "Đăng nhập bằng Cổng của Bộ" in client.get("/sign-in").text


def test_whom_the_provider_names_is_signed_in(client: FlaskClient, provider: Provider, register: Session) -> None:
    answer = come_back(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/steward/answers")
    assert "Nguyễn Lan" in client.get("/account").text
    assert register.scalars(select(PersonSession.method)).all() == ["oidc"]
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 16
    assert len(asked["state"]) >= 16


def test_nobody_becomes_a_person_by_an_account_elsewhere(client: FlaskClient, provider: Provider) -> None:
    provider.subject = "sub-2"
    answer = come_back(client)
    assert (answer.status_code, "chưa có tài khoản tương ứng" in answer.text) == (403, True)
    assert client.get_cookie("person") is None


def test_a_locked_account_stays_out(client: FlaskClient, register: Session) -> None:
    accounts.lock(register, accounts.find(register, "lan"), at=NOW)
    register.commit()
    assert come_back(client).status_code == 403


SPOILED: dict[str, Callable[[Claims], Claims]] = {
    "another nonce": lambda claims: {**claims, "nonce": "x" * 20},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "another audience": lambda claims: {**claims, "aud": "somebody-else"},
    "another issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "old": lambda claims: {**claims, "exp": claims["iat"] - 3600, "iat": claims["iat"] - 7200},
    "nobody": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
}


@pytest.mark.parametrize("fault", SPOILED)
def test_a_token_that_is_not_for_us_opens_nothing(client: FlaskClient, provider: Provider, fault: str) -> None:
    provider.spoil = SPOILED[fault]
    assert come_back(client).status_code == 403
    assert client.get_cookie("person") is None


def test_a_token_of_another_key_opens_nothing(client: FlaskClient, provider: Provider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(client).status_code == 403


def test_another_state_opens_nothing(client: FlaskClient) -> None:
    def other(address: str) -> str:
        state = parse_qs(urlsplit(address).query)["state"][0]
        return address.replace(state, "y" * len(state))

    assert come_back(client, change=other).status_code == 403


def test_another_browser_cannot_finish_what_this_one_began(client: FlaskClient) -> None:
    away = client.get("/sign-in/oidc")
    back = urlsplit(requests.get(away.headers["Location"], allow_redirects=False, timeout=10).headers["Location"])
    stranger = client.application.test_client()
    assert stranger.get(f"{back.path}?{back.query}").status_code == 403
    assert client.get(f"{back.path}?error=access_denied&state=x").status_code == 403


def test_without_a_provider_there_is_no_such_door(register: Session, web_connection: Connection) -> None:
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    plain = create_app(replace(NOWHERE, secret_key="k" * 40), sessions, lambda: NOW).test_client()
    assert [plain.get(path).status_code for path in ("/sign-in/oidc", "/sign-in/oidc/return")] == [404, 404]
    assert "/sign-in/oidc" not in plain.get("/sign-in").text
