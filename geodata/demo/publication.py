"""Loading and clearing the illustrative dataset: each is one publication in one transaction of the caller."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from geodata.demo import groundwork
from geodata.demo.bulk import shed
from geodata.demo.filling import chunks, prepare, put_authorities, put_chunk
from geodata.errors import GeodataError
from geodata.models import FACTS, InstitutionName, Relation, Release, Source
from geodata.releases import PUBLISHED_FACTS, finish_release, log_change, open_release
from geodata.vocabulary import DataStatus, ReleaseKind

DEFAULT_INSTITUTIONS = 1_886
DEFAULT_SEED = 2222
LARGEST = 2_000_000
FILLED = ("institution", *(model.__tablename__ for model in PUBLISHED_FACTS), "report")
DERIVED = ("institution_state",)

Progress = Callable[[int], object]


class AlreadyLoaded(GeodataError):
    """The register already holds illustrative data."""


class NothingToClear(GeodataError):
    """The register holds no illustrative data."""


@dataclass(frozen=True)
class Publication:
    """What a load or a clearing did: its release and the rows added or closed per table."""

    release: int
    rows: dict[str, int]
    sha256: str = ""


def load(
    session: Session,
    *,
    institutions: int = DEFAULT_INSTITUTIONS,
    seed: int = DEFAULT_SEED,
    actor: str = "mapapp demo load",
    progress: Progress = lambda _: None,
) -> Publication:
    """Publish so many illustrative institutions; `progress` is told how many more are in. The caller commits.

    The rows follow from `institutions`, `seed` and the administrative units alone (registry ids issued before are
    passed over). Raises `AlreadyLoaded`; `ValueError` for a number below 0 or above LARGEST.
    """
    if not 0 <= institutions <= LARGEST:
        raise ValueError(f"--institutions must lie between 0 and {LARGEST}, not {institutions}")
    release = open_release(session, kind=ReleaseKind.DEMO, actor=actor, reason=groundwork.TITLE)
    if is_loaded(session):
        raise AlreadyLoaded(
            "The register already holds the illustrative dataset. Remove it first: mapapp demo clear --yes"
        )
    alone = _is_empty(session)
    filling = prepare(session, release, institutions, seed)
    ids: list[str] = []
    if institutions:
        put_authorities(filling)
    with shed(session, FILLED) if filling.large else nullcontext():
        for kinds, first in chunks(institutions, seed):
            ids += put_chunk(filling, kinds, first)
            progress(len(kinds))
    filling.log()
    release.summary = {"demo": {"institutions": institutions, "seed": seed, "sha256": filling.sha256()}}
    with shed(session, DERIVED) if filling.large else nullcontext():
        finish_release(session, release, institutions=None if alone else ids)
    session.execute(text(f"ANALYZE {', '.join((*FILLED, *DERIVED))}"))
    return Publication(release.id, dict(filling.rows), filling.sha256())


def clear(session: Session, *, actor: str = "mapapp demo clear") -> Publication:
    """Publish the end of every illustrative fact: earlier releases keep them, the new one has none. The caller commits.

    Raises `NothingToClear`.
    """
    release = open_release(session, kind=ReleaseKind.DEMO, actor=actor, reason=f"Gỡ bỏ / Removed: {groundwork.TITLE}")
    if not is_loaded(session):
        raise NothingToClear("The register holds no illustrative data.")
    session.execute(select(func.set_config("statement_timeout", "0", True)))
    illustrative = list(session.scalars(select(Source.id).where(Source.data_status == DataStatus.ILLUSTRATIVE)))
    touched = _institutions_of(session, illustrative)
    closed = {model.__tablename__: _close(session, model, illustrative, release) for model in PUBLISHED_FACTS}
    for table, count in closed.items():
        log_change(session, release, subject=table, action="bulk", before={"rows": count})
    finish_release(session, release, institutions=None if _is_empty(session) else touched)
    return Publication(release.id, closed)


def is_loaded(session: Session) -> bool:
    """Whether the register says anything illustrative now."""
    rows = (
        select(model.row_id)
        .join(Source, Source.id == model.source_id)
        .where(model.release_to.is_(None), Source.data_status == DataStatus.ILLUSTRATIVE)
        .limit(1)
        for model in PUBLISHED_FACTS
    )
    return any(session.scalar(row) is not None for row in rows)


def _is_empty(session: Session) -> bool:
    """Whether no institution has a name now."""
    return session.scalar(select(InstitutionName.row_id).where(InstitutionName.release_to.is_(None)).limit(1)) is None


def _close(session: Session, model: type[Any], sources: list[int], release: Release) -> int:
    """Close the open facts of the sources; how many."""
    open_facts = (model.source_id == func.any(sources), model.release_to.is_(None))
    count = session.scalar(select(func.count()).select_from(model).where(*open_facts))
    session.execute(update(model).where(*open_facts).values(release_to=release.id))
    return count or 0


def _institutions_of(session: Session, sources: list[int]) -> list[str]:
    """Institutions with an open fact of the sources ."""
    found: set[str] = set()
    for model in FACTS:
        fact: Any = model
        owner = fact.predecessor_id if model is Relation else fact.institution_id
        said = (fact.source_id == func.any(sources), fact.release_to.is_(None))
        found.update(session.scalars(select(owner).where(*said)))
    return sorted(found)
