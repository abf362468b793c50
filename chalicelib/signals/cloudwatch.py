"""CloudWatch alarms, in the three forms they arrive in.

To SNS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
Through EventBridge: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
Straight to a function: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chalicelib.costs import Scope
from chalicelib.signals.data_points import DataPoint, data_point
from chalicelib.signals.reading import (
    json_object,
    mapping_of,
    mappings_of,
    moment,
    number,
    text_of,
)
from chalicelib.signals.terms import Term, TermKind
from chalicelib.signals.watched import Watched, watched

_CHANGED_ON = re.compile(r"\S+:alarm:(.+?) transitioned to (\w+)")


class AlarmState(StrEnum):
    """State of a CloudWatch alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch alarm that changed its state.

    `amount` and `threshold` are None where the message does not say them; `charged_at` is when the
    amount was charged: the time of the newest data point, else of the state change. `region` is a
    region code, or the display name where an old message has no ARN. `about_costs` is False for an
    alarm on some other metric; a composite alarm does not say, and counts as one on costs.

    `formula` is the expression, where the alarm is on one, and `term` what it comes to: its amount
    is a bill only where `is_bill`. `precise` is False where `scope` is wider than what the alarm is
    about. `band` means that the limit is an anomaly model's band. `children` are the alarms that
    made a composite one change.
    """

    name: str
    state: AlarmState
    old_state: str
    reason: str
    amount: Decimal | None
    threshold: Decimal | None
    comparison: str
    currency: str
    scope: Scope
    metric: str
    formula: str
    account: str
    region: str
    time: datetime | None
    description: str
    about_costs: bool
    composite: bool
    charged_at: datetime | None = None
    term: Term | None = None
    precise: bool = True
    band: bool = False
    children: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """The day that the amount is of: EstimatedCharges is the charge so far of that day's month."""
        return self.charged_at.date() if self.charged_at else None

    @property
    def is_bill(self) -> bool:
        """Whether the amount is what `scope` has cost so far in its month."""
        kind = self.term.kind if self.term else TermKind.METRIC
        plain = not self.formula or self.band or kind in (TermKind.METRIC, TermKind.SUM)
        return self.about_costs and not self.composite and plain


def read_alarm(body: Mapping[str, Any]) -> Alarm | None:
    """The alarm that a message is about; None where it is about none."""
    body = _plain_form(body)
    state = text_of(body, "NewStateValue")
    if "AlarmName" not in body or state not in AlarmState:
        return None
    reason = text_of(body, "NewStateReason")
    trigger = mapping_of(body, "Trigger")
    point = data_point(reason, text_of(body, "NewStateReasonData"))
    seen = watched(trigger)
    composite = "AlarmRule" in body
    time = moment(text_of(body, "StateChangeTime"))
    return Alarm(
        name=text_of(body, "AlarmName"),
        state=AlarmState(state),
        old_state=text_of(body, "OldStateValue"),
        reason=reason,
        amount=point.amount,
        threshold=_threshold(trigger, point, seen),
        comparison=_comparison(trigger, point),
        currency=seen.currency,
        scope=seen.scope,
        metric=seen.metric,
        formula=seen.formula,
        account=text_of(body, "AWSAccountId"),
        region=_region(body),
        time=time,
        description=text_of(body, "AlarmDescription"),
        about_costs=composite or seen.about_costs or _says_nothing(body, trigger),
        composite=composite,
        charged_at=point.time or time,
        term=seen.term,
        precise=seen.precise,
        band=seen.band or "ThresholdMetricId" in trigger,
        children=_children(body, reason) if composite else (),
    )


def _says_nothing(body: Mapping[str, Any], trigger: Mapping[str, Any]) -> bool:
    """Whether a message has lost what it watches; on this topic that counts as costs."""
    return not trigger and not {"QueryString", "LogGroupNames", "EvaluationCriteria"} & body.keys()


def _threshold(trigger: Mapping[str, Any], point: DataPoint, seen: Watched) -> Decimal | None:
    if seen.band or "ThresholdMetricId" in trigger:
        below = point.amount is not None and point.lower is not None and point.amount < point.lower
        return point.lower if below or point.upper is None else point.upper
    stated = number(trigger.get("Threshold"))
    return point.threshold if stated is None else stated


def _comparison(trigger: Mapping[str, Any], point: DataPoint) -> str:
    stated = text_of(trigger, "ComparisonOperator")
    if "UpperThreshold" in stated or "LowerThreshold" in stated or (point.upper and not stated):
        below = point.amount is not None and point.lower is not None and point.amount < point.lower
        return "LessThanThreshold" if below or point.upper is None else "GreaterThanThreshold"
    return stated or point.comparison or _guessed(point)


def _guessed(point: DataPoint) -> str:
    """The comparison, where only the two figures are left of it."""
    if point.amount is None or point.threshold is None or point.amount == point.threshold:
        return ""
    return "GreaterThanThreshold" if point.amount > point.threshold else "LessThanThreshold"


def _region(body: Mapping[str, Any]) -> str:
    parts = text_of(body, "AlarmArn").split(":")
    return parts[3] if len(parts) > 3 and parts[3] else text_of(body, "Region")


def _children(body: Mapping[str, Any], reason: str) -> tuple[str, ...]:
    """The names of the child alarms that are in alarm, or else of those that changed."""
    data = json_object(text_of(body, "NewStateReasonData"))
    listed = [
        (text_of(each, "Arn", "arn"), mapping_of(each, "State") or mapping_of(each, "state"))
        for each in [
            *mappings_of(body, "TriggeringChildren"),
            *mappings_of(data, "triggeringAlarms"),
        ]
    ]
    alarmed = [arn for arn, state in listed if text_of(state, "Value", "value") == "ALARM"]
    names = [arn.split(":alarm:")[-1] for arn in alarmed or [arn for arn, _ in listed] if arn]
    in_words = [name for name, _ in _CHANGED_ON.findall(reason)]
    return tuple(dict.fromkeys(names or in_words))


# The other forms, brought into the one that SNS has


def _plain_form(body: Mapping[str, Any]) -> Mapping[str, Any]:
    if "AlarmName" in body:
        return body
    alarm = mapping_of(body, "alarmData") or mapping_of(body, "detail")
    state, configuration = mapping_of(alarm, "state"), mapping_of(alarm, "configuration")
    if "alarmName" not in alarm or not state:
        return body
    plain: dict[str, Any] = {
        "AlarmName": text_of(alarm, "alarmName"),
        "AlarmDescription": text_of(configuration, "description"),
        "AWSAccountId": text_of(body, "account", "accountId"),
        "NewStateValue": text_of(state, "value"),
        "NewStateReason": text_of(state, "reason"),
        "NewStateReasonData": text_of(state, "reasonData"),
        "StateChangeTime": text_of(state, "timestamp") or text_of(body, "time"),
        "OldStateValue": text_of(mapping_of(alarm, "previousState"), "value"),
        "Region": text_of(body, "region"),
        "AlarmArn": text_of(body, "alarmArn"),
        "Trigger": {"Metrics": [*map(_metric_entry, mappings_of(configuration, "metrics"))]},
    }
    if "alarmRule" in configuration:
        plain |= {"AlarmRule": configuration["alarmRule"], "Trigger": {}}
    return plain


def _metric_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    metric = mapping_of(mapping_of(entry, "metricStat"), "metric")
    made: dict[str, Any] = {"Id": text_of(entry, "id"), "Expression": text_of(entry, "expression")}
    if "returnData" in entry:
        made["ReturnData"] = entry["returnData"]
    if metric:
        named = {
            "Namespace": text_of(metric, "namespace"),
            "MetricName": text_of(metric, "name"),
            "Dimensions": metric.get("dimensions"),
        }
        made["MetricStat"] = {"Metric": named}
    return made
