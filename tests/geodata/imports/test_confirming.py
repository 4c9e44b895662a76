"""A list that says a whole record as the register has it confirms it; one that says less, or was doubted, does not."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.imports.refusals import RegisterMovedOn
from geodata.imports.run import find, publish, rows_of, stage
from geodata.models import Campus, ImportRun, RecordConfirmation
from geodata.people.acting import act_under
from geodata.roles import Role as DatabaseRole
from geodata.vocabulary import CampusKind
from tests.geodata.imports.conftest import TODAY, Stager, a_csv
from tests.geodata.people.guarded import LIST, Guarded, guarded

__all__ = ["guarded"]  # a fixture that lives beside what it makes

HEADINGS = ("Tên cơ sở", "Loại hình", "Loại hình sở hữu", "Tỉnh/Thành phố", "Địa chỉ", "Mã cơ sở")
SCHOOL = ("Trường Cao đẳng Thử nghiệm", "Trường cao đẳng", "công lập", "Nam Định", "12 Trần Phú", "CDT2599")
YESTERDAY = TODAY - timedelta(days=1)


def confirmed(session: Session) -> list[tuple[str, int | None]]:
    return [(one.source, one.by_id) for one in session.scalars(select(RecordConfirmation))]


def test_a_row_that_says_everything_unchanged_confirms_the_record(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL, headings=HEADINGS)), actor="officer")
    assert confirmed(session) == [], "what is new needs no confirmation"
    again = publish(session, staged(a_csv(SCHOOL, headings=HEADINGS, name="nam-sau.csv")), actor="officer")
    assert (again.counts["unchanged"], again.counts["changes"]) == (1, 0)
    assert confirmed(session) == [("nam-sau.csv", None)]
    staged(a_csv(SCHOOL, headings=HEADINGS))
    assert len(confirmed(session)) == 1, "what is only looked at confirms nothing"


def told(session: Session, run: ImportRun) -> list[tuple[str, list[str]]]:
    return [(row.outcome, [one["code"] for one in row.findings]) for row in rows_of(session, run)]


@pytest.mark.parametrize("gap", [1, 2, 3, 4])
def test_a_row_that_says_less_confirms_nothing(session: Session, staged: Stager, gap: int) -> None:
    publish(session, staged(a_csv(SCHOOL, headings=HEADINGS)), actor="officer")
    less = tuple("" if place == gap else cell for place, cell in enumerate(SCHOOL))
    run = publish(session, staged(a_csv(less, headings=HEADINGS)), actor="officer")
    assert run.counts["created"] == 0
    assert confirmed(session) == []


def test_a_row_that_was_doubted_confirms_nothing(session: Session, staged: Stager) -> None:
    headings, school = (*HEADINGS, "Phường/Xã"), (*SCHOOL, "")
    publish(session, staged(a_csv(school, headings=headings)), actor="officer")
    run = publish(session, staged(a_csv((*SCHOOL, "Xã không có"), headings=headings)), actor="officer")
    assert run.counts["unchanged"] == 1
    assert confirmed(session) == []


def test_a_row_with_another_spelling_confirms_nothing(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL, headings=HEADINGS)), actor="officer")
    run = publish(session, staged(a_csv((SCHOOL[0].upper(), *SCHOOL[1:]), headings=HEADINGS)), actor="officer")
    assert told(session, run) == [("unchanged", ["spelled_differently"])]
    assert confirmed(session) == []


def test_a_row_with_a_former_code_confirms_nothing(session: Session, staged: Stager) -> None:
    first = publish(session, staged(a_csv(SCHOOL, headings=HEADINGS)), actor="officer")
    known = (*SCHOOL[:5], "CDT2600", str(rows_of(session, first)[0].institution_id))
    renumbered = a_csv(known, headings=(*HEADINGS, "Mã sổ đăng ký"))
    publish(session, staged(renumbered, decision="12/QĐ", effective=YESTERDAY), actor="officer")
    run = publish(session, staged(a_csv(SCHOOL, headings=HEADINGS)), actor="officer")
    assert told(session, run) == [("unchanged", ["former_identifier"])]
    assert confirmed(session) == []


def test_a_list_looked_at_before_the_register_changed_confirms_nothing(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL, headings=HEADINGS)), actor="officer")
    stale = staged(a_csv(SCHOOL, headings=HEADINGS, name="cu.csv"))
    assert stale.counts["changes"] == 0
    corrected = tuple("tư thục" if cell == "công lập" else cell for cell in SCHOOL)
    publish(session, staged(a_csv(corrected, headings=HEADINGS)), actor="officer")
    with pytest.raises(RegisterMovedOn, match="dòng 2"):
        publish(session, stale, actor="officer")
    assert confirmed(session) == []


def test_a_change_elsewhere_leaves_a_list_its_confirmation(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL, headings=HEADINGS)), actor="officer")
    stale = staged(a_csv(SCHOOL, headings=HEADINGS, name="cu.csv"))
    other = ("Trường Trung cấp Thử nghiệm", "Trường trung cấp", "công lập", "Hà Nội", "1 Tràng Tiền", "TCT2599")
    publish(session, staged(a_csv(other, headings=HEADINGS)), actor="officer")
    publish(session, stale, actor="officer")
    assert confirmed(session) == [("cu.csv", None)]


def test_whoever_publishes_confirms_in_their_own_name(guarded: Guarded) -> None:
    listed = "\n".join(LIST.splitlines()[:2]).replace("Phía Bắc", "Xác Nhận").replace("Vĩ độ", "Địa chỉ,Vĩ độ")
    listed = listed.replace('Hà Nội,"21', 'Hà Nội,"1 Tràng Tiền","21')
    more = listed.splitlines()[1].replace("Xác Nhận", "Thêm Vào")
    for name, told in (("lan-dau.csv", listed), ("lan-sau.csv", f"{listed}\n{more}\n")):
        number = guarded.stage("steward", told, name)
        with guarded.publishing("approver") as session:
            publish(session, find(session, number), actor="approver", approved=True)
            session.commit()
    with guarded.owner() as session:
        kept = session.scalars(select(RecordConfirmation).where(RecordConfirmation.source == "lan-sau.csv")).one()
        assert kept.by_id == guarded.number("approver")
    with guarded.web() as session:
        act_under(session, guarded.token("nobody"))
        assert session.scalar(text("SELECT count(*) FROM record_confirmation")) == 0


LISTED = (("Ở Đây", "Hà Nội", "1 Phố A"), ("Nơi Khác", "Đà Nẵng", "2 Phố B"), ("Hai Nơi", "Hà Nội", "3 Phố C"))


def test_schools_that_others_answer_for_are_listed_and_not_confirmed(guarded: Guarded) -> None:
    """One of another province, and one with a second campus there. Nothing of this is committed."""
    rows = [(f"Trường Cao đẳng {name}", *SCHOOL[1:3], place, at, f"LAP{at[0]}") for name, place, at in LISTED]
    with guarded.owner() as session:
        first = publish(session, a_run(session, "ca-nuoc.csv", rows), actor="operator", approved=True)
        here, elsewhere, both = (str(row.institution_id) for row in rows_of(session, first))
        there = session.scalars(select(Campus).where(Campus.institution_id == elsewhere)).one()
        same = {name: getattr(there, name) for name in Campus.__table__.columns.keys() if name != "row_id"}  # noqa: SIM118
        session.add(Campus(**{**same, "institution_id": both, "campus_id": "hai", "kind": CampusKind.BRANCH.value}))
        session.flush()
        for login, expected in (("both", {here}), ("national", {here, elsewhere, both})):
            session.execute(text(f"SET LOCAL ROLE {DatabaseRole.WEB}"))
            act_under(session, guarded.token(login))
            run = publish(session, a_run(session, f"{login}.csv", rows), actor=login, approved=True)
            session.execute(text("RESET ROLE"))
            assert [row.outcome for row in rows_of(session, run)] == ["unchanged"] * 3
            found = select(RecordConfirmation.institution_id).where(RecordConfirmation.source == f"{login}.csv")
            assert set(session.scalars(found)) == expected


def a_run(session: Session, name: str, rows: Sequence[Sequence[str]]) -> ImportRun:
    return stage(session, a_csv(*rows, headings=HEADINGS, name=name), actor="tests", approval=True)
