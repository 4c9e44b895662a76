"""`mapapp users`, as the operator types it."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geodata.people.passwords import matches
from mapapp.cli import main
from tests.people import PASSWORD


@pytest.fixture
def commands(units_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The engine of the database that the commands work on."""
    monkeypatch.setenv("DATABASE_URL", units_engine.url.render_as_string(hide_password=False))
    yield units_engine
    tables = "account_act, sign_in_event, recovery_code, person_invitation, person_session, person_right, person"
    with units_engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} CASCADE"))


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["users", *arguments], input=typed)


def test_the_first_one_is_made_and_invited(commands: Engine) -> None:
    assert "mapapp users add" in run("list").output
    made = run("add", "lan", "--name", "Nguyễn Lan", "--role", "national_steward")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("http://127.0.0.1:8000/invitation?token=")
    assert "the whole country" in made.stderr
    shown = run("list").output
    assert "no password yet" in shown
    assert "national_steward" in shown


def test_what_the_operator_does_is_put_down_too(commands: Engine) -> None:
    run("add", "lan", "--role", "auditor", "--by", "quản trị")
    run("lock", "lan")
    run("unlock", "lan")
    run("reset", "lan", "--second-factor")
    with Session(commands) as session:
        told = session.execute(text("SELECT step, by_name, by_id, reason FROM account_act ORDER BY id")).all()
    assert [row.step for row in told] == ["created", "granted", "locked", "unlocked", "second_factor_reset", "invited"]
    assert (told[0].by_name, told[0].by_id, {row.reason for row in told}) == ("quản trị", None, {"mapapp users"})


def test_a_right_says_what_it_covers_today(commands: Engine) -> None:
    run("add", "lan")
    given = run("grant", "lan", "provincial_steward", "--province", "Bình Định")
    assert "Tỉnh Bình Định (today: 52)" in given.stderr
    number = given.stderr.split("is now: ")[1].split()[0]
    assert run("grant", "lan", "provincial_steward").exit_code == 1
    assert run("revoke", "lan", number).exit_code == 0
    assert run("revoke", "lan", number).exit_code == 1
    assert run("grant", "nobody", "auditor").exit_code == 1
    assert run("grant", "lan", "king").exit_code == 2


def test_a_password_is_typed_at_a_prompt_and_never_given(commands: Engine) -> None:
    made = run("add", "lan", "--password", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    with Session(commands) as session:
        kept = session.scalar(text("SELECT password_hash FROM person WHERE login = 'lan'"))
    assert matches(PASSWORD, kept)
    assert run("add", "minh", "--password", typed="ngắn\nngắn\n").exit_code == 1
    assert run("add", "minh", "--password=secret").exit_code == 2


def test_people_are_locked_and_helped(commands: Engine) -> None:
    run("add", "lan", "--role", "auditor")
    assert run("lock", "lan").exit_code == 0
    assert "locked" in run("list").output
    assert run("unlock", "lan").exit_code == 0
    assert "locked" not in run("list").output
    assert "/invitation?token=" in run("reset", "lan", "--second-factor").stdout
    assert "Open: 0" in run("sessions", "lan").stderr
    assert "Ended: 0" in run("sessions", "lan", "--end").stderr
