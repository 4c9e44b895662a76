"""One record edited through the web: corrections and changes, two editors at once, nonsense told field by field."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.models import Proposal
from tests.builders import publish
from tests.mapapp.desk import a_school, edit, lan, minh, newest, send, through

__all__ = ["lan", "minh"]  # fixtures that live beside what people do with them


def test_a_correction_keeps_the_days_and_a_change_begins_on_its_day(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Mọt", attributes=[("website", "cu.edu.vn", (None, None))])
    publish(register, school)
    register.commit()
    edit(lan, school, 1, name__official="Trường Cao đẳng Một")
    through(lan, minh, newest(register).id)
    edit(lan, school, 2, attribute__website="moi.edu.vn", effective="2026-10-01")
    through(lan, minh, newest(register).id)
    found = lan.get(f"/api/v1/institutions/{school.id}?on=2026-11-01").json
    assert found is not None
    properties = found["properties"]
    assert [name["value"] for name in properties["names"]] == ["Trường Cao đẳng Một"]
    sites = [(one["value"], one["valid_from"], one["valid_to"]) for one in properties["attributes"]["website"]]
    assert sites == [("cu.edu.vn", None, "2026-10-01"), ("moi.edu.vn", "2026-10-01", None)]


def test_two_editors_get_the_three_sides_and_nothing_is_lost(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một", attributes=[("website", "cu.edu.vn", (None, None))])
    publish(register, school)
    register.commit()
    edit(lan, school, 1, attribute__website="cua-ho.edu.vn", attribute__telephone="024 0000 0000")
    through(lan, minh, newest(register).id)
    late = edit(lan, school, 1, attribute__website="cua-toi.edu.vn", name__short="CĐM")
    assert late.status_code == 409
    fieldset = r"<fieldset class=\"group three( conflict)?\"><legend>(.*?)</legend>(.*?)</fieldset>"
    rows = re.findall(fieldset, late.text, re.S)
    sides = {re.sub(r"<[^>]+>|hai bên khác nhau", "", label).strip(): cells for _, label, cells in rows}
    assert re.findall(r"<bdi>(.*?)</bdi>", sides["Trang thông tin điện tử"]) == [
        "cu.edu.vn",
        "cua-ho.edu.vn",
        "cua-toi.edu.vn",
    ]
    assert 'value="CĐM"' in sides["Tên viết tắt"]
    assert 'value="024 0000 0000"' in sides["Điện thoại của cơ sở"], "theirs is kept where only they changed it"
    assert len(register.scalars(select(Proposal)).all()) == 1
    again = edit(lan, school, 2, attribute__website="cua-toi.edu.vn", name__short="CĐM")
    assert again.request.path.startswith("/steward/proposals/")


NONSENSE = [
    {"name__official": ""},
    {"attribute__type": "lâu đài"},
    {"attribute__email": "không phải"},
    {"identifier__code": "MÃ CÓ DẤU"},
    {"attribute__website": "x" * 600},
    {"attribute__status": "closed"},
    {"nothing__known": "1"},
]


@pytest.mark.parametrize("given", NONSENSE)
def test_nonsense_is_told_field_by_field(lan: FlaskClient, register: Session, given: dict[str, str]) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    refused = edit(lan, school, 1, **given)
    assert (refused.status_code, "Chưa lập được đề xuất" in refused.text) == (400, True)
    assert register.scalars(select(Proposal)).all() == []


def test_numbers_and_signs_that_are_none_break_nothing(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    assert edit(lan, school, 1, attribute__email="vanthu@mot.example.vn\x00").status_code == 200
    assert newest(register).asked["values"]["values"]["attribute.email"] == "vanthu@mot.example.vn"
    for base in ("9" * 5_000, "99999999999", "²"):
        assert send(lan, record, base=base).status_code in (400, 409)
    assert lan.get(f"/steward/proposals/{2**31}").status_code == 404
    assert lan.get(f"/steward/imports/{2**63}").status_code == 404
    assert lan.get("/steward/institutions/a%00b").status_code == 400
    assert lan.get(f"/steward/institutions/{'x' * 200}").status_code == 404


def test_a_code_of_two_is_nobodys_record(lan: FlaskClient, register: Session) -> None:
    publish(register, a_school("Trường Cao đẳng Một", "CDD0201"), a_school("Trường Cao đẳng Hai", "CDD0201"))
    assert lan.get("/steward/institutions/CDD0201").status_code == 404
