"""Two overlays side by side as files: the figures of both, what lies between them, and what they are."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from geodata.overlays import Overlay, by_unit
from tests.mapapp.exports.conftest import INDICATOR, OVERLAY

OTHER = "digital_infrastructure"
COMPARISON = f"{OVERLAY}/comparison"
DISTRICTS = {"level": "district", "on": "2025-06-30"}
YEARS = {**DISTRICTS, "period": "2025", "with_period": "2023"}
INDICATORS = {**DISTRICTS, "period": "2024", "with_indicator": OTHER}
BESIDE = pytest.mark.parametrize("asked", [YEARS, INDICATORS], ids=["years", "indicators"])


def get(client: FlaskClient, form: str, asked: dict[str, str]) -> bytes:
    answer = client.get(COMPARISON, query_string={**asked, "format": form})
    assert answer.status_code == 200, answer.text
    return answer.data


def side(network: Session, indicator: str, period: str) -> Overlay:
    return by_unit(network, indicator, level="district", on=date(2025, 6, 30), period=period)


def expected(network: Session, asked: dict[str, str]) -> list[tuple[str | None, float | None, float | None]]:
    """(unit, left, right) of every district, as the overlays themselves say it."""
    one = side(network, asked.get("with_indicator", INDICATOR), asked.get("with_period", asked["period"]))
    two = side(network, INDICATOR, asked["period"])
    left = {row.unit.key if row.unit else None: row.value for row in one.rows}
    return [(key, left.get(key), row.value) for row in two.rows for key in [row.unit.key if row.unit else None]]


@BESIDE
def test_every_format_has_both_columns_and_the_difference(
    exporter: FlaskClient, network: Session, asked: dict[str, str]
) -> None:
    rows = json.loads(get(exporter, "json", asked))["rows"]
    assert [(row["unit"], row["one_value"], row["two_value"]) for row in rows] == expected(network, asked)
    assert all(row["difference"] == difference(row) for row in rows)
    assert any(row["difference"] for row in rows)
    assert any(row["difference"] is None and row["two_N"] for row in rows)
    assert in_csv(get(exporter, "csv", asked)) == figures(rows)
    assert in_workbook(get(exporter, "xlsx", asked))[:-1] == figures(rows)


def difference(row: dict[str, Any]) -> float | None:
    known = row["one_value"] is not None and row["two_value"] is not None
    return round(row["two_value"] - row["one_value"], 4) if known else None


def figures(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["unit"], row["one_value"], row["two_value"], row["difference"]) for row in rows]


def in_csv(content: bytes) -> list[tuple[Any, ...]]:
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {line["data_status"] for line in lines} == {"illustrative"}
    assert {line["two_indicator"] for line in lines} == {INDICATOR}
    return [(line["unit"] or None, *(float(line[name]) if line[name] else None for name in SHOWN)) for line in lines]


SHOWN = ("one_value", "two_value", "difference")


def in_workbook(content: bytes) -> list[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(content), read_only=True)
    assert book.sheetnames == ["Số liệu", "Phương pháp", "Nguồn"]
    heading, *lines = book["Số liệu"].iter_rows(values_only=True)
    return [tuple(line[heading.index(name)] for name in ("unit", *SHOWN)) for line in lines]


@BESIDE
def test_the_archive_holds_what_its_manifest_says(exporter: FlaskClient, asked: dict[str, str]) -> None:
    content = get(exporter, "zip", asked)
    assert content == get(exporter, "zip", asked)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(one for one in archive.namelist() if one.endswith("manifest.json"))
        manifest = json.loads(archive.read(name))
        assert len(archive.namelist()) == 4
        assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
            one: hashlib.sha256(archive.read(one)).hexdigest() for one in archive.namelist() if one != name
        }
    assert manifest["one"]["indicator"] == asked.get("with_indicator", INDICATOR)
    assert manifest["two"]["period"] == asked["period"]
    assert {"method_vi", "licence", "release", "published_at", "url", "page"} <= set(manifest)


def test_the_address_in_a_file_gives_it_again(exporter: FlaskClient) -> None:
    told = json.loads(get(exporter, "json", YEARS))
    assert "release=" in told["url"]
    assert exporter.get(told["url"]).get_json()["rows"] == told["rows"]
    assert exporter.get(told["page"]).status_code == 200


def test_units_of_measurement_are_not_mixed(exporter: FlaskClient) -> None:
    asked = {"level": "province", "period": "2024", "with_indicator": "network_map"}
    rows = json.loads(get(exporter, "json", asked))["rows"]
    assert {row["difference"] for row in rows} == {None}


def test_the_page_offers_what_it_shows(exporter: FlaskClient) -> None:
    page = exporter.get(f"/planner/compare?indicator={INDICATOR}&period=2025&with_period=2023").text
    links = [link.replace("&amp;", "&") for link in re.findall(rf'href="({re.escape(COMPARISON)}[^"]*)"', page)]
    assert [re.findall(r"format=(\w+)", link) for link in links] == [["csv"], ["xlsx"], [], ["zip"], ["manifest"]]
    assert exporter.get(links[0]).mimetype == "text/csv"


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ({"with_period": "2019"}, "with_period"),
        ({"period": "2019"}, "period"),
        ({"with_period": "then"}, "with_period"),
        ({"level": "district"}, "level"),
        ({"format": "pdf"}, "format"),
    ],
)
def test_nonsense_is_refused_with_a_reason(planner: FlaskClient, question: dict[str, str], parameter: str) -> None:
    answer = planner.get(COMPARISON, query_string=question)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["errors"][0]["parameter"] == parameter


def test_an_unknown_indicator_is_said(planner: FlaskClient) -> None:
    assert planner.get("/api/v1/overlays/nonsense/comparison").status_code == 404
    assert planner.get(COMPARISON, query_string={"with_indicator": "nonsense"}).status_code == 404
