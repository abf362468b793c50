"""Doctor finds each thing that can be wrong, and says the step that mends it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.settings import Settings
from deployment.account import Account
from deployment.doctor import ALARMS, Finding, as_json, doctor, switch_on
from deployment.signing_key import make_key

SETTINGS = Settings(stage="dev")
BUCKET = SETTINGS.bucket("123456789012")
CLOSED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)


class Iam:
    """Evaluates permissions, which moto does not."""

    def __init__(self, denied: str) -> None:
        self.denied = denied

    def simulate_principal_policy(self, **given: Any) -> dict[str, Any]:
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": one,
                    "EvalDecision": "implicitDeny" if one == self.denied else "allowed",
                }
                for one in given["ActionNames"]
            ]
        }


class CostExplorer:
    """Answers, or refuses as AWS does."""

    def __init__(self, refusal: str) -> None:
        self.refusal = refusal
        self.meta = boto3.client("ce", region_name="us-east-1").meta  # where events are heard

    def get_cost_and_usage(self, **_: Any) -> dict[str, Any]:
        if self.refusal:
            raise ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": self.refusal}}, "ce"
            )
        return {"ResultsByTime": [], "GroupDefinitions": [], "DimensionValueAttributes": []}


class PendingMail:
    """A topic whose mail address was never confirmed; moto confirms at once."""

    def get_paginator(self, _: str) -> "PendingMail":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        one = {"Protocol": "email", "Endpoint": "a@b.c", "SubscriptionArn": "PendingConfirmation"}
        return [{"Subscriptions": [one]}]


@cache
def moto(service: str, region: str = "us-east-1") -> Any:
    return boto3.client(service, region_name=region)  # type: ignore[call-overload]


@dataclass
class Deployed:
    """A deployment in moto, with two services that moto lacks; the tests break it."""

    denied: str = ""
    refusal: str = ""
    stand_ins: dict[str, Any] = field(default_factory=dict)
    statuses: dict[bool, int] = field(default_factory=lambda: {False: 403, True: 200})

    def get_available_regions(self, _: str) -> list[str]:
        return ["us-east-1", "eu-west-1"]

    def client(self, service: str, region_name: str = "us-east-1") -> Any:
        stand_ins = {"iam": Iam(self.denied), "ce": CostExplorer(self.refusal)} | self.stand_ins
        return stand_ins.get(service) or moto(service, region_name)

    def examine(self, *, later: timedelta = timedelta(0), paid: bool = True) -> list[Finding]:
        account = Account("123456789012", "arn:aws:iam::123456789012:user/me", self)  # type: ignore[arg-type]
        now = datetime.now(UTC) + later
        return list(doctor(account, SETTINGS, now=now, fetch=self.fetch, paid=paid))

    def fetch(self, address: str) -> int:
        return self.statuses["Signature=" in address]

    def finding(self, part: str, **how: Any) -> Finding:
        found = [one for one in self.examine(**how) if one.part == part]
        return max(found, key=lambda one: ("ok", "look", "broken").index(one.state))


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with mock_aws():
        _deploy()
        yield Deployed()


def test_a_healthy_deployment_has_nothing_broken(deployed: Deployed):
    findings = deployed.examine()
    assert [one for one in findings if one.state != "ok"] == []
    assert {one.part for one in findings} == {
        *("credentials", "cost explorer", "billing metric", "mail subscription"),
        *("alarm subscription", "alarms", "functions", "permissions", "bucket", "site"),
        *("signed link", "reports", "other regions"),
    }


def test_cost_explorer_that_is_not_enabled_names_the_page_to_open(deployed: Deployed):
    deployed.refusal = "User not enabled for cost explorer access"
    found = deployed.finding("cost explorer")
    assert found.state == "broken"
    assert "Open Cost Explorer once" in found.step


def test_without_costs_nothing_is_asked_of_cost_explorer(deployed: Deployed):
    deployed.refusal = "not to be asked"
    assert deployed.finding("cost explorer", paid=False).state == "look"


class Billing:
    """The preference, as the SDK tells it; keeps what is set."""

    def __init__(self, value: str) -> None:
        self.value, self.updates = value, list[dict[str, Any]]()

    def get_billing_preferences(self, **_: Any) -> dict[str, Any]:
        one = {"feature": "BILLING_ALERTS", "key": "billing-alerts", "value": self.value}
        return {"billingPreferences": [one]}

    def update_billing_preferences(self, **given: Any) -> None:
        self.updates.append(given)


class NoMetric:
    """A CloudWatch in which AWS publishes nothing."""

    def list_metrics(self, **_: Any) -> dict[str, Any]:
        return {"Metrics": []}

    def __getattr__(self, name: str) -> Any:
        return getattr(moto("cloudwatch"), name)


def test_without_a_billing_metric_the_switch_is_named_and_the_command_where_it_is_known_to_be_off(
    deployed: Deployed,
):
    deployed.stand_ins = {"cloudwatch": NoMetric(), "billing": Billing("ENABLED")}
    assert deployed.finding("billing metric").step.startswith("Switch on")
    deployed.stand_ins["billing"] = Billing("DISABLED")
    assert deployed.finding("billing metric").step.startswith("Run: cct doctor --fix")


def test_a_billing_metric_that_stands_still_for_a_day_is_looked_at(deployed: Deployed):
    found = deployed.finding("billing metric", later=timedelta(days=2))
    assert (found.state, found.what.startswith("its last value is of")) == ("look", True)


@pytest.mark.parametrize(("value", "updates"), [("ENABLED", 0), ("DISABLED", 1)])
def test_fixing_switches_the_metric_on_where_it_is_off_and_changes_nothing_else(
    deployed: Deployed, value: str, updates: int
):
    billing = Billing(value)
    deployed.stand_ins = {"billing": billing}
    said = switch_on(Account("123456789012", "me", deployed))  # type: ignore[arg-type]
    assert len(billing.updates) == updates
    assert said.startswith(
        "The billing metric is switched on" if updates else "Nothing was changed"
    )


def test_a_deployment_that_mails_to_nobody_is_broken(deployed: Deployed):
    sns = moto("sns")
    topic = sns.create_topic(Name=SETTINGS.notify_topic)["TopicArn"]
    for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    found = deployed.finding("mail subscription")
    assert (found.state, found.step) == (
        "broken",
        "python cli.py deploy --stage dev --email ADDRESS",
    )


def test_an_unconfirmed_subscription_is_broken(deployed: Deployed):
    deployed.stand_ins["sns"] = PendingMail()
    found = deployed.finding("mail subscription")
    assert (found.state, found.what) == ("broken", "a@b.c has not confirmed")
    assert "Subscription Confirmation" in found.step


def test_an_alarm_function_that_does_not_listen_is_broken(deployed: Deployed):
    sns = moto("sns")
    topic = sns.create_topic(Name=SETTINGS.alarms_topic)["TopicArn"]
    [one] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    assert deployed.finding("alarm subscription").state == "broken"


def test_a_missing_alarm_is_broken(deployed: Deployed):
    moto("cloudwatch").delete_alarms(AlarmNames=["cloud-cost-tracker-dev-charges-2"])
    found = deployed.finding("alarms")
    assert (found.state, found.what) == ("broken", "there is no alarm charges-2")


def test_an_alarm_without_data_for_days_is_stuck(deployed: Deployed):
    moto("cloudwatch").set_alarm_state(
        AlarmName="cloud-cost-tracker-dev-charges-1",
        StateValue="INSUFFICIENT_DATA",
        StateReason="-",
    )
    assert deployed.finding("alarms").state == "look"
    found = deployed.finding("alarms", later=timedelta(days=3))
    assert (found.state, found.what) == ("broken", "charges-1 has had no data for 3 days")


def test_a_permission_that_something_takes_away_is_named(deployed: Deployed):
    deployed.denied = "s3:PutObject"
    found = deployed.finding("permissions")
    assert found.what == "cloud-cost-tracker-dev-weekly_report may not s3:PutObject: implicitDeny"


def test_a_bucket_that_was_opened_is_broken(deployed: Deployed):
    moto("s3").put_public_access_block(
        Bucket=BUCKET, PublicAccessBlockConfiguration=CLOSED | {"BlockPublicPolicy": False}
    )
    assert deployed.finding("bucket").state == "broken"


@pytest.mark.parametrize("status", [200, 404, 302])
def test_a_site_that_answers_without_a_signature_is_broken(deployed: Deployed, status: int):
    deployed.statuses[False] = status
    found = deployed.finding("site")
    assert found.state == "broken"
    assert f"answers {status} to a request without signature" in found.what


def test_a_link_that_cloudfront_refuses_is_broken(deployed: Deployed):
    deployed.statuses[True] = 403
    assert deployed.finding("signed link").state == "broken"


def test_a_key_that_is_not_cloudfronts_is_broken(deployed: Deployed):
    ssm = moto("ssm")
    ssm.delete_parameter(Name="/cloud-cost-tracker/dev/link-key-a")
    make_key(ssm, SETTINGS, "a")
    found = deployed.finding("signed link")
    assert (found.state, found.step) == ("broken", "Run: python cli.py rotate-key --stage dev")


def test_an_old_report_is_broken_and_a_missing_one_is_told(deployed: Deployed):
    found = deployed.finding("reports", later=timedelta(days=9))
    assert (found.state, found.what) == ("broken", "the last one is 9 days old")
    moto("s3").delete_object(Bucket=BUCKET, Key="site/reports/2026-W48.html")
    assert deployed.finding("reports").state == "look"


def test_failures_that_go_to_nobody_are_broken(deployed: Deployed):
    moto("lambda").delete_function_event_invoke_config(
        FunctionName="cloud-cost-tracker-dev-explain_alarm"
    )
    found = deployed.finding("functions")
    assert (found.state, found.step) == ("broken", "Run: python cli.py deploy --stage dev")


def test_a_rule_in_another_region_is_broken(deployed: Deployed):
    events = moto("events", "eu-west-1")
    events.put_rule(
        Name="cloud-cost-tracker-dev-weekly_report-event", ScheduleExpression="rate(7 days)"
    )
    found = deployed.finding("other regions")
    assert found.what == "rule cloud-cost-tracker-dev-weekly_report-event in eu-west-1"
    assert found.step == "Run: python cli.py destroy --stage dev --strays; this one stays."


def test_an_account_in_which_nothing_is_deployed_is_told_what_to_run():
    with mock_aws():
        findings = Deployed().examine()
    broken = [one for one in findings if one.state == "broken"]
    assert {one.part for one in broken} >= {
        "mail subscription",
        "alarms",
        "functions",
        "bucket",
        "site",
    }
    assert all(one.step for one in broken)


def test_findings_are_also_json(deployed: Deployed):
    [first, *_] = json.loads(as_json(deployed.examine()))
    assert first == {
        "part": "credentials",
        "state": "ok",
        "what": "arn:aws:iam::123456789012:user/me, us-east-1",
        "step": "",
    }


def _deploy() -> None:
    sns, lambda_, cloudwatch = moto("sns"), moto("lambda"), moto("cloudwatch")
    alarms, notify = (
        sns.create_topic(Name=name)["TopicArn"]
        for name in (SETTINGS.alarms_topic, SETTINGS.notify_topic)
    )
    sns.subscribe(TopicArn=notify, Protocol="email", Endpoint="costs@example.com")
    function = "arn:aws:lambda:us-east-1:123456789012:function:cloud-cost-tracker-dev-explain_alarm"
    sns.subscribe(TopicArn=alarms, Protocol="lambda", Endpoint=function)
    for name in ALARMS:
        cloudwatch.put_metric_alarm(
            AlarmName=f"cloud-cost-tracker-dev-{name}",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
        )
    cloudwatch.put_metric_data(
        Namespace="AWS/Billing",
        MetricData=[
            {
                "MetricName": "EstimatedCharges",
                "Value": 1.0,
                "Timestamp": datetime.now(UTC),
                "Dimensions": [
                    {"Name": name, "Value": value}
                    for name, value in ({"Currency": "USD"} | more).items()
                ],
            }
            for more in ({}, {"ServiceName": "AmazonEC2"})
        ],
    )
    role = _role()
    for name in ("weekly_report", "watch_charges", "explain_alarm"):
        lambda_.create_function(
            FunctionName=f"cloud-cost-tracker-dev-{name}",
            Runtime="python3.12",
            Role=role,
            Handler=f"app.{name}",
            Code={"ZipFile": b"x"},
        )
        lambda_.put_function_event_invoke_config(
            FunctionName=f"cloud-cost-tracker-dev-{name}",
            DestinationConfig={"OnFailure": {"Destination": notify}},
        )
    _deploy_site()


def _role() -> str:
    role: str = moto("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    return role


def _deploy_site() -> None:
    s3, ssm = moto("s3"), moto("ssm")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=CLOSED)
    closed = {"Version": "2012-10-17", "Statement": []}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(closed))
    s3.put_object(Bucket=BUCKET, Key="site/reports/2026-W48.html", Body=b"page")
    public = {"CallerReference": "1", "Name": "a", "EncodedKey": make_key(ssm, SETTINGS, "a")}
    key = moto("cloudfront").create_public_key(PublicKeyConfig=public)["PublicKey"]["Id"]
    place = {
        "domain": "d1.cloudfront.net",
        "key_id": key,
        "private_key": "/cloud-cost-tracker/dev/link-key-a",
    }
    ssm.put_parameter(Name="/cloud-cost-tracker/dev/links", Type="String", Value=json.dumps(place))
