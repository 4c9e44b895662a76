"""What was published about the institutions of a form since it was opened, or since its values were typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.history import history
from geodata.imports.preview import names_of
from geodata.proposals.planning import current_number, touched_since
from mapapp.db import session
from mapapp.history_view import StepView, step_view
from mapapp.i18n import page_url

MOST_TOLD = 12
"""Institutions whose changes are told; more would not be read, and a form about more is a province's declaration."""


@dataclass(frozen=True)
class Meanwhile:
    """An institution whose record was changed, and the releases that did, newest first."""

    name: str
    url: str
    steps: tuple[StepView, ...]


def published_since(institutions: Sequence[str], base: int) -> tuple[Meanwhile, ...]:
    """What releases after `base` changed about the institutions, in their order; empty where nothing did."""
    touched = touched_since(session(), institutions, base)[:MOST_TOLD]
    if not touched:
        return ()
    names, newest = names_of(session(), touched), current_number(session())
    return tuple(
        Meanwhile(
            names.get(id, id),
            page_url("citizen.history", id_or_code=id),
            tuple(step_view(step) for step in history(session(), id, release=newest) if step.release > base),
        )
        for id in touched
    )
