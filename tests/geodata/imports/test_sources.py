"""Files as they come, and files that must be refused within seconds with a reason."""

import contextlib
import io
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from geodata.imports import containers
from geodata.imports.headings import INSTITUTIONS, column_of
from geodata.imports.refusals import RefusedFile
from geodata.imports.room import NoRoom, require_room
from geodata.imports.sources import read
from geodata.imports.tables import tables_in
from geodata.legacy_fonts import TCVN3
from geodata.proposals.fields import fields
from tests.geodata.imports import variants
from tests.geodata.imports.conftest import HEADINGS, a_csv, an_xlsx

SCHOOL = ("Trường Cao đẳng Thử nghiệm Đường Thủy", "Trường cao đẳng", "công lập", "Nghệ An", "")
TEXT = "\n".join(";".join(row) for row in (HEADINGS, SCHOOL))


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        b"sep=;\r\n" + TEXT.encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", "|").encode(),
        unicodedata.normalize("NFD", TEXT).encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16 without mark", "sep line", "tabs", "bars", "NFD"],
)
def test_the_same_list_reads_the_same_in_every_encoding(data: bytes) -> None:
    (table,) = tables_in(read("a.csv", data)).tables
    assert [list(row.cells.values()) for row in table.rows] == [[cell for cell in SCHOOL if cell]]


@pytest.mark.parametrize(
    ("column", "before"), [("ownership", "Hình thức sở hữu"), ("managing_body", "Cơ quan chủ quản")]
)
def test_a_column_is_headed_as_the_forms_name_it_and_found_under_its_name_before(column: str, before: str) -> None:
    on_the_form = fields()[f"attribute.{column}"].vi
    assert INSTITUTIONS.heading(column) == on_the_form
    assert [column_of(INSTITUTIONS, heading) for heading in (on_the_form, before)] == [column] * 2


def in_tcvn3(text: str) -> str:
    """The text as a legacy ABC font stores it: Latin letters that only the font shows as Vietnamese."""
    byte_of = {letter: byte for byte, letter in TCVN3.items()}
    return bytes(byte_of.get(letter, ord(letter) if ord(letter) < 128 else 63) for letter in text).decode("latin-1")


def in_vni(text: str) -> str:
    """The same as a VNI font stores it."""
    return variants.in_vni(text).decode("latin-1")


def test_a_workbook_in_a_legacy_font_is_read_and_told() -> None:
    file = an_xlsx(
        [in_tcvn3(heading) for heading in HEADINGS], *([in_tcvn3(cell) for cell in SCHOOL] for _ in range(3))
    )
    raw = read(file.name, file.data)
    (table,) = tables_in(raw).tables
    assert table.rows[0].cells["name"] == SCHOOL[0]
    assert any("TCVN3" in vi and "Converted" in en for vi, en in raw.notes)


def test_rows_pasted_in_a_legacy_font_are_read_and_named() -> None:
    sound = ("Trường Trung cấp Sẵn có", "Trường trung cấp", "tư thục", "Huế", "")
    pasted = [in_tcvn3(cell) for cell in SCHOOL]
    raw = read("a.xlsx", an_xlsx(HEADINGS, *[sound] * 8, pasted, sound, pasted).data)
    (table,) = tables_in(raw).tables
    assert [row.cells["name"] for row in table.rows[7:]] == [sound[0], SCHOOL[0], sound[0], SCHOOL[0]]
    assert table.rows[8].cells["province"] == "Nghệ An"
    assert any("dòng 10, 12: Đã chuyển từ bảng mã TCVN3" in vi and "rows 10, 12: Conv" in en for vi, en in raw.notes)


@pytest.mark.parametrize("shown", [in_tcvn3, in_vni], ids=["TCVN3", "VNI"])
@pytest.mark.parametrize("province", ["Huế", "Bến Tre", "Tiền Giang", "Cà Mau", "Thanh Hóa"])
def test_every_cell_of_a_pasted_row_is_read_again(shown: Callable[[str], str], province: str) -> None:
    """Also those whose letters Vietnamese has too: "BÕn Tre", "Tieàn Giang"."""
    sound = ("Trường Trung cấp Sẵn có", "Trường trung cấp", "tư thục", "Huế", "")
    pasted = (f"Trường Cao đẳng {province}", "Trường cao đẳng", "công lập", province)
    (table,) = tables_in(read("a.xlsx", an_xlsx(HEADINGS, *[sound] * 8, [shown(cell) for cell in pasted]).data)).tables
    assert tuple(table.rows[8].cells.values()) == pasted


def test_a_cell_that_is_vietnamese_only_as_it_stands_is_kept_in_a_pasted_row() -> None:
    sound = ("Trường Trung cấp Sẵn có", "Trường trung cấp", "tư thục", "Huế", "")
    pasted = [in_tcvn3(cell) for cell in SCHOOL[:3]]
    typed = ("Long Thành", "Bến Tre")
    (table,) = tables_in(
        read("a.xlsx", an_xlsx(HEADINGS, *[sound] * 8, *([*pasted, cell] for cell in typed)).data)
    ).tables
    assert tuple(row.cells["province"] for row in table.rows[8:]) == typed


def test_a_row_with_a_foreign_name_or_signs_stays_as_it_is() -> None:
    rows = [
        ("Trung tâm A·B «Âu Lạc»", "CĐ", "công lập", "Huế", ""),
        ("Collège Français d’Hanoï", "Café Müller & Söhne", "5°C ± 1µm", "Ñandú", ""),
        ("Trung tâm A – B · C", "Trung tâm A – B · C", "tư thục", "Hà Tĩnh", ""),
    ]
    raw = read("a.xlsx", an_xlsx(HEADINGS, *rows).data)
    (table,) = tables_in(raw).tables
    assert [tuple(row.cells.values()) for row in table.rows] == [row[:4] for row in rows]
    assert raw.notes == ()


def test_short_cells_of_a_sound_workbook_stay_as_they_are() -> None:
    file = an_xlsx(HEADINGS, ("Trường Cao đẳng Thử nghiệm", "CĐ", "công lập", "Huế", ""))
    (table,) = tables_in(read(file.name, file.data)).tables
    assert table.rows[0].cells["type"] == "CĐ"


def test_titles_totals_signatures_and_repeated_headers_are_left_out_and_told() -> None:
    file = an_xlsx(
        ["SỞ GIÁO DỤC VÀ ĐÀO TẠO", None],
        ["DANH SÁCH CƠ SỞ"],
        [],
        ["TT", *HEADINGS, "Màu sơn"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        ["I", "Các trường cao đẳng"],
        [1, *SCHOOL, "xanh"],
        ["TT", *HEADINGS, "Màu sơn"],
        [2, *("Trường Trung cấp Thử nghiệm", *SCHOOL[1:])],
        [None, "Tổng cộng", None, None, 2],
        [None, "", None, "Vinh, ngày 12 tháng 9 năm 2025"],
        [None, "NGƯỜI LẬP BIỂU", None, "GIÁM ĐỐC"],
        [None, "Nguyễn Văn A"],
    )
    (table,) = tables_in(read(file.name, file.data)).tables
    assert [row.number for row in table.rows] == [7, 9]
    assert table.unknown == ("Màu sơn",)
    assert [(skipped.number, skipped.reason) for skipped in table.skipped] == [
        (5, "numbering"),
        (6, "group"),
        (8, "header"),
        (10, "total"),
        (11, "signature"),
        (12, "signature"),
        (13, "signature"),
    ]


def test_a_merged_province_holds_for_all_its_rows() -> None:
    from openpyxl import load_workbook

    file = an_xlsx(HEADINGS, SCHOOL, ("Trường Trung cấp Thử nghiệm", "Trường trung cấp", "công lập", None, ""))
    book = load_workbook(io.BytesIO(file.data))
    book.worksheets[0].merge_cells("D2:D3")
    written = io.BytesIO()
    book.save(written)
    (table,) = tables_in(read("merged.xlsx", written.getvalue())).tables
    assert [row.cells["province"] for row in table.rows] == ["Nghệ An", "Nghệ An"]


def a_zip(**entries: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return written.getvalue()


def a_lying_zip() -> bytes:
    """A part that states 10 bytes and unfolds to a megabyte."""
    data = bytearray(a_zip(xl__workbook_xml=b"x" * 1_000_000))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature)
        data[start + at : start + at + 4] = struct.pack("<I", 10)
    return bytes(data)


REFUSED = {
    "empty": ("a.csv", b""),
    "blank": ("a.csv", b"\xef\xbb\xbf \r\n\r\n"),
    "NUL": ("a.csv", b"T\xc3\xaan c\xc6\xa1 s\xe1\xbb\x9f,Lo\x00\x00\x00i\n1,2\n"),
    "html": ("a.xlsx", b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>"),
    "html without extension": ("a.csv", b"<!DOCTYPE html><html></html>"),
    "pdf": ("a.xlsx", b"%PDF-1.7 ..."),
    "text called xlsx": ("a.xlsx", b"a,b\n1,2\n"),
    "truncated": ("a.xlsx", an_xlsx(HEADINGS, SCHOOL).data[:-700]),
    "cut in the middle": ("a.xlsx", an_xlsx(HEADINGS, SCHOOL).data[:2_000]),
    "bomb": ("a.xlsx", a_zip(xl__workbook_xml=b"<a/>", xl__sheet_xml=b"0" * 130 * 1024**2)),
    "steep bomb": ("a.xlsx", a_zip(xl__workbook_xml=b"<a/>", xl__sheet_xml=b"0" * 20 * 1024**2)),
    "many parts": ("a.xlsx", a_zip(xl__workbook_xml=b"<a/>", **{f"part{at}": b"" for at in range(1_100)})),
    "lying size": ("a.xlsx", a_lying_zip()),
    "entities": ("a.xlsx", a_zip(xl__workbook_xml=b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')),
    "no workbook": ("a.xlsx", a_zip(word__document_xml=b"<a/>")),
    "broken workbook": ("a.xlsx", a_zip(xl__workbook_xml=b"<workbook><sheets>")),
    "not a table": ("a.csv", "Kính gửi: Sở Giáo dục và Đào tạo\nĐề nghị xem xét.\n".encode()),
    "unclosed quotation": ("a.csv", (TEXT + '\n"' + "Trường;" * 20_000).encode()),
    "one long line": ("a.csv", b"x" * 3_000_000),
}


@pytest.mark.parametrize(("name", "data"), REFUSED.values(), ids=REFUSED.keys())
def test_unreadable_files_are_refused_with_a_reason_in_both_languages(name: str, data: bytes) -> None:
    with pytest.raises(RefusedFile) as refused:
        tables_in(read(name, data))
    assert len(refused.value.vi) > 15
    assert len(refused.value.en) > 15
    assert refused.value.vi != refused.value.en


def test_a_file_over_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_FILE_BYTES", 100)
    file = a_csv(SCHOOL, SCHOOL)
    with pytest.raises(RefusedFile, match="lớn hơn"):
        read(file.name, file.data)


def test_a_sheet_spread_over_millions_of_cells_is_refused() -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.worksheets[0]["A1"] = "Tên cơ sở"
    book.worksheets[0]["XFD1048576"] = "x"
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(RefusedFile):
        read("spread.xlsx", written.getvalue())


@pytest.mark.parametrize(("free", "refused"), [(19, True), (21, False)])
def test_nothing_is_imported_onto_a_disk_that_is_nearly_full(tmp_path: Path, free: int, refused: bool) -> None:
    disk = SimpleNamespace(used=100 - free, free=free)
    with pytest.raises(NoRoom) if refused else contextlib.nullcontext():
        require_room(tmp_path, lambda _: disk)
