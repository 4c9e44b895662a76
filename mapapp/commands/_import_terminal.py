"""What `mapapp import` says and asks on the terminal: texts in two languages, progress, questions to a person."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from geodata.imports import report, reviews
from geodata.imports.checks import explain
from geodata.imports.preview import names_of
from geodata.imports.progress import STEPS, Progress
from geodata.imports.reviews import Question
from geodata.models import ImportRun
from geodata.vocabulary import ReviewVerdict


def say(lang: str, vi: str, en: str) -> str:
    """The text in the language of the report."""
    return en if lang == "en" else vi


@contextmanager
def progress_line(lang: str) -> Iterator[Progress]:
    """A line on the terminal that says which step and how far; silent where nobody watches."""
    shown = sys.stderr.isatty()

    def told(step: str, done: int, total: int) -> None:
        if shown:
            count = f" {done:,}/{total:,}" if total > 1 else ""
            click.echo(f"\r\033[K{say(lang, *STEPS[step])}{count}", nl=False, err=True)

    try:
        yield told
    finally:
        if shown:
            click.echo("\r\033[K", nl=False, err=True)


def ask_all(session: Session, found: ImportRun, lang: str) -> None:
    """Each question with its candidates; a number, `m` for a new one, `x` to leave the row out, nothing to go on."""
    asked = reviews.questions(session, found)
    if not asked:
        click.echo(say(lang, "Không có câu hỏi nào.", "There are no questions."))
    for question in asked:
        choices = shown(session, question, lang)
        said = click.prompt(say(lang, *CHOICE), type=click.Choice(["", *choices]), default="", show_choices=False)
        if not said:
            continue
        verdict, institution = choices[said]
        reason = click.prompt(say(lang, "Lý do", "Reason"), default="", show_default=False)
        reviews.answer(
            session,
            found,
            question.row,
            verdict=verdict,
            institution_id=institution,
            reason=reason,
            by=getpass.getuser(),
        )


CHOICE = (
    "Số của cơ sở, m: cơ sở mới, x: không nhập dòng này, Enter: để sau",
    "Number of the institution, m: a new one, x: leave the row out, Enter: later",
)


def shown(session: Session, question: Question, lang: str) -> dict[str, tuple[ReviewVerdict, str | None]]:
    """Print a question; what may be typed, and what it means."""
    words, _ = explain(dict(question.found), lang)
    place = report.place(question.row.sheet, question.row.row_number, lang)
    click.echo(f"\n{place}: {question.row.raw.get('name') or question.row.raw.get('code')}\n  {words}")
    names = names_of(session, question.candidates)
    choices: dict[str, tuple[ReviewVerdict, str | None]] = {}
    for at, id in enumerate(question.candidates, start=1):
        click.echo(f"  {at}. {names.get(id, id)} [{id}]")
        choices[str(at)] = (ReviewVerdict.INSTITUTION, id)
    return choices | {"m": (ReviewVerdict.NEW, None), "x": (ReviewVerdict.REJECT, None)}
