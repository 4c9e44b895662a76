"""Lines of other people's lists find their institution, in the shapes of Reconciliation Service API 0.2."""

import csv
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata.text import fold
from tests.builders import AnInstitution, an_institution, publish
from tests.mapapp.reconciliation_schemas import EXTENSION, MANIFEST, PROPOSED, RESULTS, SUGGESTIONS, check, faults

UNFIT: dict[str, tuple[dict[str, Any], Any]] = {
    "a batch that is a list": (RESULTS, [{"result": []}]),
    "an answer without result": (RESULTS, {"q0": {"candidates": []}}),
    "a candidate without id": (RESULTS, {"q0": {"result": [{"name": "x", "score": 1, "match": False}]}}),
    "a score in words": (RESULTS, {"q0": {"result": [{"id": "x", "name": "x", "score": "high", "match": False}]}}),
    "a manifest of another version": (MANIFEST, {"versions": ["0.1"], "name": "x"}),
    "a preview without its size": (MANIFEST, {"preview": {"url": "http://x/{{id}}"}}),
    "a bare value as a cell": (EXTENSION, {"meta": [], "rows": {"x": {"name": ["y"]}}}),
    "a cell of two kinds": (EXTENSION, {"meta": [], "rows": {"x": {"name": [{"str": "y", "int": 1}]}}}),
    "suggestions without result": (SUGGESTIONS, {"results": []}),
}


@pytest.mark.parametrize("what", list(UNFIT))
def test_the_shapes_refuse(what: str) -> None:
    assert faults(*UNFIT[what])


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """`ask(words, **properties)`: the candidates of one line."""

    def ask(words: str, type: str | None = None, **properties: str) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"query": words, "properties": [{"pid": pid, "v": v} for pid, v in properties.items()]}
        if type:
            query["type"] = type
        answer = client.post("/reconcile", data={"queries": json.dumps({"q0": query})})
        assert answer.status_code == 200, answer.text
        check(RESULTS, answer.get_json())
        found: list[dict[str, Any]] = answer.get_json()["q0"]["result"]
        return found

    return ask


def matched(found: list[dict[str, Any]]) -> str | None:
    return next((one["id"] for one in found if one["match"]), None)


def test_the_manifest_has_the_shape_of_the_protocol(client: FlaskClient, register: Session) -> None:
    answer = client.get("/reconcile")
    check(MANIFEST, answer.get_json())
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "0.2" in answer.get_json()["versions"]


def test_every_service_of_the_manifest_answers(client: FlaskClient, register: Session) -> None:
    wanted = an_institution("Trường Cao đẳng Minh họa Huế", province="46")
    publish(register, wanted)
    manifest = client.get("/reconcile").get_json()
    for name in ("entity", "property", "type"):
        service = manifest["suggest"][name]
        prefix = {"entity": "minh hoa hue", "property": "pro", "type": "coll"}[name]
        found = client.get(service["service_url"] + service["service_path"] + f"?prefix={prefix}").get_json()
        assert found["result"], name
        check(SUGGESTIONS, found)
    offered = manifest["extend"]["propose_properties"]
    check(PROPOSED, client.get(offered["service_url"] + offered["service_path"]).get_json())
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", wanted.id))
    assert "Trường Cao đẳng Minh họa Huế" in preview.text
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    assert client.get(manifest["view"]["url"].replace("{{id}}", wanted.id)).status_code == 200


def test_a_preview_of_a_code_of_several_is_refused(client: FlaskClient, register: Session) -> None:
    publish(
        register,
        an_institution("Trường A", codes=(("CDT0101", (None, None)),)),
        an_institution("Trường B", codes=(("CDT0101", (None, None)),)),
    )
    answer = client.get("/reconcile/preview/CDT0101")
    assert (answer.status_code, answer.mimetype) == (300, "application/problem+json")


def test_get_and_post_answer_batches_alike(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường Cao đẳng Minh họa Huế"), an_institution("Trường Trung cấp Minh họa Vinh"))
    queries = json.dumps({"a": {"query": "cao dang minh hoa hue"}, "b": {"query": "TC minh hoạ vinh"}})
    got = client.get("/reconcile", query_string={"queries": queries}).get_json()
    assert got == client.post("/reconcile", data={"queries": queries}).get_json()
    assert [one["result"][0]["match"] for one in got.values()] == [True, True]


def test_two_plausible_ones_are_never_chosen_between(ask: Ask, register: Session) -> None:
    here, there = (an_institution("Trường Trung cấp Minh họa Bách khoa", province=code) for code in ("01", "79"))
    publish(register, here, there)
    found = ask("Trường Trung cấp Minh họa Bách khoa")
    assert {one["id"] for one in found} == {here.id, there.id}
    assert matched(found) is None
    assert matched(ask("Trường Trung cấp Minh họa Bách khoa", province="Hà Nội")) == here.id
    assert matched(ask("Trường Trung cấp Minh họa Bách khoa", province="TP.HCM")) == there.id
    assert matched(ask("Trường Trung cấp Minh họa Bách khoa", province="Cần Thơ")) is None


def test_numbers_and_models_keep_names_apart(ask: Ask, register: Session) -> None:
    publish(register, *(an_institution(f"Trường Cao đẳng Minh họa Giao thông {number}") for number in ("II", "III")))
    assert matched(ask("Trường Cao đẳng Minh họa Giao thông IV")) is None
    assert matched(ask("Trường Trung cấp Minh họa Giao thông II")) is None
    found = ask("CĐ Minh họa Giao thông 2")
    assert found[0]["name"].endswith(" II")


def test_codes_decide_and_contradict(ask: Ask, register: Session) -> None:
    one = an_institution("Trường Cao đẳng Minh họa Một", codes=(("CDT0101", (None, None)),))
    publish(register, one)
    assert matched(ask("CDT0101")) is None or ask("CDT0101")[0]["id"] == one.id
    assert ask("Trường Cao đẳng Minh họa Một", code="CDT0101")[0]["score"] == 100
    assert matched(ask("Trường Cao đẳng Minh họa Một", code="CDT9999")) is None


def test_former_names_and_closed_institutions_are_found(ask: Ask, register: Session) -> None:
    from datetime import date

    day = date(2020, 1, 1)
    renamed = an_institution(
        names=(("Trường Trung cấp Minh họa Cũ kỹ", (None, day)), ("Trường Cao đẳng Minh họa Tân tiến", (day, None)))
    )
    closed = an_institution(
        "Trường Trung cấp Minh họa Đã đóng", status=(("active", (None, day)), ("closed", (day, None)))
    )
    publish(register, renamed, closed)
    assert matched(ask("Trường Trung cấp Minh họa Cũ kỹ")) == renamed.id
    found = ask("Trường Trung cấp Minh họa Đã đóng")
    assert matched(found) == closed.id
    assert "giải thể" in found[0]["description"]


def test_types_narrow_the_choice(ask: Ask, register: Session) -> None:
    college = an_institution("Minh họa Sông Hồng", type="college")
    centre = an_institution("Minh họa Sông Hồng", type="vocational_centre")
    publish(register, college, centre)
    assert matched(ask("Minh họa Sông Hồng", type="vocational_centre")) == centre.id
    assert matched(ask("Minh họa Sông Hồng", type="institution")) is None


def test_nonsense_finds_nothing(ask: Ask, register: Session) -> None:
    publish(register, an_institution("Trường Cao đẳng Minh họa Huế"))
    assert all(one["score"] < 60 for one in ask("xyzzy qwv"))


def test_values_are_fetched_for_matched_rows(client: FlaskClient, register: Session) -> None:
    wanted = an_institution("Trường Cao đẳng Minh họa Huế", province="46", codes=(("CDT0101", (None, None)),))
    publish(register, wanted)
    asked = {"ids": [wanted.id, "nobody"], "properties": [{"id": "name"}, {"id": "identifiers"}, {"id": "website"}]}
    body = client.post("/reconcile", data={"extend": json.dumps(asked)}).get_json()
    check(EXTENSION, body)
    assert body["rows"][wanted.id] == {
        "name": [{"str": "Trường Cao đẳng Minh họa Huế"}],
        "identifiers": [{"str": "CDT0101"}],
        "website": [],
    }
    assert body["rows"]["nobody"] == {"name": [], "identifiers": [], "website": []}


WRONG = [
    {"queries": "{"},
    {"queries": "[]"},
    {"queries": '{"a": 1}'},
    {"queries": '{"a": {}}'},
    {"queries": '{"a": {"query": 1}}'},
    {"queries": '{"a": {"query": "x", "limit": -1}}'},
    {"queries": '{"a": {"query": "x", "type": "school"}}'},
    {"queries": '{"a": {"query": "x", "nonsense": 1}}'},
    {"queries": '{"a": {"query": "x", "properties": [1]}}'},
    {"queries": json.dumps({str(i): {"query": "x"} for i in range(101)})},
    {"queries": "[" * 100_000},
    {"extend": "{}"},
    {"extend": '{"ids": ["x"], "properties": [{"id": "password"}]}'},
    {"extend": '{"ids": [1], "properties": []}'},
    {"nonsense": "1"},
]


@pytest.mark.parametrize("form", WRONG, ids=[str(form)[:50] for form in WRONG])
def test_what_is_no_batch_is_refused_with_a_reason(
    client: FlaskClient, register: Session, form: dict[str, str]
) -> None:
    answer = client.post("/reconcile", data=form)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["errors"][0]["parameter"] in ("queries", "extend", "nonsense")


VARIANTS: dict[str, Callable[[str], str]] = {
    "as it stands": str,
    "without marks": fold,
    "in capitals": str.upper,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "abbreviated": lambda name: name.replace("Trường Cao đẳng", "CĐ").replace("Trung tâm", "TT"),
    "without Trường": lambda name: name.removeprefix("Trường "),
    "other dashes and spaces": lambda name: "  " + name.replace(" - ", "–").replace(" ", "  "),
    "city written out": lambda name: name.replace("TP.HCM", "Thành phố Hồ Chí Minh"),
}
PROVINCES = {"Nam Định": "36", "TP.HCM": "79", "Hà Nội": "01", "Quảng Ngãi": "51", "Quảng Ninh": "22", "Nghệ An": "40"}
PROVINCES |= {"Đà Nẵng": "48", "Lâm Đồng": "68", "Cần Thơ": "92", "Thái Nguyên": "19"}
TODAY = {"36": "37"}  # Nam Định lies in Ninh Bình today


@pytest.fixture
def samples(shared: Path) -> list[dict[str, str]]:
    with (shared / "samples" / "danh-sach-co-so.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def listed(samples: list[dict[str, str]]) -> list[AnInstitution]:
    """The institutions of the shared list as a register holds them."""
    return [
        an_institution(
            row["Tên cơ sở"],
            type="college" if row["Tên cơ sở"].startswith("Trường") else "vocational_continuing_centre",
            former_province=PROVINCES[row["Tỉnh/Thành phố"]],
            province=TODAY.get(PROVINCES[row["Tỉnh/Thành phố"]], PROVINCES[row["Tỉnh/Thành phố"]]),
            codes=((row["Mã cơ sở"], (None, None)),) if row["Mã cơ sở"] else (),
        )
        for row in samples
    ]


def test_the_shared_list_is_matched_however_it_is_spelled(
    ask: Ask, register: Session, samples: list[dict[str, str]]
) -> None:
    """At least 95 of 100 lines are matched by themselves, and never to another institution."""
    held = listed(samples)
    publish(register, *held)
    wrong, missed = [], []
    for row, institution in zip(samples, held, strict=True):
        for how, spelled in VARIANTS.items():
            found = matched(ask(spelled(row["Tên cơ sở"]), province=row["Tỉnh/Thành phố"]))
            if found not in (None, institution.id):
                wrong.append((how, row["Tên cơ sở"]))
            if found is None:
                missed.append((how, row["Tên cơ sở"]))
    total = len(held) * len(VARIANTS)
    assert wrong == []
    assert len(missed) <= total * 0.05, missed
