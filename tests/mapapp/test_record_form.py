"""The form of a record and the wizards as people fill them in: rows added and ended, institutions picked by name."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.models import InstitutionName, Proposal
from geodata.proposals.entries import entries
from geodata.releases import finish_release, log_change, open_release
from geodata.vocabulary import ReleaseKind
from tests.builders import AnInstitution, publish
from tests.mapapp.desk import HANOI, a_school, lan, newest, send

__all__ = ["lan"]  # a fixture that lives beside what people do with it

WHY = {"effective": "2026-09-01", "decision": "12/QĐ-UBND"}


@pytest.fixture
def school(register: Session) -> AnInstitution:
    found = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, found)
    register.commit()
    return found


def edit(browser: FlaskClient, school: AnInstitution, given: dict[str, Any], base: str = "1") -> TestResponse:
    return send(browser, f"/steward/institutions/{school.id}", **{"base": base, **given})


def field(page: str, name: str) -> str:
    """The input or select of that name, as it stands in the page."""
    found = re.search(rf'<(input|select)[^>]* name="{re.escape(name)}".*?(?=<p|</div>)', page, re.S)
    assert found, name
    return found[0]


# -- rows ----------------------------------------------------------------------------------------------------------


def test_rows_are_added_and_ended_in_one_form_and_their_preview_tells_the_answers(
    lan: FlaskClient, school: AnInstitution
) -> None:
    given = {
        "licence.new1.number": "88/2026/GCNĐKHĐ",
        "programme.new1.occupation_code": "6480201",
        "programme.new1.training_level": "college",
        "programme.new1.licence_id": "new1",
        "programme.6510202.college.1.fate": "end",
        "campus.new1.name": "Cơ sở 2",
        "campus.new1.province": "Thành phố Hồ Chí Minh",
        "effective": "2026-09-01",
    }
    page = edit(lan, school, given)
    assert page.request.path.startswith("/steward/proposals/"), page.text
    assert "88/2026/GCNĐKHĐ" in page.text
    assert "Cơ sở 2" in page.text
    assert "đến 31/08/2026" in page.text
    answers = page.text.partition('id="answers-title"')[2].partition('id="figures-title"')[0]
    told = {
        re.sub(r"<.*?>|ngày.*", "", row[0]).rpartition(" – ")[2]: row[1:]
        for row in re.findall(r'<th scope="row">(.*?)</th>.*?<del>(.*?)</del>.*?<ins>(.*?)</ins>', answers, re.S)
    }
    unknown = "Sổ đăng ký chưa ghi đủ để trả lời"
    assert told["tuyển sinh: Công nghệ thông tin"] == (unknown, "Được phép")
    assert told["tuyển sinh: Công nghệ kỹ thuật ô tô"] == ("Được phép", unknown)


def test_one_more_row_loses_nothing_that_was_typed(lan: FlaskClient, school: AnInstitution, register: Session) -> None:
    typed = {"programme.new1.occupation_code": "6480201", "name.short": "CĐM", "reason": "bổ sung", "more": "programme"}
    page = edit(lan, school, typed)
    assert page.status_code == 200
    assert 'value="6480201"' in field(page.text, "programme.new1.occupation_code")
    assert 'value=""' in field(page.text, "programme.new2.occupation_code")
    assert 'value="CĐM"' in field(page.text, "name.short")
    assert 'value="bổ sung"' in field(page.text, "reason")
    assert register.scalars(select(Proposal)).all() == []


def test_a_refused_row_comes_back_open_with_its_fault(lan: FlaskClient, school: AnInstitution) -> None:
    page = edit(lan, school, {"programme.new1.occupation_code": "48", "programme.6510202.college.1.quota": "nhiều"})
    assert page.status_code == 400
    for name in ("programme.new1.occupation_code", "programme.6510202.college.1.quota"):
        assert 'aria-invalid="true"' in field(page.text, name)
    assert re.search(r'<details class="row" id="programme-6510202-college-1" open>', page.text)
    assert re.search(r'<details class="row adding" open>', page.text)


def test_a_site_in_another_province_is_not_this_stewards_to_add(
    lan: FlaskClient, school: AnInstitution, register: Session
) -> None:
    refused = edit(lan, school, {"campus.new1.name": "Cơ sở Hà Nội", "campus.new1.province": HANOI})
    assert refused.status_code == 403
    assert register.scalars(select(Proposal)).all() == []


def test_rows_to_add_survive_the_three_sides(lan: FlaskClient, school: AnInstitution, register: Session) -> None:
    release = open_release(register, kind=ReleaseKind.EDIT, actor="tests", reason="khác")
    log_change(register, release, subject="institution", action="add", institution_id=school.id, after={})
    told = register.scalars(select(InstitutionName).where(InstitutionName.institution_id == school.id)).one()
    told.release_to = release.id
    row = {"kind": "official", "text": "Trường Cao đẳng Mốt", "folded": "x", "terms": [], "source_id": told.source_id}
    register.add(InstitutionName(institution_id=school.id, release_from=release.id, **row))
    finish_release(register, release, institutions=[school.id])
    register.commit()
    page = edit(lan, school, {"licence.new1.number": "9/2026", "name.official": "Trường Cao đẳng Môt", **WHY})
    assert page.status_code == 409
    assert 'type="hidden" name="licence.new1.number" value="9/2026"' in page.text
    assert "12/QĐ-UBND" in page.text


def test_what_was_left_alone_stays_as_it_will_be_on_the_day(lan: FlaskClient, register: Session) -> None:
    """The name will be another from 1 January on: a form of today with a later day of effect still shows that of today,
    and does not ask for it."""
    new_year = date(2027, 1, 1)
    names = [("Trường Cao đẳng Cũ", (None, new_year)), ("Trường Cao đẳng Mới", (new_year, None))]
    school = a_school("Trường Cao đẳng Cũ", "CDD0209", names=names)
    publish(register, school)
    register.commit()
    shown = {one.key: one.value for one in entries(register, school.id, on=date(2026, 11, 22))}
    assert "Trường Cao đẳng Cũ" in lan.get(f"/steward/institutions/{school.id}").text
    edit(lan, school, {**shown, "attribute.website": "https://moi.example.vn", "effective": "2027-06-01"})
    asked = newest(register)
    assert asked.asked["values"]["values"] == {"attribute.website": "https://moi.example.vn"}
    assert [(change["action"], change["table"]) for change in asked.changes] == [("add", "institution_attribute")]


# -- wizards -------------------------------------------------------------------------------------------------------


@pytest.fixture
def others(register: Session) -> tuple[AnInstitution, AnInstitution]:
    two = a_school("Trường Cao đẳng Hai", "CDD0202"), a_school("Trường Cao đẳng Hai Bà Trưng", "CDD0203")
    publish(register, *two)
    register.commit()
    return two


def merge(browser: FlaskClient, school: AnInstitution, **given: Any) -> TestResponse:
    return send(browser, f"/steward/institutions/{school.id}/merge", **{"institutions": school.id, **WHY, **given})


@pytest.mark.parametrize("words", ["CDD0202", "Trường Cao đẳng Hai", "truong cao dang hai", "{name} ({id})"])
def test_an_institution_is_named_by_code_whole_name_or_suggestion(
    lan: FlaskClient, school: AnInstitution, others: tuple[AnInstitution, AnInstitution], register: Session, words: str
) -> None:
    page = merge(lan, school, into=words.format(name=others[0].name, id=others[0].id))
    assert page.request.path.startswith("/steward/proposals/"), page.text
    assert newest(register).asked["values"]["into"] == others[0].id


def test_part_of_a_name_gives_candidates_to_choose_from(
    lan: FlaskClient, school: AnInstitution, others: tuple[AnInstitution, AnInstitution], register: Session
) -> None:
    page = merge(lan, school, into="Cao đẳng Hai")
    assert page.status_code == 400
    offered = re.findall(r'name="into_chosen" value="(\w+)"', page.text)
    assert {other.id for other in others} <= set(offered)
    assert "12/QĐ-UBND" in page.text
    chosen = merge(lan, school, into="Cao đẳng Hai", into_chosen=others[1].id)
    assert chosen.request.path.startswith("/steward/proposals/")
    assert newest(register).asked["values"]["into"] == others[1].id


def test_institutions_are_added_one_by_one_without_scripts(
    lan: FlaskClient, school: AnInstitution, others: tuple[AnInstitution, AnInstitution], register: Session
) -> None:
    page = merge(lan, school, typed="CDD0202", find="1")
    assert (page.status_code, register.scalars(select(Proposal)).all()) == (200, [])
    ticked = re.findall(r'name="institutions" value="(\w+)" checked', page.text)
    assert ticked == [school.id, others[0].id]
    unknown = merge(lan, school, typed="Trường không có ở đâu", find="1")
    assert "Không tìm thấy cơ sở" in unknown.text
    partly = merge(lan, school, typed="Hai Bà", find="1")
    assert re.findall(r'name="institutions" value="(\w+)">', partly.text) == [others[1].id]


def test_a_split_says_what_goes_where_and_nothing_goes_from_under_a_programme(
    lan: FlaskClient, school: AnInstitution, register: Session
) -> None:
    page = f"/steward/institutions/{school.id}/split"
    form = lan.get(page).text
    programme, licence = "goes.programme.6510202.college.1", f"goes.licence.{school.id}.L1"
    for name in (programme, licence, f"goes.campus.{school.id}.1"):
        assert "ở lại" in field(form, name)
    given = {"name1": "Trường Cao đẳng Tách", "type1": "college", "continues": "1", **WHY}
    refused = send(lan, page, **given, **{licence: "1"})
    assert refused.status_code == 400
    assert "Còn 1 ngành, nghề gắn với mục này" in refused.text
    assert re.search(r'<option value="1" selected>', field(refused.text, licence))
    drafted = send(lan, page, **given, **{licence: "1", programme: "1"})
    assert drafted.request.path.startswith("/steward/proposals/"), drafted.text
    asked = newest(register).asked["values"]
    assert (asked["licences1"], asked["programmes1"]) == ([f"{school.id}.L1"], ["6510202.college.1"])
