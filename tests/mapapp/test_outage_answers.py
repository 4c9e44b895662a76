"""The database stops: answers go on from the disk with their age, until they are too old; it returns: all is as before.

A real cluster of the test is stopped and started.
"""

import gc
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata import verification
from geodata.cluster import Cluster
from geodata.engine import make_engine, make_sessions
from mapapp import create_app
from mapapp.outage import refresh
from mapapp.settings import Settings
from mapapp.signing import check
from tests.builders import ALWAYS, AnInstitution, an_institution, publish
from tests.databases import UNITS, prepare

pytestmark = [
    pytest.mark.operation,
    # connections to a server that went away are dropped, not closed
    pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ISSUER = "https://bando.example.vn"
SINCE = (date(2017, 1, 1), None)
ALLOWED_AGE_S = 3_600
VERIFY = "/api/v1/verify?code=CDD0215&on=2020-01-01"
ADDRESS = "5 đường Bạch Đằng, Thành phố Đà Nẵng"
SCHOOL = an_institution(
    "Trường Cao đẳng Bình Minh",
    codes=[("CDD0215", ALWAYS)],
    licences=[("1/GCN", SINCE)],
    province="48",
    address=ADDRESS,
)


@dataclass
class Site:
    """An installation with a database that can be stopped."""

    cluster: Cluster
    settings: Settings
    app: APIFlask
    client: FlaskClient

    def publish(self, *institutions: AnInstitution) -> None:
        with self.sessions() as session:
            publish(session, *institutions)
            session.commit()

    def refresh(self) -> None:
        with self.sessions() as session:
            refresh(self.settings, session)

    def sessions(self) -> Session:
        return make_sessions(self.settings.url, statement_timeout_ms=0)()

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, base_url=ISSUER, **options)

    def make_old(self, age_s: float) -> None:
        """As if the database had been seen so long ago."""
        seen = time.time() - age_s
        os.utime(self.settings.data / "kept" / "confirmed", (seen, seen))

    def try_again(self) -> None:
        """The two seconds for which a failed database is left alone are over."""
        self.app.extensions["mapapp.outage"].breaker._until = 0.0


@pytest.fixture(scope="module")
def installation() -> Iterator[Site]:
    place = Path(tempfile.mkdtemp(prefix="mapapp-outage-"))
    place.chmod(0o711)
    cluster = Cluster(place / "data", durable=False)
    cluster.ensure()
    settings = Settings(
        data=place / "data", database_url=cluster.url, public_url=ISSUER, allowed_age_s=ALLOWED_AGE_S, answers_mb=1
    )
    engine = make_engine(cluster.url)
    prepare(engine, UNITS)
    engine.dispose()
    app = create_app(settings)
    site = Site(cluster, settings, app, app.test_client())
    site.publish(SCHOOL, an_institution("Trường Trung cấp Hoàng Hôn", at=None))
    yield site
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[sessions].kw["bind"].dispose()
    cluster.destroy()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def site(installation: Site) -> Iterator[Site]:
    """Running, with the release on the disk; running again afterwards."""
    installation.cluster.start()
    installation.try_again()
    installation.refresh()
    a_second_later(installation)
    yield installation
    installation.cluster.start()
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        installation.app.extensions[sessions].kw["bind"].dispose()
    gc.collect()  # here, where the connections to the stopped server may be dropped


def stop(site: Site) -> None:
    site.cluster.stop()
    a_second_later(site)


def a_second_later(site: Site) -> None:
    """The register and the copy on the disk are looked at again."""
    site.app.extensions["mapapp.outage"]._looked_at = float("-inf")
    look = site.app.extensions["mapapp.last_look"]
    look.at = look.at_source = float("-inf")
    site.app.extensions["mapapp.verifier"]._current = None


def test_stopped_then_old_then_back_all_without_an_error(site: Site) -> None:
    fresh = site.get(VERIFY).get_json()
    assert fresh["answer"] == "authorised"
    assert "age_s" not in fresh
    stop(site)
    site.make_old(60)
    aged = site.get(VERIFY)
    assert (aged.status_code, aged.headers["Cache-Control"]) == (200, "no-store")
    told = aged.get_json()
    assert 60 <= told["age_s"] < 120
    assert told["register_seen_at"] < told["evaluated_at"] < told["expires_at"]
    same = set(fresh) - {"evaluated_at", "expires_at"}
    assert {name: told[name] for name in same} == {name: fresh[name] for name in same}

    site.make_old(ALLOWED_AGE_S + 5)
    old = site.get(VERIFY)
    assert old.status_code == 200
    assert old.get_json()["answer"] == "register_stale"
    assert old.get_json()["reasons"][0]["code"] == "register_away"

    site.cluster.start()
    site.try_again()
    assert site.get(VERIFY).get_json().keys() == fresh.keys()
    assert site.get(VERIFY).get_json()["answer"] == "authorised"


def test_every_way_of_asking_goes_on(site: Site) -> None:
    stop(site)
    site.make_old(60)
    questions = [{"code": "CDD0215", "on": "2020-01-01"}, {"code": "NOBODY"}, {}]
    batch = site.client.post("/api/v1/verify", json=questions, base_url=ISSUER)
    assert [one["answer"] for one in batch.get_json()["answers"]] == ["authorised", "unknown_code", "malformed"]
    assert batch.get_json()["age_s"] >= 60
    token = site.get(VERIFY + "&format=jws")
    claims = check(token.text, site.get("/.well-known/jwks.json").get_json(), issuer=ISSUER, now=datetime.now(UTC))
    assert claims["answer"] == "authorised"
    assert claims["age_s"] >= 60
    person = site.get("/verify?code=CDD0215&action=operate&on=2020-01-01")
    assert person.status_code == 200
    assert "đây là dữ liệu lúc" in person.text
    assert 'data-answer="authorised"' in person.text


def test_an_answer_from_the_disk_expires_with_what_it_comes_from(site: Site) -> None:
    stop(site)
    site.make_old(ALLOWED_AGE_S - 20)
    told = site.get(VERIFY).get_json()
    expires, evaluated = (datetime.fromisoformat(told[name]) for name in ("expires_at", "evaluated_at"))
    assert told["answer"] == "authorised"
    assert (expires - evaluated).total_seconds() <= 20


def test_another_release_than_the_one_on_the_disk_is_not_answered_from_it(site: Site) -> None:
    release = site.get(VERIFY).get_json()["release"]
    site.publish(an_institution("Trường mới"))
    stop(site)
    assert site.get(f"{VERIFY}&release={release}").get_json()["answer"] == "authorised"
    assert site.get(f"{VERIFY}&release={release + 1}").get_json()["answer"] == "register_stale"


def asked_of_the_database(site: Site, path: str) -> bool:
    """Whether the question's facts were read there; answers are not remembered from one call to the next."""
    site.app.extensions["mapapp.verifier"]._told.clear()
    with patch("mapapp.answers.verification.decide_many", wraps=verification.decide_many) as deciding:
        assert site.get(path).status_code == 200
    return deciding.called


def test_the_copy_decides_for_its_own_release_and_no_other(site: Site) -> None:
    site.publish(an_institution("Trường của đợt trước"))
    site.refresh()
    a_second_later(site)
    from_copy = site.get(VERIFY).get_json()
    assert not asked_of_the_database(site, VERIFY)
    site.publish(an_institution("Trường mới nữa"))
    a_second_later(site)
    assert asked_of_the_database(site, VERIFY)
    assert asked_of_the_database(site, f"{VERIFY}&release={from_copy['release'] - 1}")
    from_database = site.get(f"{VERIFY}&release={from_copy['release']}").get_json()
    same = set(from_copy) - {"evaluated_at", "expires_at"}
    assert {name: from_database[name] for name in same} == {name: from_copy[name] for name in same}


def test_a_spoiled_copy_leaves_the_decision_to_the_database(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    register = site.app.extensions["mapapp.outage"].last().register
    with patch.object(register, "rows", side_effect=sqlite3.DatabaseError("database disk image is malformed")):
        assert asked_of_the_database(site, VERIFY)
    assert "malformed" in caplog.text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_people_still_find_institutions(site: Site, prefix: str) -> None:
    stop(site)
    site.make_old(60)
    found = site.get(f"{prefix}/?q=binh minh")
    assert (found.status_code, found.headers["Cache-Control"]) == (200, "no-store")
    assert ("đây là dữ liệu lúc" if not prefix else "this is the data as of") in found.text
    assert SCHOOL.name in found.text
    assert "Hoàng Hôn" not in found.text
    one = site.get(f"{prefix}/institutions/{SCHOOL.id}")
    assert one.status_code == 200
    assert "1/GCN" in one.text
    assert f"<bdi>{ADDRESS}</bdi>" in one.text, "the place is not told again behind an address that names it"
    assert site.get(f"{prefix}/institutions/CDD0215").status_code == 302
    assert site.get(f"{prefix}/institutions/nobody").status_code == 404
    assert "bbox" in site.get(f"{prefix}/?q=binh+minh&bbox=102,8,110,24").text


def test_machines_still_find_institutions(site: Site) -> None:
    stop(site)
    site.make_old(60)
    found = site.get("/api/v1/institutions?q=binh minh").get_json()
    assert [feature["id"] for feature in found["features"]] == [SCHOOL.id]
    assert (found["stale"], found["age_s"] >= 60, found["numberMatched"]) == (True, True, 1)
    assert site.get(f"/api/v1/institutions/{SCHOOL.id}").get_json()["properties"]["stale"] is True
    assert site.get("/api/v1/status").get_json()["stale"] is True
    for needs_database in ("/api/v1/institutions?lat=21&lon=105", "/api/v1/units"):
        refused = site.get(needs_database)
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
    assert site.get("/api/v1/institutions?nonsense=1").status_code == 400


def test_nothing_old_is_given_beyond_the_allowed_age(site: Site) -> None:
    stop(site)
    site.make_old(ALLOWED_AGE_S + 5)
    assert site.get("/?q=binh minh").status_code == 503
    assert site.get(f"/api/v1/institutions/{SCHOOL.id}").status_code == 503


def test_a_failed_database_is_left_alone_for_a_moment(site: Site) -> None:
    stop(site)
    site.get(VERIFY)
    site.cluster.start()
    assert "age_s" in site.get(VERIFY).get_json()
    site.try_again()
    assert "age_s" not in site.get(VERIFY).get_json()


def test_without_anything_on_the_disk_the_answer_is_register_stale(site: Site, tmp_path: Path) -> None:
    nowhere = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", data=tmp_path)
    answer = create_app(nowhere).test_client().get(VERIFY)
    assert (answer.status_code, answer.get_json()["answer"]) == (200, "register_stale")


def test_the_disk_follows_the_register(site: Site) -> None:
    site.publish(an_institution("Trường Cao đẳng Sao Mai"))
    site.refresh()
    stop(site)
    assert "Sao Mai" in site.get("/?q=sao mai").text
