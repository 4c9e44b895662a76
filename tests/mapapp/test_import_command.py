"""`mapapp import` as an officer types it: the report, what was published, exit codes 0, 1 and 2."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapapp.cli import main
from tests.databases import UNITS, DatabaseLike

LIST = """DANH SÁCH CƠ SỞ,,,,
Tên cơ sở,Loại hình,Loại hình sở hữu,Tỉnh/Thành phố,Màu sơn
Trường Cao đẳng Thử nghiệm,Trường cao đẳng,,Nam Định,xanh
Trường Trung cấp Thử nghiệm,Lâu đài,công lập,Hà Nội,đỏ
"""


@pytest.fixture
def url(database_like: DatabaseLike) -> str:
    """A database with units for one test: commands commit."""
    return database_like(UNITS)


@pytest.fixture
def register(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database that the commands work on."""
    monkeypatch.setenv("DATABASE_URL", url)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the list, in which the test stands; no database answers."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8-sig")
    (tmp_path / "broken.xlsx").write_bytes(b"<html><table></table></html>")
    return tmp_path


def mapapp(*words: str) -> Result:
    return CliRunner().invoke(main, ["import", *words])


def test_a_list_is_staged_published_repeated_and_undone(folder: Path, register: None) -> None:
    staged = mapapp("list.csv")
    assert staged.exit_code == 0, staged.output
    assert "2 dòng dữ liệu = 1 tạo mới + 0 cập nhật + 0 không đổi + 1 từ chối" in staged.output
    assert "dòng 4, cột “Loại hình”" in staged.output
    assert "“Lâu đài”" in staged.output
    assert "Cột không được nhận biết, không nhập: “Màu sơn”" in staged.output
    published = mapapp("list.csv", "--publish", "--decision", "12/QĐ", "--effective", "01/09/2026")
    assert (published.exit_code, "bản phát hành 1" in published.output) == (0, True), published.output
    again = mapapp("list.csv", "--publish", "--lang", "en", "--decision", "12/QĐ")
    assert "2 rows in = 0 created + 0 updated + 1 unchanged + 1 rejected" in again.output
    assert "no release was made" in again.output
    undone = mapapp("undo", "2")
    assert (undone.exit_code, "bản phát hành 2" in undone.output) == (0, True), undone.output
    assert mapapp("undo", "2").exit_code == 1


def test_a_staged_run_is_published_later_by_its_number(folder: Path, register: None) -> None:
    mapapp("list.csv")
    published = mapapp("publish", "1")
    assert (published.exit_code, "bản phát hành 1" in published.output) == (0, True)


def test_bad_files_end_with_1_and_a_reason(folder: Path, register: None) -> None:
    broken = mapapp("broken.xlsx")
    assert (broken.exit_code, "broken.xlsx: Tệp này thật ra là trang HTML" in broken.output) == (1, True)
    whole = mapapp("list.csv", "--publish", "--all-or-nothing")
    assert (whole.exit_code, "không ghi dòng nào" in whole.output) == (1, True)
    assert mapapp("undo", "99").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [(), ("nowhere.csv",), ("list.csv", "--effective", "soon"), ("undo",), ("undo", "x"), ("list.csv", "--what")],
)
def test_wrong_usage_ends_with_2(folder: Path, words: tuple[str, ...]) -> None:
    assert mapapp(*words).exit_code == 2


def test_the_template_is_written_and_reads_back_as_six_empty_sheets(folder: Path, register: None) -> None:
    assert mapapp("--template", "out.xlsx").exit_code == 0
    read_back = mapapp("out.xlsx")
    assert read_back.exit_code == 1
    for sheet in ("Cơ sở", "Địa điểm", "Ngành nghề", "Giấy phép", "Chỉ số", "Quan hệ"):
        assert f"Trang “{sheet}”: tiêu đề cột ở dòng 1" in read_back.output
    assert "Cột không được nhận biết" not in read_back.output


def test_a_question_is_answered_on_the_terminal_and_remembered(folder: Path, register: None) -> None:
    mapapp("list.csv", "--publish")
    typed = LIST.replace("Cao đẳng Thử nghiệm", "Cao đẳng Thử nghiệmm")
    (folder / "so-2026-10.csv").write_text(typed, encoding="utf-8-sig")
    asked = mapapp("so-2026-10.csv")
    assert "Có 1 câu hỏi chờ người trả lời: mapapp import review 2" in asked.output
    answered = CliRunner().invoke(main, ["import", "review", "2"], input="1\ngõ nhầm\n")
    assert (answered.exit_code, "1. Trường Cao đẳng Thử nghiệm [v" in answered.output) == (0, True), answered.output
    assert "0 tạo mới + 1 cập nhật + 0 không đổi + 1 từ chối" in answered.output
    (folder / "so-2026-11.csv").write_text(typed, encoding="utf-8-sig")
    assert "Theo câu trả lời của" in mapapp("so-2026-11.csv").output
    withdrawn = mapapp("review", "3", "--withdraw")
    assert "Đã bỏ 1 câu trả lời." in withdrawn.output
    assert "0 cập nhật + 0 không đổi + 2 từ chối" in withdrawn.output


def test_the_file_is_written_with_its_comments(folder: Path, register: None) -> None:
    mapapp("list.csv")
    for out in ("out.xlsx", "out.csv"):
        assert mapapp("comments", "1", out).exit_code == 0
    assert "Lâu đài" in (folder / "out.csv").read_text()
    assert (folder / "out.xlsx").read_bytes().startswith(b"PK")
    assert mapapp("comments", "99", "out.csv").exit_code == 1


@pytest.mark.parametrize("words", [("list.csv", "--help"), ("--lang", "en", "-h")])
def test_the_choices_of_a_file_are_told(words: tuple[str, ...]) -> None:
    told = mapapp(*words)
    assert told.exit_code == 0
    assert all(choice in told.output for choice in ("--publish", "--decision", "--effective", "--all-or-nothing"))
