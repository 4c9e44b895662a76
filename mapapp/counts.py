"""The register in numbers, for the status and about pages."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from geodata.filters import InstitutionFilter
from geodata.institutions import by_type, facets
from geodata.releases import moment, summary
from geodata.remembered import Remembered
from geodata.vocabulary import Status
from mapapp.db import cut_short, register, session

RegisterCounts = dict[str, Any]
Facets = dict[str, dict[str, int]]
FACETS: Remembered[Facets] = Remembered(most=512)


@lru_cache(maxsize=128)
def counts_of(release: int, on: date, _published_at: datetime | None) -> RegisterCounts:
    """Institutions on a day in a release: `institutions`, `by_status`, `by_data_status`, `by_type`, `without_location`.

    A release never changes, so neither does the answer; the time of the current publication is part of the key because
    a database put back from a backup reuses numbers.
    """
    found = summary(session(), moment(session(), on, release or None))
    every = InstitutionFilter(on=on, release=release or None, statuses=tuple(Status))
    return {**found, "by_type": by_type(session(), every) if found["institutions"] else {}}


def facets_of(wanted: InstitutionFilter) -> Facets:
    """For each filter, the results each of its values would have; counted once per question and release."""
    state = register()
    pinned = wanted if wanted.release else wanted.without(release=state.release or None)
    return FACETS.get((pinned, state.published_at), lambda: facets(session(), pinned), unless=cut_short)
