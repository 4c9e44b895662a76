"""Institutions for machines."""

from datetime import date
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from tests.builders import AnInstitution, an_institution, publish

LIST = "/api/v1/institutions"
HAI_PHONG, HA_NOI = LonLat(106.68, 20.86), LonLat(105.85, 21.03)


def names(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"{LIST}?{query}").get_json()
    return [feature["properties"]["name"] for feature in answer["features"]]


def test_list_is_geojson_with_counts_and_register(client: FlaskClient, register: Session) -> None:
    release = publish(register, an_institution("Trường A", at=HA_NOI), an_institution("Trường B"))
    answer = client.get(LIST)
    body = answer.get_json()
    assert answer.mimetype == "application/geo+json"
    assert (body["type"], body["numberMatched"], body["numberReturned"], body["withoutLocation"]) == (
        "FeatureCollection",
        2,
        2,
        1,
    )
    assert (body["release"], body["data_status"], body["on"]) == (release.id, "official", "2026-11-22")
    assert body["features"][0]["geometry"] == {"type": "Point", "coordinates": [105.85, 21.03]}
    assert body["features"][1]["geometry"] is None


def test_nearest_come_first_with_their_distance(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Xa", at=HAI_PHONG), an_institution("Gần", at=HA_NOI))
    features = client.get(f"{LIST}?lat=21.03&lon=105.80").get_json()["features"]
    assert [feature["properties"]["name"] for feature in features] == ["Gần", "Xa"]
    assert 5_000 < features[0]["properties"]["distance_m"] < 5_400


def test_filters_combine(client: FlaskClient, register: Session) -> None:
    publish(
        register,
        an_institution("Công lập", type="college", ownership="public"),
        an_institution("Tư thục", type="college", ownership="private"),
        an_institution("Trung tâm", type="vocational_centre", ownership="private"),
    )
    assert names(client, "type=college&ownership=private") == ["Tư thục"]
    assert sorted(names(client, "type=college,vocational_centre&ownership=private")) == ["Trung tâm", "Tư thục"]
    assert sorted(names(client, "type=college&type=vocational_centre")) == ["Công lập", "Trung tâm", "Tư thục"]


def test_closed_ones_only_when_asked_for(client: FlaskClient, register: Session) -> None:
    closed = (("active", (date(2000, 1, 1), date(2020, 1, 1))), ("closed", (date(2020, 1, 1), None)))
    publish(register, an_institution("Đã đóng", status=closed))
    assert names(client, "") == []
    assert names(client, "status=closed") == ["Đã đóng"]
    assert names(client, "on=2019-12-31") == ["Đã đóng"]


def test_next_links_visit_everything_once(client: FlaskClient, register: Session) -> None:
    publish(register, *(an_institution(f"Trường {number:02}") for number in range(7)))
    path, seen = f"{LIST}?limit=3&q=", []
    while path:
        body = client.get(path).get_json()
        seen += [feature["properties"]["name"] for feature in body["features"]]
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        assert all(href.isascii() for href in following)
        path = following[0].removeprefix("http://localhost") if following else ""
    assert seen == [f"Trường {number:02}" for number in range(7)]


def test_next_link_stays_in_its_release(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường 1"), an_institution("Trường 3"))
    first = client.get(f"{LIST}?limit=1").get_json()
    publish(register, an_institution("Trường 2"))
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    body = client.get(following.removeprefix("http://localhost")).get_json()
    assert [feature["properties"]["name"] for feature in body["features"]] == ["Trường 3"]
    assert body["release"] == first["release"]


def test_links_keep_the_question_percent_encoded(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường Điện 1"), an_institution("Trường Điện 2"))
    body = client.get(LIST, query_string={"q": "Điện", "limit": 1}).get_json()
    following = next(link["href"] for link in body["links"] if link["rel"] == "next")
    assert "q=%C4%90i%E1%BB%87n" in urlsplit(following).query


def a_full_institution() -> AnInstitution:
    spans = (date(2010, 1, 1), date(2020, 1, 1)), (date(2020, 1, 1), None)
    return an_institution(
        names=(("Trường Trung cấp Cũ", spans[0]), ("Trường Cao đẳng Mới", spans[1])),
        codes=(("CDT0101", (None, None)),),
        attributes=(("managing_body", "Sở Giáo dục và Đào tạo", (None, None)),),
        province="01",
        former_province="01",
        at=HA_NOI,
        licences=(("12/2020/GCNĐKHĐ", spans[1]),),
        programmes=(("6510202", "college", spans[1]),),
    )


def test_one_institution_with_every_fact_dated_and_sourced(client: FlaskClient, register: Session) -> None:
    wanted = a_full_institution()
    publish(register, wanted)
    body = client.get(f"{LIST}/{wanted.id}").get_json()
    facts = body["properties"]
    assert (body["type"], body["id"], facts["name"]) == ("Feature", wanted.id, "Trường Cao đẳng Mới")
    assert [(name["value"], name["valid_to"]) for name in facts["names"]] == [
        ("Trường Trung cấp Cũ", "2020-01-01"),
        ("Trường Cao đẳng Mới", None),
    ]
    assert facts["identifiers"][0]["value"] == "CDT0101"
    assert facts["managing_body"] == "Sở Giáo dục và Đào tạo"
    assert facts["campuses"][0]["province"] == {"code": "01", "key": "01@2025-07-01", "name": "Hà Nội"}
    assert facts["licences"][0]["number"] == "12/2020/GCNĐKHĐ"
    assert facts["programmes"][0]["occupation_code"] == "6510202"
    assert all(name["source"]["data_status"] == "official" for name in facts["names"])


def test_codes_of_any_time_lead_to_the_institution(client: FlaskClient, register: Session) -> None:
    wanted = an_institution(codes=(("CDT0009", (None, date(2015, 1, 1))),))
    publish(register, wanted)
    assert client.get(f"{LIST}/CDT0009").get_json()["id"] == wanted.id


def test_a_shared_code_answers_300_with_candidates(client: FlaskClient, register: Session) -> None:
    both = [an_institution(f"Trường {number}", codes=(("CDD0203", (None, None)),)) for number in (1, 2)]
    publish(register, *both)
    answer = client.get(f"{LIST}/CDD0203")
    assert answer.status_code == 300
    assert {one["id"] for one in answer.get_json()["candidates"]} == {one.id for one in both}
    assert client.get(f"{LIST}?identifier=CDD0203").get_json()["numberMatched"] == 2


def test_nobody_behind_a_code_is_a_404_problem(client: FlaskClient, register: Session) -> None:
    answer = client.get(f"{LIST}/CDT9999")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["type"] == "/docs#problem-unknown-institution"


def test_a_licence_number_with_slashes_is_found_as_identifier(client: FlaskClient, register: Session) -> None:
    wanted = an_institution(licences=(("197/2017/GCNĐKHĐ-TCDN", (None, None)),))
    publish(register, wanted)
    found = client.get(LIST, query_string={"identifier": "197/2017/GCNĐKHĐ-TCDN"}).get_json()
    assert [feature["id"] for feature in found["features"]] == [wanted.id]


def test_same_release_same_institutions_for_ever(client: FlaskClient, register: Session) -> None:
    first = publish(register, an_institution("Trường 1"))
    address = f"{LIST}?release={first.id}&on=2026-11-22"
    before = client.get(address).get_json()
    publish(register, an_institution("Trường 2"))
    now = client.get(address).get_json()
    assert (now["features"], now["numberMatched"]) == (before["features"], 1)
    assert client.get(LIST).get_json()["numberMatched"] == 2


def test_clusters_count_everything_in_the_box(client: FlaskClient, register: Session) -> None:
    publish(
        register,
        *(an_institution(f"Trường {number}", at=LonLat(105.8 + number / 1000, 21.0)) for number in range(5)),
        an_institution("Chỉ biết tỉnh", province="48", precision="province"),
        an_institution("Không rõ ở đâu"),
    )
    body = client.get("/api/v1/clusters?bbox=102,6,118,23.6&zoom=5").get_json()
    counts = [feature["properties"].get("count", 1) for feature in body["features"]]
    assert sum(counts) == body["numberMatched"] == 6
    assert body["withoutLocation"] == 1
    assert [f["properties"]["name"] for f in body["features"] if f["properties"].get("approximate") == "province"] == [
        "Đà Nẵng"
    ]


def test_suggestions_say_what_matched(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường Cao đẳng Kỹ nghệ Dung Quất"))
    found = client.get("/api/v1/suggest?q=dung quat").get_json()["suggestions"]
    assert ("institution", "Trường Cao đẳng Kỹ nghệ Dung Quất") in [(one["kind"], one["label"]) for one in found]
    assert all(one["matched"] and one["href"].startswith("http://localhost/api/v1/") for one in found)
    assert client.get("/api/v1/suggest?q=").get_json()["suggestions"] == []


def test_status_tells_counts_release_and_age(client: FlaskClient, register: Session) -> None:
    release = publish(register, an_institution(type="college"), data_status="illustrative")
    body = client.get("/api/v1/status").get_json()
    assert (body["data_status"], body["release"], body["institutions"]) == ("illustrative", release.id, 1)
    assert body["by_type"] == {"college": 1}
    publish(register, an_institution(type="vocational_centre"), data_status="official")
    assert client.get("/api/v1/status").get_json()["data_status"] == "mixed"


def test_an_empty_register_answers_too(client: FlaskClient) -> None:
    assert client.get(LIST).get_json()["numberMatched"] == 0
    assert client.get("/api/v1/status").get_json()["data_status"] == "empty"
    assert client.get("/api/v1/clusters?bbox=102,6,118,23.6&zoom=5").get_json()["features"] == []
