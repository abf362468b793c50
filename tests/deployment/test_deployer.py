"""The policy of whoever deploys: small enough, nothing of the stack refused, nothing without a use."""

import json
from fnmatch import fnmatchcase

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from deployment.deployer import BY_NAME, FILE, LONGEST, policy, text
from tests.deployment.calls import Wanted, actions_of, refused
from tests.infra.stack import ACCOUNT, load_project

# What CloudFormation's handlers can need, but not for the properties that our template sets.
NOT_OURS = (
    *("autoloop:*", "codewhisperer:*", "workmail:*", "firehose:*", "s3tables:*", "s3:REST.*"),
    *("cloudfront:*ConnectionGroup", "cloudfront:GetVpcOrigin", "cloudfront:*StagingConfig"),
    *("iam:PassRole", "iam:GetRole"),  # replication of a bucket, delivery of a topic's status
    *(
        "logs:*Policy",
        "logs:*Policies",
        "logs:*KmsKey",
        "logs:CreateLogDelivery",
        "logs:PutBearer*",
    ),
    *("logs:PutLogGroupDeletionProtection", "logs:AllowVendedLogDeliveryForResource"),
    *("s3:*Metadata*", "s3:DeleteBucket?*", "s3:Put*Acl", "s3:PutBucketAbac", "s3:PutBucketCORS"),
    *(
        "s3:PutBucketLogging",
        "s3:PutBucketNotification",
        "s3:PutBucketWebsite",
        "s3:Put*ObjectLock*",
    ),
    *("s3:Put*Replication*", "s3:PutAccelerate*", "s3:PutAnalytics*", "s3:PutIntelligent*"),
    *("s3:PutInventory*", "s3:PutMetrics*", "sns:PutDataProtectionPolicy"),
)


def handlers() -> dict[str, set[str]]:
    types = {one["Type"] for one in load_project().template["Resources"].values()}
    found = {}
    for each in types:
        handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", each).schema["handlers"]
        found[each] = {
            permission
            for name, handler in handlers.items()
            if name != "list"
            for permission in handler["permissions"]
        }
    return found


def test_the_file_is_what_its_one_source_says(request: pytest.FixtureRequest):
    if request.config.getoption("--update-golden"):
        FILE.write_text(text())
    assert FILE.read_text() == text(), "run: python -m deployment.deployer"


def test_it_fits_a_managed_policy():
    assert len(json.dumps(policy(), separators=(",", ":"))) <= LONGEST


def test_cloudformation_is_refused_nothing_that_the_template_needs():
    granted = actions_of(policy())
    for kind, permissions in handlers().items():
        for permission in permissions:
            if any(fnmatchcase(permission, one) for one in NOT_OURS):
                continue
            assert any(fnmatchcase(permission, one) for one in granted), (kind, permission)


def test_whatever_can_carry_our_name_is_only_granted_by_name():
    for statement in policy()["Statement"]:
        if statement["Sid"] == "WithoutName":
            continue
        resources = statement["Resource"]
        assert all("cloud-cost-tracker" in one or ":delivery:" in one for one in resources)


def test_roles_are_handed_to_lambda_only():
    [statement] = [one for one in policy()["Statement"] if "iam:PassRole" in one["Action"]]
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}
    }
    assert statement["Resource"] == BY_NAME["Roles"][1]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::payroll/site/1"),
        ("ssm:GetParameter", f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/other/key"),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:other"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        (
            "iam:AttachRolePolicy",
            f"arn:aws:iam::{ACCOUNT}:role/cloud-cost-tracker-dev-weekly_report",
        ),
        ("cloudformation:DeleteStack", f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/other/1"),
    ],
)
def test_what_is_not_ours_is_refused(action: str, resource: str):
    assert refused(policy(), [Wanted(action, resource)])
