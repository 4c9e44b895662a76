"""What an institution reported, period by period, on its page."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from geodata.models import Report, ReportingPeriod
from tests.builders import AnInstitution, an_institution, publish
from tests.geodata.overlays.reporting import tell


def reported(register: Session, *years: int) -> AnInstitution:
    """A school whose figure of each year is a fifth, two fifths, … of its teachers."""
    school = an_institution()
    publish(register, school)
    for place, year in enumerate(years, start=1):
        tell(register, year, {school.id: {"teacher_digital_competence": (place, 5)}})
    register.commit()
    return school


def section(text: str) -> str:
    """The readiness section of an institution's page."""
    found = re.search(r'<section aria-labelledby="readiness-title">.*?</section>', text, re.S)
    assert found
    return found[0]


def test_the_newest_period_is_shown_and_the_older_ones_are_folded(client: FlaskClient, register: Session) -> None:
    school = reported(register, 2024, 2025, 2023)
    shown = section(client.get(f"/institutions/{school.id}").text)
    newest, *older = shown.split('<details class="history">')
    assert re.findall(r"<h3>([^<]*)</h3>", shown) == re.findall(r"<h3>([^<]*)</h3>", newest) == ["Năm 2025"]
    assert [re.findall(r"<summary>([^<]*)</summary>", one) for one in older] == [["Năm 2024 (1)"], ["Năm 2023 (1)"]]
    assert [re.findall(r"<strong>([^<]*)</strong>", one) for one in (newest, *older)] == [["40 %"], ["20 %"], ["60 %"]]
    assert [one.count("</details>") for one in (newest, *older)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("path", "names"), [("", ["Kỳ 2026-H1", "Năm 2025"]), ("/en", ["Period 2026-H1", "Year 2025"])]
)
def test_only_a_year_is_called_a_year(client: FlaskClient, register: Session, path: str, names: list[str]) -> None:
    school = reported(register, 2025, 2026)
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 6, 30), "due_on": date(2026, 7, 31)}
    register.add(ReportingPeriod(id="2026-H1", **days))
    register.flush()
    register.execute(update(Report).where(Report.period_id == "2026").values(period_id="2026-H1"))
    register.commit()
    shown = section(client.get(f"{path}/institutions/{school.id}").text)
    assert re.findall(r"(?:<h3>|<summary>)(.*?)(?: \(1\)</summary>|</h3>)", shown) == names
    assert re.findall(r'aria-label="[^"]*, ([^"]*)"', shown) == names
