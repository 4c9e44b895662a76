"""What an institution that ends or is split hands over: places, licences and programmes that go on elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from geodata.imports.facts import Fact, holds
from geodata.proposals.book import Book, Note
from geodata.proposals.forms import Given
from geodata.vocabulary import (
    AttributeKind,
    CampusKind,
    InstitutionType,
    LocationPrecision,
    NameKind,
    Ownership,
    Status,
)

PLACE = (
    *("name", "address", "province_code", "commune_code", "former_province_code", "former_district_code"),
    *("former_commune_code", "location_precision", "geom", "valid_to"),
)
LICENCE = ("number", "issued_on", "issuer", "valid_to")
NOWHERE = Note(
    "Cơ sở mới chưa thuộc tỉnh nào: không phải mọi địa điểm cũ đều rõ tỉnh. Chỉ cán bộ toàn quốc phê duyệt được; sau "
    "khi công bố, hãy đặt vị trí cho cơ sở.",
    "The new institution is in no province yet: not every old place is in a known one. Only people with the whole "
    "country may approve this; place the institution after publication.",
)
PROGRAMME = ("occupation_code", "occupation_name", "training_level", "quota", "valid_to")


def new_institution(given: Given, name: str, type_: str, ownership: str | None) -> tuple[str, str, str]:
    """Name, type and ownership of a new institution; faults where they are missing."""
    kind = given.member(type_, InstitutionType)
    owned = given.member(ownership, Ownership, default=Ownership.UNKNOWN) if ownership else Ownership.UNKNOWN
    return given.text(name, needed=True), kind.value if kind else "", owned.value if owned else ""


def found(book: Book, id: str, name: str, type_: str, ownership: str) -> None:
    """A new institution, active from the day on."""
    book.add_name(id, NameKind.OFFICIAL, name)
    given = {AttributeKind.TYPE: type_, AttributeKind.OWNERSHIP: ownership, AttributeKind.STATUS: Status.ACTIVE.value}
    for kind, value in given.items():
        book.set_attribute(id, kind, value)


def add_place(book: Book, institution: str, place: dict[str, Any], kind: CampusKind) -> str:
    id = book.next_id(institution, "campus", "campus_id")
    book.of(institution).add("campus", {**place, "campus_id": id, "kind": kind.value, "valid_from": book.on})
    return id


def one_province(book: Book, given: Given, field: str, institutions: Sequence[str]) -> str | None:
    """The province in which these institutions have all their places on the day, for a new one that takes over none of
    them; a fault where there are several, None with a note where a place is in no known province."""
    places = [fact for one in institutions for fact in book.facts(one, "campus") if holds(fact, book.on)]
    codes = {fact["province_code"] for fact in places}
    known = sorted(str(code) for code in codes if code)
    if len(known) > 1:
        given.fault(field, "Hãy chọn địa điểm cho cơ sở mới.", "Choose a place for the new institution.")
    if len(known) == len(codes) == 1:
        return known[0]
    book.notes.append(NOWHERE)
    return None


def add_unknown_place(book: Book, institution: str, province: str | None) -> str:
    """A main place of which at most the province is known."""
    place = {"province_code": province, "location_precision": LocationPrecision.NONE.value}
    return add_place(book, institution, place, CampusKind.MAIN)


def places_on_the_day(book: Book, institution: str) -> list[str]:
    """Ids of the campuses that exist on the day of effect, the main one first, then those of a known province."""
    held = [fact for fact in book.facts(institution, "campus") if holds(fact, book.on)]
    held.sort(key=lambda fact: (fact["kind"] != CampusKind.MAIN, fact["province_code"] is None))
    return [str(fact["campus_id"]) for fact in held]


def note_absent_places(book: Book, institution: str) -> None:
    """Say which places stay behind because they do not exist on the day of effect, though they do today or later."""
    today = book.occasion.today
    for fact in book.facts(institution, "campus"):
        if holds(fact, book.on) or (fact["valid_to"] and fact["valid_to"] <= min(today, book.on)):
            continue
        begins = fact["valid_from"] is not None and fact["valid_from"] > book.on
        told = fact["name"] or fact["address"] or fact["campus_id"]
        vi = (
            f"chỉ có từ ngày {fact['valid_from']:%d/%m/%Y}"
            if begins
            else f"kết thúc từ ngày {fact['valid_to']:%d/%m/%Y}"
        )
        en = f"only exists from {fact['valid_from']}" if begins else f"ends on {fact['valid_to']}"
        name = book.name(institution)
        book.notes.append(
            Note(
                f"Địa điểm “{told}” của {name} không chuyển: {vi}, vào ngày hiệu lực {book.on:%d/%m/%Y} không có.",
                f"The place “{told}” of {name} is not handed over: it {en} and is not there on {book.on}.",
            )
        )


def hand_over_places(book: Book, institution: str, successor: str, campus_ids: Sequence[str]) -> dict[str, str]:
    """These campuses end here and go on at the successor, the first one as its main place where it has none; {old
    campus id: new one}."""
    given: dict[str, str] = {}
    held = {str(fact["campus_id"]): fact for fact in book.facts(institution, "campus") if holds(fact, book.on)}
    for fact in [held[id] for id in places_on_the_day(book, institution) if id in campus_ids]:
        has_main = any(site["kind"] == CampusKind.MAIN for site in book.facts(successor, "campus"))
        kind = CampusKind.SITE if has_main else CampusKind.MAIN
        name = fact["name"] or book.name(institution)
        place = {column: fact[column] for column in PLACE} | {"name": name if has_main else fact["name"]}
        given[fact["campus_id"]] = add_place(book, successor, place, kind)
        book.end(institution, "campus", fact)
    return given


def add_licence(book: Book, institution: str, licence: Mapping[str, Any]) -> str:
    """A licence from the day on; its id."""
    id = book.next_id(institution, "licence", "licence_id", "L")
    book.of(institution).add("licence", {**licence, "licence_id": id, "valid_from": book.on})
    return id


def hand_over_licences(book: Book, institution: str, successor: str, facts: Sequence[Fact]) -> dict[str, str]:
    """These licences end here and go on at the successor under their numbers; {old licence id: new one}."""
    given: dict[str, str] = {}
    for fact in list(facts):
        given[str(fact["licence_id"])] = add_licence(book, successor, {key: fact[key] for key in LICENCE})
        book.end(institution, "licence", fact)
    return given


def hand_over_programmes(
    book: Book,
    institution: str,
    successor: str,
    facts: Sequence[Fact],
    licences: Mapping[str, str],
    campuses: Mapping[str, str],
    *,
    under: str | None = None,
) -> None:
    """These programmes end here and go on at the successor, each under its own licence and at its own campus where
    these came along, else under the licence `under`, else under none that is recorded."""
    for fact in list(facts):
        places = {
            "licence_id": licences.get(str(fact["licence_id"]), under),
            "campus_id": campuses.get(str(fact["campus_id"])),
            "valid_from": book.on,
        }
        book.of(successor).add("programme", {**{key: fact[key] for key in PROGRAMME}, **places})
        book.end(institution, "programme", fact)
