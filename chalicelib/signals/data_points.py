"""The data point that an alarm judged: its amount, its time, and the band around it.

Two places have it. `NewStateReasonData` (`reasonData` through EventBridge) is JSON; the reason is a
sentence that lists the newest point first, its time with the day first:
`[2455.1 (31/03/27 17:20:00)]`.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.signals.reading import (
    NUMBER,
    amount_in,
    json_object,
    mappings_of,
    moment,
    number,
    text_of,
)

_POINT = re.compile(rf"\[\s*{NUMBER} \((\d\d/\d\d/\d\d \d\d:\d\d:\d\d)\)")
_COMPARED = (
    ("greater than or equal to the threshold", "GreaterThanOrEqualToThreshold"),
    ("less than or equal to the threshold", "LessThanOrEqualToThreshold"),
    ("greater than the threshold", "GreaterThanThreshold"),
    ("less than the threshold", "LessThanThreshold"),
)
MOST_SECONDS = 10**7


@dataclass(frozen=True, slots=True)
class DataPoint:
    """What an alarm judged; each part None (or "") where the message does not say it.

    `lower` and `upper` are the edges of an anomaly band at that moment.
    """

    amount: Decimal | None = None
    time: datetime | None = None
    threshold: Decimal | None = None
    comparison: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None


def data_point(reason: str, reason_data: str) -> DataPoint:
    """The newest data point of a state change, from its reason and the reason's data."""
    data = json_object(reason_data)
    amount = amount_in(reason, rf"\[\s*({NUMBER})")
    return DataPoint(
        amount=_newest(data)[1] if amount is None else amount,
        time=_newest(data)[0] or _start(data) or _time_in(reason),
        threshold=_or(number(data.get("threshold")), reason, rf"threshold \(({NUMBER})\)"),
        comparison=next((name for words, name in _COMPARED if words in reason), ""),
        lower=_or(_edge(data, "recentLowerThresholds"), reason, rf"lower thresholds? \[({NUMBER})"),
        upper=_or(_edge(data, "recentUpperThresholds"), reason, rf"upper thresholds? \[({NUMBER})"),
    )


def _or(known: Decimal | None, reason: str, pattern: str) -> Decimal | None:
    return amount_in(reason, pattern) if known is None else known


def _newest(data: Mapping[str, Any]) -> tuple[datetime | None, Decimal | None]:
    """Time and value of the newest evaluated point that has a value; else the last recent value."""
    points = [
        (when, value)
        for each in mappings_of(data, "evaluatedDatapoints")
        if (when := moment(text_of(each, "timestamp")))
        and (value := number(each.get("value"))) is not None
    ]
    if points:
        return max(points)
    return None, _edge(data, "recentDatapoints")


def _start(data: Mapping[str, Any]) -> datetime | None:
    """The start of the last of the recent points, of which only the first has its time stated."""
    first, period = moment(text_of(data, "startDate")), number(data.get("period"))
    recent = data.get("recentDatapoints")
    if first is None or not isinstance(recent, list) or not recent:
        return None
    seconds = min(float(period or 0) * (len(recent) - 1), MOST_SECONDS)
    return first + timedelta(seconds=max(seconds, 0))


def _edge(data: Mapping[str, Any], key: str) -> Decimal | None:
    values = data.get(key)
    return number(values[-1]) if isinstance(values, list) and values else None


def _time_in(reason: str) -> datetime | None:
    found = _POINT.search(reason)
    try:
        return (
            datetime.strptime(found.group(1), "%d/%m/%y %H:%M:%S").replace(tzinfo=UTC)
            if found
            else None
        )
    except ValueError:
        return None
