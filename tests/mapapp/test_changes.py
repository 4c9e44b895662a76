"""The change feed: complete, in order, without repetition, whatever is written meanwhile."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from geodata.undoing import revert
from mapapp import create_app
from tests.builders import an_institution, publish
from tests.databases import UNITS, DatabaseLike, opened
from tests.mapapp.conftest import NOWHERE

NAMES = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}


def told(client: FlaskClient, question: str = "") -> list[tuple[int, str, str]]:
    """(release, id, change) of every page from the first on."""
    body: dict[str, Any] = client.get(f"/api/v1/changes{question}").get_json()
    found = list(body["changes"])
    while more := [link["href"] for link in body["links"] if link["rel"] == "next"]:
        body = client.get(more[0]).get_json()
        found += body["changes"]
    return [(one["release"], one["id"], one["change"]) for one in found]


def test_creation_change_and_removal_are_told_in_order(client: FlaskClient, register: Session) -> None:
    one = an_institution("Một")
    first = publish(register, one)
    second = publish(register, an_institution("Hai"))
    third = revert(register, first.id, actor="tester", reason="test")
    changes = told(client)
    assert [(release, change) for release, _, change in changes] == [
        (first.id, "created"),
        (second.id, "created"),
        (third.id, "removed"),
    ]
    assert changes[0][1] == changes[2][1] == one.id


def test_tombstones_name_nobody(client: FlaskClient, register: Session) -> None:
    first = publish(register, an_institution("Một"))
    revert(register, first.id, actor="tester", reason="test")
    last = client.get("/api/v1/changes").get_json()["changes"][-1]
    assert (last["change"], last["name"], last["data_status"]) == ("removed", None, None)


def test_the_cursor_waits_at_the_end(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution())
    cursor = client.get("/api/v1/changes").get_json()["cursor"]
    assert told(client, f"?cursor={cursor}") == []
    later = an_institution()
    publish(register, later)
    assert [id_ for _, id_, _ in told(client, f"?cursor={cursor}")] == [later.id]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_tell_the_same(client: FlaskClient, register: Session, limit: int) -> None:
    for number in (3, 1, 4):
        publish(register, *(an_institution() for _ in range(number)))
    assert told(client, f"?limit={limit}") == told(client)
    assert len(set(told(client))) == 8


def test_since_leaves_out_what_was_published_before(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution())
    register.execute(text("UPDATE release SET published_at = '2025-01-01T00:00:00Z'"))
    later = publish(register, an_institution())
    assert {release for release, *_ in told(client, "?since=2025-06-01")} == {later.id}
    assert len(told(client, "?since=2024-12-31T00:00:00Z")) == 2


@pytest.mark.parametrize(
    "question", ["since=yesterday", "since=2025-13-01", "cursor=x", "cursor=WzEsIicifQ", "limit=0", "limit=1001", "x=1"]
)
def test_nonsense_is_refused(client: FlaskClient, register: Session, question: str) -> None:
    answer = client.get(f"/api/v1/changes?{question}")
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["parameter"] == question.split("=")[0]


def test_the_feed_is_atom_with_tombstones(client: FlaskClient, register: Session) -> None:
    first = publish(register, an_institution("Một <và> hai & ba"))
    publish(register, an_institution("Bốn"))
    revert(register, first.id, actor="tester", reason="test")
    answer = client.get("/api/v1/changes.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.text)  # noqa: S314  our own
    for name in ("id", "title", "updated", "author"):
        assert feed.find(f"a:{name}", NAMES) is not None
    kinds = [child.tag.split("}")[1] for child in feed if child.tag.endswith("entry")]
    assert kinds == ["deleted-entry", "entry", "entry"]
    ids = [one.text for one in feed.findall("a:entry/a:id", NAMES)]
    assert len(set(ids)) == len(ids)
    (dead,) = feed.findall("at:deleted-entry", NAMES)
    assert dead.attrib["ref"] in {str(one).split("#")[0] for one in ids}


@pytest.fixture
def published(database_like: DatabaseLike) -> Iterator[sessionmaker[Session]]:
    """Sessions on a database of this test's own, whose commits others see."""
    with opened(database_like(UNITS)) as engine:
        yield sessionmaker(engine)


def published_one_by_one(sessions: sessionmaker[Session], number: int, issued: list[str]) -> None:
    """Releases of three institutions each; `issued` grows with every commit."""
    for release in range(number):
        more = [an_institution(f"Trường thêm {place}{release}") for place in "ABC"]
        with sessions.begin() as session:
            publish(session, *more)
        issued.extend(one.id for one in more)


def test_changes_read_while_a_writer_is_busy_miss_and_repeat_nothing(published: sessionmaker[Session]) -> None:
    """One thread publishes, another reads pages of two until the writer is done and the end is reached."""
    client = create_app(NOWHERE, published, lambda: datetime.now(UTC)).test_client()
    issued: list[str] = []
    published_one_by_one(published, 1, issued)
    writer = threading.Thread(target=published_one_by_one, args=(published, 8, issued))
    writer.start()
    found = read_changes(client, lambda: not writer.is_alive())
    writer.join()
    assert len(found) == len(set(found))
    assert set(found) == set(issued)


def read_changes(client: FlaskClient, done: Callable[[], bool]) -> list[str]:
    """Ids in order, until the writer is done and nothing more is told."""
    found: list[str] = []
    cursor = ""
    while True:
        last = done()
        body = client.get(f"/api/v1/changes?limit=2{cursor}").get_json()
        found += [one["id"] for one in body["changes"]]
        cursor = f"&cursor={body['cursor']}"
        if last and not body["changes"]:
            return found


@pytest.mark.parametrize("path", ["/api/v1/institutions", "/ogc/collections/institutions/items"])
def test_pages_with_a_publication_between_any_two_miss_and_repeat_nothing(
    published: sessionmaker[Session], path: str
) -> None:
    """What is published meanwhile sorts before, between and behind what the first page knew, by name and by id."""
    client = create_app(NOWHERE, published, lambda: datetime.now(UTC)).test_client()
    first: list[str] = []
    published_one_by_one(published, 3, first)
    later: list[str] = []
    found = read_items(client, f"{path}?limit=2", lambda: published_one_by_one(published, 1, later))
    assert len(later) == 3 * 4  # between five pages
    assert sorted(found) == sorted(first)


def read_items(client: FlaskClient, address: str, between: Callable[[], None]) -> list[str]:
    """Ids of all pages; `between` is done before each but the first."""
    found: list[str] = []
    while True:
        body = client.get(address).get_json(force=True)
        found += [one["id"] for one in body["features"]]
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        if not following:
            return found
        (address,) = following
        between()
