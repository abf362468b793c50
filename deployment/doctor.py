"""Look at each prerequisite and each part of a deployment, and say the one step that mends what is wrong."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.costs import Granularity, Period
from chalicelib.delivery.links import LinkKey, link_key, link_place, signed_url
from chalicelib.errors import CostSourceError, CostTrackerError
from chalicelib.settings import SITE_PREFIX, Settings
from chalicelib.sources.cost_explorer import CostExplorer, Query
from chalicelib.wiring import topic_arn
from deployment.account import Account, function_names, function_policies
from deployment.deploy import listening
from deployment.signing_key import SLOTS, public_key
from deployment.strays import strays

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

State = Literal["ok", "look", "broken"]

SPENDS = (
    "This makes one Cost Explorer request, which costs $0.01 (none with --no-costs). "
    "Everything else is free. Nothing is changed."
)
ALARMS = (
    *("charges-1", "charges-2", "charges-3"),
    *("report-failed", "report-missing", "explanation-failed", "explanation-missing"),
)
LATE = timedelta(days=8)  # a week, and a day for a run that is being repeated
FORBIDDEN = 403
# ResponseParserError: a proxy answered in place of AWS. OSError: the site could not be reached.
LOOKING_FAILED = (ClientError, BotoCoreError, ResponseParserError, OSError)


class Finding(NamedTuple):
    """What was found at one part, and the step that mends it, if one is needed."""

    part: str
    state: State
    what: str
    step: str = ""


@dataclass(frozen=True)
class Examination:
    """What the checks look at; `fetch` gives the HTTP status of an address."""

    account: Account
    settings: Settings
    now: datetime
    fetch: Callable[[str], int]
    paid: bool = True

    @property
    def redeploy(self) -> str:
        """The command that puts everything back in place."""
        return f"python cli.py deploy --stage {self.settings.stage}"


def doctor(
    account: Account,
    settings: Settings,
    *,
    now: datetime | None = None,
    fetch: Callable[[str], int] | None = None,
    paid: bool = True,
) -> Iterator[Finding]:
    """Check every part, one finding or more each; a part that cannot be looked at is a finding too."""
    examination = Examination(
        account, settings, now or datetime.now(UTC), fetch or http_status, paid
    )
    yield Finding("credentials", "ok", f"{account.caller}, us-east-1")
    for check in CHECKS:
        part = check.__name__.strip("_").replace("_", " ")
        try:
            yield from (Finding(part, *found) for found in check(examination))
        except CostTrackerError as error:
            yield Finding(part, "broken", str(error), error.next_step)
        except LOOKING_FAILED as error:
            yield Finding(part, "broken", f"could not look: {error}", _step_for(error, examination))


def as_json(findings: list[Finding]) -> str:
    """The findings for other programs."""
    return json.dumps([each._asdict() for each in findings], indent=2)


def http_status(address: str) -> int:
    """The status of a GET request; a refusal is a status too."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  our own https address
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


# ---- the checks: each yields (state, what, step) ----------------------------------------------------

Result = Iterator[tuple[State, str, str]]


def _cost_explorer(at: Examination) -> Result:
    if not at.paid:
        yield "look", "not asked (--no-costs)", ""
        return
    yesterday = Period(at.now.date() - timedelta(days=2), at.now.date() - timedelta(days=1))
    source = CostExplorer(at.account.session.client("ce"), max_requests=1)
    try:
        source.ask(Query(yesterday, Granularity.DAILY, ()))
    except CostSourceError as error:
        yield "broken", str(error), error.next_step
        return
    yield "ok", "switched on, and you may read it", ""


def _billing_metric(at: Examination) -> Result:
    found = at.account.session.client("cloudwatch").list_metrics(
        Namespace="AWS/Billing", MetricName="EstimatedCharges"
    )["Metrics"]
    if found:
        yield "ok", "there is one; cost alarms can work", ""
    else:
        step = (
            'Switch on "Receive CloudWatch billing alerts" (Billing and Cost Management > Billing '
            "preferences > Alert preferences) as the account that pays; it takes a quarter of an hour."
        )
        yield "broken", "AWS publishes no billing metric here, so no cost alarm can fire", step


def _mail_subscription(at: Examination) -> Result:
    topic = topic_arn(at.account.id, at.settings.notify_topic)
    pages = at.account.session.client("sns").get_paginator("list_subscriptions_by_topic")
    mails = [
        one
        for page in pages.paginate(TopicArn=topic)
        for one in page["Subscriptions"]
        if one["Protocol"] == "email"
    ]
    if not mails:
        yield "broken", "nobody gets the reports", f"{at.redeploy} --email ADDRESS"
    for one in mails:
        if one["SubscriptionArn"].startswith("arn:"):
            yield "ok", f"{one['Endpoint']} is confirmed", ""
        else:
            step = 'Open the mail "AWS Notification - Subscription Confirmation"; it expires after some days.'
            yield "broken", f"{one['Endpoint']} has not confirmed", step


def _alarm_subscription(at: Examination) -> Result:
    if listening(at.account, at.settings):
        yield "ok", "alarms reach the function that explains them", ""
    else:
        yield "broken", f"nothing listens to {at.settings.alarms_topic}", f"Run: {at.redeploy}"


def _alarms(at: Examination) -> Result:
    client = at.account.session.client("cloudwatch")
    prefix = at.settings.root + "-"
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
    found = {
        one["AlarmName"].removeprefix(prefix): one for page in pages for one in page["MetricAlarms"]
    }
    for missing in (name for name in ALARMS if name not in found):
        yield "broken", f"there is no alarm {missing}", f"Run: {at.redeploy}"
    for name, alarm in found.items():
        yield from _one_alarm(at, name, alarm)


def _one_alarm(at: Examination, name: str, alarm: "MetricAlarmTypeDef") -> Result:
    if not alarm.get("ActionsEnabled", True):
        yield "broken", f"{name} is switched off", "Enable its actions in the CloudWatch console."
    elif alarm["StateValue"] == "INSUFFICIENT_DATA" and name.startswith("charges"):
        age = at.now - alarm["StateUpdatedTimestamp"]
        if age > timedelta(days=1):
            step = "See the finding on the billing metric."
            yield "broken", f"{name} has had no data for {age.days} days", step
        else:
            yield "look", f"{name} has no data yet; AWS sends some every few hours", ""
    elif alarm["StateValue"] == "ALARM" and not name.startswith("charges"):
        yield "look", f"{name}: {alarm.get('AlarmDescription', '')}", _log_command(at, name)
    else:
        yield "ok", f"{name} is in place ({alarm['StateValue']})", ""


def _functions(at: Examination) -> Result:
    lambda_ = at.account.session.client("lambda")
    for function in function_names(at.settings):
        try:
            lambda_.get_function_configuration(FunctionName=function)
        except lambda_.exceptions.ResourceNotFoundException:
            yield "broken", f"{function} is not deployed", f"Run: {at.redeploy}"
            continue
        yield from _last_runs(at, function)
        yield from _failure_destination(at, function)


def _last_runs(at: Examination, function: str) -> Result:
    runs, errors = (_sum_of(at, function, metric) for metric in ("Invocations", "Errors"))
    if errors:
        command = f"aws logs tail /aws/lambda/{function} --since 8d --region us-east-1"
        yield "look", f"{function} failed {errors} of {runs} times in the last 8 days", command
    else:
        yield "ok", f"{function} ran {runs} times in the last 8 days, without a failure", ""


def _failure_destination(at: Examination, function: str) -> Result:
    lambda_ = at.account.session.client("lambda")
    try:
        config = lambda_.get_function_event_invoke_config(FunctionName=function)
        destination = config["DestinationConfig"]["OnFailure"].get("Destination")
    except (lambda_.exceptions.ResourceNotFoundException, KeyError):
        destination = None
    if destination != topic_arn(at.account.id, at.settings.notify_topic):
        yield "broken", f"failures of {function} are sent to nobody", f"Run: {at.redeploy}"


def _permissions(at: Examination) -> Result:
    for function, policy in function_policies(at.settings).items():
        refused = list(_refused(at, function, policy))
        for action, decision in refused:
            what = f"{function} may not {action}: {decision}"
            step = f"Run: {at.redeploy}; if it stays, ask who keeps your organisation's policies."
            yield "broken", what, step
        if not refused:
            yield "ok", f"{function} may do what its policy file says, action by action", ""


def _refused(
    at: Examination, function: str, policy: list[tuple[list[str], list[str]]]
) -> Iterator[tuple[str, str]]:
    iam = at.account.session.client("iam")
    for actions, resources in policy:
        answers = iam.simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{at.account.id}:role/{function}",
            ActionNames=actions,
            ResourceArns=[_for_example(one, at.account.id) for one in resources],
            ContextEntries=[
                {
                    "ContextKeyName": key,
                    "ContextKeyValues": [at.account.id],
                    "ContextKeyType": "string",
                }
                for key in ("aws:ResourceAccount", "aws:PrincipalAccount")
            ],
        )["EvaluationResults"]
        for answer in answers:
            if answer["EvalDecision"] != "allowed":
                yield answer["EvalActionName"], answer["EvalDecision"]


def _bucket(at: Examination) -> Result:
    s3, bucket = at.account.session.client("s3"), at.settings.bucket(at.account.id)
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    status = s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]
    if len(block) == 4 and all(block.values()) and not status["IsPublic"]:
        yield "ok", f"{bucket} refuses all public access", ""
    else:
        yield "broken", f"{bucket} is not closed", f"Run: {at.redeploy}, then look who changed it."


def _site(at: Examination) -> Result:
    host = link_place(at.account.session.client("ssm"), at.settings).host
    unsigned = at.fetch(f"https://{host}/index.html")
    if unsigned == FORBIDDEN:
        yield "ok", f"https://{host}/ refuses a request without signature", ""
    else:
        what = f"https://{host}/ answers {unsigned} to a request without signature, not 403"
        yield "broken", what, f"Run: {at.redeploy}, and see TrustedKeyGroups of the distribution."


def _signed_link(at: Examination) -> Result:
    key = link_key(at.account.session.client("ssm"), at.settings)
    yield from _key_is_trusted(at, key)
    if not _last_report(at):
        return
    status = at.fetch(signed_url("index.html", at.now + timedelta(minutes=5), key))
    if status == 200:
        yield "ok", "opens the last report", ""
    else:
        step = f"If the key was just changed, wait five minutes; else run: {at.redeploy}"
        yield "broken", f"a signed link to the last report answers {status}", step


def _key_is_trusted(at: Examination, key: LinkKey) -> Result:
    encoded = at.account.session.client("cloudfront").get_public_key(Id=key.key_id)["PublicKey"][
        "PublicKeyConfig"
    ]["EncodedKey"]
    ssm = at.account.session.client("ssm")
    ours = [public_key(ssm, at.settings, slot) for slot in SLOTS]
    if encoded.strip() in [one.strip() for one in ours if one]:
        yield "ok", f"the key in the parameter store belongs to CloudFront's key {key.key_id}", ""
    else:
        step = f"Run: python cli.py rotate-key --stage {at.settings.stage}"
        yield "broken", f"the key in the parameter store is not CloudFront's key {key.key_id}", step


def _reports(at: Examination) -> Result:
    last = _last_report(at)
    if last is None:
        yield "look", "there is none yet; the first comes next Monday, 07:00 UTC", _run_now(at)
    elif at.now - last > LATE:
        yield "broken", f"the last one is {(at.now - last).days} days old", _run_now(at)
    else:
        yield "ok", f"the last one is of {last:%Y-%m-%d %H:%M} UTC", ""


def _other_regions(at: Examination) -> Result:
    found = strays(at.account, at.settings)
    for stray in found:
        step = f"Run: python cli.py destroy --stage {at.settings.stage} --strays; this one stays."
        yield "broken", f"{', '.join(stray.names)} in {stray.region}", step
    if not found:
        yield "ok", "nothing of this stage is in another Region", ""


CHECKS = (
    _cost_explorer,
    _billing_metric,
    _mail_subscription,
    _alarm_subscription,
    _alarms,
    _functions,
    _permissions,
    _bucket,
    _site,
    _signed_link,
    _reports,
    _other_regions,
)


def _last_report(at: Examination) -> datetime | None:
    pages = at.account.session.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(
        Bucket=at.settings.bucket(at.account.id), Prefix=f"{SITE_PREFIX}reports/"
    )
    return max(
        (one["LastModified"] for page in found for one in page.get("Contents", [])), default=None
    )


def _sum_of(at: Examination, function: str, metric: str) -> int:
    points = at.account.session.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=at.now - timedelta(days=8),
        EndTime=at.now,
        Period=86400,
        Statistics=["Sum"],
    )["Datapoints"]
    return int(sum(point["Sum"] for point in points))


def _for_example(resource: str, account_id: str) -> str:
    own = resource.replace("${aws:PrincipalAccount}", account_id).replace(
        ":*:", f":{account_id}:", 1
    )
    return own.removesuffix("*") + "example" if own.endswith(("/*", ":*")) else own


def _log_command(at: Examination, alarm: str) -> str:
    function = "weekly_report" if alarm.startswith("report") else "explain_alarm"
    return f"aws logs tail /aws/lambda/{at.settings.root}-{function} --since 8d --region us-east-1"


def _run_now(at: Examination) -> str:
    return f"To make one now: python cli.py run --stage {at.settings.stage}"


def _step_for(error: Exception, at: Examination) -> str:
    text = str(error)
    if "AccessDenied" in text or "not authorized" in text:
        return (
            "Your own identity lacks this permission; ask for it, or check with another identity."
        )
    return f"If the stage is not deployed yet, run: {at.redeploy}"
