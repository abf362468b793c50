"""Reading what may be anything: nothing here raises, whatever a message holds."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_DIGITS = 15
"""Amounts from 10^15 up are no amounts of money but mischief."""


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a text, its numbers as `Decimal`; empty for anything else."""
    try:
        # Every number becomes a Decimal: a threshold of 0.1 must not turn into 0.1000000000000000055.
        body = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, InvalidOperation, RecursionError):  # RecursionError: nested too deeply
        return {}
    return body if isinstance(body, dict) else {}


def text_of(body: Mapping[str, Any], key: str) -> str:
    """The text under a key; empty when there is none."""
    value = body.get(key)
    return value if isinstance(value, str) else ""


def mapping_of(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under a key; empty when there is none."""
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def mappings_of(body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects in the list under a key."""
    value = body.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def number(value: object) -> Decimal | None:
    """An amount that may be one of money; None for anything else."""
    if not isinstance(value, (str, Decimal)):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    if not found.is_finite() or (found and abs(found.adjusted()) > MOST_DIGITS):
        return None
    return found


def amount_in(reason: str, pattern: str) -> Decimal | None:
    """The first number that matches; CloudWatch lists the newest data point first."""
    found = re.search(pattern, reason)
    return number(found.group(1).replace(",", "")) if found else None


def moment(text: str) -> datetime | None:
    """A moment in UTC from ISO 8601; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
