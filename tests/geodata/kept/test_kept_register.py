"""The release on the disk gives the answers that the database gives, and finds whom it finds."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter
from geodata.institutions import search
from geodata.kept.building import build
from geodata.kept.listing import LISTS_KEPT, list_file
from geodata.kept.offline_list import DamagedList, apply, difference, lines_of, load, records_digest, records_of
from geodata.kept.register import KeptRegister, Wanted, open_register
from geodata.models import Identifier, InstitutionName, Licence, Programme
from geodata.verification import Action, Question, decide_many
from tests.builders import an_institution, publish

DAYS = (date(2016, 5, 1), date(2021, 1, 1), date(2025, 7, 1), date(2026, 11, 22))
TODAY = DAYS[-1]


@pytest.fixture
def kept(network: Session, tmp_path: Path) -> KeptRegister:
    build(network, tmp_path)
    found = open_register(tmp_path)
    assert found is not None
    return found


def questions(session: Session) -> list[tuple[Question, date]]:
    """Of every kind, about codes, licences, ids and names that the register knows, and some that nobody knows."""
    texts = [
        *session.scalars(select(Identifier.value).distinct().order_by(Identifier.value).limit(60)),
        *session.scalars(select(Licence.number).distinct().order_by(Licence.number).limit(40)),
        *session.scalars(select(InstitutionName.institution_id).distinct().limit(20)),
        "XYZ99",
    ]
    names = [*session.scalars(select(InstitutionName.text).order_by(InstitutionName.row_id).limit(80)), "Không có"]
    taught = session.scalars(select(Programme.occupation_code).limit(5)).all()
    asked = [Question(code=text) for text in [*texts, *(text.lower() for text in texts)]]
    asked += [Question(name=name) for name in names]
    asked += [
        replace(one, action=action, occupation=code)
        for one in asked[:40]
        for action in (Action.TRAIN, Action.AWARD, Action.ENROL)
        for code in taught
    ]
    return [(one, day) for one in asked for day in DAYS]


def test_decisions_are_those_of_the_database(network: Session, kept: KeptRegister) -> None:
    asked = questions(network)
    assert len(asked) > 3_000
    told = kept.decide_many(asked, max_age_days=400)
    assert told == decide_many(network, asked)
    assert len({one.answer for one in told}) >= 5


def test_a_list_read_back_decides_the_same(network: Session, tmp_path: Path) -> None:
    head = build(network, tmp_path / "kept")
    assert head is not None
    load(lines_of(list_file(tmp_path / "kept", head["release"])), head, tmp_path / "list.db")
    asked = questions(network)[::5]
    found = KeptRegister(tmp_path / "list.db").decide_many(asked, max_age_days=400)
    assert found == decide_many(network, asked)


def test_a_list_that_was_altered_is_refused(network: Session, tmp_path: Path) -> None:
    head = build(network, tmp_path)
    assert head is not None
    lines = list(lines_of(list_file(tmp_path, head["release"])))
    for broken in (lines[:-1], [*lines[:-1], lines[-1].replace("college", "kollege") + " "], ["nonsense"], []):
        (tmp_path / "x.db").unlink(missing_ok=True)
        with pytest.raises(DamagedList):
            load(iter(broken), head, tmp_path / "x.db")


def test_a_difference_makes_the_new_list_of_the_old_one(network: Session, tmp_path: Path) -> None:
    first = build(network, tmp_path)
    new = an_institution("Trường Cao đẳng Hoàn toàn mới")
    publish(network, new)
    second = build(network, tmp_path)
    assert first is not None
    assert second is not None
    before, after = (list_file(tmp_path, one["release"]) for one in (first, second))
    change = list(difference(before, after))
    assert [line.startswith("{") for line in change] == [True, False]
    assert new.id in change[1]
    assert list(apply(lines_of(before), change)) == list(records_of(after))
    back = list(difference(after, before))
    assert list(apply(lines_of(after), back)) == list(records_of(before))
    assert back[-1] == f'{{"-":["{new.id}"]}}'
    assert records_digest(apply(lines_of(before), change)) == records_digest(records_of(after))


def test_only_some_lists_are_kept(network: Session, tmp_path: Path) -> None:
    for _ in range(LISTS_KEPT + 2):
        publish(network, an_institution())
        build(network, tmp_path)
    assert len(list(tmp_path.glob("list-*.gz"))) == LISTS_KEPT == len(list(tmp_path.glob("list-*.json")))
    assert list(tmp_path.glob("*.new")) == []


@pytest.mark.parametrize("q", ["cao dang", "Trường Trung cấp", "đà nẵng", "zzzz", 'AND OR "', "%", ""])
def test_words_find_institutions(network: Session, kept: KeptRegister, q: str) -> None:
    found = kept.find(Wanted(on=TODAY, q=q), limit=1_000)
    assert found.number_matched == len(found.features)
    assert (found.number_matched == 0) == (q in ("zzzz", 'AND OR "'))


def test_the_list_without_words_is_that_of_the_database(network: Session, kept: KeptRegister) -> None:
    told = search(network, InstitutionFilter(on=TODAY), limit=1_000)
    found = kept.find(Wanted(on=TODAY), limit=1_000)
    assert found.number_matched == told.number_matched
    assert sorted(found.features) == sorted(item.feature for item in told.items)


def test_filters_narrow_the_list_as_in_the_database(network: Session, kept: KeptRegister) -> None:
    code = network.scalars(select(Programme.occupation_code).limit(1)).one()
    for wanted, same in (
        (Wanted(on=TODAY, type=("college",)), InstitutionFilter(on=TODAY, types=("college",))),
        (Wanted(on=TODAY, ownership=("private",)), InstitutionFilter(on=TODAY, ownerships=("private",))),
        (Wanted(on=TODAY, occupation=(code,)), InstitutionFilter(on=TODAY, occupations=(code,))),
        (Wanted(on=TODAY, training_level=("college",)), InstitutionFilter(on=TODAY, training_levels=("college",))),
        (Wanted(on=TODAY, status=("closed",)), InstitutionFilter(on=TODAY, statuses=("closed",))),
    ):
        assert kept.find(wanted, limit=0).number_matched == search(network, same, limit=1).number_matched


def test_an_institution_is_found_by_what_it_bears(network: Session, kept: KeptRegister) -> None:
    value, owner = network.execute(
        select(Identifier.value, Identifier.institution_id).where(Identifier.release_to.is_(None)).limit(1)
    ).one()
    found = kept.institutions(value.lower(), TODAY)
    assert owner in [record.id for _, record in found]
    assert kept.institutions("khong-co", TODAY) == ()


def test_another_file_in_its_place_is_noticed(network: Session, kept: KeptRegister) -> None:
    assert open_register(kept.path.parent, kept) is kept
    publish(network, an_institution())
    build(network, kept.path.parent)
    found = open_register(kept.path.parent, kept)
    assert found is not None
    assert found.edition.release == kept.edition.release + 1


@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\x00" + b"x" * 5_000])
def test_without_a_file_that_can_be_read_there_is_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "register.db").write_bytes(content)
    assert open_register(tmp_path) is None
