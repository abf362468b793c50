"""The people's door: see the dashboard at your desk; put the tool into an account, check it, remove it.

The same door as the command `cct`, which `make` and the wheel install.
"""

from typing import Any

import click

from chalicelib.errors import CostTrackerError
from deployment.commands import COMMANDS
from desk.preview import preview


class _Door(click.Group):
    """Shows expected errors as one sentence and the next step, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CostTrackerError as error:
            raise click.ClickException(error.explanation()) from error


@click.group(cls=_Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cloud-cost-tracker", prog_name="cct")
def cli() -> None:
    """CloudCostTracker: a weekly AWS cost dashboard, and billing alarms that explain themselves."""


for command in (preview, *COMMANDS):
    cli.add_command(command)


def main() -> None:
    """The command `cct`."""
    cli(prog_name="cct")


if __name__ == "__main__":
    main()
