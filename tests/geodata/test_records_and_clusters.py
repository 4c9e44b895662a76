"""One institution in full, and many on a map."""

import json
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import records, search
from geodata.clusters import clusters
from geodata.filters import InstitutionFilter
from geodata.geometry import VIETNAM, BBox, LonLat
from geodata.records import SeveralInstitutions, UnknownInstitution
from geodata.suggestions import suggest
from geodata.undoing import LaterChanges, revert
from tests.builders import an_institution, publish

TODAY = date(2026, 6, 1)


@pytest.fixture
def session(places: Session) -> Session:
    """The administrative units are there."""
    return places


def test_a_record_holds_every_fact_with_its_days_and_source(session: Session) -> None:
    day = date(2020, 1, 1)
    school = an_institution(
        names=[("Trường Trung cấp Cũ", (None, day)), ("Trường Cao đẳng Mới", (day, None))],
        codes=[("CDD0999", (day, None))],
        at=LonLat(105.8, 21),
        licences=[("197/2017/GCNĐKHĐ-TCDN", (day, None))],
        programmes=[("6520123", "college", (day, None))],
        attributes=[("website", "truongmoi.example", (None, None))],
    )
    publish(session, school)
    for wanted in (school.id, "CDD0999", "cdd0999", "197/2017/GCNĐKHĐ-TCDN"):
        record = records.get(session, wanted, on=TODAY)
        assert (record.id, record.name, record.status) == (school.id, "Trường Cao đẳng Mới", "active")
    assert [name.value for name in record.names] == ["Trường Trung cấp Cũ", "Trường Cao đẳng Mới"]
    assert record.campuses[0].lon == 105.8
    assert record.licences[0].valid_from == day
    assert record.programmes[0].licence_id == record.licences[0].id
    website = record.current("website")
    assert website is not None
    assert (website.value, website.provenance.source) == ("truongmoi.example", "Test")
    assert records.get(session, school.id, on=date(2019, 1, 1)).name == "Trường Trung cấp Cũ"


def test_a_shared_code_names_its_candidates(session: Session) -> None:
    twins = [an_institution(f"Trường {letter}", codes=[("CDD0001", (None, None))]) for letter in "AB"]
    publish(session, *twins)
    with pytest.raises(SeveralInstitutions) as refusal:
        records.get(session, "CDD0001", on=TODAY)
    assert [name for _, name in refusal.value.candidates] == ["Trường A", "Trường B"]
    with pytest.raises(UnknownInstitution):
        records.get(session, "CDD0002", on=TODAY)


def test_succession_is_seen_from_both_sides(session: Session) -> None:
    day = date(2024, 7, 1)
    old, new = an_institution("Trường A"), an_institution("Trường B")
    publish(session, old, new, relations=[("merge", old, new, day)])
    assert [step.name for step in records.get(session, old.id, on=TODAY).successors] == ["Trường B"]
    assert [step.name for step in records.get(session, new.id, on=TODAY).predecessors] == ["Trường A"]


def test_an_undone_release_leaves_the_register_as_before(session: Session) -> None:
    before, after = an_institution("Trường A"), an_institution("Trường B")
    publish(session, before)
    second = publish(session, after)
    undo = revert(session, second.id, actor="tester", reason="mistake")
    assert undo.summary["institutions"] == 1
    assert records.get(session, after.id, on=TODAY, release=second.id).name == "Trường B"
    with pytest.raises(UnknownInstitution):
        records.get(session, after.id, on=TODAY)
    with pytest.raises(LaterChanges):
        revert(session, second.id, actor="tester", reason="again")


def test_clusters_count_everything_in_the_box(session: Session) -> None:
    placed = [an_institution(at=LonLat(105 + number / 500, 21)) for number in range(230)]
    known_by_province = [an_institution(province="48") for _ in range(3)]
    publish(session, *placed, *known_by_province, an_institution())
    shown = clusters(session, InstitutionFilter(on=TODAY), bbox=VIETNAM, zoom=6)
    features = [json.loads(feature) for feature in shown.features]
    assert shown.number_matched == 233
    assert shown.without_location == 1
    assert sum(feature["properties"].get("count", 1) for feature in features) == 233
    assert len(features) < 30
    (approximate,) = [feature for feature in features if feature["properties"].get("approximate") == "province"]
    assert (approximate["properties"]["name"], approximate["properties"]["count"]) == ("Đà Nẵng", 3)


def test_what_was_cut_short_is_not_remembered_by_province(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(session, an_institution("Trường Viettronics", province="48"))
    wanted = InstitutionFilter(on=TODAY, q="viettronixs")
    with (
        monkeypatch.context() as hurried,
        Session(session.connection(), join_transaction_mode="create_savepoint") as one,
    ):
        hurried.setattr(search, "LONGEST_LOOK_MS", 30)
        hurried.setattr(search, "agreeing", lambda asked, *_: asked.execute(text("SELECT pg_sleep(20)")))
        assert clusters(one, wanted, bbox=VIETNAM, zoom=6).number_matched == 0
    assert clusters(session, wanted, bbox=VIETNAM, zoom=6).number_matched == 1


def test_few_are_shown_one_by_one_and_those_on_one_spot_are_named(session: Session) -> None:
    spot = LonLat(105.5, 21)
    publish(session, *(an_institution(at=spot) for _ in range(2)), an_institution(at=LonLat(105.6, 21)))
    shown = clusters(session, InstitutionFilter(on=TODAY), bbox=BBox(105, 20, 106, 22), zoom=7)
    first, second = (json.loads(feature)["properties"] for feature in shown.features)
    assert len(first["members"]) == first["count"] == 2
    assert second["type"] == "college"


def test_a_huge_box_at_a_fine_zoom_stays_bounded(session: Session) -> None:
    publish(session, *(an_institution(at=LonLat(102.5 + i % 40 / 4, 8.5 + i // 40 / 4)) for i in range(1_400)))
    shown = clusters(session, InstitutionFilter(on=TODAY), bbox=BBox(-180, -90, 180, 90), zoom=22)
    assert len(shown.features) <= 1_000
    assert shown.number_matched == 1_400


def test_suggestions_name_places_occupations_and_institutions(session: Session) -> None:
    publish(session, an_institution("Trường Cao đẳng Xây dựng Nam Định", province="37", former_province="36"))
    kinds = {suggestion.kind: suggestion for suggestion in suggest(session, "nam dinh", on=TODAY)}
    assert kinds["place"].label == "Tỉnh Nam Định"
    assert kinds["institution"].detail == "Ninh Bình"
    assert [suggestion.kind for suggestion in suggest(session, "hàn", on=TODAY)][:1] == ["occupation"]
    assert suggest(session, "  ", on=TODAY) == ()
