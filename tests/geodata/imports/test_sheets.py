"""A workbook of all sheets: sites, licences, programmes and relations find their institutions, old or new."""

import io

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.imports.run import InputFile, publish, rows_of, undo
from geodata.models import Campus, Licence, Programme, Relation
from tests.geodata.imports.conftest import Stager, register_hash

INSTITUTIONS = (
    ["Tên cơ sở", "Loại hình", "Hình thức sở hữu", "Tỉnh/Thành phố", "Mã cơ sở"],
    ["Trường Cao đẳng Thử nghiệm Một", "Trường cao đẳng", "công lập", "Ninh Bình", "CDT9901"],
    ["Trường Cao đẳng Thử nghiệm Hai", "Trường cao đẳng", "tư thục", "Huế", ""],
)
CAMPUSES = (
    ["Mã cơ sở", "Tên địa điểm", "Loại địa điểm", "Tỉnh/Thành phố", "Vĩ độ", "Kinh độ"],
    ["CDT9901", "Cơ sở 2", "địa điểm đào tạo", "Ninh Bình", "20,25", "105,97"],
)
LICENCES = (
    ["Mã cơ sở", "Số giấy phép", "Ngày cấp", "Từ ngày"],
    ["CDT9901", "12/2020/GCNĐKHĐ-TCGDNN", "01/02/2020", "01/03/2020"],
)
PROGRAMMES = (
    ["Tên cơ sở", "Mã ngành, nghề", "Tên ngành, nghề", "Quy mô tuyển sinh", "Số giấy chứng nhận"],
    ["Trường Cao đẳng Thử nghiệm Một", 6510202, "Công nghệ ô tô", 60, "12/2020/GCNĐKHĐ-TCGDNN"],
    ["Trường Cao đẳng Không có thật", "6510202", "Công nghệ ô tô", 60, ""],
)
RELATIONS = (
    ["Loại quan hệ", "Cơ sở trước", "Cơ sở sau", "Từ ngày"],
    ["sáp nhập", "CDT9901", "Trường Cao đẳng Thử nghiệm Hai", "01/01/2026"],
)


def a_workbook(**sheets: tuple[list[object], ...]) -> InputFile:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title.replace("_", " "))
        for row in rows:
            page.append(row)
    written = io.BytesIO()
    book.save(written)
    return InputFile("đủ trang.xlsx", written.getvalue())


def everything() -> InputFile:
    return a_workbook(
        Quan_hệ=RELATIONS, Ngành_nghề=PROGRAMMES, Giấy_phép=LICENCES, Địa_điểm=CAMPUSES, Cơ_sở=INSTITUTIONS
    )


def test_all_sheets_are_published_together(session: Session, staged: Stager) -> None:
    run = publish(session, staged(everything()), actor="officer")
    assert [run.counts[key] for key in ("rows_in", "created", "updated", "unchanged", "rejected")] == [7, 6, 0, 0, 1]
    campus = session.scalars(select(Campus).where(Campus.kind == "site")).one()
    assert (campus.name, campus.location_precision, campus.campus_id[-2:]) == ("Cơ sở 2", "address", "-2")
    licence = session.scalars(select(Licence)).one()
    programme = session.scalars(select(Programme)).one()
    assert (programme.training_level, programme.quota, programme.licence_id) == ("college", 60, licence.licence_id)
    relation = session.scalars(select(Relation)).one()
    assert relation.predecessor_id == licence.institution_id
    assert relation.valid_from is not None
    assert relation.valid_from.isoformat() == "2026-01-01"


def test_rows_of_unknown_institutions_are_rejected_by_name(session: Session, staged: Stager) -> None:
    rejected = [row for row in rows_of(session, staged(everything())) if row.outcome == "rejected"]
    assert [(row.sheet, row.row_number, row.findings[0]["code"]) for row in rejected] == [
        ("Ngành nghề", 3, "unknown_institution")
    ]


def test_same_sheets_again_change_nothing_and_undo_restores(session: Session, staged: Stager) -> None:
    before = register_hash(session)
    run = publish(session, staged(everything()), actor="officer")
    again = publish(session, staged(everything()), actor="officer")
    assert (again.counts["unchanged"], again.counts["rejected"], again.release_id) == (6, 1, None)
    undo(session, run, actor="officer")
    assert register_hash(session) == before


def test_two_rows_that_contradict_each_other_are_told(session: Session, staged: Stager) -> None:
    licences = (*LICENCES, ["CDT9901", "12/2020/GCNĐKHĐ-TCGDNN", "05/05/2021", ""])
    rows = rows_of(session, staged(a_workbook(Cơ_sở=INSTITUTIONS, Giấy_phép=licences)))
    assert [row.findings[0]["code"] for row in rows if row.outcome == "rejected"] == ["contradicts_row"]
