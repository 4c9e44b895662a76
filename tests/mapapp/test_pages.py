"""Pages for everyone, as a reader without scripts finds them."""

import html
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.institutions import Item, Page, search
from mapapp import filter_view
from tests.builders import AnInstitution, an_institution, publish

HA_NOI, HAI_PHONG = LonLat(105.85, 21.03), LonLat(106.68, 20.86)


def titles(text: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r"<h3><a [^>]*><bdi>([^<]*)</bdi>", text)]


def link(text: str, words: str) -> str:
    """The address behind the first link with these words."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>[^<]*{re.escape(words)}', text)
    assert found, words
    return html.unescape(found[1])


def test_home_lists_what_fits(client: FlaskClient, register: Session) -> None:
    publish(
        register,
        an_institution("Trường Cao đẳng Đà Nẵng", type="college"),
        an_institution("Trung tâm Hải Châu", type="vocational_centre"),
    )
    assert len(titles(client.get("/").text)) == 2
    assert titles(client.get("/?q=cao dang da nang").text) == ["Trường Cao đẳng Đà Nẵng"]
    assert titles(client.get("/?type=vocational_centre").text) == ["Trung tâm Hải Châu"]


def test_home_counts_those_without_a_place(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("A", at=HA_NOI), an_institution("B"), an_institution("C"))
    text = client.get("/").text
    assert "3 cơ sở" in text
    assert "2 cơ sở chưa có tọa độ" in text


def test_list_goes_on_and_numbers_run_through(client: FlaskClient, register: Session) -> None:
    publish(register, *(an_institution(f"Trường {number:02}") for number in range(25)))
    first = client.get("/?type=college").text
    rest = client.get(link(first, "Xem tiếp")).text
    assert titles(first) + titles(rest) == [f"Trường {number:02}" for number in range(25)]
    assert '<ol class="cards" start="21">' in rest
    assert link(rest, "Về đầu danh sách") == "/?type=college"


def test_filters_show_counts_and_stay_chosen(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution(ownership="public"), an_institution(ownership="private"))
    text = re.sub(r"\s+", " ", client.get("/?ownership=private").text)
    assert re.search(r'name="ownership" value="private" checked> ?<span>Tư thục</span><span class="count">1<', text)
    assert re.search(r'name="ownership" value="public"> ?<span>Công lập</span><span class="count">1<', text)


def test_chips_lead_to_the_page_without_one_filter(client: FlaskClient, register: Session) -> None:
    text = client.get("/?q=hàn&type=college,vocational_centre&unit=01").text
    chip = re.search(r'<a href="([^"]+)" data-live aria-label="Bỏ điều kiện: Trường cao đẳng"', text)
    assert chip
    assert html.unescape(chip[1]) == "/?q=h%C3%A0n&type=vocational_centre&unit=01"


def test_nothing_found_says_what_to_give_up(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường Cao đẳng Một", type="college", ownership="public"))
    text = client.get("/?q=cao đẳng một&ownership=private").text
    assert titles(text) == []
    assert link(text, "Bỏ Tư thục: 1 cơ sở") == "/?q=cao+%C4%91%E1%BA%B3ng+m%E1%BB%99t"


@pytest.mark.parametrize(("items", "words"), [((), None), (None, "Bỏ Tư thục: Hơn 7 cơ sở")])
def test_what_was_not_counted_is_offered_where_something_is_found(
    client: FlaskClient,
    register: Session,
    monkeypatch: pytest.MonkeyPatch,
    items: tuple[Item, ...] | None,
    words: str | None,
) -> None:
    publish(register, an_institution("Trường Cao đẳng Một", type="college", ownership="public"))

    def uncounted(*asked: Any, **how: Any) -> Page:
        found = search(*asked, **how)
        return replace(found, items=found.items if items is None else items, number_matched=None, more_than=7)

    monkeypatch.setattr(filter_view, "search", uncounted)
    text = client.get("/?q=cao đẳng một&ownership=private").text
    assert titles(text) == []
    assert re.findall(r"Bỏ Tư thục: [^<]*", text) == ([words] if words else [])


def test_a_former_province_says_where_it_lies_today(client: FlaskClient, register: Session) -> None:
    there = an_institution("Trường ở Nam Định", province="37", former_province="36")
    publish(register, there, an_institution("Trường khác", province="01", former_province="01"))
    text = client.get("/?q=nam dinh").text
    assert "nay thuộc Tỉnh Ninh Bình" in text
    assert titles(client.get(link(text, "Các cơ sở ở Tỉnh Nam Định")).text) == ["Trường ở Nam Định"]


def test_form_keeps_the_state_it_does_not_edit(client: FlaskClient, register: Session) -> None:
    assert '<input type="hidden" name="on" value="2020-01-01">' in client.get("/?on=2020-01-01").text


def test_the_map_gets_the_same_question(client: FlaskClient, register: Session) -> None:
    found = re.search(r'data-config="([^"]+)"', client.get("/?q=hàn, tiện&type=college&status=active").text)
    assert found
    config = json.loads(html.unescape(found[1]))
    assert config["filters"] == {"q": ["hàn, tiện"], "type": ["college"], "status": ["active"]}
    assert config["clusters"] == "/api/v1/clusters"


def test_near_a_position_lists_closest_first_with_straight_distance(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Xa", at=HAI_PHONG), an_institution("Gần", at=HA_NOI))
    text = client.get("/nearby?lat=21.03&lon=105.80").text
    assert titles(text) == ["Gần", "Xa"]
    assert "5,2 km đường chim bay" in text
    assert "Từ vị trí của bạn" in text


def test_near_a_typed_place(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Gần", at=HA_NOI))
    text = client.get("/nearby?place=phường Hoàn Kiếm").text
    assert "Từ trung tâm Phường Hoàn Kiếm, Thành phố Hà Nội" in text
    assert titles(text) == ["Gần"]


def test_near_an_ambiguous_place_lets_choose(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Gần", at=HA_NOI))
    text = client.get("/nearby?place=xã tân thành").text
    assert "Có nhiều nơi tên" in text
    choices = re.findall(r'<li><a href="(/nearby\?at=[^"]+)">', text)
    assert len(choices) > 1
    assert "Từ trung tâm" in client.get(html.unescape(choices[0])).text


def test_near_an_unknown_place_says_so(client: FlaskClient, register: Session) -> None:
    assert "Không tìm thấy nơi nào tên “Xyzzy”" in client.get("/nearby?place=Xyzzy").text


def test_typed_place_wins_over_a_position(client: FlaskClient, register: Session) -> None:
    assert "Từ trung tâm" in client.get("/nearby?place=Hà Nội&lat=10&lon=106").text


def test_radius_limits(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Xa", at=HAI_PHONG), an_institution("Gần", at=HA_NOI))
    assert titles(client.get("/nearby?lat=21.03&lon=105.80&radius_m=10000").text) == ["Gần"]
    assert titles(client.get("/nearby?place=Hà Nội&radius_m=50000").text) == ["Gần"]


def a_merged_one() -> tuple[AnInstitution, AnInstitution]:
    day = date(2025, 7, 1)
    gone = an_institution(
        "Trường Trung cấp Cũ",
        codes=(("TCD0201", (None, None)),),
        status=(("active", (None, day)), ("merged", (day, None))),
    )
    return gone, an_institution("Trường Cao đẳng Mới")


def test_a_merged_one_says_so_and_names_its_successor(client: FlaskClient, register: Session) -> None:
    gone, successor = a_merged_one()
    publish(register, gone, successor, relations=(("merge", gone, successor, date(2025, 7, 1)),))
    text = client.get(f"/institutions/{gone.id}").text
    assert "Đã sáp nhập" in text
    assert "không còn tồn tại riêng" in text
    assert f'Sáp nhập vào: <a href="/institutions/{successor.id}"><bdi>Trường Cao đẳng Mới</bdi>' in text
    assert "Đang hoạt động" in client.get(f"/institutions/{gone.id}?on=2025-06-30").text


def test_a_code_redirects_to_the_id_and_keeps_the_day(client: FlaskClient, register: Session) -> None:
    gone, _ = a_merged_one()
    publish(register, gone)
    answer = client.get("/institutions/TCD0201?on=2020-01-01")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/institutions/{gone.id}?on=2020-01-01"
    assert client.get("/en/institutions/TCD0201").headers["Location"] == f"/en/institutions/{gone.id}"


def test_a_shared_code_offers_a_choice(client: FlaskClient, register: Session) -> None:
    codes = (("CDD0203", (None, None)),)
    closed = [("closed", (date(2020, 1, 1), None))]
    publish(
        register,
        an_institution("Trường 1", codes=codes, province="79"),
        an_institution("Trường 2", codes=codes, province="01", type="vocational_centre", status=closed),
    )
    answer = client.get("/institutions/CDD0203")
    assert answer.status_code == 300
    for told in ("Trường 1", "Trường cao đẳng · Hồ Chí Minh", "Trường 2", "nghề nghiệp · Hà Nội"):
        assert told in answer.text, "the bearers of one code are told apart by kind and place"


def test_more_bearers_of_one_code_than_a_page_of_suggestions_are_all_told_apart(
    client: FlaskClient, register: Session
) -> None:
    codes = (("CDD0203", (None, None)),)
    bearers = [an_institution(f"Trường {at}", codes=codes, province="79") for at in range(12)]
    publish(register, *bearers)
    text = client.get("/institutions/CDD0203").text
    assert text.count("Trường cao đẳng · Hồ Chí Minh</bdi>") == len(bearers), "by kind and place alone"


def test_namesakes_of_one_kind_and_place_with_one_code_are_told_apart_by_their_ids(
    client: FlaskClient, register: Session
) -> None:
    codes = (("CDD0203", (None, None)),)
    twins = [an_institution("Trường 1", codes=codes, province="79") for _ in range(2)]
    publish(register, *twins, an_institution("Trường 1", codes=codes, province="01"))
    text = client.get("/institutions/CDD0203").text
    for one in twins:
        assert f"Trường cao đẳng · Hồ Chí Minh · {one.id}</bdi>" in text
    assert "Trường cao đẳng · Hà Nội</bdi>" in text


def test_every_statement_names_its_source(client: FlaskClient, register: Session) -> None:
    wanted = an_institution(
        "Trường A",
        licences=(("1/GCN", (date(2020, 1, 1), None)),),
        programmes=(("6510202", "college", (date(2020, 1, 1), None)),),
        attributes=(("website", "example.vn", (None, None)), ("telephone", "javascript:alert(1)", (None, None))),
    )
    publish(register, wanted, data_status="unverified")
    text = client.get(f"/institutions/{wanted.id}").text
    assert text.count('class="source"') >= 6
    assert "<bdi>Test</bdi>" in text
    assert 'href="https://example.vn"' in text
    assert 'href="javascript' not in text
    assert "Dữ liệu chưa xác minh" in text


def test_structured_data_names_the_school(client: FlaskClient, register: Session) -> None:
    wanted = an_institution("Trường </script> A", english="School A", at=HA_NOI, codes=(("CDT0101", (None, None)),))
    publish(register, wanted)
    found = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', client.get(f"/institutions/{wanted.id}").text
    )
    assert found
    told = json.loads(found[1])
    assert (told["@type"], told["name"]) == ("EducationalOrganization", "Trường </script> A")
    assert told["geo"] == {"@type": "GeoCoordinates", "latitude": 21.03, "longitude": 105.85}


def test_illustrative_data_is_said_on_every_page(client: FlaskClient, register: Session) -> None:
    wanted = an_institution("Trường Minh họa")
    publish(register, wanted, data_status="illustrative")
    for path in ("/", "/nearby", "/about", "/docs", f"/institutions/{wanted.id}", "/nothing"):
        assert "được tạo ra để trình bày, không có thật" in client.get(path).text
    assert "were made up for demonstration" in client.get("/en/").text


def test_official_data_needs_no_warning(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("Trường A"))
    assert 'aria-label="Tình trạng dữ liệu"' not in client.get("/").text


def test_about_counts_and_names_sources(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution(type="college"), an_institution(type="vocational_centre"))
    text = client.get("/about").text
    assert "Sổ đăng ký hôm nay: 2 cơ sở" in re.sub(r"\s+", " ", text)
    assert "<bdi>Test</bdi>" in text
    assert "34 ranh giới, ranh giới xấp xỉ" in text


def test_the_reference_names_every_operation_and_problem(client: FlaskClient, register: Session) -> None:
    text = client.get("/docs").text
    for path in client.get("/api/v1/openapi.json").get_json()["paths"]:
        assert path in text
    for slug in ("invalid-parameter", "unknown-institution", "register-unavailable"):
        assert f'id="problem-{slug}"' in text


def test_occupations_of_the_results_can_be_chosen(client: FlaskClient, register: Session) -> None:
    always = (None, None)
    welder = an_institution("Trường dạy hàn", programmes=(("6520123", "college", always),))
    publish(register, welder, an_institution("Trường khác", programmes=(("6510202", "college", always),)))
    text = client.get("/?q=hàn").text
    assert re.search(r'<option value="6520123">[^<]*\(6520123\) \(1\)</option>', text)
    assert titles(client.get("/?occupation=6520123").text) == ["Trường dạy hàn"]


def test_every_province_is_counted_while_one_is_chosen(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution("A", province="01"), an_institution("B", province="48"))
    text = client.get("/?unit=01").text
    assert titles(text) == ["A"]
    assert '<option value="01" selected>Thành phố Hà Nội (1)</option>' in text
    assert '<option value="48">Thành phố Đà Nẵng (1)</option>' in text


def test_counts_follow_a_publication(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution(ownership="public"))
    before = client.get("/").text
    publish(register, an_institution(ownership="public"))
    assert '<span class="count">2<' in client.get("/").text
    assert '<span class="count">2<' not in before
