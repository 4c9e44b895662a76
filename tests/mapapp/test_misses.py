"""Words that find nothing are kept without anything about who asked, and never cost the page."""

from datetime import date, timedelta

import pytest
from apiflask import APIFlask
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata import missed_queries
from geodata.missed_queries import keep, keepable, listed
from geodata.vocabulary import MissedKind
from mapapp import create_app
from mapapp.cli import main
from mapapp.misses import LARGEST_TALLY, Tally
from tests.builders import an_institution, publish
from tests.databases import MIGRATED, DatabaseLike
from tests.mapapp.conftest import NOW, NOWHERE

TODAY = date(2026, 11, 22)


def kept(app: APIFlask, register: Session) -> list[tuple[str, str, int]]:
    """What the register holds once the application has written."""
    tally: Tally = app.extensions["mapapp.misses"]
    tally.write()
    register.expire_all()
    return [(one.kind.value, one.words, one.times) for one in listed(register, since=date(2000, 1, 1))]


def test_words_that_find_nothing_are_counted_folded(app: APIFlask, client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường Cao đẳng Một"))
    for words in ("Thợ Kim Hoàn", "thợ kim hoàn", "tho kim hoan"):
        client.get("/", query_string={"q": words})
    client.get("/?q=cao dang mot")
    assert kept(app, register) == [("search", "tho kim hoan", 3)]


def test_a_place_that_nobody_knows_is_counted(app: APIFlask, client: FlaskClient, register: Session) -> None:
    client.get("/nearby?place=Xứ Nẫu Xa Xôi")
    assert kept(app, register) == [("place", "xu nau xa xoi", 1)]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/suggest?q=tho kim hoan",
        "/?q=tho kim hoan&type=college",
        "/?q=tho kim hoan&lat=21&lon=105",
        "/?q=0912345678",
        "/?q=anh Nam 0912 345 678",
        "/?q=nam@example.vn",
        "/?q=" + "kim hoan " * 12,
        "/nearby?lat=21.02851&lon=105.80482",
        "/nearby?place=0912.345.678",
    ],
)
def test_keystrokes_positions_filters_and_personal_words_are_not_kept(
    app: APIFlask, client: FlaskClient, register: Session, path: str
) -> None:
    assert client.get(path).status_code == 200
    assert kept(app, register) == []


def test_codes_are_worth_keeping() -> None:
    assert keepable("CDT2502") == "cdt2502"
    assert keepable("6520263") == "6520263"
    assert keepable("  ") is None


def test_the_page_answers_when_nothing_can_be_kept(app: APIFlask, client: FlaskClient, register: Session) -> None:
    nowhere = create_app(NOWHERE, None, lambda: NOW)
    broken = Tally(nowhere.extensions["mapapp.writing_sessions"], background=False)
    app.extensions["mapapp.misses"] = broken
    assert client.get("/?q=tho kim hoan").status_code == 200
    broken.write()
    broken.write()


def test_the_tally_in_memory_is_bounded(app: APIFlask, register: Session) -> None:
    tally: Tally = app.extensions["mapapp.misses"]
    for number in range(LARGEST_TALLY + 50):
        tally.add(TODAY, MissedKind.SEARCH, f"word {number}")
    tally.add(TODAY, MissedKind.SEARCH, "word 0")
    tally.write()
    found = listed(register, since=TODAY, limit=10_000)
    assert len(found) == LARGEST_TALLY
    assert (found[0].words, found[0].times) == ("word 0", 2)


def test_a_full_day_takes_no_new_words_but_counts_the_old(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed_queries, "MOST_A_DAY", 2)
    keep(session, {(TODAY, MissedKind.SEARCH, word): 1 for word in ("a", "b", "c")})
    keep(session, {(TODAY, MissedKind.SEARCH, "a"): 4, (TODAY, MissedKind.SEARCH, "d"): 9})
    assert [(one.words, one.times) for one in listed(session, since=TODAY)] == [("a", 5), ("b", 1)]


def test_old_days_are_forgotten(session: Session) -> None:
    old = TODAY - timedelta(days=missed_queries.KEPT_DAYS + 1)
    keep(session, {(old, MissedKind.SEARCH, "old"): 1})
    keep(session, {(TODAY, MissedKind.PLACE, "new"): 1})
    assert [one.words for one in listed(session, since=date(2000, 1, 1))] == ["new"]


def test_the_operator_lists_them(database_like: DatabaseLike) -> None:
    told = CliRunner().invoke(main, ["search", "missed"], env={"DATABASE_URL": database_like(MIGRATED)})
    assert (told.exit_code, told.output) == (0, "No search failed in the last 30 days.\n")
