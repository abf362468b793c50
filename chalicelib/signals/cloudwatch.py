"""CloudWatch alarms.

Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chalicelib.costs import Scope
from chalicelib.service_names import services_of_metric
from chalicelib.signals.reading import amount_in, mapping_of, mappings_of, moment, number, text_of

BILLING = "AWS/Billing"


DATA_POINT = re.compile(r"\[\s*-?[\d.,E+-]+ \((\d\d/\d\d/\d\d \d\d:\d\d:\d\d)\)")


class AlarmState(StrEnum):
    """State of a CloudWatch alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch alarm that changed its state.

    `amount` and `threshold` are None where the message does not say them. `region` is a region
    code, or the display name where an old message has no ARN. `about_costs` is False for an alarm
    on some other metric; a composite alarm does not say, and counts as one on costs. `formula` is
    the metric-math expression, where the alarm is on one: its amount is then not a bill.
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

    @property
    def charged_at(self) -> datetime | None:
        """When the amount was charged: the newest data point's time, else the state change's.

        EstimatedCharges is the charge so far of the month of its data point, which on the first of a
        month is still last month's. The reason writes the day first: `[2.5 (31/03/27 17:20:00)]`.
        """
        found = DATA_POINT.search(self.reason)
        if found is None:
            return self.time
        try:
            return datetime.strptime(found.group(1), "%d/%m/%y %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            return self.time


def read_alarm(body: Mapping[str, Any]) -> Alarm | None:
    """The alarm that a message is about; None where it is about none."""
    if "AlarmName" not in body or "NewStateValue" not in body:
        return None
    state = text_of(body, "NewStateValue")
    if state not in AlarmState:
        return None
    trigger = mapping_of(body, "Trigger")
    metric = _metric(trigger)
    reason = text_of(body, "NewStateReason")
    dimensions = dict(_dimensions(metric.get("Dimensions")))
    composite = "AlarmRule" in body
    return Alarm(
        name=text_of(body, "AlarmName"),
        state=AlarmState(state),
        old_state=text_of(body, "OldStateValue"),
        reason=reason,
        amount=amount_in(reason, r"\[\s*(-?[\d.,]+(?:E[+-]?\d+)?)"),
        threshold=_threshold(trigger, reason),
        comparison=text_of(trigger, "ComparisonOperator"),
        currency=dimensions.get("Currency", "USD"),
        scope=_metric_scope(dimensions),
        metric=" ".join(
            filter(None, (text_of(metric, "Namespace"), text_of(metric, "MetricName")))
        ),
        formula=_formula(trigger),
        account=text_of(body, "AWSAccountId"),
        region=_region(body),
        time=moment(text_of(body, "StateChangeTime")),
        description=text_of(body, "AlarmDescription"),
        about_costs=composite or text_of(metric, "Namespace") in ("", BILLING),
        composite=composite,
    )


def _threshold(trigger: Mapping[str, Any], reason: str) -> Decimal | None:
    stated = number(trigger.get("Threshold"))
    in_words = r"threshold \((-?[\d.,]+(?:E[+-]?\d+)?)\)"
    return amount_in(reason, in_words) if stated is None else stated


def _metric(trigger: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metric behind an alarm: its only one, or the billing metric among those of a formula."""
    if "MetricName" in trigger:
        return trigger
    metrics = [
        mapping_of(mapping_of(each, "MetricStat"), "Metric")
        for each in mappings_of(trigger, "Metrics")
    ]
    named = [metric for metric in metrics if metric]
    billing = [metric for metric in named if text_of(metric, "Namespace") == BILLING]
    return next(iter(billing or named), {})


def _formula(trigger: Mapping[str, Any]) -> str:
    expressions = [each for each in mappings_of(trigger, "Metrics") if text_of(each, "Expression")]
    returned = [each for each in expressions if each.get("ReturnData") is not False]
    return next((text_of(each, "Expression") for each in returned or expressions), "")


def _dimensions(listed: object) -> Iterator[tuple[str, str]]:
    """Names and values of a metric's dimensions: `[{"name": ..., "value": ...}]`, in either case."""
    if not isinstance(listed, list):
        return
    for each in listed:
        if isinstance(each, dict):
            lowered = {str(key).lower(): value for key, value in each.items()}
            yield text_of(lowered, "name"), text_of(lowered, "value")


def _metric_scope(dimensions: Mapping[str, str]) -> Scope:
    code = dimensions.get("ServiceName", "")
    services = services_of_metric(code) if code else ()
    return Scope(
        account=dimensions.get("LinkedAccount", ""),
        services=services,
        unmatched="" if services else code,
    )


def _region(body: Mapping[str, Any]) -> str:
    parts = text_of(body, "AlarmArn").split(":")
    return parts[3] if len(parts) > 3 and parts[3] else text_of(body, "Region")
