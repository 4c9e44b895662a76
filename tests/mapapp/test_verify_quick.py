"""Verdicts before Flask say what Flask would say, to the letter, and whatever is not plain still goes the whole way."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.kept.register import Replaced
from mapapp import create_app
from mapapp.api_keys import Doorkeeper, TooMany
from mapapp.limits import Limits
from mapapp.outage import refresh
from mapapp.settings import Settings
from mapapp.signing import decoded
from mapapp.verify_quick import Quick
from tests.conftest import scratch
from tests.mapapp.asking import the_layer
from tests.mapapp.conftest import NOW

VERIFY = "/api/v1/verify"
PUBLIC = "https://bando.example.vn"
OF_ITS_MOMENT = ("ETag", "Content-Length")


@dataclass
class Site:
    """The site as it runs, over the illustrative network and a copy of it; `flask_calls` are questions Flask got."""

    app: APIFlask
    codes: list[str]
    flask_calls: list[str] = field(default_factory=list)

    def ask(self, headers: dict[str, str] | None = None, **parameters: str) -> TestResponse:
        return self.get(f"{VERIFY}?{urlencode(parameters)}", headers)

    def get(self, address: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.app.test_client().get(address, base_url=PUBLIC, headers=headers)

    def forget(self) -> None:
        """Answers given before, but not the ways of asking."""
        self.app.extensions["mapapp.at_once"]._pointers.clear()
        self.app.extensions["mapapp.verifier"]._told.clear()
        self.flask_calls.clear()


@pytest.fixture(scope="module")
def installed(network_engine: Engine) -> Iterator[Site]:
    url = network_engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, data=scratch() / "quick", public_url=PUBLIC)
    with Session(network_engine) as session:
        refresh(settings, session)
        asked = text("SELECT value FROM identifier WHERE release_to IS NULL ORDER BY md5(value) LIMIT 150")
        codes = list(session.scalars(asked))
    app = create_app(settings, clock=lambda: NOW)
    app.extensions["mapapp.last_look"].trusted_for_s = 3_600
    app.extensions["mapapp.verifier"].look_again_s = 3_600
    yield Site(app, codes)
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[sessions].kw["bind"].dispose()


@pytest.fixture
def site(installed: Site) -> Iterator[Site]:
    """With the plain way of asking taught."""
    installed.forget()
    installed.ask(code="TEACHES")
    quick = the_layer(installed.app, Quick)
    inner = quick.app

    def counted(environ: Any, start_response: Any) -> Any:
        installed.flask_calls.append(environ["QUERY_STRING"])
        return inner(environ, start_response)

    installed.forget()
    with patch.object(quick, "app", counted):
        yield installed


def shown(answer: TestResponse) -> tuple[int, dict[str, str], Any]:
    headers = {name: value for name, value in answer.headers if name not in OF_ITS_MOMENT}
    return answer.status_code, headers, answer.get_data()


@pytest.mark.parametrize(
    "headers", [{}, {"Accept-Encoding": "gzip"}, {"Accept": "text/html"}], ids=["plain", "gzip", "browser"]
)
def test_verdicts_are_those_of_the_whole_way(site: Site, headers: dict[str, str]) -> None:
    questions = [{"code": code, "on": f"20{14 + at % 13}-06-30"} for at, code in enumerate(site.codes)]
    questions += [
        {"code": code, "action": "train", "occupation": "6480201", "training_level": "college", "on": ""}
        for code in site.codes[:30]
    ]
    questions += [{"name": "Trường Cao đẳng Minh họa"}, {"code": "nobody"}, {"code": site.codes[0], "name": "Khác"}]
    addresses = [f"{VERIFY}?{urlencode(one)}" for one in questions]
    addresses += [
        f"{VERIFY}?code=1/GCNĐKHĐ",
        f"{VERIFY}?name=Trường Cao đẳng",
        f"{VERIFY}?code=a;b",
        f"{VERIFY}?code=a+b&",
    ]
    site.ask(headers, code="TEACHES TOO")
    site.forget()
    quick = [shown(site.get(one, headers)) for one in addresses]
    assert site.flask_calls == []
    site.forget()
    with patch.object(the_layer(site.app, Quick), "_taught", {}), patch.object(the_layer(site.app, Quick), "_learn"):
        whole = [shown(site.get(one, headers)) for one in addresses]
    assert len(site.flask_calls) == len(addresses)
    assert quick == whole
    assert len({answer for *_, answer in quick}) > 100


@pytest.mark.parametrize(
    "address",
    [
        f"{VERIFY}?code=A&code=B",
        f"{VERIFY}?code=A&code=A",
        f"{VERIFY}?code=A&unknown=1",
        f"{VERIFY}?code=A&release=1",
        f"{VERIFY}?code=A&nonce=abc",
        f"{VERIFY}?code=A&format=json",
        f"{VERIFY}?code=%ff",
        f"{VERIFY}?code=A&on=yesterday",
        f"{VERIFY}?code=A&action=train",
        f"{VERIFY}?",
    ],
)
def test_what_is_not_plain_goes_the_whole_way(site: Site, address: str) -> None:
    answer = site.get(address)
    assert len(site.flask_calls) == 1
    assert answer.status_code in (200, 400)


def test_signed_verdicts_are_about_who_was_asked_for(site: Site) -> None:
    jose = {"Accept": "application/jose"}
    site.ask(jose, code=site.codes[0])
    site.forget()
    subjects = [decoded(site.ask(jose, code=code).text.split(".")[1]) for code in site.codes[1:5]]
    assert site.flask_calls == []
    assert len(set(subjects)) == 4


@pytest.mark.parametrize(("accept", "form"), [("*/*", "jws"), ("application/jose", "json")])
def test_a_question_that_says_its_form_teaches_nobody(site: Site, accept: str, form: str) -> None:
    headers = {"Accept": accept}
    with patch.object(the_layer(site.app, Quick), "_taught", {}):
        for code in site.codes[:3]:
            site.ask(headers, code=code, format=form)
        plain = [site.ask(headers, code=code).mimetype for code in site.codes[3:6]]
    assert plain == ["application/jose" if accept == "application/jose" else "application/json"] * 3


def test_a_verdict_of_the_release_before_is_not_told_again(site: Site) -> None:
    look = site.app.extensions["mapapp.last_look"]
    seen = look.register
    with patch.object(look, "register", replace(seen, release=seen.release + 1)):  # another request saw a new release
        site.ask(code=site.codes[0])
        assert site.app.extensions["mapapp.at_once"]._pointers == {}


def test_a_signed_verdict_counts_each_time(site: Site) -> None:
    jose, seen = {"Accept": "application/jose"}, []
    with patch.object(Doorkeeper, "judge_nobody", lambda _, address, *__, **___: seen.append(address)):
        for _ in range(4):
            assert site.ask(jose, code=site.codes[0]).status_code == 200
    assert len(seen) == 4
    with patch.object(Doorkeeper, "judge_nobody", side_effect=TooMany(7)):
        assert site.ask(jose, code=site.codes[0]).status_code == 429


def test_a_file_that_was_replaced_is_not_read_as_the_one_before(site: Site) -> None:
    register = site.app.extensions["mapapp.outage"].opened()
    register.path.touch()
    with patch.object(register, "_local", threading.local()), pytest.raises(Replaced):
        register.record("nobody")
    site.app.extensions["mapapp.outage"]._looked_at = float("-inf")
    assert site.app.extensions["mapapp.outage"].opened() is not register


def test_who_has_the_verdict_gets_304(site: Site) -> None:
    first = site.ask(code=site.codes[0])
    assert first.headers["ETag"]
    again = site.ask({"If-None-Match": first.headers["ETag"]}, code=site.codes[0])
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_strange_host_learns_nothing(site: Site) -> None:
    for _ in range(3):
        assert site.app.test_client().get(f"{VERIFY}?code=A", base_url="http://evil.example").status_code == 400
    assert len(site.flask_calls) == 3


def test_beyond_the_limit_flask_refuses(site: Site) -> None:
    with patch.object(Doorkeeper, "judge_nobody", side_effect=TooMany(7)):
        answer = site.ask(code=site.codes[0])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_every_question_counts(site: Site) -> None:
    with patch.object(Limits, "wait_s", return_value=0) as counting:
        for code in site.codes[:3]:
            site.app.test_client().get(
                f"{VERIFY}?code={code}", base_url=PUBLIC, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
            )
    assert (counting.call_count, site.flask_calls) == (3, [])


def test_without_a_copy_the_database_decides(site: Site) -> None:
    with patch.object(type(site.app.extensions["mapapp.outage"]), "decide_in", return_value=None):
        answer = site.ask(code=site.codes[0])
    assert answer.status_code == 200
    assert len(site.flask_calls) == 1


def test_a_register_not_looked_at_lately_is_looked_at(site: Site) -> None:
    site.app.extensions["mapapp.verifier"]._current = None
    assert site.ask(code=site.codes[0]).status_code == 200
    assert len(site.flask_calls) == 1
    assert site.ask(code=site.codes[1]).status_code == 200
    assert len(site.flask_calls) == 1


def test_the_proxy_says_who_asks(network_engine: Engine) -> None:
    url = network_engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data=scratch() / "quick", trusted_proxies=1), clock=lambda: NOW)
    seen: list[str] = []
    with patch.object(Doorkeeper, "judge_nobody", lambda _, address, *__, **___: seen.append(address)):
        for _ in range(2):
            app.test_client().get(f"{VERIFY}?code=A{len(seen)}", headers={"X-Forwarded-For": "203.0.113.9"})
    assert seen == ["203.0.113.9", "203.0.113.9"]
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[sessions].kw["bind"].dispose()
