"""Who answers for what: the fields of the register, and each province's records with their last review."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from geodata.people.rights import provinces_for
from geodata.proposals.fields import fields, review_months
from geodata.proposals.reviews import stewardships
from geodata.vocabulary import PersonAct
from mapapp.db import session, today
from mapapp.i18n import N_, language
from mapapp.i18n import gettext as _
from mapapp.proposal_view import proposals_frame
from mapapp.proposal_words import OWNER, role_label
from mapapp.review_words import ReviewView, review_view
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame
from mapapp.work_counts import by_province
from mapapp.work_view import ProvinceLine, line

WAY = {
    "edit": N_("sửa trong hồ sơ"),
    "wizard": N_("thủ tục có ngày hiệu lực"),
    "report": N_("báo cáo chỉ số"),
}


@dataclass(frozen=True)
class FieldLine:
    """A field: who owns it, who may change it, who approves a change."""

    label: str
    owner: str
    change: str
    approve: str
    way: str


@dataclass(frozen=True)
class StewardshipPage:
    """Public: fields and provinces."""

    title: str
    description: str
    fields: tuple[FieldLine, ...]
    provinces: tuple[ReviewView, ...]
    months: int


@dataclass(frozen=True)
class ProvincesPage:
    """The same provinces for those who review them, with what waits in each of theirs."""

    frame: Frame
    provinces: tuple[ReviewView, ...]
    waiting: Mapping[str, ProvinceLine]
    months: int

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def stewardship_page() -> StewardshipPage:
    title = _("Ai chịu trách nhiệm về dữ liệu")
    return StewardshipPage(
        title=title,
        description=_(
            "Từng trường thuộc về ai, ai được sửa, ai phê duyệt; dữ liệu của từng tỉnh được rà soát khi nào."
        ),
        fields=field_lines(),
        provinces=tuple(review_view(one) for one in stewardships(session(), on=today())),
        months=review_months(),
    )


def field_lines() -> tuple[FieldLine, ...]:
    return tuple(
        FieldLine(
            field.label(language()),
            _(OWNER[field.owner]),
            ", ".join(role_label(role) for role in field.change),
            ", ".join(role_label(role) for role in field.approve),
            _(WAY[field.by]),
        )
        for field in fields().values()
    )


def provinces_page(visitor: Visitor) -> ProvincesPage:
    found = [review_view(one, visitor.person) for one in stewardships(session(), on=today())]
    return ProvincesPage(
        frame=proposals_frame(_("Rà soát theo tỉnh"), visitor),
        provinces=tuple(sorted(found, key=lambda one: (not one.in_charge, one.tone == "good", one.name))),
        waiting=waiting_in(provinces_for(visitor.person, PersonAct.READ_WORK)),
        months=review_months(),
    )


def waiting_in(provinces: Collection[str] | None) -> dict[str, ProvinceLine]:
    """{code: what waits there} of those provinces (None: all)."""
    return {code: line(code, code, counts) for code, counts in by_province(provinces).items() if counts.whole}
