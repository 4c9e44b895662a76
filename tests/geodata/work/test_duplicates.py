"""Which records may be one institution: shared codes, names within a province or nearly within a commune."""

from datetime import date

from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.work.duplicates import Pair, possible
from tests.builders import AnInstitution, an_institution, publish

TODAY = date(2026, 11, 22)
SAIGON, TAN_DINH = "26740", "26734"


def a_school(name: str, code: str = "", **wanted: object) -> AnInstitution:
    given = {
        "status": [("active", (date(2010, 1, 1), None))],
        "codes": [(code, (None, None))] if code else [],
        "province": "79",
        "at": LonLat(106.7, 10.8),
    }
    return an_institution(name, **{**given, **wanted})


def shared(pairs: tuple[Pair, ...]) -> list[tuple[frozenset[str], tuple[str, ...]]]:
    return [(frozenset(pair.names), pair.shares) for pair in pairs]


def test_pairs_are_found_by_code_by_name_and_by_nearly_a_name(session: Session) -> None:
    publish(
        session,
        a_school("Trường Cao đẳng Kỹ thuật Sài Gòn", commune=SAIGON),
        a_school("Trường Cao đẳng Kĩ thuật Sài Gòn", commune=SAIGON),
        a_school("Trường Cao đẳng Du lịch", "CDD0201", province="01"),
        a_school("Trường Trung cấp Nông nghiệp", "CDD0201"),
        a_school("Trường Cao đẳng Y tế"),
        a_school("Truong Cao dang Y te"),
    )
    first, *others = shared(possible(session, on=TODAY))
    assert first == (frozenset({"Trường Cao đẳng Du lịch", "Trường Trung cấp Nông nghiệp"}), ("identifier",))
    assert set(others) == {
        (frozenset({"Trường Cao đẳng Y tế", "Truong Cao dang Y te"}), ("name",)),
        (frozenset({"Trường Cao đẳng Kỹ thuật Sài Gòn", "Trường Cao đẳng Kĩ thuật Sài Gòn"}), ("alike",)),
    }


def test_other_numbers_other_models_other_places_and_the_closed_are_no_pairs(session: Session) -> None:
    publish(
        session,
        a_school("Trường Cao đẳng Nghề số 1", commune=SAIGON),
        a_school("Trường Cao đẳng Nghề số 2", commune=SAIGON),
        a_school("Trường Trung cấp Nghề số 1", commune=SAIGON),
        a_school("Trường Cao đẳng Y tế"),
        a_school("Trường Cao đẳng Y tế", province="01"),
        a_school("Trường Cao đẳng Cũ"),
        a_school("Trường Cao đẳng Cũ", status=[("closed", (date(2020, 1, 1), None))]),
    )
    assert possible(session, on=TODAY) == ()
