"""One list of invented schools as departments send it: sound, and broken in the ways that happen."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook

from geodata.imports.run import InputFile
from geodata.legacy_fonts import TCVN3, VNI_PAIRS, VNI_SINGLE

HEADINGS = (
    *("STT", "Tên cơ sở", "Loại hình", "Loại hình sở hữu", "Tỉnh/Thành phố", "Quận/Huyện", "Xã/Phường"),
    *("Địa chỉ", "Vĩ độ", "Kinh độ", "Ngày thành lập"),
)
TONES = "\u0300\u0301\u0303\u0309\u0323"
_LIST = """
Trường Cao đẳng Minh họa Sông Đáy;Trường cao đẳng;công lập;Nam Định;;;12 Lê Lợi;20,4231;106,1684;15/03/1998
Trường Trung cấp Minh họa Đường Thủy;Trường trung cấp;tư thục;Nghệ An;;;5 Trần Phú;18,6796;105,6813;01/09/2004
Trung tâm GDNN Minh họa Bến Nghé;Trung tâm GDNN;công lập;TP.HCM;Quận 1;Phường Bến Nghé;3 Lê Duẩn;;;
Trường Cao đẳng Minh họa Cửa Việt;Trường cao đẳng;công lập;Quảng Trị;;;9 Hùng Vương;16,8163;107,1003;20/11/2011
"""
SCHOOLS = tuple((at, *line.split(";")) for at, line in enumerate(_LIST.strip().splitlines(), start=1))
Rows = Sequence[Sequence[object]]


def a_csv(rows: Rows = SCHOOLS, *, headings: Sequence[str] = HEADINGS, delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([headings, *rows])
    return out.getvalue()


def a_workbook(rows: Rows = SCHOOLS, *, headings: Sequence[str] = HEADINGS) -> bytes:
    """With title, header, total and signature, as departments send it."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "Danh sách"
    lead = (["SỞ GIÁO DỤC VÀ ĐÀO TẠO"], ["DANH SÁCH CƠ SỞ GIÁO DỤC NGHỀ NGHIỆP (minh họa)"], [])
    for row in (*lead, headings, *rows, ["", "Tổng cộng", len(rows)], ["", "", "", "NGƯỜI LẬP BIỂU"]):
        page.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def in_tcvn3(text: str) -> bytes:
    """The text as an ABC font stores it, one byte a letter."""
    byte_of = {letter: byte for byte, letter in TCVN3.items()}
    return bytes(byte_of.get(letter, ord(letter) if ord(letter) < 128 else 63) for letter in text)


def in_vni(text: str) -> bytes:
    """The text as VNI-Windows stores it, one or two bytes a letter."""
    codes = {unicodedata.normalize("NFC", letter): pair for pair, letter in VNI_PAIRS.items()}
    codes |= {letter: byte for byte, letter in VNI_SINGLE.items()}
    return b"".join(codes.get(letter, letter.encode("latin-1", "replace")) for letter in text)


def with_cells(row: int, **cells: object) -> Rows:
    """The schools with some cells of one of them changed, by position in the headings."""
    names = {"name": 1, "province": 4, "district": 5, "commune": 6, "lat": 8, "lon": 9, "founded": 10}
    changed = [list(school) for school in SCHOOLS]
    for name, value in cells.items():
        changed[row][names[name]] = value
    return changed


def a_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40 * 1024**2)
    return out.getvalue()


def sound() -> dict[str, InputFile]:
    """Files that say the same four schools; nothing of them is rejected."""
    text = a_csv()
    files = {
        "tieu-de-va-chu-ky.xlsx": a_workbook(),
        "utf-8.csv": text.encode(),
        "utf-8-bom.csv": text.encode("utf-8-sig"),
        "utf-16.csv": a_csv(delimiter="\t").encode("utf-16"),
        "windows-1258.csv": windows_1258(a_csv(delimiter=";")),
        "tcvn3.csv": in_tcvn3(a_csv(delimiter=";")),
        "vni.csv": in_vni(a_csv(delimiter=";")),
        "nfd.csv": unicodedata.normalize("NFD", text).encode(),
        "dao-vi-do-kinh-do.xlsx": a_workbook(with_cells(0, lat="106,1684", lon="20,4231")),
        "do-phut-giay.xlsx": a_workbook(with_cells(0, lat="20°25'23,16\"", lon="106°10'6,24\"")),
        "vn-2000.xlsx": a_workbook(with_cells(0, lat="2259220", lon="569850")),
        "ngay-kieu-excel.xlsx": a_workbook(with_cells(0, founded=date(1998, 3, 15))),
    }
    return {name: InputFile(name, data) for name, data in files.items()}


def windows_1258(text: str) -> bytes:
    """Tone marks behind their letters, as Windows-1258 wants them."""
    out = []
    for letter in unicodedata.normalize("NFC", text):
        tones = [mark for mark in unicodedata.normalize("NFD", letter) if mark in TONES]
        bare = [mark for mark in unicodedata.normalize("NFD", letter) if mark not in TONES]
        out += [unicodedata.normalize("NFC", "".join(bare)), *tones]
    return "".join(out).encode("cp1258")


def doubtful() -> dict[str, tuple[InputFile, str]]:
    """Files with a finding, and its code."""
    changed = {
        "xa-cu-da-chia": (2, {"province": "Hà Nội", "district": "Quận Ba Đình", "commune": "Phường Cống Vị"}),
        "ngoai-viet-nam": (0, {"lat": "51,5", "lon": "-0,12"}),
        "sai-tinh": (0, {"lat": "10,7769", "lon": "106,7009"}),
        "ngay-khong-the-co": (0, {"founded": "31/02/1998"}),
        "ten-gan-giong": (0, {"name": "Trường Cao đẳng Minh họa Sông Đáyy"}),
        "tinh-khong-co": (0, {"province": "Sông Hồng"}),
    }
    codes = ("split_commune", "outside_vietnam", "outside_province", "not_a_day", "similar_name", "unknown_province")
    files = {
        f"{name}.xlsx": (a_workbook(with_cells(row, **cells)), code)
        for (name, (row, cells)), code in zip(changed.items(), codes, strict=True)
    }
    files["trung-dong.xlsx"] = (a_workbook([*SCHOOLS, (5, *SCHOOLS[0][1:])]), "duplicate_row")
    return {name: (InputFile(name, data), code) for name, (data, code) in files.items()}


def refused() -> dict[str, tuple[InputFile, str]]:
    """Files that are not opened at all, and a word of the reason."""
    whole = a_workbook()
    files = {
        "bom-nen.xlsx": (a_bomb(), "Tệp nén bất thường"),
        "bi-cat.xlsx": (whole[: len(whole) // 2], "bị hỏng hoặc bị cắt"),
        "html.xlsx": (b"<html><body><table><tr><td>T\xc3\xaan</td></tr></table></body></html>", "HTML/XML"),
        "rong.csv": (b"\xef\xbb\xbf\r\n", "Tệp rỗng"),
        "cong-van.csv": ("Kính gửi: Sở Giáo dục và Đào tạo\nĐề nghị xem xét.\n".encode(), "dòng tiêu đề cột"),
        "ngoac-kep-khong-dong.csv": ((a_csv() + '"' + "Trường," * 20_000).encode(), "ngoặc kép"),
    }
    return {name: (InputFile(name, data), word) for name, (data, word) in files.items()}


def mixed() -> InputFile:
    """What a month brings once the list is in the register: a slip of the keyboard, changes, new schools, a mistake."""
    rows = [list(school) for school in SCHOOLS]
    rows[0][1] = "Trường Cao đẳng Minh họa Sông Đáyy"
    rows[1][3], rows[1][8], rows[1][9] = "công lập", "18,7012", "105,7010"
    rows[3][2] = "Lâu đài"
    new = """
Trường Trung cấp Minh họa Hồ Tây;Trường trung cấp;tư thục;Hà Nội;;;1 Thụy Khuê;105,82;21,05;01/01/2001
Trung tâm GDNN Minh họa Đồng Tháp Mười;Trung tâm GDNN;;Long An;;;;10,7;106,1;
"""
    rows += [[at, *line.split(";")] for at, line in enumerate(new.strip().splitlines(), start=5)]
    return InputFile("danh-sach-thang-11.xlsx", a_workbook(rows))
