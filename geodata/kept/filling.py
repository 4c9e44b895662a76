"""Putting institutions of a release into the small database, some thousands at a time: their records, and their states
ready to be searched and shown."""

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.kept.encoding import Known, plain_origin, plain_record, to_line
from geodata.kept.files import put_records
from geodata.models import InstitutionName, InstitutionState
from geodata.verification.facts import Origin
from geodata.verification.loading import read_records
from geodata.vocabulary import NameKind

PORTION = 2_000


class Filling:
    """One release on its way into a small database; remembers which origins it has named."""

    def __init__(self, session: Session, database: sqlite3.Connection, release: int) -> None:
        self.session, self.database, self.release = session, database, release
        self._names: dict[Origin, str] = {}

    def put(self, ids: Sequence[str]) -> None:
        """The records of these institutions, which have a name in the release, and the origins they rest on."""
        known = len(self._names)
        found, also = read_records(self.session, list(ids), self.release), _other_names(self.session, ids)
        plain = [_dated(plain_record(found[one], also[one], self._names)) for one in ids]
        fresh = [(name, to_line(plain_origin(one))) for one, name in list(self._names.items())[known:]]
        put_records(self.database, fresh, [(one, to_line(one)) for one in plain])

    def put_states(self, ids: Sequence[str] | None) -> None:
        """Each of these institutions (None: all) at its main campus over its spans of days."""
        with self.session.execute(_states(ids).execution_options(yield_per=PORTION)) as rows:
            for part in rows.partitions():
                plain = [[_text(value) for value in row] for row in part]
                values = ", ".join("?" * 12)
                shown = [(*row[:11], zlib.compress(row[11].encode())) for row in plain]
                self.database.executemany(f"INSERT INTO state VALUES ({values})", shown)
                self.database.executemany(
                    "INSERT INTO finding (rowid, words) VALUES (?, ?)", [(row[0], row[12]) for row in plain]
                )


def named(session: Session, ids: Sequence[str]) -> list[str]:
    """Those of the institutions that the current release has a name of, by id."""
    name = InstitutionName
    query = select(name.institution_id).where(name.release_to.is_(None), name.institution_id == func.any(list(ids)))
    return list(session.scalars(query.distinct().order_by(name.institution_id)))


def named_after(session: Session, last: str) -> list[str]:
    """The next `PORTION` institutions by id that the current release has a name of."""
    name = InstitutionName
    query = select(name.institution_id).where(name.release_to.is_(None), name.institution_id > last)
    return list(session.scalars(query.distinct().order_by(name.institution_id).limit(PORTION)))


def _states(ids: Sequence[str] | None) -> Any:
    state = InstitutionState
    query = select(
        *(state.row_id, state.institution_id, state.valid_from, state.valid_to, state.name_folded, state.type),
        *(state.ownership, state.status, state.province_code),
        func.array_to_string(state.training_levels, " "),
        func.array_to_string(state.occupations, " "),
        *(state.feature, func.concat_ws(text("' '"), state.name_folded, state.search_text, state.place_text)),
    ).where(state.is_main, state.release_to.is_(None))
    return query if ids is None else query.where(state.institution_id == func.any(list(ids)))


def _other_names(session: Session, ids: Sequence[str]) -> dict[str, list[Known]]:
    name = InstitutionName
    query = select(name.institution_id, name.text, name.valid_from, name.valid_to).where(
        name.institution_id == func.any(list(ids)), name.kind != NameKind.OFFICIAL, name.release_to.is_(None)
    )
    found: dict[str, list[Known]] = defaultdict(list)
    for institution, spelled, start, end in session.execute(query):
        found[institution].append((spelled, start, end))
    return found


def _dated(plain: list[Any]) -> list[Any]:
    """With days as texts, as they are read back."""
    return [_dated(one) if isinstance(one, list) else _text(one) for one in plain]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
