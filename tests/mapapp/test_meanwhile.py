"""What was published while somebody filled in the form of an event or of a place: told before it becomes a proposal."""

import re
from typing import Any

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata import releases
from geodata.geometry import LonLat
from geodata.models import Campus, Source
from geodata.vocabulary import ReleaseKind
from geodata.work import placing
from mapapp import meanwhile, work
from tests.builders import AnInstitution, a_campus, a_name, publish
from tests.mapapp.desk import MERGER, a_school, lan, newest, send, step
from tests.mapapp.test_desk_forms import carried, told
from tests.people import form_token

__all__ = ["lan"]  # a fixture that lives beside what people do with it

CHANGED = "Sổ đăng ký đã thay đổi từ khi điền biểu mẫu này"
PLACED = "đã được người khác đặt lại từ khi bạn mở biểu mẫu"


@pytest.fixture
def pair(register: Session) -> tuple[AnInstitution, AnInstitution]:
    one, other = a_school("Trường Cao đẳng Một", "CDD0201"), a_school("Trường Cao đẳng Hai", "CDD0202")
    publish(register, one, other)
    register.commit()
    return one, other


def published(register: Session, school: AnInstitution, fact: Any) -> None:
    """The fact in a release of somebody else's, with its line in the log of changes."""
    release = releases.open_release(register, kind=ReleaseKind.EDIT, actor="another", reason="test")
    for old in register.scalars(select(Campus).where(Campus.institution_id == school.id)):
        old.release_to = release.id if isinstance(fact, Campus) else None
    register.flush()
    fact.institution_id, fact.release_from = school.id, release.id
    fact.source_id = register.scalars(select(Source.id)).first()
    register.add(fact)
    releases.log_change(register, release, subject=fact.__tablename__, action="add", institution_id=school.id, after={})
    releases.finish_release(register, release, institutions=[school.id])
    register.commit()


def rename(register: Session, school: AnInstitution) -> None:
    published(register, school, a_name("short", "CĐ Người", (None, None), {}))


def move(register: Session, school: AnInstitution, place: LonLat) -> None:
    published(register, school, a_campus(school, 0, place, {}))


def test_an_event_tells_what_was_published_about_anybody_in_it_and_goes_on_when_sent_again(
    lan: FlaskClient, register: Session, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    one, other = pair
    merge = f"/steward/institutions/{one.id}/merge"
    opened = carried(lan.get(merge).text)
    rename(register, other)
    asked = {**MERGER, "institutions": one.id, "into": other.id, "keeps_records": "1"}
    late = send(lan, merge, **asked, **opened)
    assert (late.status_code, late.request.path, CHANGED in late.text) == (409, merge, True)
    assert "<ins><bdi>CĐ Người" in late.text
    assert told(late.text, "into") == f"Trường Cao đẳng Hai ({other.id})", "nothing that was typed is lost"
    assert 'name="keeps_records" value="1" checked' in late.text
    again = send(lan, merge, **asked, **carried(late.text))
    assert again.request.path == f"/steward/proposals/{newest(register).id}"


@pytest.mark.parametrize(("prefix", "others"), [("", "và 1 cơ sở khác:"), ("/en", "and 1 more:")])
def test_an_event_names_those_whose_changes_are_too_many_to_tell(
    lan: FlaskClient,
    register: Session,
    pair: tuple[AnInstitution, AnInstitution],
    monkeypatch: pytest.MonkeyPatch,
    prefix: str,
    others: str,
) -> None:
    """What is sent again is taken as known: nothing may be left unsaid."""
    one, other = pair
    merge = f"{prefix}/steward/institutions/{one.id}/merge"
    opened = carried(lan.get(merge).text)
    rename(register, one)
    rename(register, other)
    asked = {**MERGER, "institutions": one.id, "into": other.id}
    assert others not in send(lan, merge, **asked, **opened).text
    monkeypatch.setattr(meanwhile, "MOST_TOLD", 1)
    late = send(lan, merge, **asked, **opened).text
    assert late.count("<ins><bdi>CĐ Người") == 1
    assert re.search(rf'{others}</p>\s*<ul><li><a href="{prefix}/institutions/{other.id}/history">', late)


def test_what_was_published_about_others_holds_up_no_event(
    lan: FlaskClient, register: Session, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    one, other = pair
    close = f"/steward/institutions/{one.id}/close"
    opened = carried(lan.get(close).text)
    rename(register, other)
    sent = send(lan, close, effective="2026-09-01", **opened)
    assert sent.request.path == f"/steward/proposals/{newest(register).id}"


def test_an_event_names_what_others_are_about_to_change(
    lan: FlaskClient, register: Session, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    close, suspend = (f"/steward/institutions/{pair[0].id}/{event}" for event in ("close", "suspend"))
    send(lan, close, effective="2026-09-01")
    number = newest(register).id
    under_way = f'href="/steward/proposals/{number}"'
    assert under_way in lan.get(suspend).text
    assert under_way not in lan.get(f"/steward/institutions/{pair[1].id}/suspend").text
    assert under_way not in lan.get(f"{close}?revise={number}").text, "not the one that is taken up again"


def test_an_event_that_was_planned_anew_tells_it_as_its_form_opens(
    lan: FlaskClient, register: Session, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    one, _ = pair
    suspend = f"/steward/institutions/{one.id}/suspend"
    send(lan, suspend, effective="2026-09-01")
    number = newest(register).id
    rename(register, one)
    assert step(lan, number, "replan").status_code == 200
    shown = lan.get(f"{suspend}?revise={number}").text
    assert (CHANGED in shown, "<ins><bdi>CĐ Người" in shown) == (True, True)
    assert "has changed since" in lan.get(f"/en{suspend}?revise={number}").text
    sent = send(lan, suspend, effective="2026-10-01", **carried(shown))
    assert sent.request.path == f"/steward/proposals/{number}", "told once, and taken as known"
    assert CHANGED not in lan.get(f"{suspend}?revise={number}").text


def test_a_nonsensical_release_is_taken_for_one_before_all(
    lan: FlaskClient, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    close = f"/steward/institutions/{pair[0].id}/close"
    token = form_token(lan.get(close).text)
    for nonsense in ("", "x", "-1", "9" * 30, "²"):
        sent = lan.post(close, data={"token": token, "effective": "2026-09-01", "base": nonsense})
        assert (sent.status_code, CHANGED in sent.text) == (409, True), nonsense


def test_a_place_that_somebody_else_put_is_shown_beside_ones_own(
    lan: FlaskClient, register: Session, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    school, _ = pair
    place = f"/steward/waiting/place/{school.id}/{school.id}.1"
    opened = carried(lan.get(place).text)
    move(register, school, LonLat(106.75, 10.85))
    mine = {"lat": "10,81", "lon": "106,71", "precision": "address", "reason": "Theo biển trường"}
    late = send(lan, place, **mine, **opened)
    assert (late.status_code, late.request.path, PLACED in late.text) == (409, place, True)
    assert re.search(r"<dd><bdi>10\.8, 106\.7 · .*<dd><bdi>10\.85, 106\.75 · ", late.text, re.S)
    assert (told(late.text, "lat"), told(late.text, "reason")) == ("10,81", "Theo biển trường")
    again = send(lan, place, **mine, **carried(late.text))
    assert again.request.path == f"/steward/proposals/{newest(register).id}"


def test_a_place_is_compared_with_nothing_else_of_its_record(
    lan: FlaskClient, register: Session, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    school, _ = pair
    place = f"/steward/waiting/place/{school.id}/{school.id}.1"
    opened = carried(lan.get(place).text)
    rename(register, school)
    sent = send(lan, place, lat="10.81", lon="106.71", precision="surveyed", **opened)
    assert sent.request.path == f"/steward/proposals/{newest(register).id}"


def only_the_writer_knows(session: Session, *given: Any, **more: Any) -> placing.Moved | None:
    return None if session is g.get("session") else placing.moved_since(session, *given, **more)


def only_the_request_knows(session: Session, *given: Any, **more: Any) -> placing.Site:
    if session is not g.get("session"):
        raise placing.UnknownCampus("closed meanwhile")
    return placing.site(session, *given, **more)


def test_the_place_that_the_writer_found_is_the_one_that_is_told(
    lan: FlaskClient,
    register: Session,
    pair: tuple[AnInstitution, AnInstitution],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The form's own reading may be a little older."""
    school, _ = pair
    place = f"/steward/waiting/place/{school.id}/{school.id}.1"
    opened = carried(lan.get(place).text)
    move(register, school, LonLat(106.75, 10.85))
    monkeypatch.setattr(work, "moved_since", only_the_writer_knows)
    late = send(lan, place, lat="10.81", lon="106.71", precision="address", **opened)
    assert (late.status_code, PLACED in late.text) == (409, True)


def test_a_campus_that_is_gone_when_its_place_is_written_is_not_found(
    lan: FlaskClient, pair: tuple[AnInstitution, AnInstitution], monkeypatch: pytest.MonkeyPatch
) -> None:
    school, _ = pair
    place = f"/steward/waiting/place/{school.id}/{school.id}.1"
    opened = carried(lan.get(place).text)
    monkeypatch.setattr(work, "site", only_the_request_knows)
    assert send(lan, place, lat="10.81", lon="106.71", precision="address", **opened).status_code == 404


def test_what_is_told_of_a_place_is_told_in_english_too(
    lan: FlaskClient, register: Session, pair: tuple[AnInstitution, AnInstitution]
) -> None:
    school, _ = pair
    place = f"/en/steward/waiting/place/{school.id}/{school.id}.1"
    opened = carried(lan.get(place).text)
    move(register, school, LonLat(106.75, 10.85))
    late = send(lan, place, lat="10.81", lon="106.71", precision="address", **opened)
    told_apart = re.search(r'<div class="empty" role="alert" id="meanwhile">.*?</div>\n', late.text, re.S)
    assert told_apart
    assert "Somebody else has placed this site anew since you opened the form" in told_apart[0]
    assert "What you typed is kept: draft the proposal again if your place is the better one." in told_apart[0]
