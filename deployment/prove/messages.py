"""Claims about what is sent: who may, to whom it goes, and that nothing is wrong at present."""

import json
from typing import Any

from deployment.doctor import ALARMS
from deployment.prove.claim import Claim, Found, Trial, holds_unless


def _topics_admit_their_senders(at: Trial) -> Found:
    wanted = {at.settings.alarms_topic: ["cloudwatch"], at.settings.notify_topic: ["cloudwatch"]}
    if at.settings.monthly_budget:
        wanted[at.settings.alarms_topic].append("budgets")
    wrong = []
    for topic, senders in wanted.items():
        attributes = at.client("sns").get_topic_attributes(TopicArn=at.topic(topic))["Attributes"]
        allowed = [
            one for one in json.loads(attributes["Policy"])["Statement"] if one["Effect"] == "Allow"
        ]
        for sender in senders:
            if not any(_service(one) == f"{sender}.amazonaws.com" for one in allowed):
                wrong.append(f"{topic} does not admit {sender}")
        wrong += [f"{topic} admits anybody" for one in allowed if not _bound_to(one, at.account.id)]
    return holds_unless(wrong, "senders of this account, and nobody else", f"Run: {at.redeploy}")


def _service(statement: dict[str, Any]) -> str:
    principal = statement["Principal"]
    return str(principal.get("Service", "")) if isinstance(principal, dict) else ""


def _bound_to(statement: dict[str, Any], account_id: str) -> bool:
    conditions = statement.get("Condition", {}).get("StringEquals", {})
    return any(
        name.lower() in ("aws:sourceaccount", "aws:sourceowner") and value == account_id
        for name, value in conditions.items()
    )


def _somebody_gets_the_mails(at: Trial) -> Found:
    pages = at.client("sns").get_paginator("list_subscriptions_by_topic")
    found = [
        one
        for page in pages.paginate(TopicArn=at.topic(at.settings.notify_topic))
        for one in page["Subscriptions"]
    ]
    waiting = [one["Endpoint"] for one in found if not one["SubscriptionArn"].startswith("arn:")]
    if len(found) > len(waiting):
        return True, f"{len(found) - len(waiting)} confirmed, {len(waiting)} not", ""
    return (
        False,
        "nobody has confirmed",
        "Open the mail AWS Notification - Subscription Confirmation.",
    )


def _alarms_are_listened_to(at: Trial) -> Found:
    pages = at.client("sns").get_paginator("list_subscriptions_by_topic")
    found = [
        one["Endpoint"]
        for page in pages.paginate(TopicArn=at.topic(at.settings.alarms_topic))
        for one in page["Subscriptions"]
        if one["Endpoint"].endswith(f":{at.settings.root}-explain_alarm")
    ]
    wrong = [] if len(found) == 1 else [f"{len(found)} subscriptions of the function"]
    return holds_unless(wrong, "by the function that explains them", f"Run: {at.redeploy}")


def _own_alarms_are_quiet(at: Trial) -> Found:
    prefix = f"{at.settings.root}-"
    pages = at.client("cloudwatch").get_paginator("describe_alarms")
    found = {
        one["AlarmName"].removeprefix(prefix): one
        for page in pages.paginate(AlarmNamePrefix=prefix)
        for one in page["MetricAlarms"]
    }
    wrong = [f"there is no alarm {name}" for name in ALARMS if name not in found]
    for name in ALARMS:
        alarm = found.get(name, {"StateValue": "OK"})
        if alarm["StateValue"] == "ALARM" and not name.startswith("charges"):
            wrong.append(f"{name} is in alarm")
        if not alarm.get("ActionsEnabled", True):
            wrong.append(f"{name} is switched off")
    return holds_unless(
        wrong, f"{len(ALARMS)} alarms, none of ours raised", "See: python cli.py doctor"
    )


def _billing_metric_is_there(at: Trial) -> Found:
    found = at.client("cloudwatch").list_metrics(
        Namespace="AWS/Billing", MetricName="EstimatedCharges"
    )["Metrics"]
    step = 'Switch on "Receive CloudWatch billing alerts" in the billing preferences.'
    return bool(found), f"{len(found)} metrics", "" if found else step


CLAIMS = (
    Claim("The topics admit their senders only", "GetTopicAttributes", _topics_admit_their_senders),
    Claim("Somebody gets the mails", "ListSubscriptionsByTopic", _somebody_gets_the_mails),
    Claim("Alarms reach the function once", "ListSubscriptionsByTopic", _alarms_are_listened_to),
    Claim("Our own alarms are there, and quiet", "DescribeAlarms", _own_alarms_are_quiet),
    Claim("AWS publishes the billing metric", "ListMetrics", _billing_metric_is_there),
)
