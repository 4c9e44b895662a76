"""`mapapp users`: people who may sign in, what they may do where, their sessions. No password ever stands on a command
line: a person sets their own through a link, or it is typed at a prompt."""

import getpass
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from geodata.administrative_units import by_key
from geodata.models import Person, PersonRight
from geodata.people import accounts
from geodata.people.acts import detail, note_operator
from geodata.people.sessions import end_all, open_sessions
from geodata.people.territories import territory
from geodata.vocabulary import AccountStep, Role
from mapapp.commands import command_session
from mapapp.db import day_in_vietnam
from mapapp.settings import Settings

ROLES = click.Choice([role.value for role in Role])


def by_option(command: click.decorators.FC) -> click.decorators.FC:
    """Who does this, as recorded."""
    return click.option("--by", default=getpass.getuser, show_default="your user name", help="Who acts; recorded.")(
        command
    )


@click.group()
def command() -> None:
    """People who may sign in, their rights and their sessions."""


@command.command()
@click.argument("login")
@click.option("--name", default="", help="The person's name as pages show it (default: the login).")
@click.option("--role", type=ROLES, help="A first right; more with: users grant.")
@click.option("--province", help="Code or name of the province of that right.")
@click.option("--institution", help="Registry id of the institution of that right (reporters).")
@click.option("--oidc-subject", help="Who the identity provider says this person is; then no link is made.")
@click.option("--password", "prompted", is_flag=True, help="Type the password here instead of making a link.")
@by_option
@click.pass_obj
def add(
    settings: Settings,
    login: str,
    name: str,
    role: str | None,
    province: str | None,
    institution: str | None,
    oidc_subject: str | None,
    prompted: bool,
    by: str,
) -> None:
    """Make an account and print a link with which the person sets a password, once, within three days."""
    typed = click.prompt("Password", hide_input=True, confirmation_prompt=True) if prompted else None
    at = datetime.now(UTC)
    with command_session(settings) as session:
        person = accounts.add(session, login, name, by=by, oidc_subject=oidc_subject)
        note_operator(session, person.id, AccountStep.CREATED, by=by, at=at)
        if role:
            give(session, person, role, province, institution, by, at)
        if typed is not None:
            accounts.set_password(session, person, typed, at=at)
        token = accounts.invite(session, person, by=by, at=at) if typed is None and oidc_subject is None else None
        session.commit()
    click.echo(f"{person.login} is person {person.id}.", err=True)
    if token:
        show_link(settings, token)


def give(
    session: Session,
    person: Person,
    role: str,
    province: str | None,
    institution: str | None,
    by: str,
    at: datetime,
) -> None:
    """Grant, and say what of today's map the right covers."""
    granted = accounts.grant(session, person, Role(role), by=by, at=at, province=province, institution=institution)
    note_operator(session, person.id, AccountStep.GRANTED, by=by, at=at, detail=detail(granted.right))
    click.echo(f"{person.login} is now: {told(session, granted.right, at)}", err=True)


def told(session: Session, right: PersonRight, at: datetime) -> str:
    """A right in words: number, role, and where that is today."""
    if right.institution_id:
        return f"{right.id}  {right.role}  institution {right.institution_id}"
    if right.province_key is None:
        return f"{right.id}  {right.role}  the whole country"
    codes = ", ".join(sorted(territory(session, right.province_key, day_in_vietnam(at)))) or "no province of today"
    granted = by_key(session, [right.province_key])[right.province_key].full_name
    return f"{right.id}  {right.role}  {granted} (today: {codes})"


def show_link(settings: Settings, token: str) -> None:
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    click.echo(f"{base}/invitation?token={token}")
    click.echo("Dùng được một lần, trong 72 giờ. / Works once, within 72 hours.", err=True)


@command.command(name="list")
@click.pass_obj
def list_people(settings: Settings) -> None:
    """Show every person with their rights and what keeps them from signing in."""
    at = datetime.now(UTC)
    with command_session(settings) as session:
        lines = [line for person in accounts.listed(session) for line in described(session, person, at)]
    click.echo("\n".join(lines or ["Nobody yet. Make the first one with: mapapp users add"]))


def described(session: Session, person: Person, at: datetime) -> list[str]:
    marks = [
        "" if person.active else "locked",
        "locked out for a while" if person.locked_until and person.locked_until > at else "",
        "" if person.password_hash or person.oidc_subject else "no password yet",
        "second factor" if person.totp_secret else "",
    ]
    state = f"  ({', '.join(mark for mark in marks if mark)})" if any(marks) else ""
    rights = accounts.rights_listed(session, person.id, at=at)
    return [f"{person.login}  {person.name}{state}", *(f"    {told(session, right, at)}" for right in rights)]


@command.command()
@click.argument("login")
@click.argument("role", type=ROLES)
@click.option("--province", help="Code or name; a former province stands for what it became.")
@click.option("--institution", help="Registry id (reporters).")
@by_option
@click.pass_obj
def grant(settings: Settings, login: str, role: str, province: str | None, institution: str | None, by: str) -> None:
    """Give a person a role over a province, an institution or, with neither, the whole country."""
    with command_session(settings) as session:
        give(session, accounts.find(session, login), role, province, institution, by, datetime.now(UTC))
        session.commit()


@command.command()
@click.argument("login")
@click.argument("right", type=int)
@by_option
@click.pass_obj
def revoke(settings: Settings, login: str, right: int, by: str) -> None:
    """Take a right away (its number as `users list` shows it); it ends at once, also where somebody is at work."""
    at = datetime.now(UTC)
    with command_session(settings) as session:
        person = accounts.find(session, login)
        accounts.revoke(session, person, right, by=by, at=at)
        ended = session.get_one(PersonRight, right)
        note_operator(session, person.id, AccountStep.RIGHT_ENDED, by=by, at=at, detail=detail(ended))
        session.commit()
    click.echo(f"{login} has right {right} no longer.", err=True)


@command.command()
@click.argument("login")
@click.option("--second-factor", is_flag=True, help="Forget the second factor too, for a lost phone.")
@click.option("--password", "prompted", is_flag=True, help="Type the password here instead of making a link.")
@by_option
@click.pass_obj
def reset(settings: Settings, login: str, second_factor: bool, prompted: bool, by: str) -> None:
    """Print a link with which a person sets a new password; every session of theirs ends."""
    typed = click.prompt("Password", hide_input=True, confirmation_prompt=True) if prompted else None
    at = datetime.now(UTC)
    with command_session(settings) as session:
        person = accounts.find(session, login)
        token = accounts.invite(session, person, by=by, at=at, forget_second_factor=second_factor)
        if second_factor:
            note_operator(session, person.id, AccountStep.SECOND_FACTOR_RESET, by=by, at=at)
        note_operator(session, person.id, AccountStep.INVITED, by=by, at=at)
        if typed is not None:
            accounts.accept(session, token, typed, at=at)
        end_all(session, person.id, at=at)
        session.commit()
    if typed is None:
        show_link(settings, token)


@command.command()
@click.argument("login")
@click.pass_obj
def lock(settings: Settings, login: str) -> None:
    """Let nobody sign in as this person, and end their sessions."""
    with command_session(settings) as session:
        person, at = accounts.find(session, login), datetime.now(UTC)
        accounts.lock(session, person, at=at)
        note_operator(session, person.id, AccountStep.LOCKED, by=getpass.getuser(), at=at)
        session.commit()
    click.echo(f"{login} is locked.", err=True)


@command.command()
@click.argument("login")
@click.pass_obj
def unlock(settings: Settings, login: str) -> None:
    """Let a person sign in again, also after too many failed attempts."""
    with command_session(settings) as session:
        person = accounts.find(session, login)
        accounts.unlock(person)
        note_operator(session, person.id, AccountStep.UNLOCKED, by=getpass.getuser(), at=datetime.now(UTC))
        session.commit()
    click.echo(f"{login} may sign in.", err=True)


@command.command()
@click.argument("login")
@click.option("--end", is_flag=True, help="End all of them.")
@click.pass_obj
def sessions(settings: Settings, login: str, end: bool) -> None:
    """Show a person's open sessions: since when, last used, how they came in, with what."""
    at = datetime.now(UTC)
    with command_session(settings) as session:
        person = accounts.find(session, login)
        found = open_sessions(session, person.id, at=at)
        if end:
            end_all(session, person.id, at=at)
            note_operator(session, person.id, AccountStep.SESSIONS_ENDED, by=getpass.getuser(), at=at)
            session.commit()
    for one in found:
        click.echo(f"{one.opened_at:%Y-%m-%d %H:%M} UTC  {one.seen_at:%H:%M}  {one.kind}  {one.method}  {one.agent}")
    click.echo(f"{'Ended' if end else 'Open'}: {len(found)}", err=True)
