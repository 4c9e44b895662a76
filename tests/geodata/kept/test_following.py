"""Files brought up to date by what was touched say the same as files written anew."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import releases
from geodata.kept import building, updating
from geodata.kept.building import build
from geodata.kept.files import REGISTER
from geodata.kept.listing import list_file
from geodata.kept.register import KeptRegister, Wanted
from geodata.kept.telling import Teller
from geodata.records import InstitutionRecord
from geodata.undoing import revert
from geodata.vocabulary import ReleaseKind
from tests.builders import ALWAYS, an_institution, publish

TODAY = date(2026, 11, 22)
WORDS = ("", "cao dang", "truong", "so 3", "ha noi", "moi", "sap nhap", "cd0", "khong co gi")


@pytest.fixture
def network(places: Session) -> Session:
    """A register of a few institutions that were published in two releases."""
    for part in range(2):
        publish(
            places,
            *(
                an_institution(
                    f"Trường Cao đẳng {part} số {number}",
                    codes=[(f"CD{part}{number:02}", ALWAYS)],
                    licences=[(f"{part}{number}/GCN", ALWAYS)],
                    programmes=(("6480201", "college", ALWAYS),),
                    province="01",
                    commune="00004",
                )
                for number in range(12)
            ),
        )
    return places


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many institutions each build has followed; a build that wrote everything anew is not among them."""
    counts: list[int] = []

    def counted(*given: object) -> int:
        counts.append(len(given[1]))  # type: ignore[arg-type]
        return updating.follow(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "follow", counted)
    return counts


PLACES = """
    SELECT code, place.id, place.campus, lon, lat, first, after, is_main, is_shown, shown.id, shown.campus, feature
    FROM place LEFT JOIN shown USING (number) ORDER BY 1, 2, 3, 6
"""


def content(file: Path) -> dict[str, list[object]]:
    """Everything that answers are made of, in an order of its own; origins as far as a record names them."""
    with closing(sqlite3.connect(file)) as database:
        found: dict[str, list[object]] = {
            table: database.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()
            for table, order in (("record", "id"), ("known", "1, 2, 3, 4, 5, 6"), ("state", "number"), ("told", "id"))
        }
        found |= {"place": database.execute(PLACES).fetchall()}
        found |= {"bearer": database.execute("SELECT * FROM bearer").fetchall() if found["told"] else []}
        about = dict(database.execute("SELECT key, value FROM about WHERE key <> 'left_behind'"))
        head = json.loads(about.pop("head"))
        return {**found, "about": [*sorted(about.items()), {**head, "gzip_bytes": 0}]}


def words(_: Session, records: Sequence[InstitutionRecord]) -> list[str]:
    """Names of the institution and of those it speaks of."""
    return [f"{one.name}: {[other.name for other in (*one.predecessors, *one.successors)]}" for one in records]


TELLER = Teller("one", TODAY, words)


def same_as_written_anew(session: Session, directory: Path, teller: Teller = TELLER) -> None:
    head = build(session, directory, teller=teller)
    whole = directory.parent / "whole"
    shutil.rmtree(whole, ignore_errors=True)
    assert build(session, whole, whole=True, teller=teller) == head
    assert head is not None
    assert content(directory / REGISTER) == content(whole / REGISTER)
    lists = [list_file(one, head["release"]).read_bytes()[10:] for one in (directory, whole)]
    assert lists[0] == lists[1]
    assert list(directory.glob("*.new")) == []
    one, other = KeptRegister(directory / REGISTER), KeptRegister(whole / REGISTER)
    for q in WORDS:
        assert one.find(Wanted(on=TODAY, q=q), limit=5_000) == other.find(Wanted(on=TODAY, q=q), limit=5_000)
    for name in origins_in_use(directory / REGISTER):
        assert name in origins_of(directory / REGISTER)


def origins_in_use(file: Path) -> set[str]:
    register = KeptRegister(file)
    lines = register.rows("SELECT id FROM record LIMIT 50")
    for (one,) in lines:
        register.record(one)
    return set(register._origins)


def origins_of(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        return {name for (name,) in database.execute("SELECT name FROM origin")}


def merge(session: Session) -> None:
    one, other = (an_institution(f"Trường Sáp nhập {n}", codes=[(f"SN{n}", ALWAYS)]) for n in (1, 2))
    publish(session, one, other, relations=[("merge", one, other, date(2025, 3, 1))])


def rename(session: Session, table: str = "institution_name", column: str = "institution_id") -> None:
    """A known institution gets another name, and its old words must not find it any more."""
    release = releases.open_release(session, kind=ReleaseKind.EDIT, actor="tester", reason="test")
    given = {"release": release.id}
    (one,) = session.scalars(text(f"SELECT min({column}) FROM {table} WHERE release_to IS NULL"))
    session.execute(
        text(
            "WITH closed AS (UPDATE institution_name SET release_to = :release WHERE institution_id = :one"
            " AND release_to IS NULL AND kind = 'official' RETURNING *)"
            " INSERT INTO institution_name (institution_id, kind, text, folded, terms, valid_from, valid_to,"
            " release_from, source_id) SELECT institution_id, kind, text || ' mới tinh', folded || ' moi tinh', terms,"
            " valid_from, valid_to, :release, source_id FROM closed"
        ),
        {**given, "one": one},
    )
    releases.log_change(session, release, subject="institution_name", action="add", institution_id=one)
    releases.finish_release(session, release, institutions=[one])


def undo_the_last(session: Session) -> None:
    last = releases.current_release(session)
    assert last is not None
    revert(session, last.id, actor="tester", reason="test")


STEPS: tuple[Callable[[Session], object], ...] = (
    lambda session: publish(session, an_institution("Trường Cao đẳng Hoàn toàn mới", codes=[("HTM1", ALWAYS)])),
    rename,
    undo_the_last,
    merge,
    undo_the_last,
    merge,
    lambda session: rename(session, "relation", "predecessor_id"),
    lambda session: [publish(session, an_institution(f"Trường {n}")) for n in range(3)],
)


def test_release_after_release_is_followed_to_the_same_content(
    network: Session, tmp_path: Path, followed: list[int]
) -> None:
    directory = tmp_path / "kept"
    build(network, directory, teller=TELLER)
    for step in STEPS:
        step(network)
        same_as_written_anew(network, directory)
    assert followed == [1, 1, 1, 2, 2, 2, 1, 3]


def test_other_words_are_told_of_everybody(network: Session, tmp_path: Path, followed: list[int]) -> None:
    directory = tmp_path / "kept"
    build(network, directory, teller=TELLER)
    shout = Teller("two", TODAY, lambda session, records: [one.upper() for one in words(session, records)])
    same_as_written_anew(network, directory, shout)
    register = KeptRegister(directory / REGISTER)
    found = register.told("CD001", TODAY)
    assert found is not None
    assert found[1].decode().startswith("TRƯỜNG CAO ĐẲNG 0 SỐ 1")
    assert followed == [0]


BEFORE, AFTER = (None, TODAY), (TODAY, None)


@pytest.mark.parametrize(
    "changing",
    [
        {"status": [("active", BEFORE), ("suspended", AFTER)]},
        {"attributes": [("managing_body", "Sở A", BEFORE), ("managing_body", "Sở B", AFTER)]},
    ],
)
def test_words_that_held_until_a_day_are_told_again_with_the_next_release(
    network: Session, tmp_path: Path, changing: dict[str, Any]
) -> None:
    directory = tmp_path / "kept"
    publish(network, an_institution("Trường Hai đời", codes=[("HT1", ALWAYS)], **changing))
    yesterday = TODAY - timedelta(days=1)
    build(network, directory, teller=Teller("one", yesterday, words))
    register = KeptRegister(directory / REGISTER)
    assert register.told("HT1", yesterday) is not None
    assert register.told("HT1", TODAY) is None
    publish(network, an_institution())
    same_as_written_anew(network, directory)
    assert KeptRegister(directory / REGISTER).told("HT1", TODAY) is not None


def whole_table(session: Session) -> None:
    publish(session, an_institution())
    release = releases.current_release(session)
    assert release is not None
    releases.log_change(session, release, subject="campus", action="bulk", after={"rows": 1})


def another_past(session: Session) -> None:
    publish(session, an_institution())
    session.execute(text("UPDATE release SET published_at = published_at - interval '1 second'"))
    session.expire_all()


def too_many(session: Session) -> None:
    publish(session, *(an_institution(f"Trường {n}") for n in range(15)))


@pytest.mark.parametrize("change", [whole_table, another_past, too_many])
def test_what_cannot_be_followed_is_written_anew(
    network: Session,
    tmp_path: Path,
    followed: list[int],
    change: Callable[[Session], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(updating, "ALWAYS_FOLLOWED", 10)
    directory = tmp_path / "kept"
    build(network, directory)
    change(network)
    same_as_written_anew(network, directory)
    assert followed == []


@pytest.mark.parametrize("broken", [b"", b"no database"])
def test_a_file_that_cannot_be_read_is_written_anew(
    network: Session, tmp_path: Path, followed: list[int], broken: bytes
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / REGISTER).write_bytes(broken)
    same_as_written_anew(network, tmp_path / "kept")
    assert followed == []


def test_what_is_left_behind_in_the_word_index_does_not_grow_for_ever(
    network: Session, tmp_path: Path, followed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "ALWAYS_FOLLOWED", 3)
    monkeypatch.setattr(updating, "LARGEST_SHARE", 0)
    build(network, tmp_path)
    for _ in range(5):
        rename(network)
        build(network, tmp_path)
    assert followed == [1, 1, 1, 1][: len(followed)]
    assert 1 <= len(followed) < 5
