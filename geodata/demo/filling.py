"""Filling the tables chunk by chunk: what is pointed to before what points."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata import registry_ids
from geodata.demo import authorities, campuses, groundwork, naming, profile, readiness, teaching
from geodata.demo.bulk import copy_rows
from geodata.demo.cohort import Cohort, cohort, kinds_of
from geodata.demo.places import Places, read_places
from geodata.demo.rows import NULL, Ints, Rows, Translation
from geodata.indicators import readiness_indicators
from geodata.models import AdministrativeUnit, Authority, Institution, Release, Report
from geodata.releases import log_change
from geodata.reporting import add_indicators, add_periods
from geodata.unit_load import load_units

CHUNK = 10_000
LARGE = 20_000
"""From here on tables are filled without indexes, and every institution gets fewer programmes and reports."""

GENEROUS = {"statement_timeout": "0", "maintenance_work_mem": "512MB", "work_mem": "128MB"}
"""Settings for this transaction: a load takes the time it takes."""

_RELATION = ("kind", "predecessor_id", "successor_id", "keeps_records", "valid_from", "valid_to", "decision_id")


@dataclass
class Filling:
    """A load under way: what its rows point to, and what has been put so far. `reports` are numbered from 0."""

    session: Session
    release: Release
    source_id: int
    seed: int
    places: Places
    decided: dict[str, Translation]
    large: bool
    issue: Callable[[int], list[str]]
    rows: Counter[str] = field(default_factory=Counter)
    digests: "dict[str, hashlib._Hash]" = field(default_factory=dict)
    reports: int = 0

    def put(self, rows: Rows, *, fact: bool = True, translations: dict[str, Translation] | None = None) -> None:
        """Count, digest and copy rows; facts get the release and the source."""
        self.account(rows)
        ends = {"release_from": self.release.id, "source_id": self.source_id} if fact else {}
        copy_rows(self.session, rows, ends, translations or {})

    def account(self, rows: Rows) -> None:
        """Count and digest rows that have gone in."""
        self.rows[rows.table] += len(rows)
        rows.feed(self.digests.setdefault(rows.table, hashlib.sha256()))

    def sha256(self) -> str:
        """One digest over all tables."""
        lines = (f"{table} {digest.hexdigest()}\n" for table, digest in sorted(self.digests.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def log(self) -> None:
        """One row of the change log per table: how many rows, and their digest."""
        for table, digest in sorted(self.digests.items()):
            after = {"rows": self.rows[table], "sha256": digest.hexdigest()}
            log_change(self.session, self.release, subject=table, action="bulk", after=after)


def prepare(session: Session, release: Release, institutions: int, seed: int) -> Filling:
    """Units, source, decisions, periods and indicators, so that everything has what it points to."""
    if session.scalar(select(AdministrativeUnit.key).limit(1)) is None:
        load_units(session)
    add_periods(session, readiness.YEARS)
    add_indicators(session, (*readiness_indicators(), *authorities.authority_indicators()))
    source_id = groundwork.add_source(session, f"mapapp demo load --institutions {institutions} --seed {seed}")
    for name, value in GENEROUS.items():
        session.execute(select(func.set_config(name, value, True)))
    decided: dict[str, Translation] = {"decision_id": groundwork.decisions(session).__getitem__}
    issue = _issuer(session, seed)
    return Filling(session, release, source_id, seed, read_places(session), decided, institutions >= LARGE, issue)


def chunks(institutions: int, seed: int) -> Iterator[tuple[Ints, int]]:
    """The kinds of each chunk and the number of its first institution, counted from 1."""
    kinds = kinds_of(institutions, seed)
    for start in range(0, institutions, CHUNK):
        yield kinds[start : start + CHUNK], start + 1


def put_chunk(doing: Filling, kinds: Ints, first: int) -> list[str]:
    """Generate one chunk and fill all tables with it; its registry ids."""
    ids = doing.issue(len(kinds))
    chance = np.random.default_rng([doing.seed, first])
    found = cohort(chance, kinds, ids, first, doing.places)
    issued = Rows("institution", "id")
    issued.add(len(ids), id=ids)
    doing.put(issued, fact=False)
    doing.put(naming.name_rows(chance, found, doing.places))
    doing.put(profile.identifier_rows(chance, found))
    doing.put(profile.attribute_rows(chance, found, doing.places, large=doing.large), translations=doing.decided)
    doing.put(campuses.campus_rows(chance, found, doing.places))
    held = teaching.licences(chance, found, large=doing.large)
    taught = teaching.offer(chance, found, held, large=doing.large)
    doing.put(teaching.licence_rows(found, held))
    doing.put(teaching.programme_rows(chance, found, held, taught))
    doing.put(teaching.completeness_rows(chance, found))
    doing.put(_relation_rows(found), translations=doing.decided)
    _put_reports(doing, chance, found, taught)
    return ids


def _relation_rows(found: Cohort) -> Rows:
    """The successions; the one an institution lives on in keeps its records."""
    rows, links = Rows("relation", *_RELATION), found.links
    rows.add(
        len(links),
        kind=[link.kind.value for link in links],
        predecessor_id=[found.ids[link.predecessor] for link in links],
        successor_id=[found.ids[link.successor] for link in links],
        keeps_records=["true" if found.merged[link.predecessor] else "false" for link in links],
        valid_from=[str(link.on) for link in links],
        decision_id=[str(link.on) if found.merged[link.predecessor] else NULL for link in links],
    )
    return rows


def _put_reports(doing: Filling, chance: np.random.Generator, found: Cohort, taught: teaching.Offer) -> None:
    """Reports are numbered within the dataset; the sequence gives them their place in the table."""
    state = readiness.readiness(chance, found, doing.places, taught)
    to = readiness.Reports(first=doing.reports)
    readiness.institution_reports(chance, found, state, to, large=doing.large)
    base = _reserve_report_ids(doing.session, len(to.reports)) - doing.reports
    doing.reports = to.next

    def number(within: str) -> str:
        return str(int(within) + base)

    doing.put(to.reports, fact=False, translations={"id": number})
    doing.put(to.values, translations={"report_id": number})


def put_authorities(doing: Filling) -> None:
    """Authorities with their reports and figures. Authorities outlive a clearing, so they may be there already."""
    rows = authorities.authority_rows(authorities.territories(doing.session))
    to = authorities.authority_reports(np.random.default_rng([doing.seed, 0, 1]), rows)
    for table, filled in ((Authority, rows), (Report, to.reports)):
        doing.account(filled)
        kept = [name for name in filled.columns if (table, name) != (Report, "id")]
        values = [dict(zip(kept, line, strict=True)) for line in _lines(filled, kept)]
        doing.session.execute(upsert(table).values(values).on_conflict_do_nothing())
    known = doing.session.execute(select(Report.authority_id, Report.period_id, Report.id))
    ids = {(authority, period): str(id_) for authority, period, id_ in known if authority}
    columns = to.reports.columns
    owners = zip(columns["authority_id"], columns["period_id"], strict=True)
    numbers = dict(zip(columns["id"], (ids[owner] for owner in owners), strict=True))
    doing.put(to.values, translations={"report_id": numbers.__getitem__})


def _lines(rows: Rows, columns: list[str]) -> Iterator[list[str | None]]:
    for line in zip(*(rows.columns[name] for name in columns), strict=True):
        yield [None if value == NULL else value for value in line]


def _reserve_report_ids(session: Session, count: int) -> int:
    """The first of so many report ids that nobody else will get."""
    sequence = "pg_get_serial_sequence('report', 'id')"
    first = session.scalar(text(f"SELECT nextval({sequence})")) or 0
    session.execute(text(f"SELECT setval({sequence}, :last)"), {"last": first + count})
    return int(first)


def _issuer(session: Session, seed: int) -> Callable[[int], list[str]]:
    """Gives registry ids in the seed's order, passing over those issued before."""
    chance, seen = random.Random(seed), set[str]()  # noqa: S311  reproducible on purpose

    def issue(count: int) -> list[str]:
        fresh: list[str] = []
        while len(fresh) < count:
            drawn = dict.fromkeys(registry_ids.issue(chance) for _ in range(count - len(fresh)))
            taken = set(session.scalars(select(Institution.id).where(Institution.id == func.any(list(drawn)))))
            fresh += [id_ for id_ in drawn if id_ not in taken and id_ not in seen]
            seen.update(drawn)
        return fresh

    return issue
