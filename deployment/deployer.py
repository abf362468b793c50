"""What whoever deploys may do: least privilege, as a policy to attach; docs/deployer-policy.json is made from it.

    python -m deployment.deployer       # writes docs/deployer-policy.json anew

Everything that can carry our name is named by it. CloudFront names what it makes itself, and most lists
know no resource, so those are open to reading, and CloudFront to writing.
"""

import json
from typing import Any

from chalicelib.settings import APP
from deployment.account import ROOT

FILE = ROOT / "docs/deployer-policy.json"
LONGEST = 6144
"""Characters of a managed policy, blanks not counted."""
HERE = "us-east-1"

# Service by service: which resources, and what may be done to them. Regions are open where strays are looked for.
BY_NAME: dict[str, tuple[str, list[str], str]] = {
    "Stack": (
        "cloudformation",
        [f"arn:aws:cloudformation:{HERE}:*:stack/{APP}-*"],
        "CreateChangeSet DeleteChangeSet DeleteStack DescribeChangeSet DescribeStackEvents DescribeStacks "
        "ExecuteChangeSet",
    ),
    "Functions": (
        "lambda",
        [f"arn:aws:lambda:*:*:function:{APP}-*"],
        "AddPermission CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction* GetPolicy "
        "InvokeFunction ListTags PutFunctionEventInvokeConfig RemovePermission TagResource UntagResource "
        "UpdateFunctionCode UpdateFunctionConfiguration",
    ),
    "Roles": (
        "iam",
        [f"arn:aws:iam::*:role/{APP}-*"],
        "CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole "
        "ListAttachedRolePolicies ListRolePolicies PutRolePermissionsBoundary PutRolePolicy "
        "SimulatePrincipalPolicy TagRole",
    ),
    "Schedule": (
        "events",
        [f"arn:aws:events:*:*:rule/{APP}-*"],
        "DeleteRule DescribeRule ListTargetsByRule PutRule PutTargets RemoveTargets TagResource",
    ),
    "Topics": (
        "sns",
        [f"arn:aws:sns:*:*:{APP}-*"],
        "CreateTopic DeleteTopic GetDataProtectionPolicy GetTopicAttributes ListSubscriptionsByTopic "
        "ListTagsForResource SetTopicAttributes Subscribe TagResource UntagResource",
    ),
    "Parameters": (
        "ssm",
        [f"arn:aws:ssm:{HERE}:*:parameter/{APP}/*"],
        "AddTagsToResource DeleteParameter DeleteParameters GetParameter GetParameters ListTagsForResource "
        "PutParameter RemoveTagsFromResource",
    ),
    "Site": (
        "s3",
        [f"arn:aws:s3:::{APP}-*"],
        "CreateBucket DeleteBucket DeleteBucketPolicy DeleteObject DeleteObjectVersion Get*Configuration "
        "GetBucket* GetObject ListBucket ListBucketVersions ListTagsForResource "
        "PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock "
        "PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration TagResource "
        "UntagResource",
    ),
    "Alarms": (
        "cloudwatch",
        [f"arn:aws:cloudwatch:{HERE}:*:alarm:{APP}-*"],
        "DeleteAlarms ListTagsForResource PutMetricAlarm SetAlarmState TagResource UntagResource",
    ),
    "Logs": (
        "logs",
        [
            f"arn:aws:logs:{HERE}:*:log-group:/aws/lambda/{APP}-*",
            f"arn:aws:logs:{HERE}:*:log-group:/{APP}/*",
            f"arn:aws:logs:{HERE}:*:delivery-*:{APP}-*",
            f"arn:aws:logs:{HERE}:*:delivery:*",
        ],
        "CreateDelivery CreateLogGroup DeleteDelivery DeleteDeliveryDestination DeleteDeliverySource "
        "DeleteLogGroup DeleteRetentionPolicy FilterLogEvents GetDelivery* ListTagsForResource "
        "PutDeliveryDestination PutDeliverySource PutRetentionPolicy TagResource UntagResource "
        "UpdateDeliveryConfiguration",
    ),
    "Budget": (
        "budgets",
        [f"arn:aws:budgets::*:budget/{APP}-*"],
        "ListTagsForResource ModifyBudget TagResource UntagResource ViewBudget",
    ),
}
# What knows no resource of ours by name.
_WITHOUT_NAME = """
    billing:GetBillingPreferences billing:GetBillingViewData billing:UpdateBillingPreferences
    ce:CreateAnomalySubscription ce:DeleteAnomalySubscription ce:GetAnomalySubscriptions ce:GetCostAndUsage
    ce:ListTagsForResource ce:TagResource ce:UpdateAnomalySubscription
    cloudformation:GetTemplateSummary
    cloudfront:AllowVendedLogDeliveryForResource cloudfront:CreateDistribution*
    cloudfront:CreateKeyGroup cloudfront:CreateOriginAccessControl cloudfront:CreatePublicKey
    cloudfront:CreateResponseHeadersPolicy cloudfront:DeleteDistribution cloudfront:DeleteKeyGroup
    cloudfront:DeleteOriginAccessControl cloudfront:DeletePublicKey cloudfront:DeleteResponseHeadersPolicy
    cloudfront:GetDistribution* cloudfront:GetKeyGroup cloudfront:GetOriginAccessControl cloudfront:GetPublicKey
    cloudfront:GetResponseHeadersPolicy cloudfront:ListDistributions cloudfront:ListTagsForResource
    cloudfront:TagResource cloudfront:UntagResource cloudfront:UpdateDistribution cloudfront:UpdateKeyGroup
    cloudfront:UpdateOriginAccessControl cloudfront:UpdatePublicKey cloudfront:UpdateResponseHeadersPolicy
    cloudwatch:DescribeAlarms cloudwatch:GetMetricData cloudwatch:GetMetricStatistics cloudwatch:ListMetrics
    events:ListRuleNamesByTarget events:ListRules
    logs:DescribeDeliveries logs:DescribeLogGroups
    sns:GetSubscriptionAttributes sns:SetSubscriptionAttributes sns:Unsubscribe
"""


def policy() -> dict[str, Any]:
    """The policy, for every stage of the account it is attached in."""
    statements: list[dict[str, Any]] = [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Action": [f"{service}:{one}" for one in actions.split()],
            "Resource": resources,
        }
        for sid, (service, resources, actions) in BY_NAME.items()
    ]
    statements.append(
        {
            "Sid": "GiveTheRoles",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": BY_NAME["Roles"][1],
            "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        }
    )
    statements.append(
        {"Sid": "WithoutName", "Effect": "Allow", "Action": _WITHOUT_NAME.split(), "Resource": "*"}
    )
    return {"Version": "2012-10-17", "Statement": statements}


def text() -> str:
    """The policy as the file holds it."""
    return json.dumps(policy(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
