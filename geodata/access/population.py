"""How many people live in the communes: reading what was imported, and importing a file, all of it or nothing."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.models.population import UnitPopulation
from geodata.unit_reads import Unit, units
from geodata.vocabulary import UnitLevel

COLUMNS = {
    "commune": ("commune", "code", "commune_code", "mã xã", "ma xa"),
    "people": ("people", "population", "dân số", "dan so"),
    "year": ("year", "năm", "nam"),
    "source": ("source", "nguồn", "nguon"),
}
"""The columns of a file, each with the headings it may carry."""

MOST_PEOPLE = 5_000_000
LARGEST_FILE = 20_000_000
SHOWN = 20


class RefusedPopulation(GeodataError):
    """A file that was refused; `faults` name line, value and remedy."""

    def __init__(self, faults: list[str]) -> None:
        more = len(faults) - SHOWN
        listed = "\n".join(faults[:SHOWN]) + (f"\n… and {more} more" if more > 0 else "")
        super().__init__(f"Nothing was imported.\n{listed}")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Population:
    """The newest figures known of some communes: `of` people by unit key, the years and sources they are of."""

    of: Mapping[str, int]
    years: tuple[int, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class PopulationSet:
    """One import as the register holds it."""

    year: int
    source: str
    communes: int
    people: int
    imported_by: str


@dataclass(frozen=True)
class Imported:
    """What an import did: communes and people in the file, communes of the day that the file leaves out."""

    communes: int
    people: int
    years: tuple[int, ...]
    left_out: int


def population(session: Session, keys: Collection[str]) -> Population | None:
    """The newest figure of each of the units; None where no population was imported for any of them."""
    told = select(UnitPopulation).where(UnitPopulation.unit_key == func.any(list(keys))).order_by(UnitPopulation.year)
    newest = {row.unit_key: row for row in session.scalars(told)}
    if not newest:
        return None
    return Population(
        {key: row.people for key, row in newest.items()},
        tuple(sorted({row.year for row in newest.values()})),
        tuple(sorted({row.source for row in newest.values()})),
    )


def population_version(session: Session) -> str:
    """A short text that changes with every import; for answers that may be kept."""
    newest, number = session.execute(select(func.max(UnitPopulation.imported_at), func.count())).one()
    return "none" if newest is None else f"{newest:%Y%m%dT%H%M%S%f}-{number}"


def population_sets(session: Session) -> list[PopulationSet]:
    """What was imported, newest year first."""
    row = UnitPopulation
    found = session.execute(
        select(row.year, row.source, func.count(), func.sum(row.people), func.max(row.imported_by))
        .group_by(row.year, row.source)
        .order_by(row.year.desc(), row.source)
    )
    return [PopulationSet(*one) for one in found]


def import_population(session: Session, content: bytes, *, on: date, by: str) -> Imported:
    """Take the figures of a CSV file over: commune code, people, year, source. Codes are those of the communes of the
    day `on` (codes were reused). The caller commits.

    Raises `RefusedPopulation` that names every fault; then nothing has changed.
    """
    known = {unit.code: unit for unit in units(session, level=UnitLevel.COMMUNE, on=on)}
    faults: list[str] = []
    rows = list(_rows(content, known, faults))
    if not rows and not faults:
        faults.append("the file has no line below its headings; add one line per commune")
    if faults:
        raise RefusedPopulation(faults)
    for row in rows:
        row["imported_by"] = by
    statement = upsert(UnitPopulation)
    changed = {name: statement.excluded[name] for name in ("people", "source", "imported_by")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["unit_key", "year"], set_={**changed, "imported_at": func.now()}
        ),
        rows,
    )
    told = {str(row["unit_key"]) for row in rows}
    return Imported(
        communes=len(told),
        people=sum(int(str(row["people"])) for row in rows),
        years=tuple(sorted({int(str(row["year"])) for row in rows})),
        left_out=sum(unit.key not in told for unit in known.values()),
    )


def _rows(content: bytes, known: Mapping[str, Unit], faults: list[str]) -> Iterator[dict[str, object]]:
    """Good lines as rows; what is wrong with the others is added to `faults`."""
    lines = _lines(content)
    headings = _headings(next(lines, []))
    seen: dict[tuple[str, int], int] = {}
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        said = {name: cells[place].strip() if place < len(cells) else "" for name, place in headings.items()}
        wrong = [f"line {number}: {fault}" for fault in _faults(said, known)]
        faults += wrong
        if wrong:
            continue
        key, year = known[said["commune"]].key, int(said["year"])
        if (key, year) in seen:
            faults.append(f"line {number}: {said['commune']} of {year} stands in line {seen[key, year]} already")
        seen[key, year] = number
        yield {"unit_key": key, "year": year, "people": _whole(said["people"]), "source": said["source"]}


def _lines(content: bytes) -> Iterator[list[str]]:
    if len(content) > LARGEST_FILE:
        raise RefusedPopulation([f"the file has more than {LARGEST_FILE} bytes; one line per commune is enough"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedPopulation([f"byte {error.start} is not UTF-8; save the file as CSV UTF-8"]) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _headings(cells: list[str]) -> dict[str, int]:
    """Place of each column. Raises `RefusedPopulation` for missing and unknown headings."""
    written = [cell.strip().casefold() for cell in cells]
    found = {name: written.index(one) for name, known in COLUMNS.items() for one in known if one in written}
    missing = [name for name in COLUMNS if name not in found]
    unknown = [cells[place] for place in range(len(cells)) if place not in found.values() and written[place]]
    faults = [f"line 1: the column {name} is missing; head one of the columns {COLUMNS[name][0]!r}" for name in missing]
    faults += [f"line 1: nobody reads the column {name!r}; take it out" for name in unknown]
    if faults:
        raise RefusedPopulation(faults)
    return found


def _faults(said: Mapping[str, str], known: Mapping[str, Unit]) -> Iterator[str]:
    code = said["commune"]
    if code not in known:
        padded = code.zfill(5)
        remedy = f"did it lose its zeros: {padded}?" if padded in known else "write the code of a commune of that day"
        yield f"commune {code!r} is unknown; {remedy}"
    people = _whole(said["people"])
    if people is None or people > MOST_PEOPLE:
        yield f"people {said['people']!r} is not a whole number up to {MOST_PEOPLE}; write digits only"
    if not (said["year"].isdecimal() and 1990 <= int(said["year"]) <= 2100):
        yield f"year {said['year']!r} is not a year; write it as 2025"
    if not said["source"]:
        yield "source is empty; name the publication the figure comes from"


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None
