"""Headers: who may read, what may load, how long it is kept, how small it travels."""

import gzip
import html
import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mapapp import create_app
from tests.builders import an_institution, publish
from tests.mapapp.conftest import NOWHERE

PUBLIC = [
    "/",
    "/en/",
    "/nearby?place=Hà Nội",
    "/about",
    "/stewardship",
    "/data",
    "/ogc",
    "/ogc/collections/institutions/items",
    "/reconcile",
    "/api/v1/changes",
    "/docs",
    "/api/v1/institutions",
    "/api/v1/clusters?bbox=102,6,118,23.6&zoom=5",
    "/api/v1/suggest?q=ha",
    "/api/v1/units",
    "/api/v1/units/01",
    "/api/v1/boundaries/province",
    "/api/v1/indicators",
    "/api/v1/targets",
    "/api/v1/status",
]
PAGES = [
    "/",
    "/en/",
    "/nearby",
    "/nearby?place=Hà Nội",
    "/about",
    "/stewardship",
    "/docs",
    "/data",
    "/ogc?f=html",
    "/nothing",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_answers_carry_etag_and_are_not_sent_twice(client: FlaskClient, register: Session, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    assert "public" in first.headers["Cache-Control"]
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("path", ["/", "/api/v1/institutions", "/about"])
def test_a_publication_makes_answers_new(client: FlaskClient, register: Session, path: str) -> None:
    before = client.get(path).headers["ETag"]
    publish(register, an_institution())
    answer = client.get(path, headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_other_questions_have_other_etags(client: FlaskClient, register: Session) -> None:
    tags = {client.get(path).headers["ETag"] for path in ("/", "/en/", "/?q=a", "/?q=b", "/api/v1/institutions")}
    assert len(tags) == 5


@pytest.mark.parametrize("path", PUBLIC)
def test_head_is_get_without_its_body(client: FlaskClient, register: Session, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.get_data()) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]


def test_errors_are_not_kept(client: FlaskClient, register: Session) -> None:
    for path in ("/api/v1/institutions/nobody", "/api/v1/units?x=1", "/nothing"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/v1/institutions", "/api/v1/nothing", "/api/v1/units?x=1"])
def test_the_api_is_open_to_every_origin(client: FlaskClient, register: Session, path: str) -> None:
    assert client.get(path, headers={"Origin": "https://example.org"}).headers["Access-Control-Allow-Origin"] == "*"


def test_preflight_allows_reading(client: FlaskClient) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = client.options("/api/v1/institutions", headers=asked)
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]


def test_pages_are_not_open_to_other_origins(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_from_here_only(client: FlaskClient, register: Session, path: str) -> None:
    answer = client.get(path)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    loaded = re.findall(r"<(?:script|img|link rel=\"stylesheet\")[^>]*?(?:src|href)=\"([^\"]+)\"", answer.text)
    assert loaded
    assert all(address.startswith("/") for address in loaded)


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_no_inline_code(client: FlaskClient, register: Session, path: str) -> None:
    text = client.get(path).text
    assert "<style" not in text
    assert not re.search(r"\sstyle=|\son[a-z]+=\"", text)
    inline = re.findall(r"<script(?![^>]*src=)([^>]*)>", text)
    assert all("application/" in attributes for attributes in inline)


def test_text_travels_compressed(client: FlaskClient, register: Session) -> None:
    for path in ("/", "/api/v1/units", "/api/v1/boundaries/province"):
        plain = client.get(path)
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.get_data()) == plain.get_data()
        assert len(packed.get_data()) < len(plain.get_data()) / 2
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_static_files_are_kept_for_ever_under_their_fingerprint(client: FlaskClient, register: Session) -> None:
    address = re.search(r"/static/[0-9a-f]{12}/css/base\.css", client.get("/").text)
    assert address
    answer = client.get(address[0], headers={"Accept-Encoding": "gzip"})
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    stale = client.get("/static/css/base.css")
    assert "immutable" not in stale.headers["Cache-Control"]
    assert client.get("/static/css/base.css", headers={"If-None-Match": stale.headers["ETag"]}).status_code == 304


def test_outlines_may_be_kept_for_ever_in_their_version_only(client: FlaskClient, register: Session) -> None:
    config = re.search(r'data-config="([^"]+)"', client.get("/").text)
    assert config
    address = json.loads(html.unescape(config[1]))["boundaries"]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get("/api/v1/boundaries/province?v=old").headers["Cache-Control"]


def test_first_view_is_small(client: FlaskClient, register: Session) -> None:
    publish(register, *(an_institution(f"Trường Cao đẳng Minh họa {number}") for number in range(20)))
    packed = {"Accept-Encoding": "gzip"}
    page = client.get("/")
    loaded = re.findall(r"<(?:script|link rel=\"stylesheet\")[^>]*?(?:src|href)=\"([^\"]+)\"", page.text)
    loaded += re.findall(r"data-script=\"([^\"]+)\"", page.text)
    sizes = [len(client.get(path, headers=packed).get_data()) for path in ["/", *loaded]]
    assert sum(sizes) < 150_000


def test_only_the_public_host_is_believed() -> None:
    public = create_app(replace(NOWHERE, public_url="https://bando.example.vn")).test_client()
    assert public.get("/healthz", headers={"Host": "bando.example.vn"}).status_code == 200
    assert public.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
