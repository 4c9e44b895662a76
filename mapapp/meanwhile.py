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
"""Institutions whose changes are told on the form; of more the names, each with the page of its changes."""


@dataclass(frozen=True)
class Meanwhile:
    """An institution whose record was changed, and the releases that did, newest first; None where only its page
    tells them."""

    name: str
    url: str
    steps: tuple[StepView, ...] | None


def published_since(institutions: Sequence[str], base: int) -> tuple[Meanwhile, ...]:
    """What releases after `base` changed about the institutions, in their order, the first `MOST_TOLD` with the steps;
    empty where nothing did."""
    touched = touched_since(session(), institutions, base)
    if not touched:
        return ()
    names, newest = names_of(session(), touched), current_number(session())
    return tuple(
        Meanwhile(
            names.get(id, id),
            page_url("citizen.history", id_or_code=id),
            steps_since(id, base, newest) if at < MOST_TOLD else None,
        )
        for at, id in enumerate(touched)
    )


def steps_since(institution: str, base: int, newest: int) -> tuple[StepView, ...]:
    steps = history(session(), institution, release=newest)
    return tuple(step_view(step) for step in steps if step.release > base)
