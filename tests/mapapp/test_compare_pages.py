"""Two overlays side by side, the change between two years, and the projection: pages and API say the same."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from tests.mapapp.asking import ask, page

INDICATOR = "teacher_digital_competence"
API = f"/api/v1/overlays/{INDICATOR}/change"
MAP = re.compile(r'id="(\w+)-map-title".*?</svg>', re.S)
SHAPE = re.compile(r'<(?:path|circle) class="(?:area|spot) (\w+)[^"]*" data-unit="([^"]+)"')


def maps(text: str) -> dict[str, dict[str, str]]:
    """The colour of every unit, by map."""
    return {found[1]: {unescape(key): tone for tone, key in SHAPE.findall(found[0])} for found in MAP.finditer(text)}


def tone_of(row: dict[str, Any]) -> str:
    moved = row["difference"]
    if moved is None:
        return "none" if row["N"] == 0 and row["earlier_N"] == 0 else "nodata"
    if abs(moved) < 2:
        return "same"
    return ("up" if moved > 0 else "down") + ("2" if abs(moved) >= 10 else "1")


@pytest.mark.parametrize(
    ("units", "question"),
    [("province", "level=province"), ("district@2025-06-30", "level=district&on=2025-06-30")],
)
def test_the_change_map_has_the_numbers_of_the_api(planner: FlaskClient, units: str, question: str) -> None:
    told = ask(planner, f"{API}?{question}&since=2023&period=2025")
    text = page(planner, f"/planner/compare?indicator={INDICATOR}&period=2025&with_period=2023&units={units}")
    drawn = maps(text)["compare_change"]
    rows = {row["unit"]: row for row in told["rows"] if row["unit"]}
    assert drawn == {key: tone_of(rows[key]) for key in drawn}
    assert len(drawn) >= 34
    assert any(tone in ("up1", "up2") for tone in drawn.values())


def test_both_sides_are_the_overlays_themselves(planner: FlaskClient) -> None:
    found = maps(page(planner, f"/planner/compare?indicator={INDICATOR}&period=2025&with_period=2023"))
    for name, period in (("compare_one", 2023), ("compare_two", 2025)):
        single = maps(page(planner, f"/planner?indicator={INDICATOR}&period={period}"))["overlay"]
        assert found[name] == single


def test_two_indicators_have_no_change(planner: FlaskClient) -> None:
    text = page(planner, f"/planner/compare?indicator={INDICATOR}&with_indicator=digital_infrastructure&period=2024")
    assert set(maps(text)) == {"compare_one", "compare_two"}
    assert "/change?" not in text


def test_silence_is_no_change(planner: FlaskClient) -> None:
    rows = ask(planner, f"{API}?level=commune&since=2023&period=2025")["rows"]
    assert all((row["difference"] is None) == (row["earlier"] is None or row["later"] is None) for row in rows)
    assert any(row["difference"] is None and row["N"] for row in rows)


def test_both_archipelagos_are_on_every_map(planner: FlaskClient) -> None:
    text = page(planner, "/planner/compare")
    assert text.count(">Quần đảo Hoàng Sa<") == text.count(">Quần đảo Trường Sa<") == 3


def test_ids_on_the_page_are_unique(planner: FlaskClient) -> None:
    for address in ("/planner/compare", "/planner", "/planner/access", "/planner/reports"):
        ids = re.findall(r'\sid="([^"]+)"', page(planner, address))
        assert len(ids) == len(set(ids)), address


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("since=2019", "period"),
        ("period=2024", "since"),
        ("since=2023&level=district", "level"),
        ("since=then", "since"),
        ("since=2023&format=csv", "format"),
    ],
)
def test_nonsense_is_refused_with_a_reason(planner: FlaskClient, question: str, parameter: str) -> None:
    answer = planner.get(f"{API}?{question}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["errors"][0]["parameter"] == parameter


def test_an_unknown_indicator_is_said(planner: FlaskClient) -> None:
    assert planner.get("/api/v1/overlays/nonsense/change?since=2023").status_code == 404
    assert planner.get("/planner/compare?indicator=nonsense").status_code == 404
    assert "2022, 2023, 2024, 2025" in page(planner, "/planner/compare?period=2019")


def test_the_answer_has_the_shape_that_is_described(planner: FlaskClient) -> None:
    spec = ask(planner, "/api/v1/openapi.json")
    path = "/api/v1/overlays/{indicator}/change"
    schema = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": spec["components"]})
    assert [error.message for error in validator.iter_errors(ask(planner, f"{API}?since=2023"))] == []


def test_a_projection_is_called_one_in_chart_and_table(planner: FlaskClient) -> None:
    text = page(planner, f"/planner?indicator={INDICATOR}")
    assert text.count('<tr class="projected">') == 5
    assert "Dự phóng, không phải dự báo" in text
    title = re.search(r'<svg class="curve-box"[^>]*><title>([^<]*)</title>', text)
    assert title is not None
    assert title[1].count("dự phóng") == 5
    assert "2030:" in title[1]
    assert 'class="projected"' not in page(planner, "/planner?indicator=network_map&units=province")
