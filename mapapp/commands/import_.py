"""`mapapp import FILE`: stage a department's file, report, publish where asked; `import undo RUN` takes it back."""

import getpass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.imports import report, reviews, run
from geodata.imports.refusals import Refused
from geodata.imports.room import require_room
from geodata.models import ImportRun
from geodata.undoing import LaterChanges
from mapapp.commands import command_session
from mapapp.commands._import_terminal import ask_all, progress_line, say
from mapapp.settings import Settings

MAX_FINDINGS = 200
LANGUAGE = click.option("--lang", type=click.Choice(["vi", "en"]), default="vi", help="Language of the report.")


class FileOrCommand(click.Group):
    """Any first word that is no subcommand is the file to import (a file called `undo` is `./undo`)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = args and args[0].partition("=")[0] in {"--help", "-h", "--template", *self.commands}
        if args and not own and "--template" not in args:
            args = ["file", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(
            ctx.command_path,
            "FILE [OPTIONS] | review RUN | publish RUN | undo RUN | comments RUN OUT | --template OUT.xlsx",
        )


@click.group(cls=FileOrCommand, invoke_without_command=True)
@click.option(
    "--template",
    "template_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the steward's template to this .xlsx file and stop.",
)
@click.pass_context
def command(context: click.Context, template_file: Path | None) -> None:
    """Import a list (.xlsx, .ods, .xls, .csv): tell what every row would do; with --publish, do it.

    \b
    mapapp import FILE [--publish] [--decision NO] [--effective DATE]   (all choices: mapapp import FILE --help)
    mapapp import review RUN
    mapapp import publish RUN
    mapapp import undo RUN
    mapapp import comments RUN OUT.xlsx
    mapapp import --template OUT.xlsx
    """
    if template_file:
        from geodata.imports import template  # openpyxl is slow to load

        template_file.write_bytes(template.workbook())
        click.echo(f"Đã ghi tệp mẫu: {template_file}")
    elif context.invoked_subcommand is None:
        raise click.UsageError("name a file to import, or use: review RUN, publish RUN, undo RUN, --template OUT.xlsx")


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    """A day as 2026-09-01 or 01/09/2026."""
    for form in ("%Y-%m-%d", "%d/%m/%Y") if value else ():
        try:
            return datetime.strptime(value or "", form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    if value:
        raise click.BadParameter("a day is written 2026-09-01 or 01/09/2026")
    return None


@command.command(name="file", hidden=True)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", "publishes", is_flag=True, help="Publish the valid rows as one release.")
@click.option("--decision", help="Number of the decision the file rests on: its data is official.")
@click.option(
    "--source", help="Whose list it is; answers to questions are remembered by it (default: the file's name)."
)
@click.option("--effective", callback=_day, metavar="DATE", help="Day from which changed values hold.")
@click.option("--all-or-nothing", is_flag=True, help="Publish nothing while any row is rejected.")
@LANGUAGE
@click.pass_obj
def import_file(settings: Settings, /, file: Path, publishes: bool, lang: str, **choices: Any) -> None:
    """Stage FILE and report; with --publish, publish it."""
    given = run.InputFile(file.name, _bytes_of(file))
    with command_session(settings) as session:
        try:
            if settings.cluster:
                require_room(settings.data)
            with progress_line(lang) as progress:
                staged = run.stage(
                    session,
                    given,
                    actor=_actor(),
                    decision=choices["decision"],
                    effective=choices["effective"],
                    source_name=choices["source"],
                    progress=progress,
                )
            _tell(session, staged, lang)
            session.commit()
            if publishes:
                _publish(session, staged, lang, all_or_nothing=choices["all_or_nothing"])
            else:
                click.echo(say(lang, *_NEXT).format(run=staged.id))
                if asked := len(reviews.questions(session, staged)):
                    click.echo(say(lang, *_ASKS).format(run=staged.id, n=asked))
        except Refused as refused:
            _refuse(f"{file.name}: {refused.in_language(lang)}")
        if staged.counts["rows_in"] == staged.counts["rejected"]:
            _refuse(say(lang, "Không có dòng nào nhập được.", "No row could be imported."))


_NEXT = (
    "Chưa công bố gì. Lần nhập số {run}; để công bố: mapapp import publish {run}",
    "Nothing is published yet. Import run {run}; to publish it: mapapp import publish {run}",
)
_ASKS = (
    "Có {n} câu hỏi chờ người trả lời: mapapp import review {run}",
    "Questions that wait for a person: {n}; to answer them: mapapp import review {run}",
)


@command.command(name="publish")
@click.argument("number", metavar="RUN", type=int)
@click.option("--all-or-nothing", is_flag=True, help="Publish nothing while any row is rejected.")
@LANGUAGE
@click.pass_obj
def publish_run(settings: Settings, number: int, all_or_nothing: bool, lang: str) -> None:
    """Publish the staged import RUN exactly as it was reported."""
    with command_session(settings) as session:
        try:
            _publish(session, run.find(session, number), lang, all_or_nothing=all_or_nothing)
        except Refused as refused:
            _refuse(refused.in_language(lang))


@command.command(name="undo")
@click.argument("number", metavar="RUN", type=int)
@LANGUAGE
@click.pass_obj
def undo_run(settings: Settings, number: int, lang: str) -> None:
    """Take the published import RUN back; refused when later changes depend on it."""
    with command_session(settings) as session:
        try:
            with progress_line(lang) as progress:
                undone = run.undo(session, run.find(session, number), actor=_actor(), progress=progress)
        except Refused as refused:
            _refuse(refused.in_language(lang))
        except LaterChanges as later:
            _refuse(say(lang, later.vi, str(later)))
        session.commit()
        words = (
            "Đã hoàn tác lần nhập {run} (bản phát hành {release}).",
            "Import run {run} undone (release {release}).",
        )
        click.echo(say(lang, *words).format(run=undone.id, release=undone.undo_release_id or "-"))


@command.command(name="review")
@click.argument("number", metavar="RUN", type=int)
@click.option("--withdraw", is_flag=True, help="Forget the answers given to this run's source instead.")
@LANGUAGE
@click.pass_obj
def review_run(settings: Settings, number: int, withdraw: bool, lang: str) -> None:
    """Answer the questions of the staged import RUN ("which of these?"); answers serve the next file of its source."""
    with command_session(settings) as session:
        try:
            found = run.find(session, number)
            if withdraw:
                mine = (one.id for one in reviews.standing_answers(session) if one.source_name == found.source_name)
                click.echo(
                    say(lang, "Đã bỏ {n} câu trả lời.", "{n} answers withdrawn.").format(
                        n=reviews.withdraw(session, mine)
                    )
                )
            else:
                ask_all(session, found, lang)
            with progress_line(lang) as progress:
                run.recount(session, found, progress=progress)
        except Refused as refused:
            _refuse(refused.in_language(lang))
        session.commit()
        click.echo(report.summary(found, lang))


@command.command(name="comments")
@click.argument("number", metavar="RUN", type=int)
@click.argument("out", metavar="OUT.xlsx", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@LANGUAGE
@click.pass_obj
def comments(settings: Settings, number: int, out: Path, lang: str) -> None:
    """Write the file of import RUN with a column of comments: .xlsx, or .csv for its first sheet."""
    from geodata.imports import annotated  # openpyxl is slow to load

    with command_session(settings) as session:
        try:
            found = run.find(session, number)
            write = annotated.table if out.suffix.lower() == ".csv" else annotated.workbook
            out.write_bytes(write(session, found, lang))
        except Refused as refused:
            _refuse(refused.in_language(lang))
    click.echo(say(lang, "Đã ghi: {file}", "Written: {file}").format(file=out))


def _publish(session: Session, staged: ImportRun, lang: str, *, all_or_nothing: bool) -> None:
    with progress_line(lang) as progress:
        published = run.publish(session, staged, actor=_actor(), all_or_nothing=all_or_nothing, progress=progress)
    session.commit()
    if published.release_id is None:
        words = ("Không có gì thay đổi: không tạo bản phát hành.", "Nothing changes: no release was made.")
    else:
        words = (
            "Đã công bố: bản phát hành {release}. Hoàn tác bằng: mapapp import undo {run}",
            "Published as release {release}. Undo with: mapapp import undo {run}",
        )
    click.echo(say(lang, *words).format(release=published.release_id, run=published.id))


def _tell(session: Session, staged: ImportRun, lang: str) -> None:
    """The report on the terminal; of very many lines the first, and the number of the others."""
    told = list(report.lines(staged, run.rows_of(session, staged), lang))
    for line in told[:-1][:MAX_FINDINGS]:
        click.echo(line)
    if len(told) - 1 > MAX_FINDINGS:
        click.echo(
            say(lang, "  … và {n} dòng báo cáo nữa", "  … and {n} more lines").format(n=len(told) - 1 - MAX_FINDINGS)
        )
    click.echo(told[-1])


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise GeodataError(f"{file}: {error.strerror}") from error


def _actor() -> str:
    """The operator of the installation, as recorded with every run and release."""
    return f"mapapp import ({getpass.getuser()})"


def _refuse(reason: str) -> NoReturn:
    raise click.ClickException(reason)
