"""Reading what may be anything: nothing here raises, whatever a message holds."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_DIGITS = 15
"""Amounts from 10^15 up are no amounts of money but mischief."""
NUMBER = r"-?\d[\d,]*(?:\.\d+)?(?:E[+-]?\d+)?"
"""A number as CloudWatch writes it in a sentence: `2455.1`, `1.2345678E7`."""
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a text, its numbers as `Decimal`; empty for anything else.

    A comma before a closing bracket is forgiven: AWS's own printed sample of an anomaly has one.
    """
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            # Every number becomes a Decimal: 0.1 must not turn into 0.1000000000000000055.
            body = json.loads(attempt, parse_float=Decimal, parse_int=Decimal)
        except (ValueError, InvalidOperation, RecursionError):  # RecursionError: nested too deeply
            continue
        return body if isinstance(body, dict) else {}
    return {}


def text_of(body: Mapping[str, Any], *keys: str) -> str:
    """The text under the first of these keys that has one; empty when there is none."""
    return next((each for key in keys if isinstance(each := body.get(key), str) and each), "")


def mapping_of(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under a key; empty when there is none."""
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def mappings_of(body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects in the list under a key."""
    value = body.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def lower_keys(value: Any) -> Any:
    """The same JSON with keys that begin small: `AnomalyId` and `anomalyId` are one."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower_keys(each) for key, each in value.items()}
    return [lower_keys(each) for each in value] if isinstance(value, list) else value


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


def first_number(values: Iterable[object]) -> Decimal | None:
    """The first amount among values of any kind."""
    return next((found for each in values if (found := number(each)) is not None), None)


def amount_in(reason: str, pattern: str) -> Decimal | None:
    """The first number that matches; CloudWatch lists the newest data point first."""
    found = re.search(pattern, reason)
    return number(found.group(1).replace(",", "")) if found else None


def moment(text: str) -> datetime | None:
    """A moment in UTC from ISO 8601; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
