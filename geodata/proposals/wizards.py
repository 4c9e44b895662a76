"""Events in the life of institutions as change sets: rename, close, suspend, stop enrolment, reopen, declare complete.

Each is one function from the book and what was asked; mergers and splits have a module of their own.
"""

from collections.abc import Callable
from datetime import date

from geodata.proposals.book import Book
from geodata.proposals.forms import Given
from geodata.vocabulary import AttributeKind, Enrolment, NameKind, Status, Wizard

Plan = Callable[[Book, Given], None]
PLANS: dict[Wizard, Plan] = {}
ENDED = (Status.CLOSED, Status.MERGED)


def plans(wizard: Wizard) -> Callable[[Plan], Plan]:
    """Register the function that plans this event."""

    def register(plan: Plan) -> Plan:
        PLANS[wizard] = plan
        return plan

    return register


@plans(Wizard.RENAME)
def rename(book: Book, given: Given) -> None:
    """Another official name from the day on, and other forms of it where they are given; the old ones stay findable."""
    institution = the_institution(given)
    name = given.text("name", needed=True)
    if name and name == book.name(institution):
        given.fault("name", "Tên mới trùng tên hiện tại.", "The new name is the present one.")
    must_stand(book, given, institution)
    given.done()
    book.add_name(institution, NameKind.OFFICIAL, name)
    for field, kind in (("name_en", NameKind.ENGLISH), ("name_short", NameKind.SHORT)):
        if words := given.text(field):
            book.add_name(institution, kind, words)


@plans(Wizard.CLOSE)
def close(book: Book, given: Given) -> None:
    """Closed from the day on: its licences and programmes end; `taught_out_until` is the end of the teach-out."""
    institution = the_institution(given)
    until = given.day("taught_out_until", after=book.on)
    must_stand(book, given, institution)
    given.done()
    book.set_attribute(institution, AttributeKind.STATUS, Status.CLOSED)
    end_teaching(book, institution, until)


@plans(Wizard.SUSPEND)
def suspend(book: Book, given: Given) -> None:
    """Suspended from the day on, `until` a day where the decision names one."""
    institution = the_institution(given)
    until = given.day("until", after=book.on)
    must_stand(book, given, institution)
    if book.status(institution) == Status.SUSPENDED:
        given.fault("institution", "Cơ sở đang bị đình chỉ.", "The institution is suspended already.")
    given.done()
    book.set_attribute(institution, AttributeKind.STATUS, Status.SUSPENDED, until=until)


@plans(Wizard.STOP_ENROLMENT)
def stop_enrolment(book: Book, given: Given) -> None:
    """No enrolment from the day on, `until` a day where the decision names one; training goes on."""
    institution = the_institution(given)
    until = given.day("until", after=book.on)
    must_stand(book, given, institution)
    given.done()
    if until and book.current(institution, "institution_attribute", kind=AttributeKind.ENROLMENT) is None:
        book.set_attribute(institution, AttributeKind.ENROLMENT, Enrolment.STOPPED)
        reopen_on(book, institution, until)
        return
    book.set_attribute(institution, AttributeKind.ENROLMENT, Enrolment.STOPPED, until=until)


def reopen_on(book: Book, institution: str, day: date) -> None:
    """Where nothing was said of enrolment before, it is open again from the day on."""
    changes = book.of(institution)
    last = changes.changes[-1]
    last["after"]["valid_to"] = day.isoformat()
    kind = AttributeKind.ENROLMENT.value
    changes.add("institution_attribute", {"kind": kind, "value": Enrolment.OPEN.value, "valid_from": day})


@plans(Wizard.REOPEN)
def reopen(book: Book, given: Given) -> None:
    """Active again from the day on after a suspension or closure, and enrolling again where it had stopped."""
    institution = the_institution(given)
    status = book.status(institution)
    enrolment = book.current(institution, "institution_attribute", kind=AttributeKind.ENROLMENT)
    stopped = enrolment is not None and enrolment["value"] == Enrolment.STOPPED
    if status == Status.MERGED:
        given.fault(
            "institution",
            "Cơ sở đã sáp nhập: hãy hoàn tác đề xuất sáp nhập.",
            "The institution was merged: take the merger back instead.",
        )
    elif status == Status.ACTIVE and not stopped:
        given.fault("institution", "Cơ sở đang hoạt động và tuyển sinh.", "The institution is open and enrolling.")
    given.done()
    if status != Status.ACTIVE:
        book.set_attribute(institution, AttributeKind.STATUS, Status.ACTIVE)
    if stopped:
        book.set_attribute(institution, AttributeKind.ENROLMENT, Enrolment.OPEN)


@plans(Wizard.DECLARE_COMPLETE)
def declare_complete(book: Book, given: Given) -> None:
    """The body `declared_by` says that the register holds every licence and programme of these institutions from the
    day on; an earlier declaration that covers the day ends on it."""
    body = given.text("declared_by", needed=True)
    institutions = given.list("institutions")
    if not institutions:
        given.fault("institutions", "Không có cơ sở nào.", "There is no institution.")
    given.done()
    for institution in institutions:
        known = book.current(institution, "completeness_declaration")
        if known is not None:
            book.end(institution, "completeness_declaration", known)
        declared = {"declared_by": body, "declared_on": book.occasion.today, "valid_from": book.on}
        book.of(institution).add("completeness_declaration", declared)


def the_institution(given: Given) -> str:
    return given.text("institution", needed=True)


def must_stand(book: Book, given: Given, institution: str, field: str = "institution") -> None:
    """A fault where the institution has ended by the day, or is not in the register."""
    if not book.facts(institution, "institution_name"):
        given.fault(field, "Cơ sở không có trong sổ đăng ký.", "The institution is not in the register.")
    elif book.status(institution) in ENDED:
        given.fault(
            field, "Cơ sở đã đóng hoặc đã sáp nhập vào ngày này.", "The institution was closed or merged by that day."
        )


def end_teaching(book: Book, institution: str, taught_out_until: date | None) -> None:
    """Programmes and licences in force on the day end on it; programmes with the teach-out where one is granted."""
    further = {"taught_out_until": taught_out_until} if taught_out_until else {}
    for fact in running(book, institution, "programme"):
        book.end(institution, "programme", fact, **further)
    for fact in running(book, institution, "licence"):
        book.end(institution, "licence", fact)


def running(book: Book, institution: str, table: str) -> list[dict[str, object]]:
    """Facts that hold on the day or begin later."""
    return [fact for fact in book.facts(institution, table) if fact["valid_to"] is None or fact["valid_to"] > book.on]
