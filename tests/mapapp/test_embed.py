"""The embedded map: the one page that others may frame, with the same question as the home page."""

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.builders import an_institution, publish


def policy(client: FlaskClient, path: str) -> tuple[str, str | None]:
    """(frame-ancestors, X-Frame-Options) of a page."""
    headers = client.get(path).headers
    found = re.search(r"frame-ancestors ([^;]+)", headers["Content-Security-Policy"])
    assert found
    return found[1], headers.get("X-Frame-Options")


@pytest.mark.parametrize("path", ["/embed", "/en/embed", "/embed?q=hàn&view=list"])
def test_only_the_embedded_page_may_be_framed(client: FlaskClient, register: Session, path: str) -> None:
    assert policy(client, path) == ("*", None)
    again = client.get(path)  # an answer kept in memory keeps its own policy
    assert "X-Frame-Options" not in again.headers
    assert again.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["/", "/en/", "/nearby", "/about", "/nothing", "/embed?colour=red", "/embedded"])
def test_no_other_page_may(client: FlaskClient, register: Session, path: str) -> None:
    assert policy(client, path) == ("'none'", "DENY")


def test_the_embedded_page_loads_from_here_only(client: FlaskClient, register: Session) -> None:
    answer = client.get("/embed")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_it_shows_what_the_home_page_shows(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường A", type="college"), an_institution("Trường B", type="vocational_centre"))
    text = client.get("/embed?type=college").text
    assert "Trường A" in text
    assert "Trường B" not in text
    assert "national-figure" in text
    assert '<base target="_blank">' in text


def test_the_list_alone(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường A"))
    text = client.get("/embed?view=list").text
    assert "Trường A" in text
    assert "<figure" not in text
    assert "embed.js" not in text
    assert client.get("/embed?view=globe").status_code == 400


def test_the_home_page_hands_out_the_snippet_of_its_question(client: FlaskClient, register: Session) -> None:
    publish(register, *(an_institution(f"Trường {number:02}") for number in range(25)))
    home = client.get("/?q=trường&type=college&ownership=public").text
    code = re.search(r'<textarea id="embed-code"[^>]*>([^<]*)</textarea>', home)
    assert code
    frame = html.unescape(code[1])
    assert 'sandbox="allow-scripts allow-same-origin' in frame
    address = html.unescape(re.search(r'src="http://localhost([^"]+)"', frame)[1])  # type: ignore[index]
    shown = client.get(address).text
    assert re.findall(r'data-id="(\w+)" data-number', shown) == re.findall(r'data-id="(\w+)" data-number', home)
    assert 'target="_self"' in shown
    assert "/en/embed" in client.get("/en/").text


def test_hostile_words_stay_inside_the_snippet(client: FlaskClient, register: Session) -> None:
    home = client.get("/", query_string={"q": '"></textarea><script>alert(1)</script>'}).text
    assert "<script>alert" not in home
    assert home.count("</textarea>") == 1
