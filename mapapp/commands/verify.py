"""`mapapp verify FILE`: a CSV of questions in, the same rows with their answers out."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from geodata.encodings import decode
from geodata.errors import GeodataError
from geodata.kept.register import KeptRegister
from geodata.verification import Decision, Edition
from mapapp.answers import Asked, Verifier, told
from mapapp.commands import command_session
from mapapp.db import VIETNAM
from mapapp.i18n import gettext as _
from mapapp.issuing import make_issuer
from mapapp.offline_bundle import Bundle
from mapapp.outage import Outage
from mapapp.settings import Settings
from mapapp.verdicts import FAULT
from mapapp.verify_request import ASKS, MOST_QUESTIONS, Malformed, one_of_batch

ANSWERED = (
    *("answer", "reasons", "institution_id", "institution_name", "licences", "decisions", "successors", "candidates"),
    *("records_held_by", "release", "data_status", "evaluated_at", "expires_at", "errors"),
)
ALIASES = {
    "mã": "code",
    "mã cơ sở": "code",
    "tên": "name",
    "tên cơ sở": "name",
    "hành động": "action",
    "mã ngành nghề": "occupation",
    "trình độ": "training_level",
    "ngày": "on",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UnreadableQuestions(GeodataError):
    """A file without questions in it; the message names file, line and remedy."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write (default: FILE.answers.csv)."
)
@click.option("--release", type=click.IntRange(1), help="The publication asked (default: the current one).")
@click.option(
    "--offline",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Ask this directory's list (mapapp offline export) instead of a database.",
)
@click.option("--signed", is_flag=True, help="Add a column jws: each answer signed. Needs MAPAPP_PUBLIC_URL.")
@click.pass_obj
def command(
    settings: Settings, file: Path, out: Path | None, release: int | None, offline: Path | None, signed: bool
) -> None:
    """Answer the questions of a CSV file, all from one release.

    Columns: code, name, action, occupation, training_level, on (YYYY-MM-DD); a code or a name is needed, the others
    take their defaults. Other columns are kept. A malformed row gets the answer `malformed` and its errors.
    """
    if signed and settings.public_url is None:
        raise click.UsageError("--signed needs MAPAPP_PUBLIC_URL, the issuer of the signatures")
    if offline and (signed or release):
        raise click.UsageError("a list answers for its own release, and nobody can sign with it")
    columns, rows = read_questions(file)
    target = out or file.with_suffix(".answers.csv")
    if offline:
        written, told = answer_offline(settings, offline, target, columns, rows)
        click.echo(f"{written} questions answered from the list of release {told}: {target}")
        return
    with command_session(settings) as session:
        batch = Batch(settings, session, release, signed)
        written = write_answers(target, [*columns, *ANSWERED, *(["jws"] if signed else [])], batch.answer(rows))
    click.echo(f"{written} questions answered from release {batch.edition.release}: {target}")


def answer_offline(
    settings: Settings, directory: Path, target: Path, columns: list[str], rows: Iterable[dict[str, str]]
) -> tuple[int, int]:
    """Answer from a list; how many questions, and the release."""
    bundle = Bundle(directory, datetime.now(UTC))
    with tempfile.TemporaryDirectory() as place:
        register = bundle.register(Path(place) / "list.db")
        batch = OfflineBatch(settings, register, bundle.head["max_age_days"])
        return write_answers(target, [*columns, *ANSWERED], batch.answer(rows)), register.edition.release


def read_questions(file: Path) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The column names as they will be written, and the rows by column. Raises `UnreadableQuestions`."""
    lines = decode(file.read_bytes()).text.splitlines()
    if not lines:
        raise UnreadableQuestions(f"{file}: the file is empty. Its first line must name the columns: {', '.join(ASKS)}")
    separator = max(",;\t", key=lines[0].count)
    reader = csv.reader(lines, delimiter=separator)
    heads = [head.strip() for head in next(reader)]
    columns = [ALIASES.get(head.lower(), head if head not in ANSWERED else f"given_{head}") for head in heads]
    if not {"code", "name"} & set(columns):
        raise UnreadableQuestions(f"{file}, line 1: no column code or name. Columns: {', '.join(ASKS)}")
    if len(set(columns)) < len(columns):
        raise UnreadableQuestions(f"{file}, line 1: a column stands there twice. Leave one of each.")
    return columns, (dict(zip(columns, row, strict=False)) for row in reader if any(row))


def make_verifier(settings: Settings) -> Verifier:
    return Verifier(
        make_issuer(settings),
        Outage(settings.data / "kept", allowed_age_s=0),
        ttl_s=settings.verify_ttl_s,
        max_age_days=settings.register_max_age_days,
    )


class Batch:
    """The answers of one run: one release, one moment."""

    def __init__(self, settings: Settings, session: Session, release: int | None, signed: bool) -> None:
        self.settings, self.signed = settings, signed
        self.session = lambda: session
        self.now = datetime.now(UTC)
        self.verifier = make_verifier(settings)
        self.edition: Edition = self.verifier.edition(self.session, release)

    def answer(self, rows: Iterable[dict[str, str]]) -> Iterator[dict[str, Any]]:
        """Each row with its answer, in order."""
        waiting = iter(rows)
        today = self.now.astimezone(VIETNAM).date()
        while part := list(islice(waiting, MOST_QUESTIONS)):
            questions = [one_of_batch({name: row.get(name, "") for name in ASKS}, today) for row in part]
            asked = [one for one in questions if not isinstance(one, Malformed)]
            decisions = iter(self.decide(asked))
            for row, question in zip(part, questions, strict=True):
                yield row | (refusal(question) if isinstance(question, Malformed) else self.verdict(next(decisions)))

    def decide(self, asked: list[Asked]) -> tuple[Decision, ...]:
        return self.verifier.decide(self.session, asked, self.edition)

    def verdict(self, decision: Decision) -> dict[str, Any]:
        institution = decision.institution
        found = {
            "answer": decision.answer.value,
            "reasons": "; ".join(reason.why.value for reason in decision.reasons),
            "institution_id": institution.id if institution else "",
            "institution_name": institution.name if institution else "",
            "licences": "; ".join(decision.licences),
            "decisions": "; ".join(decision.decisions),
            "successors": "; ".join(one.institution.id for one in decision.successors),
            "candidates": "; ".join(one.institution.id for one in decision.candidates),
            "records_held_by": "; ".join(one.id for one in decision.records_held_by),
            "release": decision.release,
            "data_status": decision.data_status,
            **self.verifier.times(self.now),
        }
        return {**found, "jws": self.sign(decision)} if self.signed else found

    def sign(self, decision: Decision) -> str:
        answer = told(decision)
        body = self.verifier.timed(answer, self.now)
        issuer, ttl_s = str(self.settings.public_url), self.verifier.ttl_s
        return self.verifier.issuer.issue(body, issuer=issuer, subject=answer.subject, now=self.now, ttl_s=ttl_s)


class OfflineBatch(Batch):
    """The answers of one run from a list."""

    def __init__(self, settings: Settings, register: KeptRegister, max_age_days: int) -> None:
        self.settings, self.signed, self.now = settings, False, datetime.now(UTC)
        self.register, self.max_age_days = register, max_age_days
        self.verifier = make_verifier(settings)

    def decide(self, asked: list[Asked]) -> tuple[Decision, ...]:
        return self.register.decide_many(asked, max_age_days=self.max_age_days)


def refusal(question: Malformed) -> dict[str, str]:
    errors = "; ".join(f"{fault.parameter}: {_(FAULT[fault.code])}" for fault in question.faults)
    return {"answer": "malformed", "errors": errors}


def write_answers(target: Path, columns: list[str], rows: Iterable[dict[str, Any]]) -> int:
    """Write a CSV that spreadsheets read as it is meant: with a byte order mark, and no cell taken for a formula."""
    count = 0
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: safe(value) for name, value in row.items()})
            count += 1
    return count


def safe(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
