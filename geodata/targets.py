"""The targets of the policy documents and of the legal standard, and which of them holds for a territory and a year."""

from dataclasses import dataclass
from functools import cache

from geodata.catalogue.documents import Document, Scope, UnitRef, documents
from geodata.catalogue.rows import catalogue_folder
from geodata.catalogue.target import Comparator, StatedAs, Target, TargetKind, load_targets
from geodata.indicators import indicator_named, indicators
from geodata.standard.as_catalogue import legal_targets

__all__ = [
    "Comparator",
    "EffectiveTarget",
    "StatedAs",
    "Target",
    "TargetKind",
    "effective_target",
    "local_documents",
    "target_named",
    "targets",
    "targets_of",
]


@dataclass(frozen=True)
class EffectiveTarget:
    """The target that holds. `inherited`: it is the national one seen from a territory whose own plan (`silent`, None
    where there is no such plan) says nothing for that indicator and year."""

    target: Target
    inherited: bool
    silent: Document | None


@cache
def targets() -> tuple[Target, ...]:
    """Every target of the five documents in file order, then the sixteen of the legal standard."""
    return (*load_targets(catalogue_folder(), indicators(), documents()), *legal_targets())


def target_named(target_id: str) -> Target | None:
    """The target of that id, None for an unknown one."""
    return next((target for target in targets() if target.id == target_id), None)


def targets_of(document_id: str) -> tuple[Target, ...]:
    """The targets of one document in the order of its clauses."""
    return tuple(target for target in targets() if target.document.id == document_id)


def local_documents() -> tuple[Document, ...]:
    """The documents that hold over a territory only."""
    return tuple(document for document in documents().values() if document.scope is Scope.TERRITORY)


def effective_target(indicator_id: str, territory: UnitRef | None, year: int) -> EffectiveTarget | None:
    """The target that `territory` (None: the country) must reach for `indicator_id` as seen from `year`.

    That of the next deadline at or after `year` in either document, or the last one once all have passed; a clause
    without a year holds in all. The territory's own row wins over the national one, otherwise the national one shows as
    inherited. None where nothing is asked or the indicator has no data yet in `year`; UnknownIndicator for a wrong id.
    """
    indicator = indicator_named(indicator_id)
    if indicator.first_period is not None and year < indicator.first_period:
        return None
    national = [t for t in targets() if t.indicator is indicator and t.territory is None]
    local = [t for t in targets() if t.indicator is indicator and t.territory == territory is not None]
    own_plan = next((d for d in local_documents() if d.territory == territory), None)
    deadline = _deadline([t.year for t in [*national, *local] if t.year is not None], year)
    for rows, inherited in ((local, False), (national, territory is not None)):
        for target in rows:
            if target.year in (deadline, None):
                return EffectiveTarget(target, inherited, own_plan if inherited else None)
    return None


def _deadline(years: list[int], year: int) -> int | None:
    """The first of `years` at or after `year`, else the last; None where there are none."""
    return min((y for y in years if y >= year), default=max(years, default=None))
