"""Administrative units and their outlines for machines."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session


def test_today_has_34_provinces_and_before_had_63(client: FlaskClient, register: Session) -> None:
    assert client.get("/api/v1/units").get_json()["numberReturned"] == 34
    assert client.get("/api/v1/units?level=province&on=2025-06-30").get_json()["numberReturned"] == 63


def test_a_reused_code_means_the_unit_of_the_day(client: FlaskClient, register: Session) -> None:
    assert client.get("/api/v1/units/52").get_json()["unit"]["name"] == "Gia Lai"
    for address in ("52@2025-06-30", "52?on=2025-06-30"):
        body = client.get(f"/api/v1/units/{address}").get_json()
        assert body["unit"]["name"] == "Bình Định"
        assert [link["unit"]["name"] for link in body["successors"]] == ["Gia Lai"]


def test_a_commune_lies_in_its_province(client: FlaskClient, register: Session) -> None:
    communes = client.get("/api/v1/units?level=commune&within=48").get_json()["units"]
    assert "Hoàng Sa" in {unit["name"] for unit in communes}
    assert {unit["parent"] for unit in communes} == {"48@2025-07-01"}
    assert [unit["code"] for unit in client.get("/api/v1/units/20333").get_json()["ancestors"]] == ["48"]


@pytest.mark.parametrize(
    "question", ["province?zoom=4", "province?on=2025-06-30", "commune?within=01", "district?on=2025-06-30&within=01"]
)
def test_archipelagos_are_among_all_outlines(client: FlaskClient, register: Session, question: str) -> None:
    features = client.get(f"/api/v1/boundaries/{question}").get_json()["features"]
    symbols = [one["properties"]["name"] for one in features if one["properties"]["symbol"] == "archipelago"]
    assert sorted(symbols) == ["Hoàng Sa", "Trường Sa"]


def test_outlines_say_how_good_they_are(client: FlaskClient, register: Session) -> None:
    features = client.get("/api/v1/boundaries/province").get_json()["features"]
    outlines = [one for one in features if one["properties"]["symbol"] is None]
    assert len(outlines) == 34
    assert {one["properties"]["quality"] for one in outlines} == {"approximate"}


def test_targets_come_with_document_and_clause(client: FlaskClient, register: Session) -> None:
    rows = client.get("/api/v1/targets?document=qd-2222-2021&year=2025").get_json()["targets"]
    assert rows
    assert {(row["document"]["number"], row["year"]) for row in rows} == {("2222/QĐ-TTg", 2025)}
    assert all(row["clause"]["text"] and row["indicator"] for row in rows)


def test_targets_name_indicators_of_the_catalogue(client: FlaskClient, register: Session) -> None:
    known = {row["id"] for row in client.get("/api/v1/indicators").get_json()["indicators"]}
    asked = {row["indicator"] for row in client.get("/api/v1/targets").get_json()["targets"]}
    assert asked <= known
