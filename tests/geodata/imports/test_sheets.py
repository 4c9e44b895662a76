"""A workbook of all sheets: sites, licences, programmes and relations find their institutions, old or new."""

import io
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.imports.run import InputFile, publish, rows_of, undo
from geodata.models import Campus, Licence, Programme, Relation
from tests.geodata.imports.conftest import Stager, register_hash

Maker = Callable[..., InputFile]
INSTITUTIONS = (
    ["Tên cơ sở", "Loại hình", "Loại hình sở hữu", "Tỉnh/Thành phố", "Mã cơ sở"],
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


MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)


def an_ods(**sheets: tuple[list[object], ...]) -> InputFile:
    """The same as OpenDocument, as LibreOffice stores it: texts and numbers by their type."""
    tables = "".join(
        f'<table:table table:name="{name.replace("_", " ")}">{rows_of_ods(rows)}</table:table>'
        for name, rows in sheets.items()
    )
    names = {"office": "office", "table": "table", "text": "text"}
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in names.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return InputFile("đủ trang.ods", written.getvalue())


def rows_of_ods(rows: tuple[list[object], ...]) -> str:
    return "".join(f"<table:table-row>{''.join(map(cell_of_ods, row))}</table:table-row>" for row in rows)


def cell_of_ods(value: object) -> str:
    if value in ("", None):
        return "<table:table-cell/>"
    kind = f'float" office:value="{value}' if isinstance(value, int | float) else "string"
    return f'<table:table-cell office:value-type="{kind}"><text:p>{escape(str(value))}</text:p></table:table-cell>'


VALUES = (
    ["Mã cơ sở", "Mã chỉ số", "Kỳ báo cáo", "Giá trị", "Tử số", "Mẫu số", "Lý do không có số liệu"],
    ["CDT9901", "teacher_digital_content", 2025, "", 27, 60, ""],
    ["CDT9901", "digital_infrastructure", 2025, "có", "", "", ""],
    ["CDT9901", "programmes_digital_outcomes", 2025, "", "", "", "chưa thống kê"],
    ["CDT9901", "programmes_digital_outcomes", 2024, 145, "", "", ""],
)
SHEETS = {
    "Quan_hệ": RELATIONS,
    "Chỉ_số": VALUES,
    "Ngành_nghề": PROGRAMMES,
    "Giấy_phép": LICENCES,
    "Địa_điểm": CAMPUSES,
    "Cơ_sở": INSTITUTIONS,
}


def everything() -> InputFile:
    return a_workbook(**{name: rows for name, rows in SHEETS.items() if name != "Chỉ_số"})


@pytest.mark.parametrize("make", [a_workbook, an_ods], ids=["xlsx", "ods"])
def test_every_sheet_of_the_contract_is_read_from_every_workbook(session: Session, staged: Stager, make: Maker) -> None:
    run = publish(session, staged(make(**SHEETS)), actor="officer")
    assert {table["sheet"]: table["kind"] for table in run.counts["tables"]} == {
        "Cơ sở": "institutions",
        "Địa điểm": "campuses",
        "Ngành nghề": "programmes",
        "Giấy phép": "licences",
        "Chỉ số": "values",
        "Quan hệ": "relations",
    }
    outcomes = {sheet: (counts["created"], counts["rejected"]) for sheet, counts in run.counts["by_sheet"].items()}
    assert outcomes == {
        "Cơ sở": (2, 0),
        "Địa điểm": (1, 0),
        "Ngành nghề": (1, 1),
        "Giấy phép": (1, 0),
        "Chỉ số": (3, 1),
        "Quan hệ": (1, 0),
    }
    again = staged(make(**SHEETS))
    assert (again.counts["created"], again.counts["updated"], again.counts["unchanged"]) == (0, 0, 9)


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
