"""Coming in: passwords, the way afterwards, second factors, forms."""

import re
import unicodedata
from datetime import timedelta

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from geodata.models import SignInEvent
from geodata.people import accounts, passwords
from geodata.people.door import FREE_FAILURES
from tests.mapapp.conftest import NOW
from tests.mapapp.door import Site, come_in, signed_in, site
from tests.people import PASSWORD, a_person, form_token

__all__ = ["site"]  # a fixture that lives beside those who come in


# -- passwords ---------------------------------------------------------------------------------------------------------


def test_a_password_opens_a_session_that_scripts_and_other_sites_do_not_see(site: Site) -> None:
    client = site.browser()
    answer = come_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/steward")
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and value.startswith("person="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Cán bộ dữ liệu cấp tỉnh" in client.get("/account").text
    assert "Provincial steward: provinces 52" in client.get("/en/account").text


def test_every_failure_reads_the_same_and_takes_the_same_work(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []

    def matches(given: str, kept: str | None) -> bool:
        checked.append(kept)
        return passwords.matches(given, kept)

    monkeypatch.setattr("geodata.people.door.matches", matches)
    locked = a_person(site.register, login="khoa", password=PASSWORD)
    accounts.lock(site.register, locked, at=NOW)
    a_person(site.register, login="moi")
    site.register.commit()
    pages = set()
    known = (("lan", "sai"), ("khoa", PASSWORD), ("moi", PASSWORD), ("lan", "\0"))
    for login, password in (*known, ("ai-do", PASSWORD), ("", ""), ("\0", "\0"), ("ai\0do", PASSWORD)):
        answer = come_in(site.browser(), password, login=login)
        pages.add((answer.status_code, re.sub(r'value="[0-9a-f]{64}"', "", answer.text)))
    assert len(pages) == 1
    assert len(checked) == 8, "each attempt costs one check of a password"


def test_guessing_locks_the_account_for_longer_and_longer(site: Site) -> None:
    client = site.browser()
    for _ in range(FREE_FAILURES):
        assert come_in(client, "sai").status_code == 403
    assert come_in(client).status_code == 403, "the right password is not looked at meanwhile"
    site.wait(timedelta(seconds=61))
    assert come_in(client, "sai").status_code == 403
    site.wait(timedelta(seconds=61))
    assert come_in(client).status_code == 403, "the second time lasts twice as long"
    site.wait(timedelta(seconds=60))
    assert come_in(client).status_code == 303
    site.register.refresh(site.person)
    assert site.person.failed_count == 0


def test_too_many_attempts_are_told_to_wait(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mapapp.doors.KNOCKS_PER_MINUTE", 1)
    client = site.browser()
    form = {"token": form_token(client.get("/sign-in").text), "password": "sai"}

    def code(login: str, address: str) -> int:
        given = {"REMOTE_ADDR": address}
        return client.post("/sign-in", data={**form, "login": login}, environ_overrides=given).status_code

    assert code("khong-co", "192.0.2.77") == 403
    assert code("ai-khac", "192.0.2.77") == 429, "the address has its limit"
    assert code("khong-co", "192.0.2.78") == 429, "and the login has one, from wherever"
    assert code("nguoi-thu-ba", "192.0.2.79") == 403


@pytest.mark.parametrize(
    ("password", "fault"),
    [("ngắn quá", "short"), ("a" * 201, "long"), ("ababababababab", "monotonous"), ("xin chào lan 1234", "login")],
)
def test_weak_passwords_are_refused_with_a_reason(password: str, fault: str) -> None:
    with pytest.raises(passwords.WeakPassword) as refused:
        passwords.hashed(password, login="lan")
    assert refused.value.fault == fault


def test_a_vietnamese_password_is_the_same_however_the_keyboard_writes_it() -> None:
    kept = passwords.hashed(unicodedata.normalize("NFD", PASSWORD), login="lan")
    assert passwords.matches(unicodedata.normalize("NFC", PASSWORD), kept)
    assert not passwords.matches(PASSWORD, None)
    assert not passwords.matches(PASSWORD, "no hash")


# -- the way afterwards ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", ""],
)
def test_nobody_is_led_to_another_site(site: Site, wanted: str) -> None:
    assert come_in(site.browser(), next=wanted).headers["Location"] == "/steward"


def test_one_comes_back_to_the_page_asked_for(site: Site) -> None:
    client = site.browser()
    way = client.get("/en/steward/imports?before=7").headers["Location"]
    assert way == "/en/sign-in?next=%2Fen%2Fsteward%2Fimports%3Fbefore%3D7"
    assert 'value="/en/steward/imports?before=7"' in client.get(way).text
    answer = come_in(client, next="/en/steward/imports?before=7")
    assert answer.headers["Location"] == "/en/steward/imports?before=7"


# -- the second factor -------------------------------------------------------------------------------------------------


def enrolled(site: Site, client: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    page = client.get("/account/second-factor").text
    assert "<svg" in page.split('class="drawn-code"')[1]
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    sealed = re.search(r'name="sealed" value="([0-9a-f]+)"', page)
    assert secret
    assert sealed
    one = pyotp.TOTP(secret[1].replace(" ", ""))
    form = {"token": form_token(page), "sealed": sealed[1], "code": one.at(site.moment[0]), "password": PASSWORD}
    assert client.post("/account/second-factor", data={**form, "code": "000000"}).status_code == 400
    shown = client.post("/account/second-factor", data=form)
    assert shown.status_code == 200, shown.text
    return one, re.findall(r"<code>([2-9a-z]{4}(?:-[2-9a-z]{4}){3})</code>", shown.text)


def test_a_second_factor_is_asked_for_and_each_code_works_once(site: Site) -> None:
    one, codes = enrolled(site, signed_in(site))
    assert len(set(codes)) == 10
    assert come_in(site.browser()).status_code == 403
    assert come_in(site.browser(), code=one.at(site.moment[0])).status_code == 403, "used when it was set up"
    site.wait(timedelta(seconds=30))
    assert come_in(site.browser(), code=one.at(site.moment[0])).status_code == 303
    assert come_in(site.browser(), code=one.at(site.moment[0])).status_code == 403, "used before"
    site.wait(timedelta(seconds=60))
    early = one.at(site.moment[0] - timedelta(seconds=30))
    assert come_in(site.browser(), code=f"{early[:3]} {early[3:]}").status_code == 303, "half a minute late"


def test_who_came_in_without_it_before_comes_in_anew(site: Site) -> None:
    owner, other = signed_in(site), site.browser()
    assert come_in(other).status_code == 303
    enrolled(site, owner)
    assert owner.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_a_recovery_code_stands_in_once(site: Site) -> None:
    _, codes = enrolled(site, signed_in(site))
    assert come_in(site.browser(), code=codes[3].upper().replace("-", " ")).status_code == 303
    assert come_in(site.browser(), code=codes[3]).status_code == 403
    assert come_in(site.browser(), code=codes[4]).status_code == 303


def test_secrets_are_nowhere_in_the_database(site: Site) -> None:
    client = signed_in(site)
    one, codes = enrolled(site, client)
    cookie = client.get_cookie("person")
    assert cookie is not None
    tables = ("person", "person_session", "recovery_code", "sign_in_event", "person_invitation")
    kept = "".join(str(site.register.execute(text(f"SELECT t::text FROM {table} AS t")).all()) for table in tables)
    for secret in (one.secret, PASSWORD, cookie.value, *codes):
        assert secret not in kept
        assert secret.encode().hex() not in kept


def test_a_secret_of_somebody_else_cannot_be_put_into_the_form(site: Site) -> None:
    client = signed_in(site)
    other = site.browser()
    a_person(site.register, login="minh", password=PASSWORD)
    site.register.commit()
    come_in(other, login="minh")
    sealed = re.search(r'name="sealed" value="([0-9a-f]+)"', other.get("/account/second-factor").text)
    assert sealed
    form = {"token": form_token(client.get("/account").text), "sealed": sealed[1], "code": "1", "password": PASSWORD}
    assert client.post("/account/second-factor", data=form).status_code == 403


# -- forms -------------------------------------------------------------------------------------------------------------


def test_a_form_of_another_site_signs_nobody_in(site: Site) -> None:
    client = site.browser()
    token = form_token(client.get("/sign-in").text)
    form = {"login": "lan", "password": PASSWORD}
    for given, headers in (
        ({}, {}),
        ({"token": "0" * 64}, {}),
        ({"token": "é"}, {}),
        ({"token": token}, {"Sec-Fetch-Site": "cross-site"}),
        ({"token": token}, {"Sec-Fetch-Site": "same-site"}),
    ):
        assert client.post("/sign-in", data={**form, **given}, headers=headers).status_code == 403
    assert site.browser().post("/sign-in", data={**form, "token": token}).status_code == 403, "another browser's form"


@pytest.mark.parametrize("path", ["/sign-out", "/account/password", "/account/sessions", "/account/second-factor"])
def test_every_write_needs_the_token_of_its_session(site: Site, path: str) -> None:
    client, other = signed_in(site), signed_in(site)
    for given in ({}, {"token": "0" * 64}, {"token": form_token(other.get("/account").text)}):
        assert client.post(path, data=given).status_code == 403
    good = {"token": form_token(client.get("/account").text)}
    assert client.post(path, data=good, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/account/second-factor", "/invitation?token=x"])
def test_no_page_about_people_is_kept_or_indexed(site: Site, path: str) -> None:
    client = site.browser() if path == "/sign-in" else signed_in(site)
    for prefix in ("", "/en"):
        answer = client.get(prefix + path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "ETag" not in answer.headers


# -- what happened -----------------------------------------------------------------------------------------------------


def test_what_happens_at_the_door_is_noted_without_what_was_typed(site: Site) -> None:
    come_in(site.browser(), "mật khẩu sai", login="mật khẩu gõ nhầm ô")
    come_in(site.browser(), "sai")
    client = signed_in(site)
    noted = site.register.scalars(select(SignInEvent).order_by(SignInEvent.id)).all()
    assert [(one.outcome, one.person_id) for one in noted[-3:]] == [
        ("refused", None),
        ("refused", site.person.id),
        ("signed_in", site.person.id),
    ]
    assert "mật khẩu" not in str([(one.method, one.address, one.outcome) for one in noted])
    assert "Đăng nhập không thành công" in client.get("/account").text
