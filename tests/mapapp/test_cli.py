"""The operator's command line: every command is explained, and refusals are told apart from mistakes in its use."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from mapapp.cli import main

README = (Path(__file__).parents[2] / "README.md").read_text()


def run(*arguments: str, **environment: str | None) -> Result:
    return CliRunner().invoke(main, arguments, env={"DATABASE_URL": None, **environment}, prog_name="mapapp")


def leaves(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        if not found.hidden:
            yield from leaves(found, (*words, name))


COMMANDS = dict(leaves(main, ("mapapp",)))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_stands_in_the_readme(words: str) -> None:
    assert f"`{words}" in README


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_explains_itself(words: str) -> None:
    told = run(*words.split()[1:], "--help")
    assert told.exit_code == 0
    assert (COMMANDS[words].help or "").split(".")[0].split()[0] in told.output


def test_contract_names_are_there() -> None:
    assert {"mapapp db start", "mapapp db stop", "mapapp db migrate", "mapapp db status", "mapapp serve"} <= set(
        COMMANDS
    )
    assert {"mapapp demo load", "mapapp demo clear", "mapapp boundaries import"} <= set(COMMANDS)
    assert {"mapapp keys list", "mapapp keys rotate", "mapapp keys retire", "mapapp export", "mapapp check"} <= set(
        COMMANDS
    )


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["db", "nonsense"], ["serve", "--port", "0"], ["db", "start", "x"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_refusal_exits_with_1_and_the_reason(tmp_path: Path) -> None:
    refused = run("--data", str(tmp_path), "db", "migrate")
    assert refused.exit_code == 1
    assert f"no database in {tmp_path}" in refused.output


def test_unusable_setting_is_a_refusal() -> None:
    refused = run("db", "status", MAPAPP_PORT="http")
    assert refused.exit_code == 1
    assert "MAPAPP_PORT" in refused.output


@pytest.mark.parametrize("command", ["start", "stop"])
def test_somebody_elses_database_is_not_ours_to_start_or_stop(command: str) -> None:
    refused = run("db", command, DATABASE_URL="postgresql://h.invalid/d")
    assert refused.exit_code == 1
    assert "not ours" in refused.output


def test_unreachable_database_is_a_refusal_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://user:hidden-word@/d?host={tmp_path}"
    refused = run("db", "migrate", DATABASE_URL=url)
    assert refused.exit_code == 1
    assert "does not answer" in refused.output
    assert "hidden-word" not in refused.output


def test_status_of_nothing_makes_nothing(tmp_path: Path) -> None:
    told = run("--data", str(tmp_path / "var"), "db", "status")
    assert told.exit_code == 0
    assert "not made yet" in told.output
    assert list(tmp_path.iterdir()) == []


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    assert run("db", "migrate", DATABASE_URL=empty_database_url).exit_code == 0
    again = run("db", "migrate", DATABASE_URL=empty_database_url)
    assert again.exit_code == 0
    assert again.output == ""
    assert "tables:" in run("db", "status", DATABASE_URL=empty_database_url).output
