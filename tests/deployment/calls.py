"""Recorded calls to AWS, as IAM sees them: which action on which resource."""

import fnmatch
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.infra.stack import ACCOUNT

# Put on a program's PYTHONPATH: writes down each call that boto3 makes in it.
RECORDER = """
import json, os, sys
if any(name in " ".join(sys.orig_argv[1:3]) for name in ("cli.py", "bin/chalice")):
    import botocore.client
    made = botocore.client.BaseClient._make_api_call
    def record(self, operation, given):
        kept = {key: value for key, value in given.items() if key not in ("Code", "ZipFile", "TemplateBody")}
        line = [self.meta.service_model.signing_name, operation, self.meta.region_name, kept]
        with open(os.environ["RECORD_CALLS"], "a") as file:
            file.write(json.dumps(line, default=str) + chr(10))
        return made(self, operation, given)
    botocore.client.BaseClient._make_api_call = record
"""
# Operations whose permission has another name.
OTHER_NAMES = {
    "s3:DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "lambda:Invoke": ("lambda:InvokeFunction",),
    "lambda:GetFunction20150331v2": ("lambda:GetFunction",),
    "lambda:CreateFunction": ("lambda:CreateFunction", "iam:PassRole"),
    "lambda:UpdateFunctionConfiguration": ("lambda:UpdateFunctionConfiguration", "iam:PassRole"),
}
NEED_NOTHING = {"sts:GetCallerIdentity"}
"""What everybody may do."""
KNOWS_NO_RESOURCE = {
    *("events:ListRules", "events:ListRuleNamesByTarget", "sns:Unsubscribe", "ce:GetCostAndUsage"),
    *(
        "sns:GetSubscriptionAttributes",
        "cloudformation:GetTemplateSummary",
        "logs:DescribeDeliveries",
    ),
    *("logs:DescribeLogGroups", "cloudwatch:DescribeAlarms", "cloudwatch:ListMetrics"),
    *("billing:GetBillingPreferences", "billing:UpdateBillingPreferences"),
    "cloudwatch:GetMetricData",
    *("cloudwatch:GetMetricStatistics", "cloudfront:ListDistributions", "cloudfront:GetPublicKey"),
}
# Where the resource stands in what is given, and what its ARN looks like.
PLACES = {
    "cloudformation": ("StackName", "arn:aws:cloudformation:{region}:{account}:stack/{}/1"),
    "events": ("Rule", "arn:aws:events:{region}:{account}:rule/{}"),
    "iam": ("RoleName", "arn:aws:iam::{account}:role/{}"),
    "lambda": ("FunctionName", "arn:aws:lambda:{region}:{account}:function:{}"),
    "logs": ("logGroupName", "arn:aws:logs:{region}:{account}:log-group:{}"),
    "ssm": ("Name", "arn:aws:ssm:{region}:{account}:parameter{}"),
    "s3": ("Bucket", "arn:aws:s3:::{}"),
    "cloudfront": ("Id", "arn:aws:cloudfront::{account}:distribution/{}"),
}
OTHER_PLACES = (
    "TopicArn",
    "ResourceARN",
    "PolicySourceArn",
    "Resource",
    "Name",
    "Names",
    "ResourceId",
)
# What no recorded call and no handler of CloudFormation shows, each with its use.
NAMED = {
    "billing:UpdateBillingPreferences": "doctor --fix",
    "cloudwatch:GetMetricData": "doctor reads the last value of the billing metric",
    "cloudfront:AllowVendedLogDeliveryForResource": "the access log of the distribution",
    "cloudformation:DeleteChangeSet": "deploy, where nothing changes",
    "cloudwatch:SetAlarmState": "prove raises an alarm",
    "iam:DetachRolePolicy": "destroy, where a policy was attached by hand",
    "iam:DeleteRolePermissionsBoundary": "deploy --permissions-boundary none",
    "iam:PutRolePermissionsBoundary": "deploy --permissions-boundary ARN",
    "lambda:RemovePermission": "Chalice, when a function moved to another topic",
    "lambda:TagResource": "Chalice, when a tag came into the configuration",
    "lambda:UntagResource": "Chalice, when a tag was taken out of it",
    "logs:FilterLogEvents": "prove looks for the answer to an alarm",
}


class Wanted(NamedTuple):
    """An action, and the resource it is wanted on."""

    action: str
    resource: str


def wanted(record: Path) -> set[Wanted]:
    """What IAM was asked for, from what a recorder wrote."""
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    return {one for line in lines for one in _wanted(*line)}


def _wanted(service: str, operation: str, region: str, given: dict[str, Any]) -> Iterator[Wanted]:
    service = {"monitoring": "cloudwatch"}.get(service, service)
    named = f"{service}:{operation}"
    if named in NEED_NOTHING:
        return
    for action in OTHER_NAMES.get(named, (named,)):
        if action == "iam:PassRole":
            yield Wanted(
                action, given.get("Role") or f"arn:aws:iam::{ACCOUNT}:role/" + given["FunctionName"]
            )
        elif action in KNOWS_NO_RESOURCE:
            yield Wanted(action, "*")
        else:
            for resource in _resources(service, region, given):
                object_ = "/site/1" if service == "s3" and "Object" in action else ""
                yield Wanted(action, resource + object_)


def _resources(service: str, region: str, given: dict[str, Any]) -> list[str]:
    place, arn = PLACES.get(service, ("", "{}"))
    value = given.get(place) or next(given[one] for one in OTHER_PLACES if one in given)
    values = value if isinstance(value, list) else [value]
    return [
        one if one.startswith("arn:") else arn.format(one, region=region, account=ACCOUNT)
        for one in values
    ]


def refused(policy: dict[str, Any], asked: Iterable[Wanted]) -> list[Wanted]:
    """What the policy does not allow."""
    return sorted(
        one
        for one in asked
        if not any(
            any(fnmatch.fnmatchcase(one.action, action) for action in _list(statement["Action"]))
            and any(
                fnmatch.fnmatchcase(one.resource, each) for each in _list(statement["Resource"])
            )
            for statement in policy["Statement"]
        )
    )


def actions_of(policy: dict[str, Any]) -> list[str]:
    """Every action, or pattern of actions, that the policy allows."""
    return [one for statement in policy["Statement"] for one in _list(statement["Action"])]


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
