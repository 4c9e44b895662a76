"""Staying in and being let out again: sessions, their tokens, and invitations."""

from sqlalchemy import select

from geodata.models import PersonSession
from geodata.people import accounts
from geodata.people.sessions import CHANGED_EVERY, IDLE, LASTS, STILL_GOOD
from geodata.people.tokens import token_hash
from geodata.vocabulary import Role
from tests.mapapp.conftest import NOW
from tests.mapapp.door import Site, come_in, is_in, signed_in, site
from tests.people import PASSWORD, a_person, form_token

__all__ = ["site"]  # a fixture that lives beside those who come in


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_signing_in_begins_a_session_of_its_own(site: Site) -> None:
    client = signed_in(site)
    first = client.get_cookie("person")
    client.delete_cookie("person")
    client.set_cookie("person", "x" * 43)
    come_in(client)
    second = client.get_cookie("person")
    assert first is not None
    assert second is not None
    assert len({first.value, second.value, "x" * 43}) == 3


def test_tokens_are_changed_for_others_and_old_ones_betray_a_thief(site: Site) -> None:
    client, thief = signed_in(site), site.browser()
    old = client.get_cookie("person")
    assert old is not None
    thief.set_cookie("person", old.value)
    form = form_token(client.get("/account").text)
    site.wait(CHANGED_EVERY)
    assert is_in(client)
    new = client.get_cookie("person")
    assert new is not None
    assert new.value != old.value
    assert form_token(client.get("/account").text) == form, "forms that are open stay good"
    assert is_in(thief), "requests under way at that moment"
    site.wait(STILL_GOOD)
    assert not is_in(thief)
    assert not is_in(client), "both end: nobody can tell which of them was robbed"


def test_sessions_end_when_nobody_comes_and_at_the_end_of_the_day(site: Site) -> None:
    client = signed_in(site)
    site.wait(IDLE)
    assert not is_in(client)
    client = signed_in(site)
    began = site.moment[0]
    while site.moment[0] - began < LASTS:
        assert is_in(client)
        site.wait(IDLE / 2)
    assert not is_in(client)


def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    client, thief = signed_in(site), site.browser()
    cookie = client.get_cookie("person")
    assert cookie is not None
    thief.set_cookie("person", cookie.value)
    client.post("/sign-out", data={"token": form_token(client.get("/account").text)})
    assert client.get_cookie("person") is None
    assert not is_in(thief)


def test_a_session_is_ended_from_another_browser(site: Site) -> None:
    here, there = signed_in(site), signed_in(site)
    page, cookie = here.get("/account").text, there.get_cookie("person")
    assert cookie is not None
    found = site.register.get(PersonSession, token_hash(cookie.value))
    assert found is not None
    assert page.count('name="series"') == 2
    here.post("/account/sessions", data={"token": form_token(page), "series": found.series})
    assert (is_in(here), is_in(there)) == (True, False)


def test_nobody_ends_sessions_of_others(site: Site) -> None:
    a_person(site.register, login="minh", password=PASSWORD)
    site.register.commit()
    other = site.browser()
    come_in(other, login="minh")
    series = site.register.scalars(select(PersonSession.series)).one()
    client = signed_in(site)
    client.post("/account/sessions", data={"token": form_token(client.get("/account").text), "series": series})
    assert is_in(other)


def test_a_session_that_cannot_be_is_nobodys(site: Site) -> None:
    client = signed_in(site)
    token = form_token(client.get("/account").text)
    assert client.post("/account/sessions", data={"token": token, "series": "\0"}).status_code == 303
    assert is_in(client)


def test_a_locked_account_is_out_at_once(site: Site) -> None:
    client = signed_in(site)
    accounts.lock(site.register, site.person, at=site.moment[0])
    site.register.commit()
    assert not is_in(client)
    accounts.unlock(site.person)
    site.register.commit()
    assert come_in(site.browser()).status_code == 303


def test_another_password_ends_the_other_sessions(site: Site) -> None:
    here, there = signed_in(site), signed_in(site)
    form = {"token": form_token(here.get("/account").text), "present": PASSWORD}
    new = "một câu khác cũng dài"
    wrong = here.post("/account/password", data={**form, "present": "sai", "password": new, "again": new})
    assert (wrong.status_code, "Mật khẩu hiện tại chưa đúng" in wrong.text) == (400, True)
    assert here.post("/account/password", data={**form, "password": new, "again": "x"}).status_code == 400
    assert here.post("/account/password", data={**form, "password": new, "again": new}).status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert come_in(site.browser(), new).status_code == 303


# -- invitations -------------------------------------------------------------------------------------------------------


def test_an_invitation_sets_a_password_once(site: Site) -> None:
    new = a_person(site.register, Role.AUDITOR, login="hoa", name="Trần Hoa")
    token = accounts.invite(site.register, new, by="tests", at=NOW)
    site.register.commit()
    client = site.browser()
    page = client.get(f"/invitation?token={token}")
    assert "Trần Hoa" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    form = {"token": form_token(page.text), "invitation": token}
    weak = client.post("/invitation", data={**form, "password": "ngắn", "again": "ngắn"})
    assert (weak.status_code, "ít nhất 12 ký tự" in weak.text) == (400, True)
    assert client.post("/invitation", data={**form, "password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert client.post("/invitation", data={**form, "password": "x" * 20, "again": "x" * 20}).status_code == 403
    assert come_in(client, login="hoa").status_code == 303


def test_invitations_grow_old_and_a_newer_one_replaces_them(site: Site) -> None:
    first = accounts.invite(site.register, site.person, by="tests", at=NOW)
    second = accounts.invite(site.register, site.person, by="tests", at=NOW)
    site.register.commit()
    client = site.browser()
    assert [client.get(f"/invitation?token={token}").status_code for token in (first, second)] == [403, 200]
    site.wait(accounts.INVITATION_LASTS)
    assert client.get(f"/invitation?token={second}").status_code == 403
