"""The form of the pages about distances: what can be asked, and what is asked."""

from geodata.figures.measures import measures
from geodata.indicators import indicator_named, indicators
from geodata.overlays import periods_with_reports
from mapapp import labels
from mapapp import planner_words as words
from mapapp.db import session
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.planner_question import AccessPageQuestion
from mapapp.planner_views import OptionGroup
from mapapp.views import FilterGroup, Option


def plain(value: float) -> str:
    """A number as a form field holds it."""
    return repr(int(value)) if value == int(value) else repr(value)


def with_question(endpoint: str, asked: AccessPageQuestion) -> str:
    """The other page with the same question."""
    kept = asked.model_dump(exclude_defaults=True, exclude={"page", "close", "upgrade", "merge"}, mode="json")
    return page_url(
        endpoint, **{name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()}
    )


def level_options(asked: AccessPageQuestion) -> tuple[Option, ...]:
    every = Option("", _("Mọi trình độ"), None, not asked.training_level)
    values = labels.FIELD_VALUES["training_level"]
    known = (Option(one, labels.label(labels.TRAINING_LEVEL, one), None, one in asked.training_level) for one in values)
    return (every, *known)


def type_group(asked: AccessPageQuestion) -> FilterGroup:
    values = labels.FIELD_VALUES["type"]
    options = tuple(Option(one, labels.label(labels.TYPE, one), None, one in asked.type) for one in values)
    return FilterGroup("type", labels.label(labels.FILTER, "type"), options)


def indicator_options(chosen: str | None) -> tuple[OptionGroup, ...]:
    """No condition, or one of the indicators that institutions report."""
    known = [one for one in indicators().values() if one.id in measures()]
    none = OptionGroup(_("Không xét mức sẵn sàng"), (Option("", _("Không xét mức sẵn sàng"), None, chosen is None),))
    grouped = (
        OptionGroup(
            _(label),
            tuple(Option(one.id, words.name(one), None, one.id == chosen) for one in known if words.group(one) == key),
        )
        for key, label in words.GROUPS.items()
    )
    return (none, *(group for group in grouped if group.options))


def period_options(asked: AccessPageQuestion, chosen: str | None) -> tuple[Option, ...]:
    if asked.indicator is None or asked.indicator not in measures():
        return ()
    found = periods_with_reports(session(), indicator_named(asked.indicator))
    return tuple(Option(period, period, None, period == chosen) for period in reversed(found))
