"""Mergers and splits as change sets: who goes on as whom, with whose places, from which day."""

from typing import Any

from geodata.imports.facts import holds
from geodata.proposals.book import Book
from geodata.proposals.forms import Given
from geodata.proposals.wizards import end_teaching, must_stand, plans, running, the_institution
from geodata.vocabulary import (
    AttributeKind,
    CampusKind,
    InstitutionType,
    LocationPrecision,
    NameKind,
    Ownership,
    RelationKind,
    Status,
    Wizard,
)

PLACE = (
    *("name", "address", "province_code", "commune_code", "former_province_code", "former_district_code"),
    *("former_commune_code", "location_precision", "geom"),
)


@plans(Wizard.MERGE)
def merge(book: Book, given: Given) -> None:
    """`institutions` end on the day and go on as `into`, or as a new one (`new_id`, name, type, ownership).

    `campuses`: their places become sites of the successor; `programmes`: so do their licences and programmes, under the
    licences they have; `keeps_records`: so do their records. Else licences and programmes end, with the teach-out
    `taught_out_until` where one is granted.
    """
    gone, into = list(dict.fromkeys(given.list("institutions"))), given.text("into")
    until = given.day("taught_out_until", after=book.on)
    _check_merger(book, given, gone, into)
    successor = into or given.text("new_id", needed=True)
    new = None if into else _new(given, "name", "type", "ownership")
    given.done()
    if new is not None:
        _found(book, successor, *new)
        if not given.yes("campuses"):
            _add_place(book, successor, {"location_precision": LocationPrecision.NONE.value}, CampusKind.MAIN)
    for institution in gone:
        _end_in(book, given, institution, successor)
        if not given.yes("programmes"):
            end_teaching(book, institution, until)
        kind = RelationKind.ABSORB if into else RelationKind.MERGE
        book.relate(kind, institution, successor, keeps_records=given.yes("keeps_records"))


@plans(Wizard.SPLIT)
def split(book: Book, given: Given) -> None:
    """Parts of an institution become institutions of their own on the day: up to three, each with a name, a type and
    the campuses that go with it. `continues`: the institution goes on with the others; else it ends."""
    institution = the_institution(given)
    must_stand(book, given, institution)
    parts = [number for number in (1, 2, 3) if given.text(f"name{number}")]
    if not parts:
        given.fault("name1", "Hãy điền ít nhất một cơ sở mới.", "Name at least one new institution.")
    ownership = book.current(institution, "institution_attribute", kind="ownership")
    new = {number: _new(given, f"name{number}", f"type{number}", None) for number in parts}
    given.done()
    owned = str(ownership["value"]) if ownership else Ownership.UNKNOWN.value
    for number in parts:
        part, (name, type_, _) = given.text(f"new_id{number}", needed=True), new[number]
        given.done()
        _found(book, part, name, type_, owned)
        wanted = given.list(f"campuses{number}")
        _hand_over(book, institution, part, [id for id in wanted if id])
        book.relate(RelationKind.SPLIT, institution, part, keeps_records=given.text("records") == str(number))
    if not given.yes("continues"):
        book.set_attribute(institution, AttributeKind.STATUS, Status.CLOSED)
        end_teaching(book, institution, given.day("taught_out_until", after=book.on))
    given.done()


def _check_merger(book: Book, given: Given, gone: list[str], into: str) -> None:
    if not gone:
        given.fault("institutions", "Hãy chọn cơ sở được sáp nhập.", "Choose the institutions that are merged.")
    if not into and len(gone) < 2:
        given.fault(
            "institutions",
            "Sáp nhập thành cơ sở mới cần ít nhất hai cơ sở.",
            "A merger into a new institution needs two at least.",
        )
    if into in gone:
        given.fault("into", "Cơ sở nhận không được là cơ sở được sáp nhập.", "The successor cannot be one that ends.")
    for institution in gone:
        must_stand(book, given, institution, "institutions")
    if into:
        must_stand(book, given, into, "into")


def _new(given: Given, name: str, type_: str, ownership: str | None) -> tuple[str, str, str]:
    """Name, type and ownership of a new institution; faults where they are missing."""
    kind = given.member(type_, InstitutionType)
    owned = given.member(ownership, Ownership, default=Ownership.UNKNOWN) if ownership else Ownership.UNKNOWN
    return given.text(name, needed=True), kind.value if kind else "", owned.value if owned else ""


def _found(book: Book, id: str, name: str, type_: str, ownership: str) -> None:
    """A new institution, active from the day on."""
    book.add_name(id, NameKind.OFFICIAL, name)
    given = {AttributeKind.TYPE: type_, AttributeKind.OWNERSHIP: ownership, AttributeKind.STATUS: Status.ACTIVE.value}
    for kind, value in given.items():
        book.set_attribute(id, kind, value)


def _end_in(book: Book, given: Given, institution: str, successor: str) -> None:
    """The institution is merged; what the successor takes over goes on there."""
    campuses: dict[str, str] = {}
    if given.yes("campuses"):
        ids = [fact["campus_id"] for fact in book.facts(institution, "campus") if holds(fact, book.on)]
        campuses = _hand_over(book, institution, successor, ids)
    if given.yes("programmes"):
        _hand_over_teaching(book, institution, successor, campuses)
    book.set_attribute(institution, AttributeKind.STATUS, Status.MERGED)


def _hand_over(book: Book, institution: str, successor: str, campus_ids: list[str]) -> dict[str, str]:
    """These campuses end here and go on at the successor; {old campus id: new one}. The main one stays on the record
    of an institution that ends, since that is where it was."""
    given: dict[str, str] = {}
    for fact in [fact for fact in book.facts(institution, "campus") if fact["campus_id"] in campus_ids]:
        if not holds(fact, book.on):
            continue
        has_main = any(site["kind"] == CampusKind.MAIN for site in book.facts(successor, "campus"))
        kind = CampusKind.SITE if has_main else CampusKind.MAIN
        name = fact["name"] or book.name(institution)
        place = {column: fact[column] for column in PLACE} | {"name": name if has_main else fact["name"]}
        given[fact["campus_id"]] = _add_place(book, successor, place, kind)
        book.end(institution, "campus", fact)
    return given


def _add_place(book: Book, institution: str, place: dict[str, Any], kind: CampusKind) -> str:
    id = book.next_id(institution, "campus", "campus_id")
    book.of(institution).add("campus", {**place, "campus_id": id, "kind": kind.value, "valid_from": book.on})
    return id


def _hand_over_teaching(book: Book, institution: str, successor: str, campuses: dict[str, str]) -> None:
    """Licences and programmes in force go on at the successor under their numbers."""
    licences: dict[str, str] = {}
    for fact in running(book, institution, "licence"):
        new = book.next_id(successor, "licence", "licence_id", "L")
        licences[str(fact["licence_id"])] = new
        columns = {key: fact[key] for key in ("number", "issued_on", "issuer", "valid_to")}
        book.of(successor).add("licence", {**columns, "licence_id": new, "valid_from": book.on})
        book.end(institution, "licence", fact)
    for fact in running(book, institution, "programme"):
        columns = {key: fact[key] for key in ("occupation_code", "occupation_name", "training_level", "quota")}
        places = {
            "licence_id": licences.get(str(fact["licence_id"])),
            "campus_id": campuses.get(str(fact["campus_id"])),
            "valid_to": fact["valid_to"],
        }
        book.of(successor).add("programme", {**columns, **places, "valid_from": book.on})
        book.end(institution, "programme", fact)
