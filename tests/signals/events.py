"""The stored events: what Lambda receives for each form of message, written after AWS's documents."""

import json
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[2] / "simulation" / "events"
NAMES = sorted(path.stem for path in EVENTS.glob("*.json"))


def event(name: str) -> dict[str, Any]:
    """One stored event."""
    stored: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return stored


def first_message(name: str) -> tuple[str | None, str]:
    """Subject and text of an event's first record."""
    sns = event(name)["Records"][0]["Sns"]
    return sns["Subject"], sns["Message"]


def event_with(subject: Any, text: Any) -> dict[str, Any]:
    """An event that carries another message."""
    made = event("alarm_bill")
    made["Records"][0]["Sns"].update(Subject=subject, Message=text)
    return made
