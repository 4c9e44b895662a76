"""Stage, publish, undo: what is staged is what is published, once, and can be taken back."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.imports import sources
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.reader import answer
from geodata.imports.refusals import Refused, RegisterMovedOn, WrongState
from geodata.imports.run import publish, rows_of, undo
from geodata.models import (
    Campus,
    ChangeLog,
    Identifier,
    InstitutionAttribute,
    InstitutionName,
    InstitutionState,
    Release,
)
from geodata.undoing import LaterChanges
from tests.geodata.imports.conftest import HEADINGS, TODAY, Stager, a_csv, added_by, register_hash, wanted_by

SCHOOL = ("Trường Cao đẳng Thử nghiệm", "Trường cao đẳng", "công lập", "Nam Định", "CDT2599")
OTHER = ("Trung tâm GDNN Thử nghiệm", "Trung tâm GDNN", "", "Hà Nội", "")
SUM = ("created", "updated", "unchanged", "rejected")


def attributes(session: Session, kind: str) -> list[tuple[str, date | None, date | None]]:
    fact = InstitutionAttribute
    rows = select(fact.value, fact.valid_from, fact.valid_to).where(fact.kind == kind, fact.release_to.is_(None))
    return [tuple(row) for row in session.execute(rows.order_by(fact.valid_from.nulls_first()))]


def test_a_staged_file_writes_nothing_public(session: Session, staged: Stager) -> None:
    run = staged(a_csv(SCHOOL))
    assert run.state == "staged"
    assert session.scalar(select(func.count()).select_from(Release)) == 0
    assert session.scalar(select(func.count()).select_from(InstitutionName)) == 0


def test_an_old_province_is_kept_beside_its_successor(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL, OTHER)), actor="officer")
    campuses = session.scalars(select(Campus).order_by(Campus.row_id)).all()
    assert [(c.former_province_code, c.province_code, c.location_precision) for c in campuses] == [
        ("36", "37", "province"),
        ("01", "01", "province"),
    ]
    assert all(campus.geom is None for campus in campuses)


def test_missing_ownership_is_unknown_and_no_code_is_invented(session: Session, staged: Stager) -> None:
    run = publish(session, staged(a_csv(SCHOOL, OTHER)), actor="officer")
    assert attributes(session, "ownership") == [("public", None, None), ("unknown", None, None)]
    assert list(session.scalars(select(Identifier.value))) == ["CDT2599"]
    assert "missing_ownership" in [found["code"] for found in rows_of(session, run)[1].findings]


def test_blank_cells_erase_nothing(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="officer")
    assert staged(a_csv((SCHOOL[0], "", "", "Nam Định", ""))).counts["unchanged"] == 1


def test_a_change_with_a_day_keeps_the_past(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="officer")
    day = date(2026, 9, 1)
    renamed = ("Trường Cao đẳng Sông Hồng Xanh", "", "tư thục", "Nam Định", "CDT2599")
    run = publish(session, staged(a_csv(renamed), effective=day), actor="officer")
    assert run.counts["updated"] == 1
    assert attributes(session, "ownership") == [("public", None, day), ("private", day, None)]
    name = InstitutionName
    names = session.execute(
        select(name.text, name.valid_to).where(name.release_to.is_(None)).order_by(name.valid_from.nulls_first())
    )
    assert [tuple(row) for row in names] == [(SCHOOL[0], day), (renamed[0], None)]


def test_a_correction_without_a_day_replaces_the_value(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="officer")
    publish(session, staged(a_csv((*SCHOOL[:2], "tư thục", *SCHOOL[3:]))), actor="officer")
    assert attributes(session, "ownership") == [("private", None, None)]


def test_a_closure_without_a_day_starts_today_and_says_so(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="officer")
    headings = (*HEADINGS, "Trạng thái")
    run = publish(session, staged(a_csv((*SCHOOL, "đã giải thể"), headings=headings)), actor="officer")
    assert attributes(session, "status") == [("active", None, TODAY), ("closed", TODAY, None)]
    assert [found["code"] for found in rows_of(session, run)[0].findings] == ["status_without_day"]


def test_every_change_is_logged_with_what_was_and_what_is(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="officer")
    run = publish(session, staged(a_csv((*SCHOOL[:2], "tư thục", *SCHOOL[3:]))), actor="chief")
    log = session.scalars(select(ChangeLog).where(ChangeLog.release_id == run.release_id).order_by(ChangeLog.id)).all()
    assert [(entry.actor, entry.subject, entry.action) for entry in log] == [
        ("chief", "institution_attribute", "close"),
        ("chief", "institution_attribute", "add"),
    ]
    assert (log[0].before or {})["value"] == "public"
    assert (log[1].after or {})["value"] == "private"


def test_the_published_facts_are_the_staged_ones(session: Session, staged: Stager) -> None:
    run = staged(a_csv(SCHOOL, OTHER))
    wanted = wanted_by(session, run)
    publish(session, run, actor="officer")
    assert run.release_id is not None
    assert added_by(session, run.release_id) == wanted != []


def test_publishing_twice_is_publishing_once(session: Session, staged: Stager) -> None:
    run = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    assert publish(session, run, actor="officer").release_id == run.release_id
    assert session.scalar(select(func.count()).select_from(Release)) == 1


def test_a_register_that_moved_on_elsewhere_does_not_matter(session: Session, staged: Stager) -> None:
    run = staged(a_csv(SCHOOL))
    publish(session, staged(a_csv(OTHER)), actor="officer")
    assert publish(session, run, actor="officer").release_id == 2


def test_a_register_that_moved_on_here_is_detected(session: Session, staged: Stager) -> None:
    run = staged(a_csv(SCHOOL))
    publish(session, staged(a_csv(SCHOOL, name="other.csv")), actor="officer")
    with pytest.raises(RegisterMovedOn, match="dòng 2"):
        publish(session, run, actor="officer")


def test_all_or_nothing_refuses_a_file_with_a_rejected_row(session: Session, staged: Stager) -> None:
    run = staged(a_csv(SCHOOL, ("", "Trường cao đẳng", "", "Hà Nội", "")))
    with pytest.raises(Refused):
        publish(session, run, actor="officer", all_or_nothing=True)


def test_undo_restores_the_register_and_only_once(session: Session, staged: Stager) -> None:
    publish(session, staged(a_csv(SCHOOL)), actor="officer")
    before = register_hash(session)
    run = publish(session, staged(a_csv((*SCHOOL[:2], "tư thục", *SCHOOL[3:]), OTHER)), actor="officer")
    assert register_hash(session) != before
    undo(session, run, actor="officer")
    assert register_hash(session) == before
    with pytest.raises(WrongState):
        undo(session, run, actor="officer")


def test_undo_is_refused_when_later_changes_depend_on_it(session: Session, staged: Stager) -> None:
    run = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    publish(session, staged(a_csv((*SCHOOL[:2], "tư thục", *SCHOOL[3:]))), actor="officer")
    with pytest.raises(LaterChanges, match=rows_of(session, run)[0].institution_id):
        undo(session, run, actor="officer")


def test_undo_in_reverse_order_goes_all_the_way_back(session: Session, staged: Stager) -> None:
    empty = register_hash(session)
    first = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    between = register_hash(session)
    private = a_csv((*SCHOOL[:2], "tư thục", "Hà Nội", "CDT2600"), OTHER)
    second = publish(session, staged(private, effective=date(2026, 9, 1)), actor="officer")
    undo(session, second, actor="officer")
    assert register_hash(session) == between
    undo(session, first, actor="officer")
    assert register_hash(session) == empty
    assert session.scalar(select(func.count()).where(InstitutionState.release_to.is_(None))) == 0


def test_a_later_change_that_stands_still_hinders_an_undo(session: Session, staged: Stager) -> None:
    first = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    second = publish(session, staged(a_csv((*SCHOOL[:2], "tư thục", *SCHOOL[3:]))), actor="officer")
    undo(session, second, actor="officer")
    publish(session, staged(a_csv((*SCHOOL[:2], "tư thục", *SCHOOL[3:]))), actor="officer")
    with pytest.raises(LaterChanges):
        undo(session, first, actor="officer")


@pytest.mark.parametrize("code", ["CDT2598", ""])
def test_a_row_that_names_a_school_badly_does_not_hide_one_that_names_it_well(
    session: Session, staged: Stager, code: str
) -> None:
    """Found by the generated files: the second row makes a namesake, and from then on nobody knows whom the first one
    means; the third was refused as its repetition, and accepted when the file came again."""
    name = "Trường Trung cấp Ba"
    publish(session, staged(a_csv((name, "", "", "TP.HCM", "CDT2599"))), actor="officer")
    badly, other, well = (
        (name, "lâu đài", "", "", code),
        (name, "CĐ", "", "Ninh Bình", ""),
        (name, "CĐ", "", "", "CDT2599"),
    )
    run = publish(session, staged(a_csv(badly, other, well)), actor="officer")
    assert [row.outcome for row in rows_of(session, run)] == ["rejected", "created", "updated"]
    again = staged(a_csv(badly, other, well))
    assert [row.outcome for row in rows_of(session, again)] == ["rejected", "unchanged", "unchanged"]


HAI, MOT = "Trung tâm GDNN Hai", "Trường Cao đẳng Một"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            [(HAI, "CĐ", "công lập", "", "123"), ("Trường Trung cấp Ba", "CĐ", "tư thục", "Hà Tây", "CDT2599")],
            [(HAI, "CĐ", "công lập", "Hà Tây", "CDT2599"), (HAI, "CĐ", "công lập", "TP.HCM", "")],
        ),
        (
            [],
            [
                ("Trường CĐ Một", "lâu đài", "công lập", "Hà Tây", "123"),
                (MOT, "trung cấp", "", "Hà Tây", ""),
                (HAI, "", "công lập", "", "123"),
            ],
        ),
    ],
)
def test_rows_rejected_once_do_not_come_in_when_the_same_file_comes_again(
    session: Session, staged: Stager, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    """Found by the generated files: what the accepted rows brought made the others decidable."""
    publish(session, staged(a_csv(*first)), actor="officer")
    run = publish(session, staged(a_csv(*second)), actor="officer")
    again = staged(a_csv(*second))
    assert (again.counts["created"], again.counts["updated"]) == (0, 0)
    assert again.counts["rejected"] == run.counts["rejected"] > 0
    assert [row.findings for row in rows_of(session, again)] == [row.findings for row in rows_of(session, run)]
    undo(session, run, actor="officer")
    assert staged(a_csv(*second)).counts["created"] == run.counts["created"]


NAMES = st.sampled_from(
    ["Trường Cao đẳng Một", "Trường CĐ Một", "Trung tâm GDNN Hai", "Trường Trung cấp Ba", "", "?!", "x" * 600]
)
ROWS = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from(["Trường cao đẳng", "CĐ", "trung cấp", "", "lâu đài"]),
        st.sampled_from(["công lập", "tư thục", "", "của tôi"]),
        st.sampled_from(["Nam Định", "TP.HCM", "Hà Tây", "Ninh Bình", "", "Atlantis"]),
        st.sampled_from(["CDT2599", "CDT2598", "", "mã số!", "123"]),
    ),
    max_size=12,
)


EXAMPLES = 6 if settings().max_examples <= 100 else 1_000


@pytest.fixture
def units_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The administrative units are read once for all generated files, and those by this process: they are harmless."""
    units = Gazetteer.load(session)
    monkeypatch.setattr(Gazetteer, "load", lambda _session: units)
    monkeypatch.setattr(sources, "_in_limited_process", lambda kind, data: json.dumps(answer(kind, data)).encode())


@settings(
    max_examples=EXAMPLES,
    phases=[phase for phase in Phase if phase is not Phase.explain],  # it follows every line of a working example
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=ROWS, second=ROWS)
def test_rows_always_add_up_and_undo_always_restores(
    session: Session, staged: Stager, units_once: None, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    """Two generated files after one another; the second is published and taken back."""
    with session.begin_nested() as around:
        publish(session, staged(a_csv(*first)), actor="officer")
        before = register_hash(session)
        run = staged(a_csv(*second))
        assert run.counts["rows_in"] == sum(run.counts[outcome] for outcome in SUM) == len(rows_of(session, run))
        wanted = wanted_by(session, run)
        publish(session, run, actor="officer")
        assert (run.release_id is not None) == bool(run.counts["created"] + run.counts["updated"])
        assert run.release_id is None or added_by(session, run.release_id) == wanted
        again = staged(a_csv(*second))
        assert (again.counts["created"], again.counts["updated"]) == (0, 0)
        undo(session, run, actor="officer")
        assert register_hash(session) == before
        around.rollback()
