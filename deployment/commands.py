"""The commands that put the tool into an account, look after it there, and remove it."""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import wraps
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.delivery.links import SignedLinks
from chalicelib.settings import Settings
from chalicelib.wiring import REGION
from deployment import deploy as steps
from deployment import destroy as removal
from deployment import doctor as examination
from deployment import policies
from deployment import prove as proof
from deployment.account import Account, DeployError, sign_in, stage_settings
from deployment.parameters import pairs, plain, refuse_two_answers
from deployment.roles import NO_BOUNDARY

Command = Callable[..., None]
DEFAULT_STAGE = os.environ.get("CCT_STAGE") or "dev"


def _in_account(command: Command) -> Command:
    """Add --stage and --profile; sign in; show what AWS refuses as one sentence."""

    @click.option("--stage", default=DEFAULT_STAGE, show_default=True, help="Which deployment.")
    @click.option("--profile", metavar="NAME", help="A profile of ~/.aws/config.")
    @wraps(command)
    def run(stage: str, profile: str | None, **options: Any) -> None:
        stage_settings(stage)  # a mistyped stage is told before anything else happens
        try:
            account = sign_in(profile)
            click.echo(f"Account {account.id}, stage {stage}, {REGION}", err=True)
            command(stage, account, **options)
        except (ClientError, BotoCoreError) as error:
            raise DeployError(
                f"AWS refused a step: {error}",
                next_step="If a permission is missing, get it and run the same command again.",
            ) from error

    return run


@click.command()
@_in_account
@click.option(
    "--email",
    metavar="ADDRESS",
    callback=lambda _context, _option, text: text and _address(text),
    help="Who gets the reports; needed the first time.",
)
@click.option(
    "--alarms",
    metavar="A,B,C",
    callback=lambda _context, _option, text: text and _three_amounts(text),
    help="Three amounts in US dollars that raise an alarm when a month passes them.",
)
@click.option(
    "--set",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=lambda _context, _option, texts: pairs(texts),
    help="Any parameter of infra/template.yaml, such as DomainName=costs.example.com.",
)
@click.option(
    "--permissions-boundary",
    "boundary",
    metavar="ARN",
    callback=lambda _context, _option, text: text and _boundary(text),
    help="Policy that bounds the functions' roles, where your organisation wants one; 'none' removes it.",
)
def deploy(
    stage: str,
    account: Account,
    email: str | None,
    alarms: str | None,
    parameters: dict[str, str],
    boundary: str | None,
) -> None:
    """Put the tool into your account, or bring it up to date. Safe to repeat."""
    refuse_two_answers(parameters, AlarmAmounts=alarms, Email=email)
    given = parameters | ({"AlarmAmounts": alarms} if alarms else {})
    steps.deploy(
        stage, account, email=email, stack_parameters=given, boundary=boundary, say=click.echo
    )


@click.command()
@_in_account
@click.option("--delete-reports/--keep-reports", default=None, help="Do not ask about the reports.")
@click.option("--yes", is_flag=True, help="Do not ask whether to begin.")
@click.option(
    "--strays",
    is_flag=True,
    help="Remove only what a deployment left in other Regions; this one stays.",
)
def destroy(
    stage: str, account: Account, delete_reports: bool | None, yes: bool, strays: bool
) -> None:
    """Remove the tool from your account. Asks before anything, and again before the reports."""
    if strays:
        removal.destroy_strays(stage, account, say=click.echo)
        return
    click.echo(removal.what_goes(stage, account))
    if not yes and click.prompt("To remove it, type the name of the stage") != stage:
        raise DeployError("That is not its name; nothing was removed.")

    def also(bucket: str, objects: int) -> bool:
        if delete_reports is not None:
            return delete_reports
        return click.confirm(
            f"Delete the reports too ({objects} objects in {bucket})?", default=False
        )

    removal.destroy(stage, account, delete_reports=also, say=click.echo)


@click.command()
@_in_account
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--no-costs", is_flag=True, help="Leave out the one request that costs $0.01.")
@click.option("--yes", is_flag=True, help="Do not ask before the request that costs $0.01.")
@click.option("--fix", is_flag=True, help="Switch the billing metric on, where it is off.")
def doctor(
    stage: str, account: Account, as_json: bool, no_costs: bool, yes: bool, fix: bool
) -> None:
    """Check every prerequisite and every part, and say what to do where something is wrong."""
    click.echo(examination.SPENDS, err=True)
    if not (no_costs or yes or as_json):
        click.confirm("Go on?", default=True, abort=True)
    if fix:
        click.echo(examination.switch_on(account), err=True)
    findings = []
    for each in examination.doctor(account, stage_settings(stage), paid=not no_costs):
        findings.append(each)
        if not as_json:
            click.echo(f"{each.state:7} {each.part}: {each.what}")
            if each.step:
                click.echo(f"        -> {each.step}")
    if as_json:
        click.echo(examination.as_json(findings))
    if any(each.state == "broken" for each in findings):
        raise click.exceptions.Exit(1)


@click.command()
@_in_account
@click.option(
    "--hours",
    type=click.FloatRange(0.01, 24 * 31),
    default=1.0,
    show_default=True,
    help="How long the link opens the page.",
)
@click.option(
    "--page",
    default="index.html",
    show_default=True,
    help="Which page, for example reports/2026-W48.html; index.html is the latest.",
)
def link(stage: str, account: Account, hours: float, page: str) -> None:
    """Print a signed link to a report. Whoever has it reads that report until it expires."""
    links = SignedLinks(account.session.client("ssm"), stage_settings(stage))
    click.echo(links.lasting(page, datetime.now(UTC) + timedelta(hours=hours)))


@click.command("rotate-key")
@_in_account
@click.option("--finish", is_flag=True, help="Drop the earlier key; its links open nothing then.")
def rotate_key(stage: str, account: Account, finish: bool) -> None:
    """Sign new links with a new key. Older links go on working until you run it with --finish."""
    steps.rotate_key(stage, account, finish=finish, say=click.echo)


@click.command()
@_in_account
def run(stage: str, account: Account) -> None:
    """Make this week's report now; it costs what the weekly one costs, a few cents."""
    settings: Settings = stage_settings(stage)
    event = {
        "version": "0",
        "id": "cli-run",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account.id,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }
    lambda_ = account.session.client("lambda")
    try:
        lambda_.invoke(
            FunctionName=f"{settings.root}-weekly_report",
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )
    except lambda_.exceptions.ResourceNotFoundException as error:
        raise DeployError(
            f"Stage {stage} is not deployed in account {account.id}: it has no report function.",
            next_step=f"Run: python cli.py deploy --stage {stage}",
        ) from error
    click.echo("Started; the digest comes by mail within a minute or two.")


@click.command("prove")
@_in_account
@click.option("--cheap", is_flag=True, help="Leave out what costs, mails or changes anything.")
@click.option("--yes", is_flag=True, help="Do not ask before what costs and mails.")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=lambda _context, _option, path: path and _writable(path),
    help="Write the record as Markdown, to keep or to attach to an issue.",
)
def prove(
    stage: str, account: Account, cheap: bool, yes: bool, as_json: bool, record: Path | None
) -> None:
    """Try in your own account what the documents promise, claim by claim, after deploying."""
    click.echo(proof.CHEAP if cheap else proof.SPENDS, err=True)
    if not (cheap or yes):
        click.confirm("Go on?", default=True, abort=True)
    settings, proven = stage_settings(stage), []
    for each in proof.prove(account, settings, cheap=cheap):
        proven.append(each)
        if not as_json:
            click.echo(f"{each.mark:6} {each.claim.says}: {each.result}")
            if each.step:
                click.echo(f"       -> {each.step}")
    if as_json:
        click.echo(proof.as_json(proven))
    if record:
        record.write_text(proof.as_markdown(account, settings, proven), encoding="utf-8")
    if any(each.holds is False for each in proven):
        raise click.exceptions.Exit(1)


@click.command("add-stage")
@click.argument("stage")
def add_stage(stage: str) -> None:
    """Add a stage to .chalice/config.json, with policy files of its own; nothing is deployed."""
    policies.add_stage(stage)
    click.echo(f"Now: python cli.py deploy --stage {stage} --email you@example.com")


COMMANDS = (deploy, doctor, prove, link, run, rotate_key, add_stage, destroy)


def _writable(path: Path) -> Path:
    try:  # before anything is spent on what could not be kept
        TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise click.BadParameter(f"nothing can be written to {path}: {error.strerror}") from error
    return path


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise click.BadParameter(f"{text!r}; it should look like you@example.com")
    return text


def _boundary(text: str) -> str:
    if text != NO_BOUNDARY and not re.fullmatch(r"arn:[\w-]+:iam::(\d{12}|aws):policy/\S+", text):
        raise click.BadParameter(
            f"{text!r}; it should look like arn:aws:iam::111122223333:policy/NAME, or be none"
        )
    return text


def _three_amounts(text: str) -> str:
    try:
        amounts = [Decimal(one.strip()) for one in text.split(",")]
    except InvalidOperation:
        amounts = []
    if len(amounts) != 3 or not all(one.is_finite() and one >= 0 for one in amounts):
        raise click.BadParameter(f"{text!r}; it should be three amounts, such as 50,100,200")
    return ",".join(map(plain, amounts))
