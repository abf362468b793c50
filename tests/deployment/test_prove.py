"""Every claim of `prove` holds on a whole deployment, and each is seen failing on one that is broken there."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from deployment.account import Account
from deployment.prove import CLAIMS, as_json, as_markdown
from tests.deployment.proving import (
    BUCKET,
    EXPLAIN,
    REPORT,
    SETTINGS,
    TOPIC,
    Deployed,
    client,
    deploy,
    distribution,
)
from tests.infra.stack import ACCOUNT


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with mock_aws():
        yield deploy()


def test_every_claim_holds_on_a_whole_deployment(deployed: Deployed):
    assert [(one.claim.says, one.result) for one in deployed.prove() if not one.holds] == []


def test_the_alarm_is_left_as_it_was(deployed: Deployed):
    deployed.prove()
    [alarm] = client("cloudwatch").describe_alarms(AlarmNames=[f"{SETTINGS.root}-charges-1"])[
        "MetricAlarms"
    ]
    assert alarm["StateValue"] == "OK"


def test_cheap_leaves_out_what_costs_mails_or_changes(deployed: Deployed):
    proven = deployed.prove(cheap=True)
    left_out = [one.claim.says for one in proven if one.holds is None]
    assert left_out == [one.says for one in CLAIMS if one.spends]
    assert len(left_out) == 3


def _behaviour(**changed: Any) -> Callable[[Deployed], None]:
    def change(at: Deployed) -> None:
        at.distribution = distribution(**changed)

    return change


def _log_with_query(_: Deployed) -> None:
    logs, name = client("logs"), f"{SETTINGS.root}-access"
    resource = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:access"
    logs.create_log_group(logGroupName="access")
    logs.put_delivery_source(name=name, resourceArn=resource, logType="ACCESS_LOGS")
    destination = logs.put_delivery_destination(
        name=name, deliveryDestinationConfiguration={"destinationResourceArn": group}
    )["deliveryDestination"]["arn"]
    logs.create_delivery(
        deliverySourceName=name,
        deliveryDestinationArn=destination,
        recordFields=["date", "cs-uri-query"],
    )


def _admit_anybody(_: Deployed) -> None:
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
    client("sns").set_topic_attributes(
        TopicArn=TOPIC.format(ACCOUNT, SETTINGS.alarms_topic),
        AttributeName="Policy",
        AttributeValue=json.dumps({"Statement": [everybody]}),
    )


def _unsubscribe(topic: str) -> None:
    sns = client("sns")
    arn = TOPIC.format(ACCOUNT, topic)
    for one in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])


def _second_rule(_: Deployed) -> None:
    events = client("events")
    events.put_rule(Name="second", ScheduleExpression="rate(7 days)")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{REPORT}"
    events.put_targets(Rule="second", Targets=[{"Id": "1", "Arn": arn}])


def _open_to_anybody(_: Deployed) -> None:
    client("lambda").add_permission(
        FunctionName=REPORT, StatementId="x", Action="lambda:InvokeFunction", Principal="*"
    )


def _raise_own_alarm(_: Deployed) -> None:
    client("cloudwatch").set_alarm_state(
        AlarmName=f"{SETTINGS.root}-report-missing", StateValue="ALARM", StateReason="-"
    )


BREAKS: list[tuple[str, str, Callable[[Deployed], object]]] = [
    (
        "The bucket is closed to everybody",
        "anybody can read a page",
        lambda _: client("s3").put_object_acl(
            Bucket=BUCKET, Key="site/index.html", ACL="public-read"
        ),
    ),
    (
        "A page without a signature is refused",
        "answers 200",
        lambda at: at.statuses.update(unsigned=200),
    ),
    ("An altered link is refused", "another page: 200", lambda at: at.statuses.update(altered=200)),
    ("An expired link is refused", "expired: 200", lambda at: at.statuses.update(expired=200)),
    ("A signed link opens the page", "answers 403", lambda at: at.statuses.update(signed=403)),
    (
        "Plain HTTP is refused, not redirected",
        "answers 301",
        lambda at: at.statuses.update(http=301),
    ),
    (
        "Origin access and keys are attached",
        "trusts no key group",
        _behaviour(groups={"Enabled": False, "Quantity": 0}),
    ),
    ("Origin access and keys are attached", "allows allow-all", _behaviour(protocol="allow-all")),
    ("Origin access and keys are attached", "no Origin Access Control", _behaviour(access="")),
    ("The access log holds no link", "keeps cs-uri-query", _log_with_query),
    (
        "Each role may do what its function does",
        f"{REPORT} may not s3:PutObject",
        lambda at: at.denied.append("s3:PutObject"),
    ),
    (
        "No role may do more",
        f"{EXPLAIN} may s3:GetObject",
        lambda at: at.granted.append("s3:GetObject"),
    ),
    (
        "No role may do more",
        "publish to the topic that alarms arrive on",
        lambda at: at.granted.append("sns:Publish"),
    ),
    ("The week is scheduled once, and only here", "2 rules start the report", _second_rule),
    (
        "The week is scheduled once, and only here",
        "is switched off",
        lambda _: client("events").disable_rule(Name=f"{REPORT}-event"),
    ),
    (
        "The functions run as configured",
        "Timeout 60, not 300",
        lambda _: client("lambda").update_function_configuration(FunctionName=REPORT, Timeout=60),
    ),
    (
        "The functions run as configured",
        "its reserved concurrency is 0",
        lambda _: client("lambda").put_function_concurrency(
            FunctionName=REPORT, ReservedConcurrentExecutions=0
        ),
    ),
    ("The functions run as configured", "may be started by", _open_to_anybody),
    (
        "A failed run is sent to the notify topic",
        f"failures of {EXPLAIN} are sent to nobody",
        lambda _: client("lambda").delete_function_event_invoke_config(FunctionName=EXPLAIN),
    ),
    ("The topics admit their senders only", "admits anybody", _admit_anybody),
    (
        "Somebody gets the mails",
        "nobody has confirmed",
        lambda _: _unsubscribe(SETTINGS.notify_topic),
    ),
    (
        "Alarms reach the function once",
        "0 subscriptions",
        lambda _: _unsubscribe(SETTINGS.alarms_topic),
    ),
    ("Our own alarms are there, and quiet", "report-missing is in alarm", _raise_own_alarm),
    (
        "A report is made, end to end",
        "the function failed",
        lambda at: setattr(at, "report", "failed"),
    ),
    ("An alarm is answered, end to end", "no run", lambda at: setattr(at, "answer", "")),
    (
        "An alarm is answered, end to end",
        "says that explaining failed",
        lambda at: setattr(at, "answer", "Explaining an alarm failed with X"),
    ),
    ("A run that fails for good is told", "no message", lambda at: setattr(at, "told", "")),
    (
        "A run that fails for good is told",
        "could not send it",
        lambda at: setattr(at, "told", "AWS/Lambda DestinationDeliveryFailures"),
    ),
]


@pytest.mark.parametrize(("says", "result", "break_it"), BREAKS)
def test_a_claim_fails_where_what_it_claims_is_broken(
    says: str, result: str, break_it: Callable[[Deployed], object], deployed: Deployed
):
    break_it(deployed)
    proven = {one.claim.says: one for one in deployed.prove()}
    assert proven[says].holds is False
    assert result in proven[says].result
    assert proven[says].step


def test_the_billing_metric_is_missed_where_there_is_none():
    with mock_aws():
        proven = {one.claim.says: one for one in Deployed().prove(cheap=True)}
    assert proven["AWS publishes the billing metric"].holds is False


def test_every_claim_is_seen_failing():
    seen = {says for says, *_ in BREAKS} | {"AWS publishes the billing metric"}
    assert seen == {one.says for one in CLAIMS}


def test_where_nothing_is_deployed_no_claim_holds_and_each_says_a_step():
    with mock_aws():
        proven = Deployed(told="", report="failed").prove()
    holding = {one.claim.says for one in proven if one.holds}
    assert holding <= {
        "The access log holds no link",
        "Each role may do what its function does",
        "No role may do more",
    }
    assert all(one.step for one in proven if not one.holds)


def test_the_record_names_each_claim_and_hides_the_account(deployed: Deployed):
    deployed.statuses["http"] = 301
    proven = deployed.prove(cheap=True)
    text = as_markdown(Account(ACCOUNT, "me", deployed), SETTINGS, proven)  # type: ignore[arg-type]
    assert "1 of 21 claims do not hold" in text
    assert ACCOUNT not in text
    assert text.count("\n| ") == len(proven) + 2
    assert len(json.loads(as_json(proven))) == len(proven)
