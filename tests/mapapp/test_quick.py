"""Plain questions answered before Flask are answered as Flask would, to the letter; all others go the whole way."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import geodata
import mapapp
from geodata import boxes
from geodata.kept import lists
from mapapp import create_app, quick_records
from mapapp.at_once import AtOnce
from mapapp.db import VIETNAM, day_in_vietnam
from mapapp.limits import Limits
from mapapp.outage import refresh
from mapapp.questions import external
from mapapp.quick import Quick
from mapapp.record_words import PATH, READ_BY, TOLD_BY, teller
from mapapp.settings import Settings
from tests.conftest import scratch
from tests.mapapp.asking import the_layer
from tests.mapapp.conftest import NOW

PUBLIC = "https://bando.example.vn"
READERS = pytest.mark.parametrize(
    "headers", [{}, {"Accept-Encoding": "gzip"}, {"Accept": "text/html"}], ids=["plain", "gzip", "browser"]
)


@dataclass
class Site:
    """The site as it runs, over the illustrative network and a copy of it; `flask_calls` are questions Flask got."""

    app: APIFlask
    ids: list[str]
    codes: list[str]
    flask_calls: list[str] = field(default_factory=list)

    def get(self, address: str, headers: dict[str, str] | None = None, base_url: str = PUBLIC) -> TestResponse:
        return self.app.test_client().get(address, base_url=base_url, headers=headers)

    def forget(self) -> None:
        """Answers given before, but not the ways of asking."""
        self.app.extensions["mapapp.at_once"]._pointers.clear()
        kept = self.app.extensions["mapapp.kept"]
        kept._answers.clear()
        kept.bytes = 0
        self.flask_calls.clear()

    def whole(self, address: str, headers: dict[str, str] | None = None) -> TestResponse:
        """The answer of the whole way."""
        quick = the_layer(self.app, Quick)
        with patch.object(quick, "answerers", []):
            answer = self.get(address, headers)
        self.forget()
        return answer


@pytest.fixture(scope="module")
def installed(network_engine: Engine) -> Iterator[Site]:
    url = network_engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, data=scratch() / "quick-records", public_url=PUBLIC)
    with Session(network_engine) as session:
        refresh(settings, session, teller=teller(day_in_vietnam(NOW)))
        asked = "SELECT {what} FROM {table} WHERE release_to IS NULL ORDER BY md5({what}) LIMIT 120"
        ids = list(session.scalars(text(asked.format(what="institution_id", table="institution_state"))))
        codes = list(session.scalars(text(asked.format(what="value", table="identifier"))))
    app = create_app(settings, clock=lambda: NOW)
    app.extensions["mapapp.last_look"].trusted_for_s = 3_600
    yield Site(app, ids, codes)
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[sessions].kw["bind"].dispose()


@pytest.fixture
def site(installed: Site) -> Iterator[Site]:
    """With the plain way of asking taught."""
    quick = the_layer(installed.app, Quick)
    inner = quick.app
    installed.app.extensions["mapapp.outage"].breaker._until = 0.0
    installed.get(PATH + installed.ids[0])

    def counted(environ: Any, start_response: Any) -> Any:
        installed.flask_calls.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    installed.forget()
    with patch.object(quick, "app", counted):
        yield installed


def shown(answer: TestResponse) -> tuple[int, dict[str, str], Any]:
    return answer.status_code, dict(answer.headers), answer.get_data()


@READERS
def test_records_are_those_of_the_whole_way(site: Site, headers: dict[str, str]) -> None:
    site.get(PATH + site.ids[0], headers)
    for asked in (*site.ids, *site.codes):
        expected = site.whole(PATH + asked, headers)
        answer = site.get(PATH + asked, headers)
        assert shown(answer) == shown(expected)
        assert answer.status_code == 300 or not site.flask_calls, asked


def test_most_are_answered_without_flask(site: Site) -> None:
    for asked in (*site.ids, *site.codes):
        site.get(PATH + asked)
    assert len(site.flask_calls) < len(site.ids) / 10


LIST = "/api/v1/institutions"
NEAR, CITY = f"{LIST}?lat=21.03&lon=105.85", f"{LIST}?bbox=102,8,110,23.5"


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The illustrative network taken for a large one."""
    monkeypatch.setattr(boxes, "LARGE", 10)
    monkeypatch.setattr(boxes, "CROWD", 20)


@READERS
@pytest.mark.usefixtures("crowded")
def test_lists_are_those_of_the_whole_way(site: Site, headers: dict[str, str]) -> None:
    points = [
        f"/api/v1/institutions?lat={lat}&lon={lon}&limit=10" for lat in (8.6, 10.8, 21.03) for lon in (105, 106.7)
    ]
    cities = [CITY, f"{CITY}&limit=7", CITY.replace(",", "%2C"), f"{CITY}&limit=1000"]
    without_flask = []
    for address in (NEAR, *points, *cities):
        expected = site.whole(address, headers)
        site.get(NEAR, headers), site.get(CITY, headers)
        site.forget()
        answer = site.get(address, headers)
        assert shown(answer) == shown(expected), address
        without_flask += [] if site.flask_calls else [address]
    assert {NEAR, *cities} <= set(without_flask)
    assert len(set(points) & set(without_flask)) > len(points) / 2


@pytest.mark.usefixtures("crowded")
def test_the_next_page_of_a_list_is_found(site: Site) -> None:
    site.get(CITY)
    ids, address = [], f"{CITY}&limit=60"
    while address:
        body = site.get(address).get_json()
        ids += [one["id"] for one in body["features"]]
        address = next((one["href"].removeprefix(PUBLIC) for one in body["links"] if one["rel"] == "next"), "")
    assert len(ids) == len(set(ids)) == site.get(f"{CITY}&count=exact&limit=1").get_json()["numberMatched"]


@pytest.mark.parametrize(
    "address",
    [
        *(
            f"{NEAR}&{more}"
            for more in ("type=college", "on=2020-01-01", "radius_m=500", "limit=0", "limit=1001", "q=a")
        ),
        *(f"{CITY}&{more}" for more in ("unit=01", "count=exact", "cursor=x", "limit=07")),
        *(
            f"{LIST}?lat=91&lon=1",
            f"{LIST}?bbox=3,2,1,4",
            f"{LIST}?bbox=999,2,999,4",
        ),
        *(f"{LIST}?lon=105.85&lat=21.03", f"{LIST}?bbox=105.8,21.0,105.82,21.02"),
    ],
)
@pytest.mark.usefixtures("crowded")
def test_lists_that_are_not_plain_go_the_whole_way(site: Site, address: str) -> None:
    site.get(NEAR), site.get(CITY)
    site.forget()
    site.get(address)
    assert site.flask_calls


@pytest.mark.parametrize(
    "address", ["nobody-knows-it", "CDD0203", "{id}?on=2020-01-01", "{id}?release=1", "{id}?x=1", "{id}/", "a%20b", ""]
)
def test_what_is_not_plain_goes_the_whole_way(site: Site, address: str) -> None:
    site.get(PATH + address.format(id=site.ids[1]))
    assert site.flask_calls


def test_who_has_the_record_gets_304(site: Site) -> None:
    etag = site.get(PATH + site.ids[2]).headers["ETag"]
    again = site.get(PATH + site.ids[2], {"If-None-Match": etag})
    assert (again.status_code, again.get_data(), site.flask_calls) == (304, b"", [])


def test_words_told_by_other_code_are_not_passed_on(site: Site) -> None:
    with patch.object(quick_records, "version_of_words", lambda: "another"):
        site.get(PATH + site.ids[3])
    assert site.flask_calls == [PATH + site.ids[3]]


def test_words_hold_on_their_days_only(site: Site) -> None:
    """A day on which something changes is told by the whole way until the copy is made anew."""
    kept = the_layer(site.app, Quick).answerers[0].outage.opened()
    day = day_in_vietnam(NOW)
    with_an_end = kept.rows("SELECT id, valid_to FROM told WHERE valid_to IS NOT NULL ORDER BY id LIMIT 1")
    assert with_an_end, "the illustrative network has schools that change"
    ((one, end),) = with_an_end
    assert kept.told(one, day) is not None
    assert kept.told(one, day.fromisoformat(end)) is None
    assert kept.told(one, day.fromisoformat(end) - timedelta(days=1)) is not None


def test_a_register_not_looked_at_lately_is_looked_at(site: Site) -> None:
    with patch.object(site.app.extensions["mapapp.last_look"], "trusted_for_s", 0):
        site.get(PATH + site.ids[4])
    assert site.flask_calls


def test_a_copy_of_another_release_is_not_told(site: Site) -> None:
    kept = the_layer(site.app, Quick).answerers[0].outage.opened()
    with patch.dict(kept.head, {"release": kept.head["release"] + 1}):
        site.get(PATH + site.ids[5])
    assert site.flask_calls


@pytest.mark.parametrize("damaged", [{"number": -1}, {"lon": 0}], ids=["numbers of nobody", "short"])
@pytest.mark.usefixtures("crowded")
def test_damaged_places_are_left_to_the_database(site: Site, damaged: dict[str, int]) -> None:
    kept = the_layer(site.app, Quick).answerers[0].outage.opened()
    ((name, value),) = damaged.items()
    whole = getattr(kept.atlas, name)
    part = np.full_like(whole, value) if name == "number" else whole[:value]
    site.get(NEAR), site.get(CITY)
    site.forget()
    with patch.dict(vars(kept), atlas=replace(kept.atlas, **{name: part})):
        assert [site.get(address).status_code for address in (NEAR, CITY)] == [200, 200]
    assert len(site.flask_calls) == 2


def test_a_strange_host_learns_nothing(site: Site) -> None:
    for _ in range(2):
        assert site.get(PATH + site.ids[6], base_url="https://evil.example").status_code == 400
    assert len(site.flask_calls) == 2


def test_beyond_the_limit_flask_refuses(site: Site) -> None:
    refusing = patch.object(Limits, "wait_s", return_value=7.0)
    with refusing:
        answer = site.app.test_client().get(
            PATH + site.ids[7], base_url=PUBLIC, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
        )
    assert (answer.status_code, answer.headers["Retry-After"], len(site.flask_calls)) == (429, "7", 1)


def test_who_is_refused_costs_no_reading(site: Site) -> None:
    site.get(NEAR)
    site.forget()
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    with patch.object(Limits, "wait_s", return_value=7.0), patch.object(lists, "nearest") as nearest:
        answer = site.app.test_client().get(NEAR, base_url=PUBLIC, environ_overrides=elsewhere)
    assert (answer.status_code, nearest.called) == (429, False)


def test_a_question_counts_once_however_it_is_answered(site: Site) -> None:
    """Also where the quick way gives up and the whole way begins."""
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    for address in (NEAR, PATH + site.ids[8], PATH + "nobody-knows-it"):
        site.get(address)
        site.forget()
        with patch.object(Limits, "wait_s", return_value=0.0) as counted:
            site.app.test_client().get(address, base_url=PUBLIC, environ_overrides=elsewhere)
        assert counted.call_count == 1, address


def test_words_with_names_of_other_units_are_not_passed_on(site: Site) -> None:
    look = site.app.extensions["mapapp.last_look"]
    renamed = replace(look.register, outlines=f"{look.register.outlines} anew")
    with patch.object(look, "register", renamed):
        site.get(PATH + site.ids[9])
    assert site.flask_calls


def test_addresses_are_ascii_on_both_ways(site: Site) -> None:
    """GDAL refuses other links."""
    with site.app.test_request_context("/"), patch.dict(site.app.config, PUBLIC_URL="https://bảnđồ.vn"):
        assert external("/institutions/x").startswith("https://xn--")


def test_the_files_that_words_depend_on_exist() -> None:
    for package, files in ((mapapp, TOLD_BY), (geodata, READ_BY)):
        folder = Path(str(package.__file__)).parent
        assert [file for file in files if not (folder / file).is_file()] == []


def test_an_answer_is_kept_for_the_day_it_is_about(site: Site) -> None:
    """Midnight may pass while it is made."""
    midnight = datetime.combine(day_in_vietnam(NOW), time.max, VIETNAM)
    times = iter([midnight])
    shortcut = the_layer(site.app, AtOnce)
    with patch.object(shortcut, "clock", lambda: next(times, midnight + timedelta(seconds=1))):
        site.get(PATH + site.ids[11])
        assert not site.flask_calls
        with patch.object(the_layer(site.app, Quick), "answerers", []):
            site.get(PATH + site.ids[11])
    assert site.flask_calls


def test_the_second_asking_is_answered_from_memory(site: Site) -> None:
    address = PATH + site.ids[10]
    first = site.get(address)
    with patch.object(the_layer(site.app, Quick), "answerers", []):
        again = site.get(address)
    assert shown(again) == shown(first)
    assert not site.flask_calls
