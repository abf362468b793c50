"""Costs, mails and alarms: whether what should be told can be."""

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.costs import Granularity, Period
from chalicelib.errors import CostSourceError
from chalicelib.sources.cost_explorer import CostExplorer, Query
from chalicelib.wiring import topic_arn
from deployment.deploy import listening
from deployment.doctor.examination import Examination, Result

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

ALARMS = (
    *("charges-1", "charges-2", "charges-3"),
    *("report-failed", "report-missing", "watch-failed"),
    *("explanation-failed", "explanation-missing", "failure-untold"),
)


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


def _log_command(at: Examination, alarm: str) -> str:
    functions = {"report": "weekly_report", "watch": "watch_charges"}
    function = functions.get(alarm.partition("-")[0], "explain_alarm")
    return f"aws logs tail /aws/lambda/{at.settings.root}-{function} --since 8d --region us-east-1"


CHECKS = (_cost_explorer, _mail_subscription, _alarm_subscription, _alarms)
