"""Reports on a year as proposals: what is asked, what is refused, two persons, corrections that keep both values."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.models import Authority, IndicatorValue, Proposal, Report, Source
from geodata.people.rights import Person, Right
from geodata.proposals import drafting, path, publication
from geodata.proposals.refusals import AlreadyUnderWay, Faulty, MovedOn, NotAllowed, WrongStep
from geodata.reports.figures import corrected
from geodata.reports.questions import duties_of, questions
from geodata.reports.standings import standing_of
from geodata.reports.subjects import UnknownSubject, authorities, subject_named
from geodata.undoing import LaterChanges
from geodata.unit_reads import unit
from geodata.vocabulary import ProposalKind, Role
from tests.builders import AnInstitution, an_institution, publish

TODAY = date(2026, 11, 22)
TEACHERS = {"numerator": "12", "denominator": "40", "evidence": "https://truong.example.vn/bao-cao.pdf"}
APersonWith = Callable[..., Person]


@pytest.fixture
def school(session: Session) -> AnInstitution:
    """A college of Hà Nội that trains at college level."""
    wanted = {"province": "01", "programmes": [("6510202", "college", (date(2017, 6, 1), None))]}
    one = an_institution("Trường Cao đẳng Một", status=[("active", (date(2010, 1, 1), None))], **wanted)
    publish(session, one)
    return one


@pytest.fixture
def hoa(a_person: APersonWith, school: AnInstitution) -> Person:
    """The reporter of the school."""
    return a_reporter(a_person, school)


@pytest.fixture
def minh(a_person: APersonWith) -> Person:
    """An approver of the school's province."""
    return a_person("minh", Role.APPROVER, provinces=frozenset({"01"}))


def a_reporter(a_person: APersonWith, school: AnInstitution, login: str = "hoa") -> Person:
    known = a_person(login)
    return Person(known.id, login, known.name, (Right(Role.REPORTER, None, school.id),))


def a_report(
    session: Session, person: Person, subject: str, figures: Mapping[str, Any], *, year: str = "2025"
) -> Proposal:
    values = {"subject": subject, "period": year, "figures": figures}
    return drafting.draft(session, person, ProposalKind.REPORT, values, today=TODAY)


def through(session: Session, proposal: Proposal, one: Person, other: Person) -> Proposal:
    path.propose(session, proposal, one)
    path.approve(session, proposal, other)
    return publication.publish(session, proposal, other)


def figures(session: Session) -> dict[str, tuple[Any, ...]]:
    value = IndicatorValue
    rows = session.scalars(select(value).where(value.release_to.is_(None)))
    return {row.indicator_id: (row.value, row.numerator, row.denominator, row.missing_reason) for row in rows}


def test_a_report_is_published_by_a_second_person(
    session: Session, school: AnInstitution, hoa: Person, minh: Person
) -> None:
    told = {
        "teacher_digital_competence": TEACHERS,
        "digital_learning_platform": {"value": "có"},
        "teacher_digital_content": {"missing_reason": "Chưa thống kê"},
    }
    proposal = a_report(session, hoa, school.id, told)
    assert (proposal.provinces, proposal.institutions) == (["01"], [school.id])
    path.propose(session, proposal, hoa)
    for hand in (hoa, a_copy(hoa, Right(Role.APPROVER))):
        with pytest.raises(NotAllowed):
            path.approve(session, proposal, hand)
    path.approve(session, proposal, minh)
    publication.publish(session, proposal, minh)
    assert figures(session) == {
        "teacher_digital_competence": (Decimal(30), Decimal(12), Decimal(40), None),
        "digital_learning_platform": (Decimal(100), Decimal(1), Decimal(1), None),
        "teacher_digital_content": (None, None, None, "Chưa thống kê"),
    }
    report = session.scalars(select(Report)).one()
    assert (report.institution_id, report.period_id) == (school.id, "2025")
    assert report.submitted_at is not None
    assert session.scalars(select(Source.title).order_by(Source.id.desc())).first() == (
        f"Báo cáo năm 2025, đề xuất số {proposal.id}"
    )
    publication.undo(session, proposal, minh, reason="thử")
    assert figures(session) == {}


def a_copy(person: Person, *more: Right) -> Person:
    return Person(person.id, person.login, person.name, (*person.rights, *more))


def test_a_correction_keeps_both_values(session: Session, school: AnInstitution, hoa: Person, minh: Person) -> None:
    through(session, a_report(session, hoa, school.id, {"teacher_digital_competence": TEACHERS}), hoa, minh)
    sent = session.scalars(select(Report.submitted_at)).one()
    again = {
        "teacher_digital_competence": {"numerator": "13", "denominator": "40"},
        "digital_learning_platform": {"value": "không"},
    }
    second = through(session, a_report(session, hoa, school.id, again), hoa, minh)
    versions = corrected(session, subject_named(session, school.id), 2025)
    assert {key: [(one.value, one.numerator) for one in told] for key, told in versions.items()} == {
        "teacher_digital_competence": [("32.5", "13"), ("30", "12")]
    }
    now, before = versions["teacher_digital_competence"]
    assert (now.until, before.until) == (None, now.since)
    assert now.proposal == second.id
    assert session.scalars(select(Report.submitted_at)).one() == sent, "a correction makes nobody late"
    with pytest.raises(Faulty, match="Chưa có số liệu"):
        a_report(session, hoa, school.id, again)


def test_a_report_is_late_from_the_moment_it_is_handed_in(
    session: Session, school: AnInstitution, hoa: Person, minh: Person
) -> None:
    def told(last_day: date) -> tuple[bool, bool]:
        found = standing_of(session, subject_named(session, school.id), 2025, last_day=last_day, today=TODAY)
        return found.sent_on is not None, found.late

    proposal = a_report(session, hoa, school.id, {"teacher_digital_competence": TEACHERS})
    early, never = date(2026, 3, 31), date(2199, 3, 31)
    assert (told(early), told(never)) == ((False, True), (False, False))
    path.propose(session, proposal, hoa)
    assert (told(early), told(never)) == ((True, True), (True, False)), "before anybody approved or published it"
    path.send_back(session, proposal, minh, reason="thiếu tử số")
    assert told(early) == (False, True)
    path.propose(session, proposal, hoa)
    path.approve(session, proposal, minh)
    assert told(early) == (True, True)
    publication.publish(session, proposal, minh)
    assert (told(early), told(never)) == ((True, True), (True, False))


def test_a_correction_of_imported_figures_makes_nobody_late(
    session: Session, school: AnInstitution, hoa: Person, minh: Person
) -> None:
    through(session, a_report(session, hoa, school.id, {"teacher_digital_competence": TEACHERS}), hoa, minh)
    session.scalars(select(Report)).one().submitted_at = None
    session.flush()
    better = {"teacher_digital_competence": {"numerator": "13", "denominator": "40"}}
    through(session, a_report(session, hoa, school.id, better), hoa, minh)
    session.expire_all()
    assert session.scalars(select(Report.submitted_at)).one() is None, "when it was sent stays unknown"


def test_a_report_can_be_undone_after_its_correction_was(
    session: Session, school: AnInstitution, hoa: Person, minh: Person
) -> None:
    first = through(session, a_report(session, hoa, school.id, {"teacher_digital_competence": TEACHERS}), hoa, minh)
    better = {"teacher_digital_competence": {"numerator": "13", "denominator": "40"}}
    second = through(session, a_report(session, hoa, school.id, better), hoa, minh)
    with pytest.raises(LaterChanges):
        publication.undo(session, first, minh, reason="thử")
    publication.undo(session, second, minh, reason="thử")
    assert figures(session)["teacher_digital_competence"][0] == Decimal(30)
    publication.undo(session, first, minh, reason="thử")
    assert figures(session) == {}


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"value": "140"}, "teacher_digital_competence.value"),
        ({"numerator": "41", "denominator": "40"}, "teacher_digital_competence.numerator"),
        ({"numerator": "-1", "denominator": "40"}, "teacher_digital_competence.numerator"),
        ({"numerator": "nhiều", "denominator": "40"}, "teacher_digital_competence.numerator"),
        ({"numerator": "12"}, "teacher_digital_competence.denominator"),
        ({"value": "30"}, "teacher_digital_competence.denominator"),
        ({"value": "50", "numerator": "12", "denominator": "40"}, "teacher_digital_competence.value"),
        ({**TEACHERS, "missing_reason": "Không có"}, "teacher_digital_competence.missing_reason"),
        ({**TEACHERS, "missing_reason": "x" * 501}, "teacher_digital_competence.missing_reason"),
        *(
            ({**TEACHERS, "evidence": link}, "teacher_digital_competence.evidence")
            for link in ("http://a.vn/b", "javascript:alert(1)", "https://a:b@c.vn", "https://", "https://[", "a.vn")
        ),
    ],
)
def test_nonsense_is_refused_cell_by_cell(
    session: Session, school: AnInstitution, hoa: Person, cells: dict[str, str], field: str
) -> None:
    with pytest.raises(Faulty) as refused:
        a_report(
            session, hoa, school.id, {"teacher_digital_competence": cells, "digital_learning_platform": {"value": "có"}}
        )
    assert [fault.field for fault in refused.value.faults] == [field]
    assert all(fault.vi and fault.en for fault in refused.value.faults)


@pytest.mark.parametrize(("year", "field"), [("2027", "period"), ("2019", "period"), ("hai", "period"), ("", "period")])
def test_a_year_that_cannot_be_reported_is_refused(
    session: Session, school: AnInstitution, hoa: Person, year: str, field: str
) -> None:
    with pytest.raises(Faulty) as refused:
        a_report(session, hoa, school.id, {"teacher_digital_competence": TEACHERS}, year=year)
    assert {fault.field for fault in refused.value.faults} == {field}


def test_only_what_applies_is_asked(session: Session, school: AnInstitution, a_person: APersonWith) -> None:
    subject = subject_named(session, school.id)
    known = {one.indicator.id for one in questions(session, subject, 2026)}
    assert {"teacher_digital_competence", "s38_06_online_modules", "s38_c6"} <= known
    assert "readiness_score" not in known
    assert {duty.id for duty in duties_of(session, subject, 2026)} == {"circular-38", "register-readiness"}
    centre = an_institution("Trung tâm Hai", type="vocational_centre", province="01")
    publish(session, centre)
    other = {one.indicator.id for one in questions(session, subject_named(session, centre.id), 2026)}
    left = sorted(known - other)
    assert left, "a centre is asked less than a college"
    reporter = a_reporter(a_person, centre, "tam")
    with pytest.raises(Faulty) as refused:
        a_report(session, reporter, centre.id, {left[0]: {"value": "10"}, "nonsense": {"value": "1"}}, year="2026")
    assert {fault.field for fault in refused.value.faults} == {left[0], "nonsense"}


def test_one_report_is_under_way_for_a_year(
    session: Session, school: AnInstitution, hoa: Person, minh: Person, a_person: APersonWith
) -> None:
    other = a_reporter(a_person, school, "ha")
    first = a_report(session, hoa, school.id, {"teacher_digital_competence": TEACHERS})
    with pytest.raises(AlreadyUnderWay):
        a_report(session, other, school.id, {"digital_learning_platform": {"value": "có"}})
    a_report(session, other, school.id, {"digital_learning_platform": {"value": "có"}}, year="2024")
    path.propose(session, first, hoa)
    path.send_back(session, first, minh, reason="Thiếu minh chứng")
    with pytest.raises(WrongStep):
        path.approve(session, first, minh)
    again = {"teacher_digital_competence": {**TEACHERS, "numerator": "20"}}
    drafting.revise(
        session, first, other, today=TODAY, values={"subject": school.id, "period": "2025", "figures": again}
    )
    through(session, first, other, minh)
    assert figures(session)["teacher_digital_competence"][0] == Decimal(50)


def test_a_draft_that_names_another_province_or_other_figures_goes_nowhere(
    session: Session, school: AnInstitution, hoa: Person
) -> None:
    proposal = a_report(session, hoa, school.id, {"teacher_digital_competence": TEACHERS})
    told = dict(proposal.changes[0])
    for forged in ({"provinces": ["79"]}, {"changes": [{**told, "after": {**told["after"], "value": "99"}}]}):
        with session.begin_nested() as savepoint:
            for column, value in forged.items():
                setattr(proposal, column, value)
            session.flush()
            with pytest.raises(MovedOn):
                path.propose(session, proposal, hoa)
            savepoint.rollback()
        session.refresh(proposal)


def test_who_has_no_right_there_reports_nothing(
    session: Session, school: AnInstitution, hoa: Person, a_person: APersonWith
) -> None:
    other = an_institution("Trường Cao đẳng Khác", province="79")
    publish(session, other)
    strangers = [
        hoa,
        a_person("lan", Role.PROVINCIAL_STEWARD, provinces=frozenset({"01"})),
        a_person("uyen", Role.AUDITOR),
    ]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            a_report(session, stranger, other.id, {"digital_learning_platform": {"value": "có"}})
    steward = a_person("son", Role.PROVINCIAL_STEWARD, provinces=frozenset({"79"}))
    proposal = a_report(session, steward, other.id, {"digital_learning_platform": {"value": "có"}})
    path.propose(session, proposal, steward)
    with pytest.raises(NotAllowed):
        path.approve(session, proposal, a_person("mai", Role.APPROVER, provinces=frozenset({"01"})))


def test_authorities_report_their_own_figures(session: Session, school: AnInstitution, a_person: APersonWith) -> None:
    key = unit(session, "01", TODAY).key
    session.add(Authority(id="so-01", name="Sở Một", name_en="Department One", kind="province", territory_key=key))
    session.add(Authority(id="bo", name="Bộ", name_en="Ministry", kind="ministry"))
    session.flush()
    here = authorities(session, 2025, frozenset({"01"}), on=TODAY)
    assert [one.key for one in here] == ["authority:so-01"]
    assert {"territory:vn", "authority:bo"} < {one.key for one in authorities(session, 2025, None, on=TODAY)}
    steward = a_person("son", Role.PROVINCIAL_STEWARD, provinces=frozenset({"01"}))
    signer = a_person("mai", Role.APPROVER, provinces=frozenset({"01"}))
    figure = {"digital_inspections": {"numerator": "5", "denominator": "20"}}
    first = through(session, a_report(session, steward, "authority:so-01", figure), steward, signer)
    assert figures(session)["digital_inspections"][0] == Decimal(25)
    with pytest.raises(NotAllowed):
        a_report(session, steward, "authority:bo", figure)
    better = {"digital_inspections": {"numerator": "6", "denominator": "20"}}
    second = through(session, a_report(session, steward, "authority:so-01", better), steward, signer)
    with pytest.raises(LaterChanges):
        publication.undo(session, first, signer, reason="thử")
    publication.undo(session, second, signer, reason="thử")
    assert figures(session)["digital_inspections"][0] == Decimal(25)


def test_the_country_reports_its_milestones(session: Session, school: AnInstitution, a_person: APersonWith) -> None:
    steward, signer = a_person("nam", Role.NATIONAL_STEWARD), a_person("son", Role.APPROVER)
    told = {"network_map": {"value": "có", "evidence": "https://bo.example.vn/ban-do"}}
    through(session, a_report(session, steward, "territory:vn", told), steward, signer)
    assert figures(session)["network_map"][0] == Decimal(100)
    report = session.scalars(select(Report)).one()
    assert (report.subject_kind, report.territory_key) == ("territory", None)


@pytest.mark.parametrize("key", ["khong-co", "authority:khong-co", "territory:01", "nonsense:1", "", ":"])
def test_nobody_else_reports(session: Session, key: str) -> None:
    with pytest.raises(UnknownSubject):
        subject_named(session, key)
