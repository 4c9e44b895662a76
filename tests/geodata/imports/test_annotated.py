"""The report inside the file: the same sheets and rows, two columns more, and nothing that a spreadsheet would run."""

import csv
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from geodata.imports import annotated, marked
from geodata.imports.headings import COMMENT, OUTCOME
from geodata.imports.refusals import UnknownRun
from geodata.imports.run import InputFile, rows_of
from geodata.models import ImportRun
from tests.geodata.imports import variants
from tests.geodata.imports.conftest import HEADINGS, Stager, a_csv
from tests.geodata.imports.test_sheets import SHEETS, a_workbook

EVIL = '=HYPERLINK("http://evil.example")'


def opened(data: bytes) -> list[Worksheet]:
    return load_workbook(io.BytesIO(data)).worksheets


@pytest.fixture
def doubtful(staged: Stager) -> ImportRun:
    file, _ = variants.doubtful()["ngay-khong-the-co.xlsx"]
    return staged(file)


def test_rows_stay_where_they_were_with_comments_beside_them(session: Session, doubtful: ImportRun) -> None:
    (page,) = opened(annotated.workbook(session, doubtful))
    original = opened(variants.doubtful()["ngay-khong-the-co.xlsx"][0].data)[0]
    width = original.max_column
    assert [[cell.value for cell in row[:width]] for row in page.iter_rows()] == [
        [cell.value for cell in row] for row in original.iter_rows()
    ]
    assert [cell.value for cell in page[4]][width:] == [OUTCOME, COMMENT]
    said = [cell.value for cell in page[5]][width:]
    assert said[0] == "từ chối"
    assert "Ngày thành lập: “31/02/1998” không phải là một ngày. → Ghi dạng ngày/tháng/năm" in str(said[1])
    assert page.cell(5, 11).fill.fgColor.rgb == "00F8CBAD"
    assert [cell.value for cell in page[9]][width:] == ["bỏ qua", "dòng tổng cộng"]


def test_every_sheet_is_there_and_reads_the_same_again(session: Session, staged: Stager) -> None:
    run = staged(a_workbook(**SHEETS))
    commented = annotated.workbook(session, run)
    assert [page.title for page in opened(commented)] == [name.replace("_", " ") for name in SHEETS]
    again = staged(InputFile("kiem-tra.xlsx", commented))
    assert again.counts["by_sheet"] == run.counts["by_sheet"]
    assert all(table["unknown_columns"] == [] for table in again.counts["tables"])
    (first, *_) = opened(annotated.workbook(session, again))
    assert [cell.value for cell in first[1]].count(COMMENT) == 1


def test_no_cell_becomes_a_formula(session: Session, staged: Stager) -> None:
    run = staged(a_csv((EVIL, "+1", "@x", "-2", "")))
    (page,) = opened(annotated.workbook(session, run))
    assert [cell.data_type for cell in page[2]].count("f") == 0
    assert page.cell(2, 1).value == EVIL
    told = annotated.table(session, run).decode("utf-8-sig")
    (row,) = list(csv.reader(io.StringIO(told)))[1:]
    assert row[:4] == [f"'{EVIL}", "'+1", "'@x", "'-2"]


def test_english_and_one_sheet_as_csv(session: Session, staged: Stager) -> None:
    run = staged(a_workbook(**SHEETS))
    told = annotated.table(session, run, "en", sheet="Chỉ số").decode("utf-8-sig")
    assert "The value “145” is outside 0 to 100" in told
    assert "rejected" in told
    with pytest.raises(UnknownRun):
        annotated.table(session, run, sheet="Không có")


def test_a_file_that_is_not_kept_is_said(session: Session, staged: Stager) -> None:
    run = staged(a_csv(("Trường Cao đẳng Một", "CĐ", "", "Huế", "")))
    run.file_hash = "none"
    assert len(rows_of(session, run)) == 1
    with pytest.raises(UnknownRun):
        annotated.workbook(session, run)


def a_styled_file() -> InputFile:
    """A list as officers have them: a merged title, colours, widths, a frozen header; a formula, a link and a name."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "Danh sách"
    page.append(["DANH SÁCH CƠ SỞ GIÁO DỤC NGHỀ NGHIỆP"])
    page.append(HEADINGS)
    page.append(["Trường Cao đẳng Một", "Trường cao đẳng", "công lập", "Atlantis", "CDT2599"])
    page.append(["Trường Cao đẳng Hai", "Trường cao đẳng", "công lập", "Huế", '=HYPERLINK("http://evil.example")'])
    page.merge_cells("A1:E1")
    page["A1"].font = Font(bold=True, size=16, color="FF0000FF")
    page["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    page["A4"].hyperlink = "http://evil.example"
    page.column_dimensions["A"].width = 44
    page.freeze_panes = "A3"
    book.defined_names["xa"] = DefinedName("xa", attr_text="'http://evil.example/[a.xlsx]Sheet1'!$A$1")
    written = io.BytesIO()
    book.save(written)
    return InputFile("danh-sach.xlsx", written.getvalue())


def test_a_workbook_keeps_its_looks_and_carries_notes(session: Session, staged: Stager) -> None:
    data = annotated.workbook(session, staged(a_styled_file()))
    (page,) = opened(data)
    assert [str(merged) for merged in page.merged_cells.ranges] == ["A1:E1"]
    assert (page["A1"].font.size, page["A1"].font.color.rgb) == (16, "FF0000FF")
    assert page["B3"].fill.fgColor.rgb == "FF00FF00"
    assert (page.column_dimensions["A"].width, page.freeze_panes) == (44, "A3")
    assert [page["F2"].value, page["G2"].value] == [OUTCOME, COMMENT]
    assert page["F3"].value == "từ chối"
    assert page["D3"].fill.fgColor.rgb == "00F8CBAD"
    assert "Atlantis" in page["D3"].comment.text


def test_nothing_that_runs_or_leads_away_stays_in_a_workbook(session: Session, staged: Stager) -> None:
    data = annotated.workbook(session, staged(a_styled_file()))
    (page,) = opened(data)
    assert page["A4"].hyperlink is None
    assert page["E4"].data_type != "f"
    with zipfile.ZipFile(io.BytesIO(data)) as unpacked:
        assert not any(b"evil" in unpacked.read(name) for name in unpacked.namelist())


def test_a_report_on_a_report_writes_over_it(session: Session, staged: Stager) -> None:
    once = annotated.workbook(session, staged(a_styled_file()))
    twice = annotated.workbook(session, staged(InputFile("lan-hai.xlsx", once)))
    one, two = opened(once)[0], opened(twice)[0]
    assert [[cell.value for cell in row] for row in two.iter_rows()] == [
        [cell.value for cell in row] for row in one.iter_rows()
    ]


def test_what_cannot_be_marked_is_written_anew(
    session: Session, doubtful: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked, "_START", "raise MemoryError")
    (page,) = opened(annotated.workbook(session, doubtful))
    assert page["A1"].font.sz == 11
    assert [cell.value for cell in page[4]][-2:] == [OUTCOME, COMMENT]
