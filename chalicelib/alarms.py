"""What arrives on the alarms topic: reads a message into an alarm, a budget notice or an anomaly.

Formats: CloudWatch alarm notifications
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html),
AWS Budgets notifications (plain text, a block of `Key: value` lines), and AWS Cost Anomaly
Detection (https://docs.aws.amazon.com/cost-management/latest/userguide/view-anomalies.html).
Whatever is none of these, or is broken, is `Unknown`; reading never fails.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from chalicelib.costs import EVERYTHING as EVERYTHING
from chalicelib.costs import Scope as Scope
from chalicelib.service_names import services_of_metric

BILLING = "AWS/Billing"
BUDGET_HEADING = "AWS Budget Notification"
MOST_DIGITS = 15
"""Amounts from 10^15 up are no amounts of money but mischief."""


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


@dataclass(frozen=True, slots=True)
class BudgetNotice:
    """A budget that passed, or is expected to pass, one of its thresholds.

    `lines` holds the notice's own `Key: value` pairs. `counts_money` is False for budgets of usage
    or coverage; their amounts have no currency.
    """

    name: str
    account: str
    budget_type: str
    alert_type: str
    budgeted: Decimal | None
    threshold: Decimal | None
    amount: Decimal | None
    currency: str
    lines: tuple[tuple[str, str], ...]

    @property
    def counts_money(self) -> bool:
        """Whether the budget is one of costs."""
        return bool(self.currency) and self.budget_type.lower() in ("", "cost")

    @property
    def is_forecast(self) -> bool:
        """Whether the amount is expected rather than spent."""
        return self.alert_type.upper().startswith("FORECAST")


@dataclass(frozen=True, slots=True)
class RootCause:
    """One cause that Cost Anomaly Detection names; any part may be empty."""

    service: str
    account: str
    account_name: str
    region: str
    usage_type: str


@dataclass(frozen=True, slots=True)
class AnomalyNotice:
    """An unusual cost that AWS Cost Anomaly Detection reports (in US dollars)."""

    anomaly_id: str
    subject: str
    account: str
    since: datetime | None
    until: datetime | None
    actual: Decimal | None
    expected: Decimal | None
    impact: Decimal | None
    currency: str
    root_causes: tuple[RootCause, ...]
    scope: Scope
    details_link: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that is none of the known ones; it is passed on as it is."""


type Signal = Alarm | BudgetNotice | AnomalyNotice | Unknown


def read_message(subject: str | None, text: str) -> Signal:
    """What a message on the alarms topic says; `Unknown` for anything else. Never raises."""
    if text.lstrip().startswith(BUDGET_HEADING) or (subject or "").startswith("AWS Budgets:"):
        return _budget_notice(text) or Unknown()
    body = _json_object(text)
    detail = body.get("detail")
    if isinstance(detail, dict) and "anomalyId" in detail:  # the form EventBridge delivers
        body = detail
    if "AlarmName" in body and "NewStateValue" in body:
        return _alarm(body) or Unknown()
    if "anomalyId" in body:
        return _anomaly_notice(body)
    return Unknown()


# CloudWatch


def _alarm(body: Mapping[str, Any]) -> Alarm | None:
    state = _text(body, "NewStateValue")
    if state not in AlarmState:
        return None
    trigger = _mapping(body, "Trigger")
    metric = _metric(trigger)
    reason = _text(body, "NewStateReason")
    dimensions = dict(_dimensions(metric.get("Dimensions")))
    composite = "AlarmRule" in body
    return Alarm(
        name=_text(body, "AlarmName"),
        state=AlarmState(state),
        old_state=_text(body, "OldStateValue"),
        reason=reason,
        amount=_amount_in(reason, r"\[\s*(-?[\d.,]+(?:E[+-]?\d+)?)"),
        threshold=_threshold(trigger, reason),
        comparison=_text(trigger, "ComparisonOperator"),
        currency=dimensions.get("Currency", "USD"),
        scope=_metric_scope(dimensions),
        metric=" ".join(filter(None, (_text(metric, "Namespace"), _text(metric, "MetricName")))),
        formula=_formula(trigger),
        account=_text(body, "AWSAccountId"),
        region=_region(body),
        time=_moment(_text(body, "StateChangeTime")),
        description=_text(body, "AlarmDescription"),
        about_costs=composite or _text(metric, "Namespace") in ("", BILLING),
        composite=composite,
    )


def _threshold(trigger: Mapping[str, Any], reason: str) -> Decimal | None:
    stated = _number(trigger.get("Threshold"))
    in_words = r"threshold \((-?[\d.,]+(?:E[+-]?\d+)?)\)"
    return _amount_in(reason, in_words) if stated is None else stated


def _metric(trigger: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metric behind an alarm: its only one, or the billing metric among those of a formula."""
    if "MetricName" in trigger:
        return trigger
    metrics = [
        _mapping(_mapping(each, "MetricStat"), "Metric") for each in _mappings(trigger, "Metrics")
    ]
    named = [metric for metric in metrics if metric]
    billing = [metric for metric in named if _text(metric, "Namespace") == BILLING]
    return next(iter(billing or named), {})


def _formula(trigger: Mapping[str, Any]) -> str:
    expressions = [each for each in _mappings(trigger, "Metrics") if _text(each, "Expression")]
    returned = [each for each in expressions if each.get("ReturnData") is not False]
    return next((_text(each, "Expression") for each in returned or expressions), "")


def _dimensions(listed: object) -> Iterator[tuple[str, str]]:
    """Names and values of a metric's dimensions: `[{"name": ..., "value": ...}]`, in either case."""
    if not isinstance(listed, list):
        return
    for each in listed:
        if isinstance(each, dict):
            lowered = {str(key).lower(): value for key, value in each.items()}
            yield _text(lowered, "name"), _text(lowered, "value")


def _metric_scope(dimensions: Mapping[str, str]) -> Scope:
    code = dimensions.get("ServiceName", "")
    services = services_of_metric(code) if code else ()
    return Scope(
        account=dimensions.get("LinkedAccount", ""),
        services=services,
        unmatched="" if services else code,
    )


def _region(body: Mapping[str, Any]) -> str:
    parts = _text(body, "AlarmArn").split(":")
    return parts[3] if len(parts) > 3 and parts[3] else _text(body, "Region")


# Budgets


def _budget_notice(text: str) -> BudgetNotice | None:
    """Read the block of `Key: value` lines; the prose around it changes, the block does not."""
    pairs = tuple(_key_values(text))
    values = dict(pairs)
    if "Budget Name" not in values:
        return None
    account = re.search(r"AWS Account (\d{12})", text)
    amount_line = values.get("ACTUAL Amount") or values.get("FORECASTED Amount") or ""
    budgeted, currency = _money(values.get("Budgeted Amount", ""))
    return BudgetNotice(
        name=values["Budget Name"],
        account=account.group(1) if account else "",
        budget_type=values.get("Budget Type", ""),
        alert_type=values.get("Alert Type", ""),
        budgeted=budgeted,
        threshold=_money(values.get("Alert Threshold", ""))[0],
        amount=_money(amount_line)[0],
        currency=currency or _money(amount_line)[1],
        lines=pairs,
    )


def _key_values(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = re.match(r"((?:Budget|Budgeted|Alert|ACTUAL|FORECASTED) \w+):\s*(.*)", line.strip())
        if found:
            yield found.group(1), found.group(2).strip()


def _money(text: str) -> tuple[Decimal | None, str]:
    """Amount and currency of `$0.16`, `> $1,600.00 (80.0%)`, `EUR 12.50` or `12.50 EUR`."""
    found = re.search(r"(\$|[A-Z]{3} )?(-?\d[\d,]*(?:\.\d+)?)( [A-Z]{3}\b)?", text)
    if found is None:
        return None, ""
    sign, digits, code = found.groups()
    currency = "USD" if sign == "$" else (sign or code or "").strip()
    return _number(digits.replace(",", "")), currency


# Cost Anomaly Detection


def _anomaly_notice(body: Mapping[str, Any]) -> AnomalyNotice:
    impact = _mapping(body, "impact")
    # SNS and EventBridge spell this field differently.
    subject = _text(body, "dimensionalValue") or _text(body, "dimensionValue")
    causes = tuple(
        RootCause(
            service=_text(each, "service"),
            account=_text(each, "linkedAccount"),
            account_name=_text(each, "linkedAccountName"),
            region=_text(each, "region"),
            usage_type=_text(each, "usageType"),
        )
        for each in _mappings(body, "rootCauses")
    )
    return AnomalyNotice(
        anomaly_id=_text(body, "anomalyId"),
        subject=subject,
        account=_text(body, "accountId"),
        since=_moment(_text(body, "anomalyStartDate")),
        until=_moment(_text(body, "anomalyEndDate")),
        actual=_number(impact.get("totalActualSpend")),
        expected=_number(impact.get("totalExpectedSpend")),
        impact=_number(impact.get("totalImpact")),
        currency="USD",
        root_causes=causes,
        scope=_cause_scope(causes, subject),
        details_link=_text(body, "anomalyDetailsLink"),
    )


def _cause_scope(causes: tuple[RootCause, ...], subject: str) -> Scope:
    """The services and, where there is only one, the account that the causes name.

    Without a cause there is the subject: an account, a service, or a tag's or category's value.
    """
    if not causes:
        is_account = re.fullmatch(r"\d{12}", subject)
        return Scope(account=subject) if is_account else Scope(unmatched=subject)
    services = tuple(sorted({cause.service for cause in causes}))
    accounts = {cause.account for cause in causes}
    return Scope(
        account=accounts.pop() if len(accounts) == 1 else "",
        services=services if all(services) else (),
    )


# Reading what may be anything


def _json_object(text: str) -> dict[str, Any]:
    try:
        # Every number becomes a Decimal: a threshold of 0.1 must not turn into 0.1000000000000000055.
        body = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, InvalidOperation, RecursionError):  # RecursionError: nested too deeply
        return {}
    return body if isinstance(body, dict) else {}


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _mapping(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def _mappings(body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = body.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _number(value: object) -> Decimal | None:
    if not isinstance(value, (str, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or (number and abs(number.adjusted()) > MOST_DIGITS):
        return None
    return number


def _amount_in(reason: str, pattern: str) -> Decimal | None:
    """The first number that matches; CloudWatch lists the newest data point first."""
    found = re.search(pattern, reason)
    return _number(found.group(1).replace(",", "")) if found else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
