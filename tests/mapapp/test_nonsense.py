"""Whatever is asked, the answer is never a 500: a problem document for machines, a page for people."""

import re
import string
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mapapp.params import (
    BoundariesQuestion,
    ClustersQuestion,
    HomeQuestion,
    InstitutionsQuestion,
    NearbyQuestion,
    UnitsQuestion,
)
from tests.builders import an_institution, publish

FILTERED = ("/api/v1/institutions?", "/api/v1/clusters?bbox=102,6,118,23.6&zoom=5&", "/?", "/nearby?lat=21&lon=105&")
WRONG_FILTERS = [
    ("lat=91&lon=0", "lat"),
    ("lat=21&lon=181", "lon"),
    ("lat=x&lon=105", "lat"),
    ("lat=nan&lon=105", "lat"),
    ("lat=inf&lon=105", "lat"),
    ("type=school", "type"),
    ("type=college,nonsense", "type"),
    ("ownership=mine", "ownership"),
    ("training_level=phd", "training_level"),
    ("status=gone", "status"),
    ("occupation=12", "occupation"),
    ("occupation=652020x", "occupation"),
    ("unit=Hanoi", "unit"),
    ("unit=52@2025-02-30", "unit"),
    ("unit=98", "unit"),
    ("unit=99999@1900-01-01", "unit"),
    ("on=yesterday", "on"),
    ("on=2025-02-30", "on"),
    ("on=0", "on"),
    ("on=20250701", "on"),
    ("release=0", "release"),
    ("release=999999", "release"),
    ("release=99999999999999999999", "release"),
    ("radius_m=-1&lat=21&lon=105", "radius_m"),
    ("radius_m=nan&lat=21&lon=105", "radius_m"),
    ("q=" + "a" * 201, "q"),
    ("q=" + "a" * 1_000_000, "q"),
    ("q=a%00b", "q"),
    ("identifier=%00", "identifier"),
    ("identifier=" + "9" * 65, "identifier"),
    ("bbox=1,2,3", "bbox"),
    ("bbox=106,20,105,21", "bbox"),
    ("bbox=a,b,c,d", "bbox"),
    ("bbox=nan,nan,nan,nan", "bbox"),
    ("colour=red", "colour"),
    ("%00=1", "?"),
    ("q=a&q=b", "q"),
    ("type=" + ",".join(f"a{n}" for n in range(60)), "type"),
]
WRONG = [
    ("/api/v1/institutions?limit=0", "limit"),
    ("/api/v1/institutions?limit=1001", "limit"),
    ("/api/v1/institutions?limit=1.5", "limit"),
    ("/api/v1/institutions?limit=ten", "limit"),
    ("/api/v1/institutions?cursor=abc", "cursor"),
    ("/api/v1/institutions?cursor=" + "A" * 900, "cursor"),
    ("/api/v1/institutions?cursor=" + "A" * 2000, "cursor"),
    ("/api/v1/institutions?cursor=W10", "cursor"),
    ("/api/v1/institutions?cursor=WzEsLTEsbnVsbF0", "cursor"),
    ("/api/v1/institutions?count=all", "count"),
    ("/api/v1/institutions?lat=21", "lat,lon"),
    ("/api/v1/institutions?radius_m=100", "radius_m"),
    ("/api/v1/institutions/CDT0101?colour=red", "colour"),
    ("/api/v1/institutions/CDT0101?on=never", "on"),
    ("/api/v1/institutions/a%00b", "id_or_code"),
    ("/api/v1/clusters", "bbox"),
    ("/api/v1/clusters?bbox=102,6,118,23.6", "zoom"),
    ("/api/v1/clusters?bbox=102,6,118,23.6&zoom=23", "zoom"),
    ("/api/v1/clusters?bbox=102,6,118,23.6&zoom=-1", "zoom"),
    ("/api/v1/units?level=village", "level"),
    ("/api/v1/units?level=district", "level"),
    ("/api/v1/units?within=98", "unit"),
    ("/api/v1/units/nonsense", "unit"),
    ("/api/v1/units/52@2025-13-01", "unit"),
    ("/api/v1/units/%00", "id_or_code"),
    ("/api/v1/boundaries/commune", "within"),
    ("/api/v1/boundaries/district?within=01", "level"),
    ("/api/v1/boundaries/province?zoom=x", "zoom"),
    ("/api/v1/boundaries/province?v=../..", "v"),
    ("/api/v1/suggest?q=" + "x" * 201, "q"),
    ("/api/v1/suggest?limit=11", "limit"),
    ("/api/v1/indicators?year=2025", "year"),
    ("/api/v1/targets?year=1", "year"),
    ("/api/v1/status?on=soon", "on"),
]
MISSING = [
    "/api/v1/nothing",
    "/api/v1/institutions/" + "x" * 5000,
    "/api/v1/institutions/nobody",
    "/api/v1/institutions/%20",
    "/api/v1/institutions/%C2%A0/history",
    "/reconcile/preview/%20",
    "/api/v1/units/98",
    "/api/v1/boundaries/village",
    "/api/v2/institutions",
]
MISSING_PAGES = [
    "/nothing",
    "/en/nothing",
    "/institutions/nobody",
    "/institutions/%20",
    "/planner/standard/%20",
    "/en/institutions/" + "x" * 5000,
    "/static/../settings.py",
    "/static/%2e%2e/settings.py",
    "/static/css",
    "/static/a%00b",
    "/static/" + "x/" * 3000,
]


@pytest.mark.parametrize("start", FILTERED)
@pytest.mark.parametrize(("query", "parameter"), WRONG_FILTERS, ids=[query[:40] for query, _ in WRONG_FILTERS])
def test_wrong_filters_are_named(
    client: FlaskClient, register: Session, start: str, query: str, parameter: str
) -> None:
    answer = client.get(start + query)
    assert answer.status_code == 400
    if start.startswith("/api/"):
        assert parameter in [error["parameter"] for error in answer.get_json()["errors"]]
    else:
        assert answer.mimetype == "text/html"
        assert f"<bdi>{parameter}</bdi>" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("path", "parameter"), WRONG, ids=[path[:60] for path, _ in WRONG])
def test_wrong_questions_are_problems(client: FlaskClient, register: Session, path: str, parameter: str) -> None:
    answer = client.get(path)
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert body["type"] == "/docs#problem-invalid-parameter"
    assert parameter in [error["parameter"] for error in body["errors"]]
    assert all(error["message"] for error in body["errors"])


@pytest.mark.parametrize("path", MISSING, ids=lambda path: path[:60])
def test_missing_resources_are_problems(client: FlaskClient, register: Session, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("path", MISSING_PAGES, ids=lambda path: path[:60])
def test_missing_pages_help_people_on(client: FlaskClient, register: Session, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert ('lang="en"' if path.startswith("/en/") else 'lang="vi"') in answer.get_data(as_text=True)


def test_every_fault_is_told_at_once(client: FlaskClient) -> None:
    errors = client.get("/api/v1/institutions?type=x&limit=0&colour=red").get_json()["errors"]
    assert {error["parameter"] for error in errors} == {"type", "limit", "colour"}


def test_empty_fields_of_a_form_count_as_not_given(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường A"))
    fields = "q=&lat=&lon=&radius_m=&bbox=&type=&ownership=&training_level=&occupation=&unit=&status=&identifier=&on="
    assert client.get(f"/api/v1/institutions?{fields}&limit=&cursor=").get_json()["numberMatched"] == 1
    assert client.get(f"/?{fields}").status_code == 200


@pytest.mark.parametrize("path", ["/sign-in", "/invitation", "/about", "/data", "/en/planner", "/ogc?f=html"])
@pytest.mark.parametrize("query", ["lang=x", "endpoint=x", "_anchor=x", "_method=x", "_external=1&_scheme=javascript"])
def test_the_name_of_a_parameter_means_nothing_to_the_links_of_the_page(
    client: FlaskClient, register: Session, path: str, query: str
) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}{query}", headers={"Accept": "text/html"})
    assert (answer.status_code < 500, answer.mimetype) == (True, "text/html")
    links = re.findall(r'class="language" href="([^"]*)"', answer.text)
    assert len(links) == 1
    assert links[0].startswith(("/about", "/data", "/planner") if path.startswith("/en/") else "/en/")
    assert links[0].endswith(query.replace("&", "&amp;"))


@pytest.mark.parametrize("host", ["..", "a..b", "x" * 300])
def test_a_host_that_is_none_is_refused_without_an_entry_in_the_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    answer = client.get("/about", environ_overrides={"HTTP_HOST": host})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/api/v1/institutions", "/", "/api/v1/units/52"])
def test_public_addresses_are_read_only(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, data=b"x" * 100)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_hostile_names_stay_text(client: FlaskClient, register: Session) -> None:
    hostile = "Trường <script>alert(1)</script> {{ 7*7 }} ${x} \u202eABC"
    wanted = an_institution(hostile)
    publish(register, wanted)
    for path in ("/", f"/institutions/{wanted.id}", f"/?q={quote('<script>alert(1)</script>')}"):
        text = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in text
        assert " 49 " not in text


ANY_TEXT = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from(string.printable + "\x00đĐ,;@%'\"\\")), max_size=40
)
QUESTIONS = (HomeQuestion, NearbyQuestion, InstitutionsQuestion, ClustersQuestion, UnitsQuestion, BoundariesQuestion)
NAMES = st.sampled_from(sorted({name for question in QUESTIONS for name in question.model_fields}))
PATHS = st.sampled_from(
    [
        *("/", "/nearby", "/en/", "/about"),
        *(f"/api/v1/{name}" for name in ("institutions", "clusters", "suggest", "units", "boundaries/province")),
        *(f"/api/v1/{name}" for name in ("status", "indicators", "targets")),
    ]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=PATHS, query=st.dictionaries(NAMES, ANY_TEXT, max_size=4))
def test_no_question_breaks_the_server(
    client: FlaskClient, register: Session, path: str, query: dict[str, str]
) -> None:
    assert client.get(path, query_string=query).status_code in (200, 400)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        ["/api/v1/institutions/", "/institutions/", "/api/v1/units/", "/api/v1/boundaries/", "/static/"]
    ),
    text=ANY_TEXT,
)
def test_no_path_breaks_the_server(client: FlaskClient, register: Session, start: str, text: str) -> None:
    answer = client.get(start + quote(text, safe="", errors="replace"))
    assert answer.status_code in (200, 300, 302, 308, 400, 404)
