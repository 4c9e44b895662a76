"""What the tests of imports share: files made of rows, and a fingerprint of what the register says."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.run import InputFile, stage
from geodata.models import ImportRun
from geodata.releases import PUBLISHED_FACTS

TODAY = date(2026, 11, 22)
HEADINGS = ("Tên cơ sở", "Loại hình", "Loại hình sở hữu", "Tỉnh/Thành phố", "Mã cơ sở")
Stager = Callable[..., ImportRun]


def a_csv(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, name: str = "danh-sach.csv") -> InputFile:
    """A CSV file in UTF-8; short rows are fine."""
    written = io.StringIO()
    csv.writer(written).writerows([headings, *rows])
    return InputFile(name, written.getvalue().encode("utf-8-sig"))


def an_xlsx(*rows: Sequence[object], sheet: str = "Sheet1", name: str = "danh-sach.xlsx") -> InputFile:
    """A workbook of one sheet, rows as given (titles and headings included)."""
    workbook = Workbook()
    page = workbook.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    written = io.BytesIO()
    workbook.save(written)
    return InputFile(name, written.getvalue())


def register_hash(session: Session) -> str:
    """A fingerprint of all open facts: equal when the register says the same, whatever rows say it."""
    digest = hashlib.sha256()
    for model in PUBLISHED_FACTS:
        table = model.__tablename__
        said = session.scalars(
            text(
                f"SELECT (to_jsonb(fact) - 'row_id' - 'release_from' - 'release_to')::text FROM {table} AS fact"
                " WHERE release_to IS NULL ORDER BY 1"
            )
        )
        digest.update(json.dumps([table, *said]).encode())
    return digest.hexdigest()


def wanted_by(session: Session, run: ImportRun) -> list[str]:
    """What the run would add, as texts to compare; not on which source."""
    added = text(
        "SELECT (c->'after') - 'source_id' - 'decision_id'"
        " FROM import_row CROSS JOIN LATERAL jsonb_array_elements(changes) AS c"
        " WHERE run_id = :run AND c->>'action' = 'add'"
    )
    return sorted(json.dumps(row, sort_keys=True) for row in session.scalars(added, {"run": run.id}))


def added_by(session: Session, release: int) -> list[str]:
    """What a release added, in the same form."""
    own = "'{row_id,release_from,release_to,source_id,decision_id}'::text[]"
    found: list[str] = []
    for model in PUBLISHED_FACTS:
        rows = session.scalars(
            text(f"SELECT to_jsonb(fact) - {own} FROM {model.__tablename__} AS fact WHERE release_from = :release"),
            {"release": release},
        )
        found += [json.dumps(row, sort_keys=True) for row in rows]
    return sorted(found)


@pytest.fixture
def session(places: Session) -> Session:
    """A session over a register that holds the administrative units and no institution."""
    return places


@pytest.fixture
def staged(session: Session) -> Stager:
    """`staged(file, **choices)`: the file staged on a fixed day by a test's officer."""

    def staged(file: InputFile, **choices: object) -> ImportRun:
        return stage(session, file, actor="officer", today=TODAY, **choices)  # type: ignore[arg-type]

    return staged
