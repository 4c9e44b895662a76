"""A line of the preview marks whatever changes of an institution on the map, and says what it is."""

from dataclasses import replace
from datetime import date

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from geodata.proposals.looking import Standing
from geodata.proposals.outcome import Outcome, StandingChange
from mapapp.proposal_outcome_view import Row, outcome_view

DAY = date(2026, 11, 22)
HERE = Standing("Trường Cao đẳng Một", "college", "active", 106.7, 10.8, "79", 1, 1, "POINT(106.7 10.8)")


def rows(app: APIFlask, after: Standing) -> tuple[Row, ...]:
    with app.test_request_context("/"):
        return outcome_view(Outcome(DAY, (StandingChange("id", DAY, HERE, after),), (), ())).map


@pytest.mark.parametrize(
    ("code", "name"), [("01", "Thành phố Hà Nội"), ("no-such-code", "no-such-code"), (None, "chưa biết tỉnh")]
)
def test_another_province_alone_is_told(app: APIFlask, register: Session, code: str | None, name: str) -> None:
    (row,) = rows(app, replace(HERE, province=code))
    assert row.before == "Thành phố Hồ Chí Minh · Đang hoạt động"
    assert row.after == f"{name} · Đang hoạt động"


def test_what_stays_as_it_is_is_not_listed(app: APIFlask, register: Session) -> None:
    assert rows(app, HERE) == ()
