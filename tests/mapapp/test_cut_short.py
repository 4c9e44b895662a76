"""A search that was cut short is answered, and neither kept nor remembered by anybody."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import search
from tests.builders import an_institution, publish
from tests.mapapp.conftest import NOW

LIST = "/api/v1/institutions?q=viettronixs"
HOME = "/?q=viettronixs"


@pytest.mark.parametrize("address", [LIST, HOME, LIST + "&release={release}&on={day}"])
def test_the_next_who_asks_is_told_all(
    client: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    release = publish(register, an_institution("Trường Viettronics"))
    address = address.format(release=getattr(release, "id", release), day=NOW.date())
    with monkeypatch.context() as hurried:
        cut_short(hurried)
        answers = [client.get(address) for _ in range(2)]
    for hasty in answers:
        assert (hasty.status_code, hasty.headers["Cache-Control"], hasty.headers.get("ETag")) == (200, "no-store", None)
        assert "Viettronics" not in hasty.get_data(as_text=True)
    whole = client.get(address)
    assert "Viettronics" in whole.get_data(as_text=True)
    assert whole.headers["Cache-Control"].startswith("public")
    assert client.get(address, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_the_filters_are_counted_anew(client: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(register, an_institution("Trường Viettronics"))
    with monkeypatch.context() as hurried:
        cut_short(hurried)
        hasty = client.get(HOME).get_data(as_text=True)
    again = client.get(HOME).get_data(as_text=True)
    publish(register, an_institution())
    assert filters(again) == filters(client.get(HOME).get_data(as_text=True)) != filters(hasty)


def test_its_words_are_not_noted_as_missed(
    app: APIFlask, client: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(register, an_institution("Trường Viettronics"))
    cut_short(monkeypatch)
    client.get(HOME)
    assert not app.extensions["mapapp.misses"]._counts


def cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on looks at similar names take too long."""
    monkeypatch.setattr(search, "LONGEST_LOOK_MS", 30)
    monkeypatch.setattr(search, "agreeing", lambda session, *_: session.execute(text("SELECT pg_sleep(20)")))


def filters(page: str) -> list[str]:
    """What the page says beside each value of the filters."""
    return [line.strip() for line in page.partition("<form")[2].partition("</form>")[0].splitlines() if line.strip()]
