"""Remove one stage from an AWS account; what is gone already is passed over, so it can be repeated.

Everything is found by name, not in Chalice's own record, because that is missing after a deployment
that failed half-way.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.settings import Settings
from chalicelib.wiring import BURNING_PARAMETER, REGION, topic_arn
from deployment.account import ROOT, Account, function_names, stage_settings
from deployment.deploy import Say, own_stack
from deployment.functions import refuse_to_mix
from deployment.signing_key import SLOTS, forget_key
from deployment.stack import Stack
from deployment.strays import strays

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_iam.client import IAMClient
    from types_boto3_s3.client import S3Client

GONE = {"ResourceNotFoundException", "NoSuchEntity", "NotFound", "NoSuchBucket", "404"}


def destroy(
    stage: str, account: Account, *, delete_reports: Callable[[str, int], bool], say: Say = print
) -> None:
    """Remove functions, stack and keys of a stage; the reports too if `delete_reports` says so.

    `delete_reports` hears the name of the bucket and how many objects, old versions included, it holds.
    """
    settings = stage_settings(stage)
    refuse_to_mix(account, settings)
    stack = own_stack(account, settings, say)
    say("1/4 Functions, their schedule, subscription and roles")
    remove_triggers(account, settings, REGION)
    remove_functions(account, settings, REGION)
    _remove_roles(account, settings)
    (ROOT / f".chalice/deployed/{settings.stage}.json").unlink(missing_ok=True)
    say("2/4 Stack (CloudFront takes some minutes)")
    if not stack.delete():
        say("  there is none")
    say("3/4 Keys that signed links, and what the watch remembers")
    for slot in SLOTS:
        forget_key(account.session.client("ssm"), settings, slot)
    account.session.client("ssm").delete_parameters(Names=[settings.parameters + BURNING_PARAMETER])
    say("4/4 Reports")
    say(_remove_reports(account, settings, delete_reports))
    for left in left_over(account, settings):
        say(left)


def what_goes(stage: str, account: Account) -> str:
    """What `destroy` would remove, for whoever is asked whether to begin."""
    settings = stage_settings(stage)
    return (
        f"This removes stage {stage} from account {account.id} ({REGION}): the functions "
        f"{', '.join(function_names(settings))} with their roles and schedule, the stack {settings.root} "
        f"with site, topics and alarms, and what is below {settings.parameters}. You are {account.caller}."
    )


def destroy_strays(stage: str, account: Account, *, say: Say = print) -> None:
    """Remove what a deployment left in other Regions; roles are shared by all Regions, and stay."""
    settings = stage_settings(stage)
    found = strays(account, settings)
    for stray in found:
        say(f"Removing from {stray.region}: {', '.join(stray.names)}")
        remove_triggers(account, settings, stray.region)
        remove_functions(account, settings, stray.region)
    if not found:
        say("Nothing of this stage is in another Region.")


def left_over(account: Account, settings: Settings) -> list[str]:
    """A line for each thing of the stage that `destroy` leaves to a step of its own."""
    lines = [
        f"Also in {stray.region}: {', '.join(stray.names)}. Remove it: "
        f"python cli.py destroy --stage {settings.stage} --strays"
        for stray in strays(account, settings)
    ]
    focus = Stack(
        account.session.client("cloudformation"), settings.focus_workgroup, lambda _: None
    )
    if focus.exists():
        lines.append(
            f"The stack {focus.name} of infra/focus.yaml still stands. Remove it: aws cloudformation "
            f"delete-stack --region {REGION} --stack-name {focus.name}"
        )
    return lines


def remove_functions(account: Account, settings: Settings, region: str) -> None:
    """Remove the functions of a stage in one Region."""
    lambda_ = account.session.client("lambda", region_name=region)
    for function in function_names(settings):
        _pass_over_gone(lambda_.delete_function, FunctionName=function)


def remove_triggers(account: Account, settings: Settings, region: str) -> None:
    """Remove what starts the functions of a stage in one Region."""
    events = account.session.client("events", region_name=region)
    for rule in events.list_rules(NamePrefix=f"{settings.root}-")["Rules"]:
        _remove_rule(events, rule["Name"])
    _unsubscribe(account, settings, region)


def _remove_roles(account: Account, settings: Settings) -> None:
    for function in function_names(settings):
        _pass_over_gone(_remove_role, iam=account.session.client("iam"), role=function)


def _remove_rule(events: "EventBridgeClient", rule: str) -> None:
    def remove() -> None:
        targets = events.list_targets_by_rule(Rule=rule)["Targets"]
        if targets:
            events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
        events.delete_rule(Name=rule)

    _pass_over_gone(remove)


def _unsubscribe(account: Account, settings: Settings, region: str) -> None:
    sns = account.session.client("sns", region_name=region)
    topic = topic_arn(account.id, settings.alarms_topic).replace(f":{REGION}:", f":{region}:")

    def remove() -> None:
        for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
            for one in page["Subscriptions"]:
                if one["Protocol"] == "lambda":
                    sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])

    _pass_over_gone(remove)


def _remove_role(iam: "IAMClient", role: str) -> None:
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    iam.delete_role(RoleName=role)


def _remove_reports(
    account: Account, settings: Settings, delete_reports: Callable[[str, int], bool]
) -> str:
    s3, bucket = account.session.client("s3"), settings.bucket(account.id)
    try:
        versions = _versions(s3, bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        return "  there is no bucket"
    if not delete_reports(bucket, len(versions)):
        return (
            f"  kept in the bucket {bucket}; the next deployment takes it in again.\n"
            f"  Run `python cli.py destroy --stage {settings.stage}` again to delete them."
        )
    for start in range(0, len(versions), 1000):
        batch = [
            {"Key": key, "VersionId": version} for key, version in versions[start : start + 1000]
        ]
        s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})  # type: ignore[typeddict-item]
    s3.delete_bucket(Bucket=bucket)
    return f"  deleted, with the bucket {bucket}"


def _versions(s3: "S3Client", bucket: str) -> list[tuple[str, str]]:
    found = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found += [(one["Key"], one["VersionId"]) for one in page.get("Versions", [])]
        found += [(one["Key"], one["VersionId"]) for one in page.get("DeleteMarkers", [])]
    return found


def _pass_over_gone(remove: Callable[..., object], **arguments: Any) -> None:
    try:
        remove(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
