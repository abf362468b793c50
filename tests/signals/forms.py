"""Messages as AWS's senders write them, put together from their documented fields."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

ACCOUNT = "222233334444"
MEMBER = "333344445555"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:cloud-cost-tracker-dev-alarms"
NOW = "2027-03-05T03:40:02.500Z"


def event(message: str | Mapping[str, Any], subject: str | None = None, now: str = NOW) -> Any:
    """The SNS event that carries a message."""
    text = message if isinstance(message, str) else json.dumps(message)
    sns = {"TopicArn": TOPIC, "Subject": subject, "Message": text, "Timestamp": now}
    return {"Records": [{"EventSource": "aws:sns", "Sns": sns}]}


# CloudWatch


def reason(
    amount: str = "455.2",
    limit: str = "400.0",
    point: str = "04/03/27 21:40:00",
    words: str = "greater than the threshold",
) -> str:
    return (
        f"Threshold Crossed: 1 out of the last 1 datapoints [{amount} ({point})] was {words} "
        f"({limit}) (minimum 1 datapoint for OK -> ALARM transition)."
    )


def alarm(name: str = "march-limit", **changes: Any) -> dict[str, Any]:
    """An alarm as SNS carries it, with other fields."""
    body = {
        "AlarmName": name,
        "AlarmDescription": None,
        "AWSAccountId": ACCOUNT,
        "NewStateValue": "ALARM",
        "OldStateValue": "OK",
        "NewStateReason": reason(),
        "StateChangeTime": "2027-03-05T03:40:02.000+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}",
        "Trigger": trigger(),
    }
    return body | changes


def trigger(
    limit: float = 400, comparison: str = "GreaterThanThreshold", **more: str
) -> dict[str, Any]:
    """A trigger on one billing metric with these dimensions."""
    return {
        "MetricName": "EstimatedCharges",
        "Namespace": "AWS/Billing",
        "Statistic": "MAXIMUM",
        "Unit": None,
        "Dimensions": [*({"name": n, "value": v} for n, v in ({"Currency": "USD"} | more).items())],
        "Period": 21600,
        "EvaluationPeriods": 1,
        "ComparisonOperator": comparison,
        "Threshold": limit,
    }


def metric(name: str, returned: bool = False, **dimensions: str) -> dict[str, Any]:
    """One metric of a formula."""
    named = [{"name": key, "value": value} for key, value in dimensions.items()]
    charge = {"Namespace": "AWS/Billing", "MetricName": "EstimatedCharges", "Dimensions": named}
    stat = {"Metric": charge, "Period": 21600, "Stat": "Maximum"}
    return {"Id": name, "MetricStat": stat, "ReturnData": returned}


def math(
    expression: str,
    *metrics: dict[str, Any],
    amount: str,
    limit: str,
    name: str = "formula",
    **changes: Any,
) -> dict[str, Any]:
    """An alarm on a formula of metrics."""
    formula = {"Id": "e1", "Expression": expression, "Label": "l", "ReturnData": True}
    made = {
        "Period": 21600,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": float(limit),
        "Metrics": [formula, *metrics],
    }
    return alarm(name, Trigger=made, NewStateReason=reason(amount, limit), **changes)


def band(amount: str, low: str, high: str, side: str, *, stated: str) -> dict[str, Any]:
    """An alarm on the band of an anomaly model."""
    ran = {
        "Id": "ad1",
        "Expression": "ANOMALY_DETECTION_BAND(m1, 2)",
        "Label": "EstimatedCharges (expected)",
        "ReturnData": True,
    }
    made = {
        "ComparisonOperator": stated,
        "ThresholdMetricId": "ad1",
        "EvaluationPeriods": 1,
        "Metrics": [metric("m1", returned=True, Currency="USD"), ran],
    }
    edges = {
        "upper": f"was greater than the upper thresholds [{high}]",
        "lower": f"was less than the lower thresholds [{low}]",
        "both": f"was less than the lower thresholds [{low}] or greater than the upper thresholds [{high}]",
    }
    said = f"Thresholds Crossed: 1 out of the last 1 datapoints [{amount} (04/03/27 21:40:00)] {edges[side]} "
    return alarm("odd-bill", Trigger=made, NewStateReason=f"{said}(minimum 1 datapoint).")


def composite(rule: str, *children: str, why: str = "") -> dict[str, Any]:
    """A composite alarm that these children turned."""
    arns = [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{child}" for child in children]
    listed = [{"Arn": arn, "State": {"Value": "ALARM"}} for arn in arns]
    made = alarm(
        "costs-and-month-young",
        AlarmRule=rule,
        TriggeringChildren=listed,
        NewStateReason=why
        or f"{arns[0]} transitioned to ALARM at Friday 05 March, 2027 03:40:02 UTC",
    )
    del made["Trigger"]
    return made


def state(
    amount: str = "455.2", limit: str = "400.0", point: str = "2027-03-04T21:40"
) -> dict[str, Any]:
    """The state of an alarm as EventBridge has it."""
    data = {
        "version": "1.0",
        "startDate": f"{point}:00.000+0000",
        "period": 21600,
        "recentDatapoints": [float(amount)],
        "threshold": float(limit),
        "evaluatedDatapoints": [{"timestamp": f"{point}:00.000+0000", "value": float(amount)}],
    }
    return {
        "value": "ALARM",
        "reason": reason(amount, limit),
        "reasonData": json.dumps(data),
        "timestamp": "2027-03-05T03:40:02.000+0000",
    }


def bridged(
    found: Mapping[str, Any] | None = None, dimensions: Mapping[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """An alarm's change of state as EventBridge delivers it."""
    charge = {
        "namespace": "AWS/Billing",
        "name": "EstimatedCharges",
        "dimensions": dict(dimensions or {"Currency": "USD"}),
    }
    stat = {"metric": charge, "period": 21600, "stat": "Maximum"}
    configuration = {
        "description": "d",
        "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}],
    }
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": "2027-03-05T03:40:02Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:bridged"],
        "detail": {
            "alarmName": "bridged",
            "state": dict(found or state()),
            "previousState": {"value": "OK"},
            "configuration": configuration | more,
        },
    }


def direct(found: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An alarm that calls a function itself."""
    made = bridged(found)
    return {
        "source": "aws.cloudwatch",
        "alarmArn": made["resources"][0],
        "accountId": ACCOUNT,
        "time": "2027-03-05T03:40:02.000+0000",
        "region": "us-east-1",
        "alarmData": made["detail"],
    }


# Budgets


def budget(
    amount: str = "$455.20",
    threshold: str = "$400.00",
    budgeted: str = "$500.00",
    *,
    side: str = ">",
    name: str = "Team money",
    of: str = "Cost",
    forecast: bool = False,
    period: str = "for the current month",
    lines: Sequence[str] = (),
    on: str = "March 5, 2027",
) -> str:
    """A notice of AWS Budgets."""
    word = "FORECASTED" if forecast else "ACTUAL"
    than = {">": "greater than", "<": "less than", "=": "equal to"}[side]
    block = [
        f"Budget Name: {name}",
        f"Budget Type: {of}",
        f"Budgeted Amount: {budgeted}",
        f"Alert Type: {word}",
        f"Alert Threshold: {side} {threshold}",
        f"{word} Amount: {amount}",
        *lines,
    ]
    return (
        f"AWS Budget Notification {on}\nAWS Account {ACCOUNT}\n\nDear AWS Customer,\n\n"
        f"You requested that we alert you when the {word} {of} associated with your {name} budget is "
        f"{than} {threshold} {period}. The {word} {of} associated with this budget is {amount}. "
        "You can find additional details below and by accessing the AWS Budgets dashboard [1].\n\n"
        + "\n".join(block)
        + "\n\n[1] https://console.aws.amazon.com/billing/home#/budgets\n"
    )


def translated(*lines: str, heading: str) -> str:
    """A notice in another language."""
    return "\n".join(
        [heading, "", *lines, "", "[1] https://console.aws.amazon.com/billing/home#/budgets"]
    )


# Anomaly Detection


def cause(
    service: str, account: str = ACCOUNT, name: str = "", share: float | None = None, **more: str
) -> Any:
    made: dict[str, Any] = {"service": service, "linkedAccount": account, "linkedAccountName": name}
    if share is not None:
        made["impact"] = {"contribution": share}
    return made | more


def anomaly(
    *causes: Any, subject: str = "", impact: Mapping[str, float] | None = None, **more: Any
) -> dict[str, Any]:
    """An anomaly as SNS carries it."""
    return {
        "accountId": ACCOUNT,
        "anomalyDetailsLink": "https://console.aws.amazon.com/cost-management/home#/anomaly-detection/x",
        "anomalyId": "newAnomalyId",
        "anomalyStartDate": "2027-02-24T00:00:00Z",
        "anomalyEndDate": "2027-03-04T00:00:00Z",
        "anomalyScore": {"currentScore": 0.47, "maxScore": 0.47},
        "dimensionalValue": subject,
        "impact": dict(
            impact
            or {
                "maxImpact": 15.5,
                "totalActualSpend": 121.5,
                "totalExpectedSpend": 1.5,
                "totalImpact": 120.0,
                "totalImpactPercentage": 8000.0,
            }
        ),
        "monitorArn": f"arn:aws:ce::{ACCOUNT}:anomalymonitor/m",
        "rootCauses": [*causes],
        "subscriptionId": "s",
        "subscriptionName": "all",
    } | more
