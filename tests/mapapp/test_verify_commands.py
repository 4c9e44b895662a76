"""`mapapp verify` and `mapapp keys` as an operator knows them."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from geodata.engine import make_engine
from mapapp.cli import main
from tests.builders import ALWAYS, an_institution, publish
from tests.databases import MIGRATED, DatabaseLike

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MAPAPP_PUBLIC_URL", "https://bando.example.vn")
    return lambda *words: CliRunner().invoke(main, ["--data", str(tmp_path), *map(str, words)])


@pytest.fixture
def register(database_like: DatabaseLike, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register with one licensed school, for commands, which open their own connections."""
    url = database_like(MIGRATED)
    monkeypatch.setenv("DATABASE_URL", url)
    engine = make_engine(url)
    with Session(engine) as session:
        since = (date(2017, 3, 1), None)
        school = an_institution("=Trường", codes=[("CDD0215", ALWAYS)], licences=[("1/2017", since)])
        publish(session, school, data_status="illustrative")
        session.commit()
    engine.dispose()


def answers(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_file_of_questions_comes_back_with_answers(run: Run, register: None, tmp_path: Path) -> None:
    questions = tmp_path / "q.csv"
    questions.write_text("Mã cơ sở;ngày;ghi chú\nCDD0215;2020-01-01;a\nCDD0215;2016-01-01;b\n;;c\nXX9;;d\n", "utf-16")
    done = run("verify", questions)
    assert (done.exit_code, "4 questions answered from release 1" in done.output) == (0, True), done.output
    found = answers(tmp_path / "q.answers.csv")
    assert [row["answer"] for row in found] == ["authorised", "not_recorded", "malformed", "unknown_code"]
    assert [row["ghi chú"] for row in found] == ["a", "b", "c", "d"]
    assert (found[0]["institution_name"], found[0]["licences"]) == ("'=Trường", "1/2017")
    assert (found[0]["release"], found[0]["data_status"]) == ("1", "illustrative")
    assert found[2]["errors"].startswith("code: ")


def test_signed_answers_pass_the_check_and_altered_ones_do_not(run: Run, register: None, tmp_path: Path) -> None:
    questions = tmp_path / "q.csv"
    questions.write_text("code\nCDD0215\n")
    assert run("verify", questions, "--signed").exit_code == 0
    token = tmp_path / "token"
    token.write_text(answers(tmp_path / "q.answers.csv")[0]["jws"])
    genuine = run("keys", "check", token)
    assert (genuine.exit_code, "Genuine: authorised" in genuine.output) == (0, True), genuine.output
    token.write_text(token.read_text()[:-4] + "AAAA")
    assert run("keys", "check", token).exit_code == 1


@pytest.mark.parametrize("content", ["", "school,day\nx,y\n", "code,code\nx,y\n"])
def test_a_file_without_questions_is_refused(run: Run, register: None, tmp_path: Path, content: str) -> None:
    questions = tmp_path / "q.csv"
    questions.write_text(content)
    done = run("verify", questions)
    assert (done.exit_code, str(questions) in done.output) == (1, True)


def test_a_release_that_does_not_exist_is_refused(run: Run, register: None, tmp_path: Path) -> None:
    questions = tmp_path / "q.csv"
    questions.write_text("code\nCDD0215\n")
    assert run("verify", questions, "--release", 99).exit_code == 1


def test_keys_are_listed_rotated_and_retired(run: Run) -> None:
    assert "No keys yet" in run("keys", "list").output
    first = run("keys", "rotate").output.split()[0]
    second = run("keys", "rotate", "--wait", 900).output.split()[0]
    listed = run("keys", "list").output.splitlines()
    assert [(line.split()[0], line.split()[1]) for line in listed] == [(first, "signing"), (second, "waiting")]
    refused = run("keys", "retire", first)
    assert (refused.exit_code, "mapapp keys rotate" in refused.output) == (1, True)
    assert f"{first}  revoked" in run("keys", "retire", first, "--revoke").output
    assert run("keys", "retire", "nothing").exit_code == 1
    assert run("keys", "retire").exit_code == 2
