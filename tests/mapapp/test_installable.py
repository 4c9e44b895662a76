"""The installable app: manifest, service worker, and a province to take along."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.text import fold
from tests.builders import an_institution, publish

DA_NANG = {"province": "48", "commune": "20242"}


def test_every_page_names_the_manifest_and_the_manifest_its_files(client: FlaskClient, register: Session) -> None:
    for lang, start in (("", "/"), ("/en", "/en/")):
        assert f'<link rel="manifest" href="{lang}/manifest.webmanifest">' in client.get(f"{lang}/about").text
        answer = client.get(f"{lang}/manifest.webmanifest")
        assert answer.mimetype == "application/manifest+json"
        manifest = json.loads(answer.text)
        assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (start, "/", "standalone")
        sizes = {icon["sizes"] for icon in manifest["icons"]}
        assert {"192x192", "512x512"} <= sizes
        for icon in manifest["icons"]:
            assert client.get(icon["src"]).mimetype == icon["type"]


def test_the_worker_stands_at_the_root_and_knows_every_file(client: FlaskClient, register: Session) -> None:
    answer = client.get("/service-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    settings = json.loads(re.search(r"const SETTINGS = (.+);\n", answer.text)[1])  # type: ignore[index]
    assert settings["pages"] == ["/offline", "/en/offline", "/verify/offline", "/en/verify/offline"]
    assert any(path.endswith("/js/offline.js") for path in settings["files"])
    for path in settings["files"]:
        assert client.get(path).status_code == 200, path
    again = client.get("/service-worker.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_pack_holds_a_province_and_nothing_else(client: FlaskClient, register: Session) -> None:
    here = an_institution(
        "Trường Cao đẳng Đà Nẵng", at=LonLat(108.2, 16.06), programmes=[("6510202", "college", (None, None))], **DA_NANG
    )
    unplaced = an_institution("Trường không rõ chỗ", province="48")
    closed = an_institution("Trường đã đóng", status=[("closed", (None, None))], province="48")
    elsewhere = an_institution("Trường Hà Nội", province="01")
    publish(register, here, unplaced, closed, elsewhere)
    pack = client.get("/api/v1/packs/48").get_json()
    features = {feature["properties"]["id"]: feature["properties"] for feature in pack["institutions"]["features"]}
    assert set(features) == {here.id, unplaced.id, closed.id}
    assert [(one["code"], one["training_level"]) for one in features[here.id]["programmes"]] == [("6510202", "college")]
    assert fold("Trường Cao đẳng Đà Nẵng") in features[here.id]["search"]
    assert fold(features[here.id]["programmes"][0]["name"]) in features[here.id]["search"]
    assert features[closed.id]["status"] == "closed"
    assert (pack["province"]["code"], pack["release"], pack["data_status"]) == ("48", 1, "official")
    levels = {outline["properties"]["code"] for outline in pack["boundaries"]["features"]}
    assert {"48", "20242"} <= levels


def test_a_pack_of_another_release_is_another_pack(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Một", province="48"))
    first = client.get("/api/v1/packs/48", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    same = client.get("/api/v1/packs/48", headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304
    publish(register, an_institution("Hai", province="48"))
    second = client.get("/api/v1/packs/48", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert len(second.get_json()["institutions"]["features"]) == 2


@pytest.mark.parametrize("code", ["98", "52@2020-01-01", "x", "%00", "00000000"])
def test_no_pack_for_what_is_no_province(client: FlaskClient, register: Session, code: str) -> None:
    assert client.get(f"/api/v1/packs/{code}").status_code in (400, 404)


def test_a_province_without_institutions_has_an_empty_pack(client: FlaskClient, register: Session) -> None:
    pack = client.get("/api/v1/packs/01").get_json()
    assert (pack["release"], pack["institutions"]["features"]) == (0, [])


def test_the_offline_page_offers_every_province(client: FlaskClient, register: Session) -> None:
    text = client.get("/offline").text
    packs = re.findall(r'<option value="(/api/v1/packs/\d\d)">', text)
    assert len(set(packs)) == 34
    assert "Take a province along" in client.get("/en/offline").text
