"""What search engines find, the way back through lists, and the code on paper."""

import html
import re
from datetime import datetime
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata import sitemap
from geodata.geometry import LonLat
from mapapp.citizen_qr import drawing
from tests.builders import an_institution, publish

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def locations(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    root = ElementTree.fromstring(answer.get_data())  # noqa: S314  our own
    return [found.text or "" for found in root.iterfind(".//s:loc", NS)]


def test_robots_lead_to_the_sitemap(client: FlaskClient, register: Session) -> None:
    text = client.get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml\n" in text
    assert "Disallow: /reports/\n" in text
    assert "Disallow: /en/reports/\n" in text
    assert "Disallow: /steward\n" in text
    assert not re.search(r"^Disallow: /$", text, re.MULTILINE)


def test_the_sitemap_lists_every_page_in_both_languages(client: FlaskClient, register: Session) -> None:
    schools = [an_institution(f"Trường {number}") for number in range(3)]
    publish(register, *schools)
    listed = [
        address
        for part in locations(client, "/sitemap.xml")
        for address in locations(client, part.removeprefix("http://localhost"))
    ]
    expected = {f"http://localhost{lang}/institutions/{school.id}" for school in schools for lang in ("", "/en")}
    assert expected <= set(listed)
    assert {"http://localhost/", "http://localhost/en/", "http://localhost/about"} <= set(listed)
    assert len(listed) == len(set(listed))
    for address in listed:
        assert client.get(address.removeprefix("http://localhost")).status_code == 200, address


def test_entries_name_the_other_language_and_the_last_change(client: FlaskClient, register: Session) -> None:
    school = an_institution()
    release = publish(register, school)
    publish(register, an_institution("Khác"))
    root = ElementTree.fromstring(client.get("/sitemaps/v.xml").get_data())  # noqa: S314  our own
    mine = [url for url in root if school.id in (url.findtext("s:loc", "", NS))]
    assert len(mine) == 2
    for url in mine:
        others = {link.get("hreflang"): link.get("href") for link in url.iterfind("x:link", NS)}
        assert others["vi"] == others["x-default"] == f"http://localhost/institutions/{school.id}"
        assert others["en"] == f"http://localhost/en/institutions/{school.id}"
        changed = datetime.fromisoformat(url.findtext("s:lastmod", "", NS))
        assert changed == release.published_at.replace(microsecond=0)


def test_large_registers_are_listed_in_parts(register: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    schools = [an_institution(f"Trường {number:02}") for number in range(30)]
    publish(register, *schools)
    monkeypatch.setattr(sitemap, "MOST_IN_A_PART", 2)
    parts = sitemap.parts(register)
    assert len(parts) == 23
    found = [id_ for part in parts for id_, _changed in sitemap.last_changes(register, part)]
    assert sorted(found) == sorted(school.id for school in schools)


@pytest.mark.parametrize("part", ["w", "va", "V", "v2345678", "é", "..", "v%00"])
def test_parts_that_are_none_are_not_found(client: FlaskClient, register: Session, part: str) -> None:
    assert client.get(f"/sitemaps/{part}.xml").status_code == 404


@pytest.mark.parametrize("question", ["", "?type=college", "?q=truong", "?bbox=102,8,110,23"])
def test_lists_lead_back_part_by_part(client: FlaskClient, register: Session, question: str) -> None:
    publish(register, *(an_institution(f"Trường {number:02}", at=LonLat(105.8, 21.0)) for number in range(65)))
    pages, way = [], f"/{question}"
    while way:
        pages.append(client.get(way).text)
        way = address(pages[-1], "next")
    assert len(pages) == 4
    back = pages[-1]
    for earlier in reversed(pages[:-1]):
        back = client.get(address(back, "prev")).text
        assert titles(back) == titles(earlier)
        assert re.search(r'start="\d+"', back)[0] == re.search(r'start="\d+"', earlier)[0]  # type: ignore[index]
    assert address(back, "prev") == ""


def test_near_lists_lead_back_too(client: FlaskClient, register: Session) -> None:
    publish(register, *(an_institution(f"Trường {n:02}", at=LonLat(105.8 + n / 1000, 21.0)) for n in range(45)))
    first = client.get("/nearby?lat=21&lon=105.8").text
    second = client.get(address(first, "next")).text
    third = client.get(address(second, "next")).text
    assert titles(client.get(address(third, "prev")).text) == titles(second)
    assert titles(client.get(address(second, "prev")).text) == titles(first)


def address(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


def titles(page: str) -> list[str]:
    return re.findall(r"<h3><a [^>]*><bdi>([^<]*)</bdi>", page)


def test_the_qr_code_is_a_drawing_of_the_pages_address(client: FlaskClient, register: Session) -> None:
    school = an_institution(codes=[("CDT0101", (None, None))])
    publish(register, school)
    assert f'src="/institutions/{school.id}/qr.svg"' in client.get(f"/institutions/{school.id}").text
    answer = client.get("/institutions/CDT0101/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.text == drawing(f"http://localhost/institutions/{school.id}")
    assert answer.text != drawing(f"http://localhost/en/institutions/{school.id}")
    assert client.get(f"/en/institutions/{school.id}/qr.svg").text == drawing(
        f"http://localhost/en/institutions/{school.id}"
    )
    assert client.get("/institutions/nobody/qr.svg").status_code == 404
