"""Which institution a row is about: one school spelled three ways is one, two namesakes are two, doubt is asked."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.demo.publication import load
from geodata.imports.matching import mistyped
from geodata.imports.run import publish, rows_of, undo
from geodata.models import ImportRow
from tests.geodata.imports.conftest import HEADINGS, Stager, a_csv

NAME = "Trường Cao đẳng Kỹ thuật Thử Nghiệm TP.HCM"
SCHOOL = (NAME, "Trường cao đẳng", "công lập", "TP.HCM", "CDD0299")


@pytest.fixture
def known(session: Session, staged: Stager) -> ImportRow:
    """The row that brought the one school of the register."""
    run = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    return rows_of(session, run)[0]


def outcomes(
    session: Session, staged: Stager, *rows: tuple[str, ...], headings=HEADINGS
) -> list[tuple[str, list[str]]]:
    """(outcome, codes of the errors and notes about matching) of each row."""
    run = staged(a_csv(*rows, headings=headings))
    return [(row.outcome, [found["code"] for found in row.findings]) for row in rows_of(session, run)]


@pytest.mark.parametrize(
    "name",
    [
        "Trường CĐ Kỹ thuật Thử Nghiệm Thành phố Hồ Chí Minh",
        "CAO ĐẲNG KĨ THUẬT THỬ NGHIỆM TP. HCM",
        "truong cao dang ky thuat thu nghiem tphcm",
    ],
)
@pytest.mark.parametrize("code", ["", "CDD0299"])
def test_another_spelling_is_the_same_school(
    session: Session, staged: Stager, known: ImportRow, name: str, code: str
) -> None:
    run = staged(a_csv((name, "CĐ", "công lập", "Thành phố Hồ Chí Minh", code)))
    (row,) = rows_of(session, run)
    assert (row.outcome, row.institution_id) == ("unchanged", known.institution_id)


def test_a_former_code_and_a_former_name_still_find_the_school(
    session: Session, staged: Stager, known: ImportRow
) -> None:
    renamed = ("Trường Cao đẳng Hoàn toàn Mới", "Trường cao đẳng", "công lập", "TP.HCM", "CDD0300")
    headings = ("Mã sổ đăng ký", *HEADINGS)
    file = a_csv((known.institution_id or "", *renamed), headings=headings)
    run = publish(session, staged(file, effective=date(2026, 9, 1)), actor="officer")
    assert run.counts["updated"] == 1
    former = ((NAME, "", "", "TP.HCM", ""), ("Trường Cao đẳng Hoàn toàn Mới", "", "", "TP.HCM", "CDD0299"))
    for row in former:
        (found,) = rows_of(session, staged(a_csv(row)))
        assert (found.institution_id, found.outcome in ("updated", "unchanged")) == (known.institution_id, True)


def test_two_namesakes_in_two_provinces_are_two(session: Session, staged: Stager, known: ImportRow) -> None:
    assert outcomes(session, staged, (NAME, "CĐ", "công lập", "Hà Nội", "")) == [("created", [])]


def test_a_namesake_where_the_school_was_recorded_before_is_a_question(
    session: Session, staged: Stager, known: ImportRow
) -> None:
    rows = ((NAME, "CĐ", "công lập", "Hà Nội", "CDD0299"), (NAME, "CĐ", "công lập", "TP.HCM", "CDD0298"))
    first = outcomes(session, staged, *rows)
    publish(session, staged(a_csv(*rows)), actor="officer")
    again = outcomes(session, staged, *rows)
    assert [outcome for outcome, _ in first] == ["updated", "rejected"]
    assert [outcome for outcome, _ in again] == ["unchanged", "rejected"]
    assert outcomes(session, staged, rows[1]) == [("rejected", ["moved_namesake"])]


def test_a_place_that_was_undone_raises_no_question(session: Session, staged: Stager, known: ImportRow) -> None:
    moved = publish(session, staged(a_csv((NAME, "CĐ", "công lập", "Hà Nội", "CDD0299"))), actor="officer")
    undo(session, moved, actor="officer")
    assert outcomes(session, staged, (NAME, "CĐ", "công lập", "Hà Nội", "")) == [("created", [])]


def test_a_namesake_without_a_place_is_asked_when_two_fit(session: Session, staged: Stager, known: ImportRow) -> None:
    publish(session, staged(a_csv((NAME, "CĐ", "công lập", "Hà Nội", ""))), actor="officer")
    (outcome,) = outcomes(session, staged, (NAME, "CĐ", "công lập", "", ""))
    assert outcome[0] == "rejected"
    assert "several_candidates" in outcome[1]


def test_a_typing_error_is_a_question_and_new_or_id_answers_it(
    session: Session, staged: Stager, known: ImportRow
) -> None:
    typed = (NAME.replace("Nghiệm", "Nghiệmm"), *SCHOOL[1:4], "")
    assert outcomes(session, staged, typed) == [("rejected", ["similar_name"])]
    headings = ("Mã sổ đăng ký", *HEADINGS)
    assert outcomes(session, staged, ("mới", *typed), headings=headings)[0][0] == "created"
    run = staged(a_csv((known.institution_id or "", *typed), headings=headings))
    assert rows_of(session, run)[0].institution_id == known.institution_id


def test_codes_are_never_matched_by_likeness(session: Session, staged: Stager, known: ImportRow) -> None:
    other = ("Trường Cao đẳng Khác hẳn hoàn toàn", "CĐ", "công lập", "TP.HCM", "CDD0298")
    assert outcomes(session, staged, other)[0][0] == "created"
    assert outcomes(session, staged, (*SCHOOL[:4], "CDD0298")) == [("rejected", ["code_differs"])]


def test_a_code_under_another_name_in_another_province_is_a_question(
    session: Session, staged: Stager, known: ImportRow
) -> None:
    other = ("Trung tâm GDNN Vùng Cao", "Trung tâm GDNN", "công lập", "Hà Giang", "CDD0299")
    assert outcomes(session, staged, other) == [("rejected", ["code_of_another"])]


def test_a_code_shared_in_the_file_is_warned_about_and_stays_stable(session: Session, staged: Stager) -> None:
    rows = (SCHOOL, ("Trường Cao đẳng Dùng Chung Mã", "CĐ", "công lập", "Hà Nội", "CDD0299"))
    assert outcomes(session, staged, *rows) == [("created", ["shared_identifier"])] * 2
    publish(session, staged(a_csv(*rows)), actor="officer")
    assert [outcome for outcome, _ in outcomes(session, staged, *rows)] == ["unchanged", "unchanged"]


def test_a_row_that_shares_a_code_is_held_against_the_other_new_ones(session: Session, staged: Stager) -> None:
    holder = ("Trường Trung cấp Cầm Mã", "Trường trung cấp", "công lập", "Ninh Bình", "CDT2598")
    rows = (
        ("Trường Cao đẳng Hai Dòng", "CĐ", "công lập", "Ninh Bình", "mã số!"),
        holder,
        ("Trường Cao đẳng Hai Dòng", "CĐ", "công lập", "Ninh Bình", "CDT2598"),
    )
    first = [outcome for outcome, _ in outcomes(session, staged, *rows)]
    publish(session, staged(a_csv(*rows)), actor="officer")
    again = [outcome for outcome, _ in outcomes(session, staged, *rows)]
    assert (first, again) == (["rejected", "created", "rejected"], ["rejected", "unchanged", "rejected"])


def test_a_repeated_row_is_rejected_and_names_the_first(session: Session, staged: Stager) -> None:
    run = staged(a_csv(SCHOOL, SCHOOL))
    first, second = rows_of(session, run)
    assert (first.outcome, second.outcome) == ("created", "rejected")
    assert second.findings[0]["details"]["row"] == "2"


def test_illustrative_schools_are_never_matched(session: Session, staged: Stager) -> None:
    load(session, institutions=40)

    name, province = session.execute(
        text("SELECT name, province_code FROM institution_state WHERE is_main AND province_code IS NOT NULL LIMIT 1")
    ).one()
    code = session.scalar(text("SELECT value FROM identifier WHERE scheme = 'code' LIMIT 1"))
    run = staged(
        a_csv((name, "CĐ", "công lập", province, ""), ("Trường Cao đẳng Có Mã Lạ", "CĐ", "", "Huế", code or "X-1"))
    )
    assert [row.outcome for row in rows_of(session, run)] == ["created", "created"]


@pytest.mark.parametrize(
    ("one", "other", "typed"),
    [
        ("Trường Cao đẳng Dung Quất", "Trường Cao đẳng Dung Quâtt", True),
        ("Trường Cao đẳng Việt Mỹ", "Trường Cao đẳng Việt Úc", False),
        ("Cao đẳng Giao thông Vận tải II", "Cao đẳng Giao thông Vận tải III", False),
        ("Cao đẳng Bách khoa Nam Sài Gòn", "Cao đẳng Bách khoa Sài Gòn", False),
    ],
)
def test_only_slips_of_the_keyboard_count_as_mistyped(one: str, other: str, typed: bool) -> None:
    assert mistyped(one, other) is typed
