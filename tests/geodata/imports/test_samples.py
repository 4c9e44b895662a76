"""The two sample files: the same forty schools as a workbook with titles and signatures, and as CSV."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.imports.run import InputFile, publish
from geodata.models import InstitutionState, Release
from geodata.verification import Action, Answer, Question, Why, decide
from tests.geodata.imports.conftest import Stager


@pytest.fixture
def sample(shared: Path):
    def sample(kind: str) -> InputFile:
        path = shared / "samples" / f"danh-sach-co-so.{kind}"
        return InputFile(path.name, path.read_bytes())

    return sample


def test_workbook_creates_forty_then_csv_changes_nothing(session: Session, staged: Stager, sample) -> None:
    first = publish(session, staged(sample("xlsx")), actor="officer")
    assert [first.counts[key] for key in ("rows_in", "created", "updated", "unchanged", "rejected")] == [
        40,
        40,
        0,
        0,
        0,
    ]
    second = publish(session, staged(sample("csv")), actor="officer")
    assert [second.counts[key] for key in ("rows_in", "created", "updated", "unchanged", "rejected")] == [
        40,
        0,
        0,
        40,
        0,
    ]
    assert first.release_id is not None
    assert second.release_id is None
    assert session.scalar(select(func.count()).select_from(Release)) == 1
    assert session.scalar(select(func.count()).select_from(InstitutionState).where(InstitutionState.is_main)) == 40


def test_a_real_college_without_licences_is_not_recorded_rather_than_not_authorised(
    session: Session, staged: Stager, sample
) -> None:
    publish(session, staged(sample("xlsx")), actor="officer")
    asked = Question("CDD0203", Action.TRAIN, "6480201", "college")
    found = decide(session, asked, on=date(2019, 6, 30))
    assert (found.answer, found.data_status) == (Answer.NOT_RECORDED, "unverified")
    assert {reason.why for reason in found.reasons} >= {Why.NO_LICENCE_IN_FORCE, Why.NOT_DECLARED_COMPLETE}
