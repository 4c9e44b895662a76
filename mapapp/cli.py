"""`mapapp`, the operator's command line: finds the commands of `mapapp.commands` and gives them the settings.

Exit codes: 0 done; 1 refused, with the reasons; 2 wrong usage.
"""

import pkgutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from geodata.errors import GeodataError
from mapapp.starting import read_in

COMMANDS = Path(__file__).parent / "commands"


class Commands(click.Group):
    """Reads a command's module only when it is called, so that small commands answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = _modules().get(cmd_name)
        if module is None:
            return None
        command: click.Command = read_in(f"mapapp.commands.{module}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GeodataError as refused:
            raise click.ClickException(str(refused)) from refused


def _modules() -> dict[str, str]:
    """{name of the command: name of its module}"""
    names = (module.name for module in pkgutil.iter_modules([str(COMMANDS)]))
    return {name.rstrip("_").replace("_", "-"): name for name in names if not name.startswith("_")}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the private database and the installation's files (MAPAPP_DATA; default: var).",
)
@click.version_option(package_name="mapapp")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp: run and look after this installation.

    Exit codes: 0 done, 1 refused with reasons, 2 wrong usage.
    """
    settings = read_in("mapapp.settings").Settings.from_env()
    context.obj = replace(settings, data=data.absolute()) if data else settings
