"""`mapapp reports`: citizens' reports of errors: what waits, and the answer to one."""

import getpass
from datetime import UTC, datetime

import click

from geodata import error_reports
from geodata.models import ErrorReport
from geodata.vocabulary import ErrorReportState
from mapapp.commands import command_session
from mapapp.settings import Settings

STATES = [state.value for state in ErrorReportState]
ANSWERS = [state for state in STATES if state != ErrorReportState.NEW]


@click.group()
def command() -> None:
    """Citizens' reports of errors: list, answer."""


@command.command(name="list")
@click.option("--state", type=click.Choice([*STATES, "all"]), default="new", show_default=True)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.pass_obj
def list_command(settings: Settings, state: str, limit: int) -> None:
    """List reports, those promised first at the head, with what stands in them; contacts are not public."""
    wanted = None if state == "all" else ErrorReportState(state)
    with command_session(settings) as session:
        found = error_reports.listed(session, wanted, limit=limit)
        for report in found:
            click.echo(told(report))
    if not found:
        click.echo("No reports." if wanted is None else f"No reports are {state}.")


def told(report: ErrorReport) -> str:
    """A report for the steward, its lines indented below the ticket."""
    about = f"{report.field} ({report.item})" if report.item else report.field
    head = f"{report.ticket}  {report.state}  until {report.promised_on}  {report.institution_id}  {about}"
    below = [*report.message.splitlines(), *([f"contact: {report.contact}"] if report.contact else [])]
    return "\n".join([head, *(f"    {line}" for line in below)])


@command.command()
@click.argument("ticket")
@click.option("--state", type=click.Choice(ANSWERS), required=True, help="accepted: it will be corrected.")
@click.option("--text", required=True, help="The answer, which the report's public page shows.")
@click.option("--by", default=getpass.getuser, show_default="your user name", help="Who answers; not public.")
@click.pass_obj
def answer(settings: Settings, ticket: str, state: str, text: str, by: str) -> None:
    """Answer a report. An answer is given once; it changes nothing in the register by itself."""
    if not 0 < len(text.strip()) <= error_reports.LONGEST_ANSWER:
        raise click.BadParameter(f"1 to {error_reports.LONGEST_ANSWER} characters are needed", param_hint="--text")
    with command_session(settings) as session:
        report = error_reports.answer(
            session, ticket, state=ErrorReportState(state), text=text.strip(), by=by, at=datetime.now(UTC)
        )
        session.commit()
    click.echo(f"{report.ticket} is {report.state}.")
