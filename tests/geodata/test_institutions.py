"""Finding institutions: words, filters, places, pages."""

import json
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import counting, institutions, search
from geodata.filters import InstitutionFilter
from geodata.geometry import BBox, LonLat
from geodata.institutions import Cursor, InvalidCursor
from geodata.releases import UnknownRelease
from tests.builders import AnInstitution, an_institution, publish

TODAY = date(2026, 6, 1)
HANOI, HAI_PHONG, DA_NANG = LonLat(105.85, 21.03), LonLat(106.68, 20.86), LonLat(108.21, 16.06)


def found(session: Session, limit: int = 50, on: date = TODAY, **wanted: object) -> list[str]:
    page = institutions.search(session, InstitutionFilter(on=on, **wanted), limit=limit)  # type: ignore[arg-type]
    return [item.id for item in page.items]


def test_words_without_accents_find_the_college(session: Session) -> None:
    college = an_institution("Trường Cao đẳng Đà Nẵng")
    publish(session, college, an_institution("Trường Cao đẳng Huế"))
    for typed in ("cao dang da nang", "CĐ Đà Nẵng", "đà nẵng cao đẳng", "cao dang da nan"):
        assert found(session, q=typed) == [college.id], typed


def test_a_box_holds_its_edges_and_nothing_beyond(session: Session) -> None:
    """The spatial index alone would let in what lies less than a metre outside."""
    on_the_edge = an_institution(at=LonLat(106.74073, 11.00038))
    publish(
        session, on_the_edge, an_institution(at=LonLat(106.740729, 11.02)), an_institution(at=LonLat(106.8, 11.000379))
    )
    assert found(session, bbox=BBox(106.74073, 11.00038, 106.86073, 11.08038)) == [on_the_edge.id]


def test_a_slip_in_one_word_is_forgiven_where_the_others_stand(session: Session) -> None:
    meant = an_institution("Trường Cao đẳng Công nghệ Hoa Đồng Xanh")
    publish(session, meant, an_institution("Trường Cao đẳng Công nghệ Hoa Đồng Vàng"))
    assert found(session, q="hoa dogn xanh") == [meant.id]


def test_the_whole_name_comes_before_longer_ones(session: Session) -> None:
    exact = an_institution("Trường Cao đẳng Sài Gòn")
    longer = an_institution("Trường Cao đẳng Bách Khoa Nam Sài Gòn")
    publish(session, longer, exact)
    assert found(session, q="truong cao dang sai gon")[0] == exact.id


def test_typing_errors_count_only_when_nothing_is_spelled_so(session: Session) -> None:
    college = an_institution("Trường Cao đẳng Kỹ nghệ Dung Quất")
    publish(session, college)
    page = institutions.search(session, InstitutionFilter(on=TODAY, q="ky nghe dung quatt"), limit=5)
    assert [(item.id, item.matched) for item in page.items] == [(college.id, "typing_error")]
    assert found(session, q="xyzzy plugh frobozz") == []


def test_codes_are_never_guessed(session: Session) -> None:
    college = an_institution(codes=[("CDD0203", (None, None))])
    publish(session, college)
    assert found(session, q="cdd0203") == [college.id]
    assert found(session, q="CDD0204") == []
    assert found(session, identifier="CDD0203") == [college.id]


def test_a_former_name_finds_the_institution_under_its_new_one(session: Session) -> None:
    reform = date(2017, 1, 1)
    renamed = an_institution(
        names=[("Trường Trung cấp nghề Bình Minh", (None, reform)), ("Trường Cao đẳng Ánh Dương", (reform, None))]
    )
    publish(session, renamed)
    page = institutions.search(session, InstitutionFilter(on=TODAY, q="trung cap nghe binh minh"), limit=5)
    assert [(item.id, item.matched) for item in page.items] == [(renamed.id, "other_name")]


def test_closed_and_merged_ones_are_left_out_unless_asked_for(session: Session) -> None:
    end = date(2024, 1, 1)
    closed = an_institution(status=[("active", (None, end)), ("closed", (end, None))])
    opening = an_institution(status=[("active", (date(2027, 1, 1), None))])
    publish(session, closed, opening)
    assert found(session) == [opening.id]
    assert found(session, statuses=("closed",)) == [closed.id]
    assert set(found(session, on=date(2023, 1, 1), statuses=("active",))) == {closed.id}
    assert found(session, statuses=("not_yet_open",)) == [opening.id]


def test_nearby_lists_closest_first(session: Session) -> None:
    places = [an_institution(at=place) for place in (DA_NANG, HANOI, HAI_PHONG)]
    publish(session, *places)
    page = institutions.search(session, InstitutionFilter(on=TODAY, near=HANOI), limit=5)
    assert [item.id for item in page.items] == [places[1].id, places[2].id, places[0].id]
    assert page.items[0].distance_m == 0
    assert 85_000 < (page.items[1].distance_m or 0) < 95_000


def test_an_institution_is_as_near_as_its_nearest_campus_and_listed_once(session: Session) -> None:
    spread = an_institution(at=DA_NANG, other_campuses=[HANOI, HAI_PHONG])
    publish(session, spread)
    page = institutions.search(session, InstitutionFilter(on=TODAY, near=HANOI, radius_m=200_000), limit=5)
    assert [(item.id, item.distance_m) for item in page.items] == [(spread.id, 0)]
    assert page.number_matched == 1


def test_a_box_finds_any_campus_in_it(session: Session) -> None:
    spread = an_institution(at=DA_NANG, other_campuses=[HANOI])
    publish(session, spread, an_institution(at=HAI_PHONG))
    assert found(session, bbox=BBox(105.5, 20.9, 106.0, 21.2)) == [spread.id]


def test_records_without_a_point_are_listed_and_counted(session: Session) -> None:
    publish(session, an_institution(), an_institution(at=HANOI))
    page = institutions.search(session, InstitutionFilter(on=TODAY), limit=5)
    assert (len(page.items), page.number_matched, page.without_location) == (2, 2, 1)


def test_pages_hold_everything_once(session: Session) -> None:
    wanted = [an_institution(f"Trường Trung cấp {number % 7}") for number in range(25)]
    publish(session, *wanted)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = institutions.search(session, InstitutionFilter(on=TODAY), limit=4, cursor=cursor)
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(one.id for one in wanted)


def test_a_cursor_stays_in_the_release_it_began_in(session: Session) -> None:
    publish(session, *(an_institution(f"Trường {letter}") for letter in "BDF"))
    first = institutions.search(session, InstitutionFilter(on=TODAY), limit=2)
    publish(session, *(an_institution(f"Trường {letter}") for letter in "ACEG"))
    second = institutions.search(session, InstitutionFilter(on=TODAY), limit=10, cursor=first.next_cursor)
    assert [names(item.feature) for item in second.items] == ["Trường F"]


def names(feature: str) -> str:
    name: str = json.loads(feature)["properties"]["name"]
    return name


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "x",
        "!!!",
        "AAAA",
        "W10",
        "é",
        str(Cursor(1, 2)) + "x",
        "bnVsbA",
        "WzEsLTEsbnVsbF0",
        "WzEsMCxbIlx1ZDgwMCIsIngiXV0",
    ],
)
def test_a_foreign_cursor_is_refused(nonsense: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.parse(nonsense)


def test_an_unknown_release_is_refused(session: Session) -> None:
    publish(session, an_institution())
    with pytest.raises(UnknownRelease):
        institutions.search(session, InstitutionFilter(on=TODAY, release=99))


def test_facets_count_what_each_choice_would_give(session: Session) -> None:
    publish(session, an_institution(type="college"), an_institution(type="vocational_centre", ownership="private"))
    counted = institutions.facets(session, InstitutionFilter(on=TODAY, types=("college",)))
    assert counted["type"] == {"college": 1, "vocational_centre": 1}
    assert counted["ownership"] == {"public": 1}


def test_what_takes_too_long_to_count_is_left_out(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(session, *(an_institution(f"Trường Minh họa {number}") for number in range(3)))
    everything = InstitutionFilter(on=TODAY)
    assert institutions.facets(session, everything)["type"] == institutions.by_type(session, everything)
    monkeypatch.setattr(institutions.tally, "__kwdefaults__", {"most": 2})
    assert "type" not in institutions.facets(session, everything)
    assert sum(institutions.by_type(session, everything).values()) == 3


def test_words_that_fit_very_many_list_them_by_name(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"Trường Minh họa {number}" for number in (3, 1, 2)]
    publish(session, *map(an_institution, names))
    monkeypatch.setattr(counting, "COUNTED_EXACTLY", 2)
    page = institutions.search(session, InstitutionFilter(on=TODAY, q="minh họa"))
    assert page.number_matched is None
    assert [json.loads(one.feature)["properties"]["name"] for one in page.items] == sorted(names)
    assert session.scalar(text("SHOW enable_bitmapscan")) == "on"


def test_similar_names_are_looked_for_only_for_a_while(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(session, an_institution("Trường Viettronics"))
    assert found(session, q="vietronics")
    before = session.scalar(text("SHOW statement_timeout"))
    monkeypatch.setattr(search, "LONGEST_LOOK_MS", 50)
    monkeypatch.setattr(search, "agreeing", lambda session, *_: session.execute(text("SELECT pg_sleep(20)")))
    assert found(session, q="viettronixs") == []
    assert session.scalar(text("SHOW statement_timeout")) == before


def cut_short(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From now on looks at similar names are cut short; whom each was made for is told."""
    looks: list[str] = []

    def look(session: Session, _tests: object, forms: tuple[str, ...]) -> object:
        looks.append(forms[0])
        return session.execute(text("SELECT pg_sleep(20)"))

    monkeypatch.setattr(search, "LONGEST_LOOK_MS", 30)
    monkeypatch.setattr(search, "agreeing", look)
    return looks


def another(session: Session) -> Session:
    """As the next request has one."""
    return Session(session.connection(), join_transaction_mode="create_savepoint")


def numbers(session: Session, wanted: InstitutionFilter) -> tuple[int, int | None]:
    page = institutions.search(session, wanted)
    return len(page.items), page.number_matched


def test_a_look_cut_short_is_not_taken_for_the_truth(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(session, an_institution("Trường Viettronics"))
    wanted = InstitutionFilter(on=TODAY, q="viettronixs")
    for _ in range(2):  # whichever comes first
        with monkeypatch.context() as hurried:
            cut_short(hurried)
            assert numbers(another(session), wanted) == (0, 0)
        assert numbers(another(session), wanted) == (1, 1)


def test_what_took_too_long_is_not_looked_at_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for each facet nor with a filter less."""
    publish(session, an_institution("Trường Viettronics"))
    looks = cut_short(monkeypatch)
    wanted = InstitutionFilter(on=TODAY, q="viettronixs", types=("college",))
    assert institutions.facets(session, wanted) == {}
    assert numbers(session, wanted.without(types=())) == (0, 0)
    assert looks == ["viettronixs"]
    institutions.search(session, InstitutionFilter(on=TODAY, q="vietronixs"))
    assert looks == ["viettronixs", "vietronixs"]


@pytest.mark.parametrize(("allowed", "in_force"), [("0", "1500ms"), ("15s", "1500ms"), ("900ms", "900ms")])
def test_a_look_takes_no_longer_than_anything_may(
    session: Session, monkeypatch: pytest.MonkeyPatch, allowed: str, in_force: str
) -> None:
    publish(session)
    seen: list[str | None] = []

    def look(session: Session, *_: object) -> dict[str, int]:
        seen.append(session.scalar(text("SHOW statement_timeout")))
        return {}

    monkeypatch.setattr(search, "agreeing", look)
    session.execute(text(f"SET LOCAL statement_timeout = '{allowed}'"))
    assert found(session, q="viettronixs") == []
    assert seen == [in_force]


def test_nothing_is_told_apart_among_more_than_are_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(session, *(an_institution(f"Trường Minh họa {number}") for number in range(3)))
    monkeypatch.setattr(counting, "COUNTED_EXACTLY", 2)
    monkeypatch.setattr(institutions, "tally", None)  # each would look at everything again
    assert institutions.facets(session, InstitutionFilter(on=TODAY)) == {}
    assert institutions.facets(session, InstitutionFilter(on=TODAY, q="minh họa")) == {}


def test_results_are_ordered_by_name(session: Session) -> None:
    publish(session, *(an_institution(f"Trường {letter}") for letter in "CAB"))
    page = institutions.search(session, InstitutionFilter(on=TODAY), limit=5)
    assert all(one < other for one, other in pairwise(names(item.feature) for item in page.items))


def test_a_builder_gives_each_institution_its_own_id() -> None:
    assert AnInstitution().id != AnInstitution().id


def test_words_that_fit_too_many_list_them_by_name(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """As "trường" in a register of a million: the best of them would be found by looking at all."""
    names = ["Trường Cao đẳng An", "Trường Bình", "Trường Trung cấp Chi"]
    publish(session, *(an_institution(name) for name in reversed(names)))
    monkeypatch.setattr(counting, "COUNTED_EXACTLY", 2)
    first = institutions.search(session, InstitutionFilter(on=TODAY, q="truong"), limit=2)
    assert first.number_matched is None
    then = institutions.search(session, InstitutionFilter(on=TODAY, q="truong"), limit=2, cursor=first.next_cursor)
    shown = [json.loads(item.feature)["properties"]["name"] for item in (*first.items, *then.items)]
    assert shown == ["Trường Bình", "Trường Cao đẳng An", "Trường Trung cấp Chi"]
