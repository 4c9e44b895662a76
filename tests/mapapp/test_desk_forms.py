"""What the desk's pages say: after an act, beside a form, before a proposal is sent; and what they carry along."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata import error_reports
from geodata.geometry import LonLat
from geodata.proposals.merging import three_way
from geodata.proposals.reading import steps
from geodata.vocabulary import ReportedField
from tests.builders import AnInstitution, publish
from tests.mapapp.conftest import NOW
from tests.mapapp.desk import HCMC, MERGER, a_closure, a_school, lan, minh, newest, send, step, through

__all__ = ["lan", "minh"]  # fixtures that live beside what people do with them

TWIN = "Trường Cao đẳng Song Sinh"


def twins(register: Session) -> tuple[AnInstitution, AnInstitution]:
    one, other = a_school(TWIN), a_school(TWIN, licences=[])
    publish(register, one, other)
    return one, other


def told(text: str, id: str) -> str:
    """The value of an input."""
    found = re.search(rf'id="{id}"[^>]* value="([^"]*)"', text)
    assert found, text
    return found[1]


def carried(text: str) -> dict[str, str]:
    """What the form says of itself: the release it started from, the proposal that it takes up and its last step."""
    return dict(re.findall(r'name="(base|revise|revise_step)" value="([^"]*)"', text))


def test_each_side_of_a_pair_may_stay(lan: FlaskClient, register: Session) -> None:
    one, other = twins(register)
    page = lan.get("/steward/waiting/duplicates").text
    for stays, goes in ((one, other), (other, one)):
        assert f"/steward/institutions/{goes.id}/merge?into={stays.id}" in page
        assert f'<span class="soft small code">{stays.id}</span>' in page, "namesakes are told apart"


def test_the_successor_of_a_merger_is_shown_by_its_name(lan: FlaskClient, register: Session) -> None:
    one, other = twins(register)
    at = f"/steward/institutions/{one.id}/merge"
    assert told(lan.get(f"{at}?into={other.id}").text, "into") == f"{TWIN} ({other.id})"
    refused = send(lan, at, **{**MERGER, "effective": ""}, institutions=one.id, into=f"{TWIN} ({other.id})")
    assert refused.status_code == 400
    assert told(refused.text, "into") == f"{TWIN} ({other.id})"
    send(lan, at, **MERGER, institutions=one.id, into=f"{TWIN} ({other.id})")
    assert newest(register).asked["values"]["into"] == other.id


def test_after_an_act_a_list_says_what_was_done_and_stays_where_it_was(lan: FlaskClient, register: Session) -> None:
    twins(register)
    way = f"/steward/waiting/duplicates?province={HCMC}"
    to = re.search(r'action="([^"]*duplicates/[^"]+)"', lan.get(way).text)
    assert to
    answer = send(lan, way, to[1].replace("&amp;", "&"), reason="Hai trường ở hai phường")
    assert answer.request.args["province"] == HCMC
    assert 'role="status">Đã ghi nhận: là hai cơ sở khác nhau.' in answer.text
    assert TWIN not in answer.text
    assert 'class="done"' not in lan.get(f"{way}&done=nonsense").text


def test_a_site_that_waits_says_which_it_is(lan: FlaskClient, register: Session) -> None:
    site = {"name": "Cơ sở Thủ Đức", "geom": None, "location_precision": "province"}
    publish(register, a_school("Trường Cao đẳng Hai Nơi", other_campuses=[LonLat(106.8, 10.9)], campuses={2: site}))
    entry = lan.get("/steward/waiting/unplaced").text.partition("Trường Cao đẳng Hai Nơi")[2]
    assert "Cơ sở Thủ Đức" in entry.partition("</li>")[0]


def reported(register: Session, school: AnInstitution) -> str:
    draft = error_reports.Draft(school.id, ReportedField.NAME, "Trường đã mang tên <khác>.", contact="a@example.vn")
    ticket = error_reports.send(register, draft, at=NOW, promised_on=date(2099, 1, 1))
    register.commit()
    return ticket


def test_a_citizens_report_stands_beside_the_forms_it_leads_to(lan: FlaskClient, register: Session) -> None:
    school, other = twins(register)
    ticket = reported(register, school)
    record = lan.get(f"/steward/institutions/{school.id}?report={ticket}").text
    assert "Trường đã mang tên &lt;khác&gt;." in record
    assert f"/steward/institutions/{school.id}/rename?report={ticket}" in record
    assert "a@example.vn" not in record
    assert 'name="report"' in record
    assert 'name="report"' not in lan.get(f"/steward/institutions/{other.id}?report={ticket}").text
    assert "Theo phiếu" not in lan.get(f"/steward/institutions/{school.id}?report=khong").text


def test_an_event_that_a_report_led_to_keeps_its_number(lan: FlaskClient, register: Session) -> None:
    school, _ = twins(register)
    ticket = reported(register, school)
    rename = f"/steward/institutions/{school.id}/rename"
    assert f'name="report" value="{ticket}"' in lan.get(f"{rename}?report={ticket}").text
    send(lan, rename, effective="2026-09-01", name="Trường Cao đẳng Mới", report=ticket)
    number = newest(register).id
    assert f"đề xuất số {number}" in lan.get("/steward/waiting/reports?all=1").text


def test_a_place_that_stays_behind_is_told_to_both_persons(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    later = {"name": "Cơ sở Tương Lai", "valid_from": date(2027, 1, 1)}
    one = a_school("Trường Cao đẳng Một", other_campuses=[LonLat(106.8, 10.9)], campuses={2: later})
    other = a_school("Trường Cao đẳng Hai")
    publish(register, one, other)
    page = send(lan, f"/steward/institutions/{one.id}/merge", **MERGER, institutions=one.id, into=other.id)
    step(lan, newest(register).id, "propose")
    for text in (page.text, minh.get(f"/steward/proposals/{newest(register).id}").text):
        assert "Điều được giữ nguyên" in text
        assert "“Cơ sở Tương Lai” của Trường Cao đẳng Một không chuyển: chỉ có từ ngày 01/01/2027" in text
    english = lan.get(f"/en/steward/proposals/{newest(register).id}").text
    assert "only exists from 2027-01-01" in english


def test_why_it_was_sent_back_stands_first_and_planning_anew_is_offered_then(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    number = a_closure(lan, register, school)
    assert f"/steward/proposals/{number}/replan" not in step(lan, number, "propose").text
    step(minh, number, "send_back", reason="Thiếu quyết định")
    page = lan.get(f"/steward/proposals/{number}").text
    assert page.index("Thiếu quyết định") < page.index("Căn cứ và việc tiếp theo")
    assert f"/steward/proposals/{number}/replan" in page


def test_a_proposal_that_was_sent_back_is_taken_up_again_in_its_form(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    send(lan, record, base="1", **{"name.short": "CĐ Mật", "effective": "2026-09-01", "reason": "Theo biển trường"})
    number = newest(register).id
    step(lan, number, "propose")
    assert f"{record}?revise={number}" not in lan.get(f"/steward/proposals/{number}").text
    step(minh, number, "send_back", reason="Sai chính tả")
    form = f"{record}?revise={number}"
    assert form in lan.get(f"/steward/proposals/{number}").text
    shown = lan.get(form).text
    assert (told(shown, "name-short"), told(shown, "effective")) == ("CĐ Mật", "2026-09-01")
    again = {"name.short": "CĐ Một", "effective": "2026-09-01", **carried(shown)}
    page = send(lan, form, record, **again)
    assert page.request.path == f"/steward/proposals/{number}", "the same proposal, not another one"
    assert "<ins><bdi>CĐ Một" in page.text
    assert [step.step for step in steps(register, newest(register))][-1] == "revised"
    assert step(minh, number, "approve").status_code == 409, "nobody has proposed it again yet"


def test_a_merger_and_a_split_are_taken_up_again_as_they_were_asked(lan: FlaskClient, register: Session) -> None:
    one, other = a_school("Trường Cao đẳng Một", "CDD0201"), a_school("Trường Cao đẳng Hai")
    publish(register, one, other)
    merge, split = (f"/steward/institutions/{one.id}/{event}" for event in ("merge", "split"))
    send(lan, merge, **MERGER, institutions=one.id, into=other.id, keeps_records="1")
    number = newest(register).id
    shown = lan.get(f"{merge}?revise={number}").text
    assert told(shown, "into") == f"Trường Cao đẳng Hai ({other.id})"
    assert 'name="keeps_records" value="1" checked' in shown
    assert 'name="programmes" value="1">' in shown
    send(
        lan,
        f"{merge}?revise={number}",
        merge,
        **MERGER,
        institutions=one.id,
        into=other.id,
        programmes="1",
        **carried(shown),
    )
    assert (newest(register).id, newest(register).asked["values"]["programmes"]) == (number, "1")
    goes = f"goes.licence.{one.id}.L1", "goes.programme.6510202.college.1"
    asked = {"name1": "Trường Cao đẳng Tách", "type1": "college", "continues": "1", "effective": "2026-09-01"}
    send(lan, split, **asked, **dict.fromkeys(goes, "1"))
    shown = lan.get(f"{split}?revise={newest(register).id}").text
    assert told(shown, "name1") == "Trường Cao đẳng Tách"
    for field in goes:
        assert re.search(rf'name="{re.escape(field)}".*?<option value="1" selected>', shown), field


def test_a_form_takes_up_no_proposal_of_another_form(lan: FlaskClient, register: Session) -> None:
    one, other = a_school("Trường Cao đẳng Một"), a_school("Trường Cao đẳng Hai")
    publish(register, one, other)
    number = a_closure(lan, register, one)
    for path in (f"{other.id}/close", f"{one.id}/suspend", f"{one.id}"):
        assert 'name="revise"' not in lan.get(f"/steward/institutions/{path}?revise={number}").text
    sent = send(lan, f"/steward/institutions/{other.id}/close", effective="2026-09-01", revise=str(number))
    assert (sent.status_code, newest(register).id) == (409, number), "neither that proposal nor a second one"


def test_a_form_of_a_proposal_that_is_no_draft_any_more_makes_no_second_one(
    lan: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record, close = (f"/steward/institutions/{school.id}{event}" for event in ("", "/close"))
    send(lan, record, base="1", **{"name.short": "CĐ Một"})
    edited, closed = newest(register).id, a_closure(lan, register, school)
    asked: dict[str, dict[str, str]] = {record: {"name.short": "CĐ Hai"}, close: {"effective": "2026-10-01"}}
    for form, number in ((record, edited), (close, closed)):
        shown = lan.get(f"{form}?revise={number}").text
        step(lan, number, "propose")
        sent = send(lan, form, **asked[form], **carried(shown))
        assert (sent.status_code, "không còn là bản nháp" in sent.text) == (409, True)
        assert newest(register).id == closed
        fresh = lan.get(f"{form}?revise={number}")
        assert (fresh.status_code, 'name="revise"' in fresh.text) == (200, False)


def test_of_two_who_revise_one_proposal_the_later_is_told(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    send(lan, record, base="1", **{"name.short": "CĐ Một"})
    number = newest(register).id
    shown = lan.get(f"{record}?revise={number}").text
    assert send(lan, record, **{"name.short": "CĐ Hai"}, **carried(shown)).status_code == 200
    late = send(lan, record, **{"name.short": "CĐ Ba"}, **carried(shown))
    assert (late.status_code, "đã được sửa lại từ khi bạn mở biểu mẫu" in late.text) == (409, True)
    unsaid = send(lan, record, base="1", revise=str(number), **{"name.short": "CĐ Ba"})
    assert unsaid.status_code == 409
    assert newest(register).asked["values"]["values"] == {"name.short": "CĐ Hai"}


def test_a_proposal_taken_up_again_is_compared_from_where_it_started(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    send(lan, record, base="1", **{"name.short": "CĐ Mình"})
    number = newest(register).id
    send(lan, record, base="1", **{"name.short": "CĐ Người"})
    through(lan, minh, newest(register).id)
    shown = lan.get(f"{record}?revise={number}").text
    assert told(shown, "name-short") == "CĐ Mình"
    assert carried(shown)["base"] == "1"
    compared = send(lan, record, **{"name.short": "CĐ Mình"}, **carried(shown))
    assert compared.status_code == 409
    assert "hai bên khác nhau" in compared.text
    assert "<dd><bdi>CĐ Người</bdi></dd>" in compared.text
    chosen = send(lan, record, **{"name.short": "CĐ Chung"}, **carried(compared.text))
    assert chosen.request.path == f"/steward/proposals/{number}"
    assert "<del><bdi>CĐ Người" in chosen.text


def test_planning_anew_forgets_nothing_of_what_the_values_were_typed_on(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    send(lan, record, base="1", **{"name.short": "CĐ Mình"})
    number = newest(register).id
    send(lan, record, base="1", **{"name.short": "CĐ Người"})
    through(lan, minh, newest(register).id)
    assert step(lan, number, "replan").status_code == 200
    assert newest(register).id != number
    shown = lan.get(f"{record}?revise={number}").text
    compared = send(lan, record, **{"name.short": "CĐ Mình"}, **carried(shown))
    assert compared.status_code == 409, "nobody has compared the values with what was published"
    assert "<dd><bdi>CĐ Người</bdi></dd>" in compared.text
    chosen = send(lan, record, **{"name.short": "CĐ Chung"}, **carried(compared.text))
    assert chosen.request.path == f"/steward/proposals/{number}"
    assert step(lan, number, "replan").status_code == 200
    once = send(lan, record, **{"name.short": "CĐ Ba"}, **carried(lan.get(f"{record}?revise={number}").text))
    assert once.request.path == f"/steward/proposals/{number}", "compared once, and not again"


def test_what_is_published_while_a_draft_is_written_is_compared_too(
    lan: FlaskClient, minh: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    send(lan, record, base="1", **{"name.short": "CĐ Người"})
    number = newest(register).id
    through(lan, minh, number)
    looks = iter([()])  # the first, before the other proposal was published

    def three_way_before(*given: Any, **choices: Any) -> Any:
        found = next(looks, None)
        return three_way(*given, **choices) if found is None else found

    monkeypatch.setattr("mapapp.proposals.three_way", three_way_before)
    late = send(lan, record, base="1", **{"name.short": "CĐ Mình"})
    assert (late.status_code, "<dd><bdi>CĐ Người</bdi></dd>" in late.text) == (409, True)
    assert newest(register).id == number, "no second proposal"


def test_nobody_approves_what_was_revised_since_they_looked(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    send(lan, record, base="1", **{"name.short": "CĐ Một"})
    number = newest(register).id
    step(lan, number, "propose")
    page = f"/steward/proposals/{number}"
    looked_at = minh.get(page).text
    seen = re.findall(r'name="seen" value="([^"]*)"', looked_at)
    assert seen
    assert len(set(seen)) == 1
    step(minh, number, "send_back", reason="Thiếu căn cứ")
    send(lan, record, **{"name.short": "CĐ Khác hẳn"}, **carried(lan.get(f"{record}?revise={number}").text))
    step(lan, number, "propose")
    for unfit in (seen[0], "", "x"):
        late = send(minh, page, f"{page}/approve", seen=unfit)
        assert (late.status_code, newest(register).state) == (409, "proposed")
    fresh = re.findall(r'name="seen" value="([^"]*)"', minh.get(page).text)[0]
    assert send(minh, page, f"{page}/approve", seen=fresh).status_code == 200
    assert newest(register).state == "approved"


def test_one_more_row_forgets_neither_where_the_form_started_nor_what_it_takes_up(
    lan: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    send(lan, record, base="1", **{"name.short": "CĐ Một"})
    shown = carried(lan.get(f"{record}?revise={newest(register).id}").text)
    publish(register, a_school("Trường Cao đẳng Hai"))
    assert carried(send(lan, record, more="campus", **shown).text) == shown


def test_the_preview_tells_of_a_place_that_is_put_or_moved(lan: FlaskClient, register: Session) -> None:
    unplaced = {"geom": None, "location_precision": "province"}
    school = a_school("Trường Cao đẳng Một", other_campuses=[LonLat(106.8, 10.9)], campuses={2: unplaced})
    publish(register, school)
    register.commit()
    place = "/steward/waiting/place/{id}/{id}.{site}"
    put = {"lat": "10.81", "lon": "106.71", "precision": "surveyed"}
    second = send(lan, place.format(id=school.id, site=2), **put).text
    assert "<del>Đang hoạt động · 1 trên 2 địa điểm có trên bản đồ</del>" in second
    assert "<ins>Đang hoạt động · 2 trên 2 địa điểm có trên bản đồ</ins>" in second
    moved = send(lan, place.format(id=school.id, site=1), **put).text
    assert "<ins>Đang hoạt động · 1 trên 2 địa điểm có trên bản đồ · vị trí khác trên bản đồ</ins>" in moved
