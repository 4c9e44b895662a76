"""Two who write one yearly report at once, or over what was published meanwhile: nothing is lost or written over."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.models import Proposal
from tests.builders import AnInstitution
from tests.mapapp.desk import newest, send
from tests.mapapp.reporters import (
    FILLED,
    TEACHERS,
    TEACHERS_NAME,
    address,
    base_of,
    ha,
    hidden,
    hoa,
    met,
    minh,
    save,
    school,
    to_register,
)
from tests.people import form_token

__all__ = ["ha", "hoa", "minh", "school"]  # fixtures that live beside what people do with them


def test_two_who_write_at_once_lose_nothing(
    hoa: FlaskClient, ha: FlaskClient, school: AnInstitution, register: Session
) -> None:
    page = address(school)
    shown = ha.get(page).text
    token = form_token(shown)
    save(hoa, page, reason="Bản của Hoa", **FILLED)
    typed = {**FILLED, f"{TEACHERS}.numerator": "39", "digital_learning_platform.value": ""}
    late = ha.post(page, data={"token": token, **hidden(shown), **typed})
    assert late.status_code == 409
    assert "đã được người khác thay đổi từ khi bạn mở" in late.text
    assert 'value="39"' in late.text
    compared = met(late.text)
    assert compared[TEACHERS_NAME] == (True, ["–", "12 / 40", "39 / 40"])
    assert compared["Có nền tảng số dạy và học"] == (False, ["–", "Có", "–"]), "the other person's alone"
    assert compared["Ghi chú cho người duyệt"] == (False, ["–", "Bản của Hoa", "–"])
    assert '<option value="có" selected>' in late.text
    assert 'value="Bản của Hoa"' in late.text
    assert f'action="{page}/propose"' not in late.text, "what was typed would be lost"
    assert f'action="{page}/propose"' in ha.get(page).text
    again = ha.post(page, data={"token": token, **hidden(late.text), **typed}, follow_redirects=True)
    assert again.status_code == 200
    assert len(register.scalars(select(Proposal)).all()) == 1


def test_a_figure_is_put_together_of_no_two_halves(hoa: FlaskClient, ha: FlaskClient, school: AnInstitution) -> None:
    page = address(school)
    shown = save(ha, page, **FILLED).text
    save(hoa, page, **{**FILLED, f"{TEACHERS}.numerator": "30", f"{TEACHERS}.denominator": "50"})
    mine = {**FILLED, f"{TEACHERS}.numerator": "13", f"{TEACHERS}.evidence": "https://truong.example.vn/moi"}
    late = send(ha, page, **hidden(shown), **mine)
    assert late.status_code == 409
    assert met(late.text) == {
        TEACHERS_NAME: (True, ["12 / 40", "30 / 50", "13 / 40"]),
        f"{TEACHERS_NAME}: minh chứng": (
            False,
            [FILLED[f"{TEACHERS}.evidence"], FILLED[f"{TEACHERS}.evidence"], "https://truong.example.vn/moi"],
        ),
    }
    for cell, value in (("numerator", "13"), ("denominator", "40")):
        assert f'name="{TEACHERS}.{cell}" value="{value}"' in late.text


def test_what_was_published_since_the_form_was_opened_is_not_written_over(
    hoa: FlaskClient, ha: FlaskClient, minh: FlaskClient, school: AnInstitution, register: Session
) -> None:
    page = address(school)
    shown = ha.get(page).text
    to_register(hoa, minh, register, page, FILLED)
    typed = {f"{TEACHERS}.numerator": "39", f"{TEACHERS}.denominator": "40"}
    late = send(ha, page, **hidden(shown), **typed)
    assert late.status_code == 409
    assert met(late.text)[TEACHERS_NAME] == (True, ["–", "12 / 40", "39 / 40"])
    assert send(ha, page, **hidden(late.text), **typed).status_code == 200
    to_register(ha, minh, register, page, typed)
    stale = send(hoa, page, **hidden(late.text), **{**typed, f"{TEACHERS}.numerator": "1"})
    assert stale.status_code == 409, "published again"


def test_what_was_typed_is_shown_also_when_the_report_has_been_sent(
    hoa: FlaskClient, ha: FlaskClient, school: AnInstitution
) -> None:
    page = address(school)
    shown = save(hoa, page, **FILLED).text
    send(hoa, page, f"{page}/propose")
    late = send(ha, page, **hidden(shown), **{**FILLED, f"{TEACHERS}.numerator": "39"})
    assert late.status_code == 409
    assert "báo cáo đã được gửi nên không sửa được nữa" in late.text
    assert met(late.text) == {TEACHERS_NAME: (False, ["12 / 40", "12 / 40", "39 / 40"])}
    assert f'name="{TEACHERS}.numerator" value="12"' in late.text, "the report as it was sent"


def test_a_form_that_comes_back_with_faults_is_still_the_one_that_was_opened(
    hoa: FlaskClient, ha: FlaskClient, school: AnInstitution
) -> None:
    page = address(school)
    before = hidden(ha.get(page).text)
    wrong = send(ha, page, **before, **{**FILLED, f"{TEACHERS}.numerator": "41"})
    assert (wrong.status_code, hidden(wrong.text)) == (400, before)
    save(hoa, page, **FILLED)
    assert send(ha, page, **hidden(wrong.text), **FILLED).status_code == 409


HALF = r'{"figures": {}, "note": "\ud800"}'
"""Half a character, which no answer can hold."""


@pytest.mark.parametrize(
    "nonsense", ["", "{", "[]", '{"figures": [], "note": ""}', '{"figures": {"a": 1}, "note": 1}', "[" * 9_999, HALF]
)
def test_a_form_that_tells_nonsense_of_its_beginning_is_compared_with_nothing(
    hoa: FlaskClient, school: AnInstitution, nonsense: str
) -> None:
    page = address(school)
    save(hoa, page, **FILLED)
    late = send(hoa, page, base="0.0", opened=nonsense, **{**FILLED, f"{TEACHERS}.numerator": "39"})
    assert late.status_code == 409
    assert met(late.text)[TEACHERS_NAME] == (True, ["–", "12 / 40", "39 / 40"])


def test_half_a_character_comes_back_with_no_fault(hoa: FlaskClient, school: AnInstitution) -> None:
    page = address(school)
    base = hidden(hoa.get(page).text)["base"]
    wrong = send(hoa, page, base=base, opened=HALF, **{**FILLED, f"{TEACHERS}.numerator": "41"})
    assert wrong.status_code == 400


def test_what_another_has_just_changed_is_not_sent(hoa: FlaskClient, school: AnInstitution, register: Session) -> None:
    page = address(school)
    seen = base_of(save(hoa, page, **FILLED).text)
    save(hoa, page, **{**FILLED, f"{TEACHERS}.numerator": "13"})
    assert send(hoa, page, f"{page}/propose", base=seen).status_code == 409
    assert newest(register).state == "draft"
