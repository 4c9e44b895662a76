"""Splits as change sets: parts of an institution become institutions of their own, with what is chosen for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.imports.facts import Fact, holds
from geodata.proposals.book import Book
from geodata.proposals.entries import programme_key
from geodata.proposals.forms import Given
from geodata.proposals.handing_over import (
    add_licence,
    add_unknown_place,
    found,
    hand_over_licences,
    hand_over_places,
    hand_over_programmes,
    new_institution,
    note_absent_places,
    one_province,
)
from geodata.proposals.rows import check_loose_ends, loose_ends
from geodata.proposals.wizards import end_teaching, must_stand, plans, running, the_institution
from geodata.vocabulary import AttributeKind, Ownership, RelationKind, Status, Wizard

PARTS = (1, 2, 3)
CHOSEN = ("campuses", "licences", "programmes")


@dataclass(frozen=True)
class Part:
    """A new institution, with the facts of the old one that go along; `licence` is the number of a new licence,
    `province` all that is known of its place where no campus goes along."""

    number: int
    id: str
    name: str
    type: str
    campuses: tuple[str, ...]
    province: str | None
    licences: tuple[Fact, ...]
    programmes: tuple[Fact, ...]
    licence: str
    issuer: str


@plans(Wizard.SPLIT)
def split(book: Book, given: Given) -> None:
    """Parts of an institution become institutions of their own on the day: up to three (`name1`, `type1` ...), with the
    `campuses1`, `licences1` and `programmes1` chosen for each and perhaps a new licence (`licence1`, `issuer1`).
    `continues`: the institution goes on with the rest; else it ends."""
    institution = the_institution(given)
    must_stand(book, given, institution)
    _check_choices(book, given, institution)
    parts = [_part(book, given, institution, number) for number in PARTS if given.text(f"name{number}")]
    if not parts:
        given.fault("name1", "Hãy điền ít nhất một cơ sở mới.", "Name at least one new institution.")
    given.done()
    note_absent_places(book, institution)
    before = loose_ends(book, institution)
    for part in parts:
        _separate(book, given, institution, part)
    if given.yes("continues"):
        check_loose_ends(book, given, institution, before, at="goes.{row}")
    else:
        book.set_attribute(institution, AttributeKind.STATUS, Status.CLOSED)
        end_teaching(book, institution, given.day("taught_out_until", after=book.on))
    given.done()


def divisible(book: Book, institution: str) -> dict[str, dict[str, Fact]]:
    """{`campuses`, `licences`, `programmes`: {key in the form: fact}} of what goes on after the day."""
    programmes = book.facts(institution, "programme")
    return {
        "campuses": {fact["campus_id"]: fact for fact in book.facts(institution, "campus") if holds(fact, book.on)},
        "licences": {fact["licence_id"]: fact for fact in running(book, institution, "licence")},
        "programmes": {
            programme_key(fact, programmes[:at]): fact
            for at, fact in enumerate(programmes)
            if fact["valid_to"] is None or fact["valid_to"] > book.on
        },
    }


def _part(book: Book, given: Given, institution: str, number: int) -> Part:
    there = divisible(book, institution)
    name, type_, _ = new_institution(given, f"name{number}", f"type{number}", None)
    campuses = tuple(given.list(f"campuses{number}"))
    return Part(
        number=number,
        id=given.text(f"new_id{number}", needed=True),
        name=name,
        type=type_,
        campuses=campuses,
        province=None if campuses else one_province(book, given, f"name{number}", [institution]),
        licences=_facts(there["licences"], given.list(f"licences{number}")),
        programmes=_facts(there["programmes"], given.list(f"programmes{number}")),
        licence=given.text(f"licence{number}"),
        issuer=given.text(f"issuer{number}"),
    )


def _separate(book: Book, given: Given, institution: str, part: Part) -> None:
    """The part stands by itself, with what goes along."""
    ownership = book.current(institution, "institution_attribute", kind=AttributeKind.OWNERSHIP.value)
    found(book, part.id, part.name, part.type, str(ownership["value"]) if ownership else Ownership.UNKNOWN.value)
    campuses = hand_over_places(book, institution, part.id, part.campuses)
    if not part.campuses:
        add_unknown_place(book, part.id, part.province)
    licences = hand_over_licences(book, institution, part.id, part.licences)
    own = {"number": part.licence, "issued_on": None, "issuer": part.issuer or None, "valid_to": None}
    under = add_licence(book, part.id, own) if part.licence else None
    hand_over_programmes(book, institution, part.id, part.programmes, licences, campuses, under=under)
    keeps = given.text("records") == str(part.number)
    book.relate(RelationKind.SPLIT, institution, part.id, keeps_records=keeps)


def _check_choices(book: Book, given: Given, institution: str) -> None:
    """Faults for what is not there to be divided, what goes to two, and what goes to a part without a name."""
    there = divisible(book, institution)
    for kind in CHOSEN:
        taken: set[str] = set()
        for number in PARTS:
            for key in given.list(f"{kind}{number}"):
                row = f"goes.{KIND_OF[kind]}.{key}"
                if key not in there[kind]:
                    given.fault(row, "Không có trong hồ sơ này.", "Not in this record.")
                elif key in taken:
                    given.fault(row, "Chỉ chuyển sang một cơ sở.", "This can go to one institution only.")
                elif not given.text(f"name{number}"):
                    given.fault(f"name{number}", "Hãy điền tên cơ sở mới.", "Name the new institution.")
                taken.add(key)


KIND_OF = {"campuses": "campus", "licences": "licence", "programmes": "programme"}


def _facts(there: dict[str, Fact], chosen: Sequence[str]) -> tuple[Fact, ...]:
    return tuple(there[key] for key in chosen if key in there)
