"""The AWS account at hand: who we are in it, and which stages the project knows."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import CostTrackerError, SettingError
from chalicelib.settings import APP, Settings
from chalicelib.wiring import REGION

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / ".chalice/config.json"

# Without the right policy file a report function would be deployed that may not read any costs.
NEEDED_TO_READ = {"cost-explorer": "ce:GetCostAndUsage", "focus": "athena:StartQueryExecution"}

# What tells a program which identity to use, or where to look for it.
SAYS_WHO = {
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CREDENTIAL_EXPIRATION"),
}


class DeployError(CostTrackerError):
    """Something in the account is not as a step needs it; `next_step` mends it."""


@dataclass(frozen=True)
class Account:
    """An account, the identity we have in it, and a session in the one region everything lives in."""

    id: str
    caller: str
    session: boto3.Session

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """`given`, made to lead another program to exactly this identity and Region.

        Profiles and exported keys rank differently in each tool, so neither is left to be ranked.
        """
        credentials = self.session.get_credentials()
        if credentials is None:
            raise DeployError("The credentials are gone.", next_step="Sign in again.")
        frozen = credentials.get_frozen_credentials()
        ours = {
            "AWS_ACCESS_KEY_ID": frozen.access_key,
            "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
            "AWS_SESSION_TOKEN": frozen.token,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }
        kept = {name: value for name, value in given.items() if name not in SAYS_WHO}
        return kept | {name: value for name, value in ours.items() if value}


def sign_in(profile: str | None = None) -> Account:
    """The account of the credentials of the environment or profile; raises `DeployError` without any.

    Raises it too where a profile is named and the exported keys belong to another account.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=REGION)
        identity = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"Nobody is signed in to AWS, or it cannot be reached: {error}",
            next_step="Sign in (`aws sso login` or `aws configure`), or name a profile: --profile NAME",
        ) from error
    if profile:
        _refuse_other_exported_keys(profile, identity["Account"])
    return Account(identity["Account"], identity["Arn"], session)


def _refuse_other_exported_keys(profile: str, account_id: str) -> None:
    if not os.environ.get("AWS_ACCESS_KEY_ID"):
        return
    exported = boto3.Session(
        aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=os.environ.get("AWS_SESSION_TOKEN"),
        region_name=REGION,
    )
    try:
        other = exported.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError):
        return  # keys that open nothing cannot lead anywhere else
    if other != account_id:
        raise DeployError(
            f"The profile {profile} leads to account {account_id}, but the exported AWS_ACCESS_KEY_ID "
            f"to account {other}.",
            next_step="Say which is meant: leave out --profile, or `unset AWS_ACCESS_KEY_ID "
            "AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`.",
        )


def stage_settings(stage: str) -> Settings:
    """The settings that the functions of a stage will get; raises `SettingError` where they cannot work.

    So it does where the stage's settings or policies name another stage: every name in the account
    follows from the setting, and one left from a copy would act on the stage that was copied.
    """
    stages = read_config()["stages"]
    if stage not in stages:
        raise SettingError(
            f"There is no stage {stage!r} in .chalice/config.json.",
            next_step=f"The stages are: {', '.join(stages)}. To add it: "
            f"python cli.py add-stage {stage}",
        )
    settings = Settings.from_env(stages[stage]["environment_variables"])
    if settings.stage != stage:
        raise SettingError(
            f"The stage {stage} has CCT_STAGE={settings.stage} in .chalice/config.json, so it would act "
            f"on the stage {settings.stage}.",
            next_step=f"Write CCT_STAGE={stage} there.",
        )
    _check_policies_are_its_own(settings)
    _check_policy_fits_source(settings)
    return settings


def stack_tags(settings: Settings) -> dict[str, str]:
    """The tags of the configuration, which Chalice gives the functions and we the stack."""
    config = read_config()
    tags: dict[str, str] = config["tags"] | config["stages"][settings.stage].get("tags", {})
    return tags


def function_names(settings: Settings) -> list[str]:
    """Names of the deployed functions of a stage."""
    return [f"{settings.root}-{function}" for function in read_config()["lambda_functions"]]


def function_policies(settings: Settings) -> dict[str, list[tuple[list[str], list[str]]]]:
    """Actions and resources that each function of a stage is granted, by the function's name."""
    functions = read_config()["stages"][settings.stage]["lambda_functions"]
    return {
        f"{settings.root}-{function}": [
            (_as_list(statement["Action"]), _as_list(statement["Resource"]))
            for statement in json.loads((CONFIG.parent / given["iam_policy_file"]).read_text())[
                "Statement"
            ]
        ]
        for function, given in functions.items()
    }


def _check_policies_are_its_own(settings: Settings) -> None:
    names = (f"{APP}-(?!{settings.stage}[-:/])", f"/{APP}/(?!{settings.stage}/)")
    for function, statements in function_policies(settings).items():
        for resource in (one for _, resources in statements for one in resources):
            if re.search("|".join(names), resource):
                raise SettingError(
                    f"The policy of {function} names what belongs to another stage: {resource}",
                    next_step=f"Give the stage policy files of its own: python cli.py add-stage {settings.stage}",
                )


def _check_policy_fits_source(settings: Settings) -> None:
    report = function_policies(settings)[f"{settings.root}-weekly_report"]
    needed = NEEDED_TO_READ[settings.source]
    if not any(needed in actions for actions, _ in report):
        raise SettingError(
            f"CCT_SOURCE is {settings.source!r}, but the policy of weekly_report lacks {needed}.",
            next_step=f"In .chalice/config.json, let iam_policy_file of weekly_report in the stage "
            f"{settings.stage} name the policy for that source; docs/sources.md says which.",
        )


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def read_config() -> dict[str, Any]:
    """Chalice's configuration: functions, stages and their settings; raises `DeployError` without it."""
    if not CONFIG.exists():
        raise DeployError(
            "This command needs the project's folder, which an installed `cct` does not bring.",
            next_step="Clone the repository, and run `make` and the same command in it.",
        )
    config: dict[str, Any] = json.loads(CONFIG.read_text())
    return config
