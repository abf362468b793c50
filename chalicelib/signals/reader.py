"""Reads any message on the alarms topic; one line for each sender."""

from dataclasses import dataclass

from chalicelib.signals.anomaly_detection import AnomalyNotice, read_anomaly_notice
from chalicelib.signals.budgets import HEADING, SUBJECT, BudgetNotice, read_budget_notice
from chalicelib.signals.cloudwatch import Alarm, read_alarm
from chalicelib.signals.reading import json_object


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that is none of the known ones; it is passed on as it is."""


type Signal = Alarm | BudgetNotice | AnomalyNotice | Unknown


def read_message(subject: str | None, text: str) -> Signal:
    """What a message on the alarms topic says; `Unknown` for anything else. Never raises."""
    if text.lstrip().startswith(HEADING) or (subject or "").startswith(SUBJECT):
        return read_budget_notice(text) or Unknown()
    body = json_object(text)
    return read_alarm(body) or read_anomaly_notice(body) or Unknown()
