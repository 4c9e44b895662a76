"""`/verify` as a person uses it, and the examples on it run as they stand there."""

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from mapapp import create_app
from mapapp.settings import Settings
from tests.builders import ALWAYS, AnInstitution, an_institution, publish
from tests.serving import answering

ROOT = Path(__file__).parents[2]
SINCE_2017 = (date(2017, 3, 1), None)


def a_school(name: str = "Trường Cao đẳng Minh họa", code: str = "CDD0215", **wanted: Any) -> AnInstitution:
    given: dict[str, Any] = {
        "codes": [(code, ALWAYS)],
        "licences": [("197/2017/GCNĐKHĐ-TCDN", SINCE_2017)],
        "programmes": [("6480201", "college", SINCE_2017)],
    }
    return an_institution(name, **{**given, **wanted})


def shown(client: FlaskClient, path: str = "/verify", **asked: str) -> str:
    found = client.get(path, query_string=asked or None)
    assert found.status_code == 200, found.text
    return html.unescape(found.text)


def answer_in(page: str) -> str:
    found = re.search(r'data-answer="(\w+)"', page)
    return found[1] if found else ""


def test_the_form_asks_in_both_languages(client: FlaskClient, register: Session) -> None:
    publish(register, a_school())
    assert "Xác minh cơ sở giáo dục nghề nghiệp" in shown(client)
    english = shown(client, "/en/verify")
    assert "Verify a vocational-education institution" in english
    assert 'value="2026-11-22"' in english


def test_an_authorised_school_in_plain_words(client: FlaskClient, register: Session) -> None:
    publish(register, a_school(), data_status="illustrative")
    page = shown(client, code="CDD0215", action="train", occupation="6480201", on="2019-06-30")
    assert answer_in(page) == "authorised"
    assert "Vào ngày 30/06/2019, Trường Cao đẳng Minh họa có được phép đào tạo ngành, nghề" in page
    for told in ("Được phép", "197/2017/GCNĐKHĐ-TCDN", "từ 01/03/2017", "Dữ liệu minh họa", "12:05:00 ngày 22/11/2026"):
        assert told in page
    english = shown(client, "/en/verify", code="CDD0215", on="2019-06-30")
    assert "On 30 June 2019, was Trường Cao đẳng Minh họa authorised to operate" in english


def test_the_sheet_leads_back_to_the_same_answer(client: FlaskClient, register: Session) -> None:
    publish(register, a_school())
    page = shown(client, code="CDD0215", on="2019-06-30")
    assert 'src="data:image/svg+xml;base64,' in page
    (address,) = re.findall(r'href="http://localhost(/verify\?[^"]*release=1[^"]*)"', page)
    publish(register, a_school("Trường Cao đẳng Khác"))
    assert answer_in(shown(client, code="CDD0215", on="2019-06-30")) == "ambiguous"
    assert answer_in(shown(client, address)) == "authorised"


def test_several_schools_are_offered_and_never_chosen(client: FlaskClient, register: Session) -> None:
    first, second = a_school("Trường Một"), a_school("Trường Hai", status=[("closed", (date(2018, 1, 1), None))])
    publish(register, first, second)
    page = shown(client, code="CDD0215")
    assert answer_in(page) == "ambiguous"
    choices = dict(re.findall(r'href="(/verify\?[^"]*)"><bdi>([^<]*)</bdi>', page))
    assert sorted(choices.values()) == ["Trường Hai", "Trường Một"]
    answers = {name: answer_in(shown(client, address)) for address, name in choices.items()}
    assert answers == {"Trường Hai": "closed", "Trường Một": "authorised"}


def test_a_merged_school_names_its_successor_and_the_keeper_of_records(client: FlaskClient, register: Session) -> None:
    gone = a_school("Trường Cũ", status=[("active", (None, date(2020, 1, 1))), ("merged", (date(2020, 1, 1), None))])
    heir = a_school("Trường Mới", "CDD0216")
    publish(register, gone, heir, relations=[("merge", gone, heir, date(2020, 1, 1))])
    page = shown(client, code="CDD0215")
    assert answer_in(page) == "merged_into"
    after = page.split("Nơi giữ hồ sơ")[1]
    assert "Trường Mới" in after
    assert "được sáp nhập từ 01/01/2020" in page


def test_a_name_that_is_not_known_offers_similar_ones(client: FlaskClient, register: Session) -> None:
    publish(register, a_school("Trường Cao đẳng Dung Quất"))
    page = shown(client, name="dung quat")
    assert answer_in(page) == "unknown_code"
    assert "Trường Cao đẳng Dung Quất" in page
    assert answer_in(shown(client, name="truong cao dang dung quat")) == "authorised"


def test_an_occupation_may_be_named(client: FlaskClient, register: Session) -> None:
    publish(register, a_school(programmes=[("6520201", "college", SINCE_2017)]))
    page = shown(client, code="CDD0215", action="train", occupation="hàn", on="2020-01-01")
    links = re.findall(r'href="(/verify\?[^"]*occupation=\d{7}[^"]*)"', page)
    assert "Bạn muốn nói ngành, nghề nào?" in page
    assert {answer_in(shown(client, link)) for link in links} <= {"authorised", "not_recorded"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"action": "train", "code": "CDD0215"}, "Nghề đào tạo"),
        ({"on": "2020-02-30", "code": "CDD0215"}, "Ngày"),
        ({"on": "2020-02-01"}, "Mã cơ sở"),
        ({"code": "x" * 500}, "Mã cơ sở"),
        ({"code": "CDD0215", "occupation": "không có nghề này"}, "Nghề đào tạo"),
    ],
)
def test_a_question_that_is_not_right_says_what_to_correct(
    client: FlaskClient, register: Session, asked: dict[str, str], field: str
) -> None:
    publish(register, a_school())
    page = shown(client, **asked)
    assert "Câu hỏi chưa đúng" in page
    assert re.search(rf"<strong><bdi>{field}</bdi></strong>", page)
    assert answer_in(page) == ""


@pytest.mark.parametrize("query", ["x=1", "code=A&release=x", "code=A&release=9", "code=A&release=0"])
def test_an_address_that_is_none_is_a_400(client: FlaskClient, register: Session, query: str) -> None:
    publish(register, a_school())
    assert client.get(f"/verify?{query}").status_code == 400


def test_hostile_texts_are_texts(client: FlaskClient, register: Session) -> None:
    publish(register, a_school("<script>alert(1)</script>{{ 7*7 }}"))
    for asked in ({"code": "CDD0215"}, {"name": '"><img src=x onerror=1>'}):
        raw = client.get("/verify", query_string=asked).text
        assert "<script>alert" not in raw
        assert "<img src=x" not in raw
        assert "{{ 7*7 }}" in raw or "49" not in re.sub(r"<[^>]*>", "", raw)


def test_an_answer_is_not_kept_by_anyone(client: FlaskClient, register: Session) -> None:
    publish(register, a_school())
    assert client.get("/verify?code=CDD0215").headers["Cache-Control"] == "no-store"
    assert client.get("/verify").headers["Cache-Control"] == "public, max-age=60"


# -- the examples -------------------------------------------------------------------------------------------------


@pytest.fixture
def address(web_connection: Connection, register: Session, tmp_path: Path) -> Iterator[str]:
    """A running server over the test's register, with keys of its own and the present time."""
    publish(register, an_institution("Trường Cao đẳng Minh họa", codes=[("CDD0203", ALWAYS)]), data_status="unverified")
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint")
    with answering(create_app(Settings(data=tmp_path / "data"), sessions)) as running:
        yield running.address


def run(*command: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on the path")
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not on the path")
def test_the_examples_run_as_they_stand_on_the_page(address: str, tmp_path: Path) -> None:
    page = run("curl", "-s", f"{address}/verify/signature", cwd=tmp_path)
    files = dict(re.findall(r'data-file="([\w.]+)"><code>(.*?)</code>', page, re.DOTALL))
    assert set(files) == {"ask.sh", "check.py", "check.mjs"}
    for name, text in files.items():
        (tmp_path / name).write_text(html.unescape(text))
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    run("bash", "ask.sh", cwd=tmp_path)
    assert (tmp_path / "jwks.json").read_text().startswith('{"keys":[{')
    for checked in (run(sys.executable, "check.py", cwd=tmp_path), run("node", "check.mjs", cwd=tmp_path)):
        assert checked.startswith("not_recorded unverified 20")
    token = (tmp_path / "answer.jws").read_text()
    (tmp_path / "answer.jws").write_text(token[:-8] + "AAAAAAAA")
    for command in ((sys.executable, "check.py"), ("node", "check.mjs")):
        with pytest.raises(AssertionError):
            run(*command, cwd=tmp_path)
