"""What a signal says happened: subject, first sentence and origin, whoever sent it."""

from collections.abc import Mapping

from chalicelib.messages.alarm import anomalies, budgets, cloudwatch, others
from chalicelib.signals import Alarm, AnomalyNotice, BudgetNotice, Signal, Unknown
from chalicelib.wording.lines import one_line

NO_NAMES: Mapping[str, str] = {}
LONGEST_LINE = 1100
"""A description may have 1,024 characters (CloudWatch API, PutMetricAlarm); runbooks stand at their end."""


def headline_subject(signal: Signal, names: Mapping[str, str] = NO_NAMES) -> str:
    """The subject of the mail, from what the signal says; empty for a message we cannot read."""
    match signal:
        case Alarm():
            return cloudwatch.subject(signal)
        case BudgetNotice():
            return budgets.subject(signal)
        case AnomalyNotice():
            return anomalies.subject(signal, names)
        case Unknown():
            return others.subject(signal)


def headline(signal: Signal, names: Mapping[str, str]) -> str:
    """What happened, in a sentence or two."""
    match signal:
        case Alarm():
            return cloudwatch.headline(signal, names)
        case BudgetNotice():
            return budgets.headline(signal, names)
        case AnomalyNotice():
            return anomalies.headline(signal, names)
        case Unknown():
            return others.headline(signal)


def origin(signal: Signal) -> list[str]:
    """The essentials of what arrived, a line each."""
    match signal:
        case Alarm():
            lines = cloudwatch.origin(signal)
        case BudgetNotice():
            lines = budgets.origin(signal)
        case AnomalyNotice():
            lines = anomalies.origin(signal)
        case Unknown():
            lines = []
    return [one_line(line, LONGEST_LINE) for line in lines]
