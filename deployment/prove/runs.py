"""Claims that only a whole run shows: a report, an answered alarm, a failure that is told. They cost and mail."""

import json
from datetime import datetime, timedelta

from botocore.config import Config

from deployment.prove.claim import Claim, Found, Trial

POLL_SECONDS = 10.0
ANSWER_POLLS = 30
"""Five minutes: SNS delivers in seconds, logs take up to a minute, the function has two."""
FAILURE_POLLS = 60
"""Ten minutes: Lambda tries twice more, after one minute and after two; metrics come a minute late."""
# An invocation is not repeated by us: that would pay twice, and the function has 300 seconds.
PATIENT = Config(read_timeout=330, retries={"total_max_attempts": 1})


def _a_report_is_made(at: Trial) -> Found:
    begun = at.now.replace(microsecond=0)
    answer = at.client("lambda", config=PATIENT).invoke(
        FunctionName=f"{at.settings.root}-weekly_report",
        Payload=json.dumps(scheduled(at.account.id, begun)).encode(),
    )
    if answer.get("FunctionError"):
        return False, "the function failed", _log(at, "weekly_report")
    head = at.client("s3").head_object(
        Bucket=at.settings.bucket(at.account.id), Key="site/index.html"
    )
    if head["LastModified"] < begun:
        return False, "the function ran, but the page is older", _log(at, "weekly_report")
    return True, f"{head['ContentLength']} bytes, {head['ContentType']}", ""


def scheduled(account_id: str, time: datetime) -> dict[str, object]:
    """The event that EventBridge sends on its schedule."""
    return {
        "version": "0",
        "id": "cct",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account_id,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }


def _an_alarm_is_answered(at: Trial) -> Found:
    cloudwatch, alarm = at.client("cloudwatch"), f"{at.settings.root}-charges-1"
    found = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    if not found:
        return False, f"there is no alarm {alarm}", f"Run: {at.redeploy}"
    begun = at.now - timedelta(seconds=1)
    # From OK, because an alarm that is raised already sends nothing when it is raised again.
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="cct prove")
    try:
        return _answer(at, begun)
    finally:
        cloudwatch.set_alarm_state(
            AlarmName=alarm, StateValue=found[0]["StateValue"], StateReason="cct prove is done"
        )


def _answer(at: Trial, begun: datetime) -> Found:
    logs, step = at.client("logs"), _log(at, "explain_alarm")
    for _ in range(ANSWER_POLLS):
        events = logs.filter_log_events(
            logGroupName=f"/aws/lambda/{at.settings.root}-explain_alarm",
            startTime=int(begun.timestamp() * 1000),
        )["events"]
        lines = [one["message"] for one in events]
        if any("failed" in line or "ERROR" in line for line in lines):
            return False, "the function ran, and says that explaining failed", step
        if any(line.startswith("REPORT RequestId") for line in lines):
            return True, "the function ran to its end", ""
        at.sleep(POLL_SECONDS)
    return False, "no run of the function within five minutes", step


def _a_failure_is_told(at: Trial) -> Found:
    begun = at.now
    at.client("lambda").invoke(
        FunctionName=f"{at.settings.root}-weekly_report", InvocationType="Event", Payload=b"{}"
    )
    for _ in range(FAILURE_POLLS):
        if _destination_failures(at, begun):
            return False, "Lambda could not send it", _log(at, "weekly_report")
        if _published(at, begun):
            return True, "a message went out; the mail holds the event", ""
        at.sleep(POLL_SECONDS)
    return False, "no message within ten minutes", f"Run: {at.redeploy}"


def _published(at: Trial, since: datetime) -> float:
    dimension = {"Name": "TopicName", "Value": at.settings.notify_topic}
    return _sum(at, since, "AWS/SNS", "NumberOfMessagesPublished", dimension)


def _destination_failures(at: Trial, since: datetime) -> float:
    dimension = {"Name": "FunctionName", "Value": f"{at.settings.root}-weekly_report"}
    return _sum(at, since, "AWS/Lambda", "DestinationDeliveryFailures", dimension)


def _sum(at: Trial, since: datetime, space: str, metric: str, dimension: dict[str, str]) -> float:
    # From the next whole minute, so that a message of an earlier check does not count.
    start = since.replace(second=0, microsecond=0) + timedelta(minutes=1)
    points = at.client("cloudwatch").get_metric_statistics(
        Namespace=space,
        MetricName=metric,
        Dimensions=[dimension],
        StartTime=start,
        EndTime=start + timedelta(hours=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(float(one["Sum"]) for one in points)


def _log(at: Trial, function: str) -> str:
    return f"aws logs tail /aws/lambda/{at.settings.root}-{function} --since 1h --region us-east-1"


CLAIMS = (
    Claim(
        "A report is made, end to end", "Invoke, then HeadObject", _a_report_is_made, spends=True
    ),
    Claim(
        "An alarm is answered, end to end",
        "SetAlarmState, then the log",
        _an_alarm_is_answered,
        spends=True,
    ),
    Claim("A run that fails for good is told", "Invoke with {}", _a_failure_is_told, spends=True),
)
