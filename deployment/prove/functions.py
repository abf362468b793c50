"""Claims about the functions: what they may do, who may start them, and when."""

import json
from typing import Any

from chalicelib.wiring import REGION
from deployment.account import function_names, function_policies, read_config
from deployment.doctor.functions import for_example
from deployment.prove.claim import Claim, Found, Trial, holds_unless
from deployment.strays import strays

MUST_LACK = (
    *("s3:GetObject", "s3:DeleteObject", "s3:PutBucketPolicy", "ssm:PutParameter"),
    *("iam:PassRole", "iam:PutRolePolicy", "lambda:UpdateFunctionCode", "lambda:InvokeFunction"),
    *("sts:AssumeRole", "kms:Decrypt", "ec2:DescribeInstances", "sns:Subscribe"),
)
STARTERS = {"events.amazonaws.com", "sns.amazonaws.com"}


def _roles_have_what_they_need(at: Trial) -> Found:
    wrong = []
    for function, policy in function_policies(at.settings).items():
        for actions, resources in policy:
            for action, allowed in _simulated(at, function, actions, resources).items():
                if not allowed:
                    wrong.append(f"{function} may not {action}")
    return holds_unless(wrong, "every action of the policy files", f"Run: {at.redeploy}")


def _roles_lack_the_rest(at: Trial) -> Found:
    wrong = []
    for function in function_names(at.settings):
        for action, allowed in _simulated(at, function, list(MUST_LACK), ["*"]).items():
            if allowed:
                wrong.append(f"{function} may {action}")
        listens = at.topic(at.settings.alarms_topic)
        if any(_simulated(at, function, ["sns:Publish"], [listens]).values()):
            wrong.append(f"{function} may publish to the topic that alarms arrive on")
    fine = f"{len(MUST_LACK)} actions, and publishing to the alarms topic"
    return holds_unless(wrong, fine, f"Run: {at.redeploy}; see what was attached to the role.")


def _schedule_is_there_once(at: Trial) -> Found:
    events, wrong = at.client("events"), []
    arn = f"arn:aws:lambda:{REGION}:{at.account.id}:function:{at.settings.root}-weekly_report"
    rules = events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    if len(rules) != 1:
        wrong.append(f"{len(rules)} rules start the report: {', '.join(rules)}")
    for rule in rules:
        if events.describe_rule(Name=rule)["State"] != "ENABLED":
            wrong.append(f"the rule {rule} is switched off")
    wrong += [f"{', '.join(one.names)} in {one.region}" for one in strays(at.account, at.settings)]
    step = f"Run: {at.redeploy}; for other Regions: python cli.py destroy --stage {at.settings.stage} --strays"
    return holds_unless(wrong, f"{rules[0] if rules else ''}, in no other Region", step)


def _functions_are_as_configured(at: Trial) -> Found:
    lambda_, wrong = at.client("lambda"), []
    for name, wanted in read_config()["lambda_functions"].items():
        function = f"{at.settings.root}-{name}"
        found = lambda_.get_function_configuration(FunctionName=function)
        pairs = (("Timeout", "lambda_timeout"), ("MemorySize", "lambda_memory_size"))
        wrong += [
            f"{function}: {key} {found[key]}, not {wanted[setting]}"
            for key, setting in pairs
            if found[key] != wanted[setting]
        ]
        if found["Environment"]["Variables"].get("CCT_STAGE") != at.settings.stage:
            wrong.append(f"{function}: another stage's settings")
        reserved = lambda_.get_function_concurrency(FunctionName=function)
        if reserved.get("ReservedConcurrentExecutions") == 0:
            wrong.append(f"{function} may not run at all: its reserved concurrency is 0")
        wrong += _open_to_others(at, function)
    return holds_unless(
        wrong, "time, memory, settings, concurrency, callers", f"Run: {at.redeploy}"
    )


def _open_to_others(at: Trial, function: str) -> list[str]:
    policy = json.loads(at.client("lambda").get_policy(FunctionName=function)["Policy"])
    return [
        f"{function} may be started by {statement['Principal']}"
        for statement in policy["Statement"]
        if not _from_a_source_of_ours(statement, at.account.id)
    ]


def _from_a_source_of_ours(statement: dict[str, Any], account_id: str) -> bool:
    principal = statement["Principal"]
    source = next(iter(statement.get("Condition", {}).get("ArnLike", {}).values()), "")
    known = isinstance(principal, dict) and principal.get("Service") in STARTERS
    return known and f":{account_id}:" in source


def _failures_are_sent_on(at: Trial) -> Found:
    lambda_, wrong = at.client("lambda"), []
    notify = at.topic(at.settings.notify_topic)
    for function in function_names(at.settings):
        try:
            config = lambda_.get_function_event_invoke_config(FunctionName=function)
        except lambda_.exceptions.ResourceNotFoundException:
            config = {}
        if config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination") != notify:
            wrong.append(f"failures of {function} are sent to nobody")
        if not all(_simulated(at, function, ["sns:Publish"], [notify]).values()):
            wrong.append(f"{function} may not send them")
    return holds_unless(wrong, f"to {at.settings.notify_topic}", f"Run: {at.redeploy}")


def _simulated(
    at: Trial, function: str, actions: list[str], resources: list[str]
) -> dict[str, bool]:
    account = [at.account.id]
    answer = at.client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{at.account.id}:role/{function}",
        ActionNames=actions,
        ResourceArns=[for_example(one, at.account.id) for one in resources],
        ContextEntries=[
            {"ContextKeyName": key, "ContextKeyValues": account, "ContextKeyType": "string"}
            for key in ("aws:ResourceAccount", "aws:PrincipalAccount")
        ],
    )
    return {
        one["EvalActionName"]: one["EvalDecision"] == "allowed"
        for one in answer["EvaluationResults"]
    }


CLAIMS = (
    Claim(
        "Each role may do what its function does",
        "SimulatePrincipalPolicy",
        _roles_have_what_they_need,
    ),
    Claim("No role may do more", "SimulatePrincipalPolicy", _roles_lack_the_rest),
    Claim(
        "The week is scheduled once, and only here",
        "ListRuleNamesByTarget",
        _schedule_is_there_once,
    ),
    Claim(
        "The functions run as configured",
        "GetFunctionConfiguration, GetPolicy",
        _functions_are_as_configured,
    ),
    Claim(
        "A failed run is sent to the notify topic",
        "GetFunctionEventInvokeConfig",
        _failures_are_sent_on,
    ),
)
