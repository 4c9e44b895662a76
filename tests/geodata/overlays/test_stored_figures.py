"""Figures stored with a release are the sums over its institutions, whatever the release changed."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import releases
from geodata.demo.publication import clear
from geodata.figures import stored
from geodata.figures.stored import are_of, bring_up_to_date, drift
from geodata.models import InstitutionAttribute
from geodata.releases import current_release
from geodata.undoing import revert
from geodata.vocabulary import ReleaseKind
from tests.builders import ALWAYS, an_institution, publish
from tests.geodata.overlays.reporting import tell


def count(session: Session) -> int:
    return int(session.scalar(text("SELECT sum(applicable) FROM readiness_figure")) or 0)


def close_one(session: Session, institution: str) -> int:
    """A release in which the institution closed on 01/06/2024."""
    release = releases.open_release(session, kind=ReleaseKind.EDIT, actor="tester", reason="test")
    session.execute(
        text(
            "UPDATE institution_attribute SET release_to = :release"
            " WHERE institution_id = :id AND kind = 'status' AND release_to IS NULL"
        ),
        {"release": release.id, "id": institution},
    )
    source = session.scalar(text("SELECT min(id) FROM source"))
    for value, span in (("active", (None, date(2024, 6, 1))), ("closed", (date(2024, 6, 1), None))):
        session.add(
            InstitutionAttribute(
                institution_id=institution,
                kind="status",
                value=value,
                valid_from=span[0],
                valid_to=span[1],
                release_from=release.id,
                source_id=source,
            )
        )
    releases.log_change(session, release, subject="institution_attribute", action="add", institution_id=institution)
    releases.finish_release(session, release, institutions=[institution])
    return release.id


def reporter(session: Session) -> str:
    """An institution that is open and reported for 2024."""
    return str(
        session.scalar(
            text(
                "SELECT min(institution_id) FROM report JOIN institution_state AS state USING (institution_id)"
                " WHERE period_id = '2024' AND state.status = 'active' AND state.is_main AND state.valid_to IS NULL"
            )
        )
    )


def test_a_loaded_network_has_its_figures(network: Session) -> None:
    release = current_release(network)
    assert release is not None
    assert are_of(network, release.id)
    assert count(network) > 0
    assert drift(network) == 0


def test_a_small_release_moves_only_what_it_touched(network: Session) -> None:
    before = count(network)
    close_one(network, reporter(network))
    assert count(network) < before
    assert drift(network) == 0


def test_an_undone_release_leaves_the_figures_as_they_were(network: Session) -> None:
    before = network.execute(text("SELECT * FROM readiness_figure ORDER BY 1, 2, 3")).all()
    changed = close_one(network, reporter(network))
    assert network.execute(text("SELECT * FROM readiness_figure ORDER BY 1, 2, 3")).all() != before
    revert(network, changed, actor="tester", reason="test")
    assert network.execute(text("SELECT * FROM readiness_figure ORDER BY 1, 2, 3")).all() == before
    assert drift(network) == 0


def test_new_institutions_join_the_periods_they_existed_in(network: Session) -> None:
    before = count(network)
    publish(network, an_institution(province="01", commune="00004", former_province="01"))
    assert count(network) > before
    assert drift(network) == 0


def test_the_first_report_of_a_period_makes_it_count_everyone(network: Session) -> None:
    tell(network, 2026, {reporter(network): {"teacher_digital_competence": (1, 2)}})
    asked = (
        "SELECT sum(applicable), sum(reporting) FROM readiness_figure WHERE period_id = '2026' AND indicator_id = :id"
    )
    everyone, reporting = network.execute(text(asked), {"id": "teacher_digital_competence"}).one()
    assert everyone > 100
    assert reporting == 1
    assert drift(network) == 0


def test_figures_of_another_method_are_derived_again(network: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    network.execute(text("UPDATE readiness_stamp SET measures = 'older'"))
    network.execute(text("UPDATE readiness_figure SET applicable = applicable + 1"))
    assert drift(network) > 0
    publish(network, an_institution())
    assert drift(network) == 0


def test_a_cleared_register_keeps_no_figures(network: Session) -> None:
    clear(network)
    assert count(network) == 0
    assert drift(network) == 0


def test_a_database_from_before_gets_its_figures_once(network: Session) -> None:
    network.execute(text("DELETE FROM readiness_figure"))
    network.execute(text("DELETE FROM readiness_stamp"))
    assert bring_up_to_date(network)
    assert drift(network) == 0
    assert not bring_up_to_date(network)


def silent_ones(session: Session) -> None:
    """A release with schools of one cell that reported nothing; the same indicators do not apply to all of them."""
    common = {"province": "01", "commune": "00004", "former_province": "01"}
    computing = {"programmes": (("6480201", "college", ALWAYS),)}
    others = {"programmes": (("6340301", "college", ALWAYS),)}
    army = {"attributes": (("managing_body", "Bộ Quốc phòng", ALWAYS),)}
    each = (computing, computing, others, others, {**computing, **army}, {**others, **army})
    publish(session, *(an_institution(f"Trường {number}", **common, **one) for number, one in enumerate(each)))


def test_one_silent_institution_stands_for_all_of_its_cell_without_a_difference(
    network: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "ANALYZE_FROM", 1)
    silent_ones(network)
    assert network.scalar(text("SELECT max(institutions) FROM standing_cell")) == 2
    assert drift(network) == 0
    close_one(network, reporter(network))
    assert drift(network) == 0


def test_figures_of_everyone_are_the_same_with_silent_ones_in_them(network: Session) -> None:
    silent_ones(network)
    moved = network.execute(text("SELECT * FROM readiness_figure ORDER BY 1, 2, 3")).all()
    network.execute(text("DELETE FROM readiness_stamp"))
    assert bring_up_to_date(network)
    assert drift(network) == 0
    assert len(network.execute(text("SELECT * FROM readiness_figure")).all()) == len(moved)
