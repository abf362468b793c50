"""What each function may do: the one place it is written; the files that Chalice reads are made from it.

    python -m deployment.policies       # writes .chalice/policies/ anew for every stage

One file per stage, not one with a wildcard, because a wildcard would let one stage write into another.
"""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.settings import Settings
from chalicelib.wiring import BURNING_PARAMETER
from deployment import account
from deployment.account import read_config

Statement = dict[str, Any]
HERE = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
"""Ends a permission at the account's border, where the resource's ARN cannot name the account."""
OWN = "${aws:PrincipalAccount}"


def _allow(sid: str, actions: str | list[str], resources: str | list[str]) -> Statement:
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": HERE} if ":*:" in str(resources) else {})


def _read_costs(_: Settings) -> list[Statement]:
    # Cost Explorer knows no narrower resource that works without naming a billing view.
    return [_allow("ReadCosts", "ce:GetCostAndUsage", "*")]


def _read_export(settings: Settings) -> list[Statement]:
    glue = "arn:aws:glue:us-east-1:*"
    database, bucket = settings.focus_database, f"arn:aws:s3:::{settings.root}-focus-{OWN}"
    queries = ("GetQueryExecution", "GetQueryResults", "StartQueryExecution", "StopQueryExecution")
    found = [f"{glue}:catalog", f"{glue}:database/{database}"]
    return [
        _allow(
            "AskTheExport",
            [f"athena:{query}" for query in queries],
            f"arn:aws:athena:us-east-1:*:workgroup/{settings.focus_workgroup}",
        ),
        # Partitions follow a rule in the table (projection), so none is ever looked up.
        _allow("FindTheDatabase", "glue:GetDatabase", found),
        _allow("FindTheTable", "glue:GetTable", [*found, f"{glue}:table/{database}/focus"]),
        _allow("ReadTheExport", "s3:GetObject", f"{bucket}/export/*"),
        _allow("KeepTheResult", ["s3:GetObject", "s3:PutObject"], f"{bucket}/results/*"),
        _allow("ListTheBucket", ["s3:GetBucketLocation", "s3:ListBucket"], bucket),
    ]


def _write_pages(settings: Settings) -> list[Statement]:
    return [_allow("WritePages", "s3:PutObject", f"{_site(settings)}*")]


def _know_latest_week(settings: Settings) -> list[Statement]:
    tagging = ["s3:GetObjectTagging", "s3:PutObjectTagging"]
    return [_allow("KnowTheLatestWeek", tagging, f"{_site(settings)}index.html")]


def _site(settings: Settings) -> str:
    return f"arn:aws:s3:::{settings.bucket(OWN)}/site/"


def _send_messages(settings: Settings) -> list[Statement]:
    topics = [
        f"arn:aws:sns:us-east-1:*:{topic}" for topic in (settings.notify_topic, settings.chat_topic)
    ]
    return [_allow("SendMessages", "sns:Publish", topics)]


def _read_parameters(settings: Settings) -> list[Statement]:
    resource = f"arn:aws:ssm:us-east-1:*:parameter{settings.parameters}*"
    return [_allow("ReadOwnParameters", "ssm:GetParameter", resource)]


def _read_metric(_: Settings) -> list[Statement]:
    # Neither action knows a resource, nor a condition on the namespace.
    return [
        _allow("ReadTheBillingMetric", ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], "*")
    ]


def _remember_what_was_told(settings: Settings) -> list[Statement]:
    parameter = f"arn:aws:ssm:us-east-1:*:parameter{settings.parameters}{BURNING_PARAMETER}"
    return [
        _allow("RememberWhatWasTold", ["ssm:GetParameter", "ssm:PutParameter"], parameter),
    ]


Grant = Callable[[Settings], list[Statement]]
GRANTS: dict[str, tuple[Grant, ...]] = {
    "weekly_report": (_read_costs, _write_pages, _send_messages, _read_parameters),
    "watch_charges": (_read_metric, _send_messages, _remember_what_was_told),
    "explain_alarm": (_read_costs, _send_messages, _read_parameters),
}
"""Function by function; its own log is added to each."""
AFTER_THE_LOG: dict[str, tuple[Grant, ...]] = {"weekly_report": (_know_latest_week,)}
FROM_AN_EXPORT = ("weekly_report",)
"""Functions that can read a FOCUS export in place of Cost Explorer."""


def policy(function: str, stage: str, source: str = "cost-explorer") -> dict[str, Any]:
    """The policy of a function in a stage, reading costs from a source."""
    settings = Settings(stage=stage)
    log = f"arn:aws:logs:us-east-1:*:log-group:/aws/lambda/{settings.root}-{function}:*"
    grants = [
        _read_export if grant is _read_costs and source == "focus" else grant
        for grant in GRANTS[function]
    ]
    statements = [one for grant in grants for one in grant(settings)]
    statements.append(_allow("WriteOwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], log))
    statements += [one for grant in AFTER_THE_LOG.get(function, ()) for one in grant(settings)]
    return {"Version": "2012-10-17", "Statement": statements}


def policy_files(stages: list[str]) -> dict[str, str]:
    """The text of every policy file of these stages, by its path below `.chalice/`."""
    made = {}
    for stage in stages:
        for function in GRANTS:
            made[f"policies/{stage}-{function}.json"] = policy(function, stage)
        for function in FROM_AN_EXPORT:
            focus = policy(function, stage, "focus")
            made[f"policies/focus/{stage}-{function}.json"] = focus
    return {path: json.dumps(each, indent=2) + "\n" for path, each in made.items()}


def write_policy_files() -> None:
    """Write every policy file of every stage of the configuration."""
    for path, text in policy_files(list(read_config()["stages"])).items():
        (account.CONFIG.parent / path).write_text(text)


def add_stage(stage: str) -> None:
    """Add a stage to the configuration, with policy files of its own; one that is there is made anew."""
    Settings.from_env({"CCT_STAGE": stage})  # refuses what is no name for a stage
    config = read_config()
    source = config["stages"].get(stage, {}).get("environment_variables", {}).get("CCT_SOURCE")
    config["stages"].setdefault(stage, {"environment_variables": {"CCT_STAGE": stage}})
    config["stages"][stage]["lambda_functions"] = {
        function: {"iam_policy_file": f"{_folder(function, source)}{stage}-{function}.json"}
        for function in config["lambda_functions"]
    }
    account.CONFIG.write_text(json.dumps(config, indent=2) + "\n")
    write_policy_files()


def _folder(function: str, source: str | None) -> str:
    return "policies/focus/" if source == "focus" and function in FROM_AN_EXPORT else "policies/"


if __name__ == "__main__":
    write_policy_files()
