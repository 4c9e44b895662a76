"""What the dataset's rows point to: source and decisions."""

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.demo.cohort import MERGER_WAVE
from geodata.demo.rows import NULL
from geodata.models import Decision, Source
from geodata.vocabulary import DataStatus, ReleaseKind

TITLE = "Bộ dữ liệu minh họa (không phải số liệu thật) / Illustrative dataset (not real data)"


def add_source(session: Session, file_name: str) -> int:
    """The source of everything illustrative; its id."""
    kind, status = ReleaseKind.DEMO.value, DataStatus.ILLUSTRATIVE.value
    source = Source(kind=kind, title=TITLE, file_name=file_name, data_status=status)
    session.add(source)
    session.flush()
    return source.id


def decisions(session: Session) -> dict[str, str]:
    """Illustrative decisions behind the mergers: day of effect (and NULL) to the decision's id, as texts."""
    found = {NULL: NULL}
    for order, on in enumerate(MERGER_WAVE, start=1):
        number, issued_on = f"MH-{order:02d}/QĐ-MINHHOA", (on - np.timedelta64(20, "D")).item()
        values = {"number": number, "issued_on": issued_on, "issuer": "Cơ quan minh họa", "title": f"Sáp nhập {TITLE}"}
        session.execute(upsert(Decision).values(values).on_conflict_do_nothing())
        found[str(on)] = str(session.scalars(select(Decision.id).filter_by(number=number, issued_on=issued_on)).one())
    return found
