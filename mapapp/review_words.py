"""A province's owner and its last review, as words."""

from dataclasses import dataclass

from geodata.people.rights import Person, may
from geodata.proposals.reviews import Stewardship
from geodata.vocabulary import PersonAct
from mapapp.i18n import day, page_url
from mapapp.i18n import gettext as _


@dataclass(frozen=True)
class ReviewView:
    """A province's owner and review, in words; `tone` good or warn. The two urls only for who is in charge of it."""

    name: str
    owner: str
    reviewed: str
    due: str
    tone: str
    code: str
    url: str
    in_charge: bool = False
    declare_url: str = ""


def review_view(one: Stewardship, person: Person | None = None) -> ReviewView:
    """The words for a province's review; "overdue" also where none was ever recorded."""
    reviewed = (
        _("rà soát ngày %(day)s", day=day(one.reviewed_on)) if one.reviewed_on else _("chưa ghi nhận lần rà soát nào")
    )
    in_charge = person is not None and may(person, PersonAct.PROPOSE, province=one.unit.code)
    return ReviewView(
        name=one.unit.full_name,
        owner=one.owner,
        reviewed=reviewed,
        due=due_text(one),
        tone="warn" if one.overdue else "good",
        code=one.unit.code,
        url=page_url("planner.unit_profile", reference=one.unit.code),
        in_charge=in_charge,
        declare_url=page_url("proposals.declare", code=one.unit.code) if in_charge else "",
    )


def due_text(one: Stewardship) -> str:
    if one.due_on is None:
        return _("quá hạn")
    return (
        _("quá hạn từ %(day)s", day=day(one.due_on)) if one.overdue else _("hạn tiếp theo %(day)s", day=day(one.due_on))
    )
