"""The planner's pages: the same numbers as the API, no data never drawn as zero, refusals that help."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.targets import targets
from tests.builders import an_institution, publish
from tests.mapapp.asking import page

ROW = re.compile(r'<tr class="(?P<tone>\w+)" data-unit="(?P<unit>[^"]+)">.*?data-value="(?P<value>[^"]*)"', re.S)
SHAPE = re.compile(r'<(?:path|circle) class="(?:area|spot) (?P<tone>\w+)[^"]*" data-unit="(?P<unit>[^"]+)"')
INDICATOR = "teacher_digital_competence"


def api(planner: FlaskClient, question: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = planner.get(f"/api/v1/overlays/{INDICATOR}?{question}").get_json()["rows"]
    return rows


@pytest.mark.parametrize(
    ("units", "question"),
    [
        ("province", "level=province"),
        ("district@2025-06-30", "level=district&on=2025-06-30"),
        ("commune", "level=commune"),
    ],
)
def test_table_and_map_show_the_numbers_of_the_api(planner: FlaskClient, units: str, question: str) -> None:
    text = page(planner, f"/planner?indicator={INDICATOR}&units={units}&period=2024")
    told = {row["unit"]: row for row in api(planner, f"{question}&period=2024")}
    table = ROW.findall(text)
    assert len(table) == min(100, sum(1 for key in told if key))
    for tone, key, value in table:
        row = told[unescape(key)]
        assert value == ("" if row["value"] is None else repr(row["value"]))
        assert tone == tone_of(row)
    drawn = {key: tone for tone, key in SHAPE.findall(text)}
    assert drawn == {key: tone_of(row) for key, row in told.items() if key and (row["N"] or units == "province")}


def tone_of(row: dict[str, Any]) -> str:
    if not row["N"]:
        return "none"
    return "nodata" if row["value"] is None else f"q{min(4, int(row['value'] / 20))}"


def test_the_first_page_of_the_ranking_begins_with_the_highest(planner: FlaskClient) -> None:
    told = [float(value) for _tone, _key, value in ROW.findall(page(planner, "/planner")) if value]
    assert told == sorted(told, reverse=True)
    assert len(told) > 5


def test_pages_of_the_ranking_hold_every_unit_once(planner: FlaskClient) -> None:
    pages = [ROW.findall(page(planner, f"/planner?units=district@2025-06-30&page={number}")) for number in range(1, 9)]
    found = [key for rows in pages for _tone, key, _value in rows]
    assert (len(found), len(set(found))) == (696, 696)


def test_no_data_is_hatched_and_a_pattern_not_a_colour(planner: FlaskClient, network: Session) -> None:
    publish(
        network,
        an_institution(province="11", former_province="11", attributes=(("high_quality", "recognised", (None, None)),)),
    )
    text = page(planner, "/planner?indicator=digital_school&period=2024")
    shape = re.search(r'<path class="area (\w+)" data-unit="11@2025-07-01"[^>]*>', text)
    assert shape is not None
    assert shape[1] == "nodata"
    assert 'fill="url(#hatch)"' in shape[0]


def test_both_archipelagos_are_drawn_and_named(planner: FlaskClient) -> None:
    for address in ("/planner", "/planner?units=commune", "/en/planner"):
        text = page(planner, address)
        assert "Hoàng Sa" in text
        assert "Trường Sa" in text


def test_exports_are_of_exactly_the_view(planner: FlaskClient) -> None:
    text = page(planner, f"/planner?indicator={INDICATOR}&units=district@2025-06-30&period=2023&type=college")
    links = [unescape(link) for link in re.findall(r'href="(/api/v1/overlays/[^"]+)"', text)]
    forms = [link.partition("format=")[2].partition("&")[0] for link in links]
    assert sorted(forms) == sorted(["", "csv", "geojson", "gpkg", "html", "manifest", "pdf", "pdf", "xlsx", "zip"])
    for link in links:
        assert {"level=district", "on=2025-06-30", "period=2023", "type=college", "release=1"} <= set(
            re.split(r"[?&]", link)
        )
    assert {planner.get(link).status_code for link in links if "csv" in link or "format" not in link} == {200}


def test_a_target_left_over_from_another_indicator_is_dropped(planner: FlaskClient) -> None:
    plain = page(planner, f"/planner?indicator={INDICATOR}")
    assert ROW.findall(page(planner, f"/planner?indicator={INDICATOR}&target=2222-digital-inspections-2025")) == (
        ROW.findall(plain)
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/planner?units=district", "30/06/2025"),
        ("/planner?period=2019", "2022, 2023, 2024, 2025"),
        ("/planner?indicator=s38_meets_standard", "chưa có báo cáo nào"),
        ("/planner?indicator=digital_inspections&type=college", "không lọc theo cơ sở"),
    ],
)
def test_what_cannot_be_answered_is_said_beside_the_form(planner: FlaskClient, address: str, said: str) -> None:
    text = page(planner, address)
    assert said.casefold() in text.casefold()
    assert 'name="indicator"' in text
    assert "overlay-map" not in text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/planner?indicator=nonsense", 404),
        ("/planner?units=village", 400),
        ("/planner?units=province@2025-02-30", 400),
        ("/planner?page=0", 400),
        ("/planner?nonsense=1", 400),
        ("/planner/units/999", 404),
        ("/planner/units/nonsense", 404),
        ("/planner/targets?x=1", 400),
    ],
)
def test_nonsense_gets_a_helpful_page(planner: FlaskClient, address: str, status: int) -> None:
    answer = planner.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")


def test_every_target_is_listed_with_its_clause_and_state(planner: FlaskClient) -> None:
    text = page(planner, "/planner/targets")
    listed = re.findall(r'<tr id="([^"]+)">', text)
    assert listed == [target.id for target in targets()]
    row = text.split('<tr id="2222-digital-infrastructure-2025">')[1].split("</tr>")[0]
    told = planner.get("/api/v1/overlays/digital_infrastructure?target=2222-digital-infrastructure-2025").get_json()[
        "whole"
    ]
    assert "mục I.2.c, gạch đầu dòng 2" in row
    assert f"{told['target_n']}/{told['target_N']}" in row
    assert ("đã đạt mức" in row) == told["met"]


def test_a_unit_shows_every_year_and_the_plans_that_cover_it(planner: FlaskClient) -> None:
    former = page(planner, "/planner/units/79@2025-06-30")
    assert all(f'<th scope="row">{year}</th>' in former for year in (2022, 2023, 2024, 2025))
    assert "2550/QĐ-UBND" in former
    today = page(planner, "/planner/units/79")
    assert "2550/QĐ-UBND" in today
    assert '/planner/units/74@2008-08-01"' in today
    assert "2550/QĐ-UBND" not in page(planner, "/planner/units/01")


@pytest.mark.parametrize("path", ["/planner", "/planner/targets", "/planner/units/01"])
def test_pages_speak_both_languages(planner: FlaskClient, path: str) -> None:
    assert '<html lang="vi">' in page(planner, path)
    english = page(planner, f"/en{path}")
    assert '<html lang="en">' in english
    assert f'hreflang="vi" href="http://localhost{path}"' in english


def test_a_register_without_reports_says_so(client: FlaskClient) -> None:
    text = client.get("/planner").text
    assert "chưa có báo cáo nào" in text.casefold()
    assert client.get("/planner/targets").status_code == 200
    assert client.get("/planner/units/01").status_code == 200


@pytest.mark.parametrize(
    ("today", "former", "document"),
    [("79", "79@2008-08-01", "2550/QĐ-UBND"), ("52", "52@2008-08-01", "Bình Định")],
)
def test_after_a_merger_the_profile_says_which_part_a_document_covers(
    planner: FlaskClient, today: str, former: str, document: str
) -> None:
    text = page(planner, f"/planner/units/{today}")
    section = text.partition('id="covers"')[2].partition("</section>")[0]
    assert document in section
    assert f"/planner/units/{former}" in section
    assert "phần là" in section
    own = page(planner, f"/planner/units/{former}")
    assert "toàn bộ đơn vị này" in own
    assert own.count('class="line"') > 5
    assert 'id="covers"' not in page(planner, "/planner/units/01")


def test_institutions_lie_above_the_overlay_by_type(planner: FlaskClient) -> None:
    text = page(planner, "/planner?layer=college&layer=vocational_centre")
    live = json.loads(unescape(re.search(r'id="planner-figure"[^>]*data-config="([^"]*)"', text)[1]))  # type: ignore[index]
    assert live["layers"] == ["college", "vocational_centre"]
    assert live["clusters"] == "/api/v1/clusters"
    boxes = re.findall(r'<input type="checkbox" name="layer" form="planner-form" value="(\w+)"( checked)?>', text)
    assert [value for value, on in boxes if on] == ["college", "vocational_centre"]
    assert len(boxes) == 5
    sorts = [unescape(link) for link in re.findall(r'href="(/planner\?[^"]*sort=gap[^"]*)"', text)]
    assert all("layer=college" in link and "layer=vocational_centre" in link for link in sorts)
    assert sorts


def test_smaller_units_are_symbols_until_outlines_are_asked_for(planner: FlaskClient) -> None:
    plain = page(planner, "/planner?units=commune")
    assert '"areas": null' in unescape(plain)
    assert "ký hiệu tròn đặt tại điểm đại diện" in plain
    asked = page(planner, "/planner?units=commune&shapes=areas")
    assert (
        "format=geojson"
        in json.loads(
            unescape(re.search(r'id="planner-figure"[^>]*data-config="([^"]*)"', asked)[1])  # type: ignore[index]
        )["areas"]
    )
    assert "Ranh giới xấp xỉ: ô dựng từ điểm đại diện" in asked
    assert "Ô ranh giới xấp xỉ" not in page(planner, "/planner?units=province&shapes=areas")


def test_official_outlines_are_drawn_without_asking(planner: FlaskClient, network: Session) -> None:
    network.execute(
        text(
            "UPDATE unit_boundary SET quality = 'official', imported_at = imported_at + interval '1 second'"
            " WHERE unit_key IN (SELECT key FROM administrative_unit WHERE level = 'commune' AND valid_to IS NULL)"
        )
    )
    shown = page(planner, "/planner?units=commune")
    assert "tệp ranh giới chính thức" in shown
    assert "format=geojson" in unescape(shown)
    assert "ký hiệu tròn đặt tại điểm đại diện" in page(planner, "/planner?units=commune&shapes=symbols")


def test_an_occupation_is_a_field_of_the_form(planner: FlaskClient) -> None:
    shown = page(planner, "/planner?occupation=6510202")
    assert re.search(r'<input id="planner-occupation"[^>]*value="6510202"', shown)
    assert "6510202" in shown.partition('id="occupation-said"')[2][:200]
    assert '<input type="hidden" name="occupation"' not in shown
