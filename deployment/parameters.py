"""What the stack is told: numbers as CloudFormation reads them, and nothing that would be overwritten unheard."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import click

from chalicelib.errors import SettingError
from chalicelib.settings import PREFIX, Settings
from deployment.account import read_config

NUMBERS = ("Number", "CommaDelimitedList")
SET_ELSEWHERE = {
    "Stage": "It is the stage's name: --stage NAME.",
    "MonthlyBudget": "It is the setting CCT_MONTHLY_BUDGET of the stage in .chalice/config.json.",
    "LinkPublicKeyA": "Keys are made and changed by: cct rotate-key",
    "LinkPublicKeyB": "Keys are made and changed by: cct rotate-key",
    "LinkKeyInUse": "Keys are made and changed by: cct rotate-key",
}
"""Parameters that a deployment fills in itself, and where they are set."""
WHICH_STAGE = f"{PREFIX}STAGE"


def plain(number: Decimal) -> str:
    """A number without an exponent, which CloudFormation would not take: 1e4 is 10000."""
    return f"{number.normalize():f}"


def for_the_stack(given: Mapping[str, str], types: Mapping[str, str]) -> dict[str, str]:
    """Given parameters as the template wants them; raises `DeployError` for what is no number."""
    return {
        name: ",".join(map(_plain_where_a_number, value.split(",")))
        if types.get(name) in NUMBERS
        else value.strip()
        for name, value in given.items()
    }


def _plain_where_a_number(text: str) -> str:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return text.strip()  # CloudFormation says best what it wants instead
    return plain(number) if number.is_finite() else text.strip()


def pairs(texts: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` of the command line; refuses a name that is set twice, or that is set elsewhere."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{text!r}; it should look like DomainName=costs.example.com")
        if name in SET_ELSEWHERE:
            raise click.BadParameter(f"{name} would be overwritten. {SET_ELSEWHERE[name]}")
        if found.setdefault(name, value) != value:
            raise click.BadParameter(f"{name} is given twice: {found[name]!r} and {value!r}")
    return found


def refuse_two_answers(parameters: Mapping[str, str], **options: str | None) -> None:
    """Raise where an option and `--set` both give a parameter, and differ."""
    for name, value in options.items():
        if value is not None and parameters.get(name, value) != value:
            raise click.UsageError(
                f"{name} is given twice: {value!r} by its own option, {parameters[name]!r} by --set."
            )


def refuse_unheard(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raise `SettingError` where a setting is exported that the functions will not get."""
    kept = read_config()["stages"][settings.stage]["environment_variables"]
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name == WHICH_STAGE or not value.strip():
            continue
        if kept.get(name, "").strip() != value.strip():
            raise SettingError(
                f"{name}={value} is exported here, but the functions would get {name}={kept[name]}."
                if name in kept
                else f"{name}={value} is exported here, but the functions would not get it.",
                next_step=f"Write it to environment_variables of the stage {settings.stage} in "
                f".chalice/config.json, or: unset {name}",
            )
