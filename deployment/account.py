"""The AWS account at hand: who we are in it, and which stages the project knows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import CostTrackerError, SettingError
from chalicelib.settings import Settings
from chalicelib.wiring import REGION

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / ".chalice/config.json"

# Without the right policy file a report function would be deployed that may not read any costs.
NEEDED_TO_READ = {"cost-explorer": "ce:GetCostAndUsage", "focus": "athena:StartQueryExecution"}


class DeployError(CostTrackerError):
    """Something in the account is not as a step needs it; `next_step` mends it."""


@dataclass(frozen=True)
class Account:
    """An account, the identity we have in it, and a session in the one region everything lives in."""

    id: str
    caller: str
    session: boto3.Session


def sign_in(profile: str | None = None) -> Account:
    """The account of the credentials of the environment or profile; raises `DeployError` without any."""
    try:
        session = boto3.Session(profile_name=profile, region_name=REGION)
        identity = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"Nobody is signed in to AWS, or it cannot be reached: {error}",
            next_step="Sign in (`aws sso login` or `aws configure`), or name a profile: --profile NAME",
        ) from error
    return Account(identity["Account"], identity["Arn"], session)


def stage_settings(stage: str) -> Settings:
    """The settings that the functions of a stage will get; raises `SettingError` where they cannot work."""
    stages = _config()["stages"]
    if stage not in stages:
        raise SettingError(
            f"There is no stage {stage!r} in .chalice/config.json.",
            next_step=f"The stages are: {', '.join(stages)}. To add one, copy a stage there and its two "
            "policy files under .chalice/policies/, and write the new name in them.",
        )
    settings = Settings.from_env(stages[stage]["environment_variables"])
    _check_policy_fits_source(settings)
    return settings


def function_names(settings: Settings) -> list[str]:
    """Names of the deployed functions of a stage."""
    return [f"{settings.root}-{function}" for function in _config()["lambda_functions"]]


def function_policies(settings: Settings) -> dict[str, list[tuple[list[str], list[str]]]]:
    """Actions and resources that each function of a stage is granted, by the function's name."""
    functions = _config()["stages"][settings.stage]["lambda_functions"]
    return {
        f"{settings.root}-{function}": [
            (_as_list(statement["Action"]), _as_list(statement["Resource"]))
            for statement in json.loads((CONFIG.parent / given["iam_policy_file"]).read_text())[
                "Statement"
            ]
        ]
        for function, given in functions.items()
    }


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


def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(CONFIG.read_text())
    return config
