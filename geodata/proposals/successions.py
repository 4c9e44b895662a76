"""Mergers as change sets: who goes on as whom, with whose places, from which day."""

from geodata.proposals.book import Book
from geodata.proposals.forms import Given
from geodata.proposals.handing_over import (
    add_unknown_place,
    found,
    hand_over_licences,
    hand_over_places,
    hand_over_programmes,
    note_absent_places,
    one_province,
    places_on_the_day,
)
from geodata.proposals.handing_over import new_institution as new_one
from geodata.proposals.wizards import end_teaching, must_stand, plans, running
from geodata.vocabulary import AttributeKind, RelationKind, Status, Wizard


@plans(Wizard.MERGE)
def merge(book: Book, given: Given) -> None:
    """`institutions` end on the day and go on as `into`, or as a new one (`new_id`, name, type, ownership).

    `campuses`: their places become sites of the successor, else of a new one only their province is known;
    `programmes`: so do their licences and programmes, under the licences they have; `keeps_records`: so do their
    records. Else licences and programmes end, with the teach-out `taught_out_until` where one is granted.
    """
    gone, into = list(dict.fromkeys(given.list("institutions"))), given.text("into")
    until = given.day("taught_out_until", after=book.on)
    _check_merger(book, given, gone, into)
    successor = into or given.text("new_id", needed=True)
    new = None if into else new_one(given, "name", "type", "ownership")
    placeless = new is not None and not (given.yes("campuses") and any(places_on_the_day(book, one) for one in gone))
    province = one_province(book, given, "campuses", gone) if placeless else None
    given.done()
    if new is not None:
        found(book, successor, *new)
        if placeless:
            add_unknown_place(book, successor, province)
    for institution in gone:
        _end_in(book, given, institution, successor)
        if not given.yes("programmes"):
            end_teaching(book, institution, until)
        kind = RelationKind.ABSORB if into else RelationKind.MERGE
        book.relate(kind, institution, successor, keeps_records=given.yes("keeps_records"))


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


def _end_in(book: Book, given: Given, institution: str, successor: str) -> None:
    """The institution is merged; what the successor takes over goes on there."""
    campuses: dict[str, str] = {}
    if given.yes("campuses"):
        note_absent_places(book, institution)
        campuses = hand_over_places(book, institution, successor, places_on_the_day(book, institution))
    if given.yes("programmes"):
        licences = hand_over_licences(book, institution, successor, running(book, institution, "licence"))
        programmes = running(book, institution, "programme")
        hand_over_programmes(book, institution, successor, programmes, licences, campuses)
    book.set_attribute(institution, AttributeKind.STATUS, Status.MERGED)
