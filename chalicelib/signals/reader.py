"""Reads any message on the alarms topic; one line for each sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.signals.anomaly_detection import AnomalyNotice, read_anomaly_notice
from chalicelib.signals.budgets import BudgetNotice, looks_like_a_notice, read_budget_notice
from chalicelib.signals.cloudwatch import Alarm, read_alarm
from chalicelib.signals.reading import json_object, text_of


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that is none of the known ones; it is passed on whole, with what is known of it.

    `sender` and `about` are the source and the kind of an EventBridge event, "" for anything else;
    `body` is the JSON object that the message is, empty where it is none.
    """

    sender: str = ""
    about: str = ""
    account: str = ""
    body: Mapping[str, Any] | None = None


type Signal = Alarm | BudgetNotice | AnomalyNotice | Unknown


def read_message(subject: str | None, text: str) -> Signal:
    """What a message on the alarms topic says; `Unknown` for anything else. Never raises."""
    if looks_like_a_notice(subject or "", text):
        return read_budget_notice(text) or Unknown()
    body = json_object(text)
    if body.get("Type") == "Notification" and text_of(
        body, "Message"
    ):  # passed on by another topic
        inner = text_of(body, "Message")
        return (
            Unknown(body=body)
            if _is_envelope(inner)
            else read_message(text_of(body, "Subject"), inner)
        )
    return read_alarm(body) or read_anomaly_notice(body) or _unknown(body)


def _is_envelope(text: str) -> bool:
    return json_object(text).get("Type") == "Notification"


def _unknown(body: Mapping[str, Any]) -> Unknown:
    return Unknown(
        sender=text_of(body, "source"),
        about=text_of(body, "detail-type"),
        account=text_of(body, "account", "accountId"),
        body=body or None,
    )
