"""Reads the pages of Cost Explorer's answers."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from sys import intern
from typing import Any

from chalicelib.costs import UNTAGGED, ZERO, Amounts, Charge, Dimension, Key, Period
from chalicelib.sources.cost_explorer.question import METRICS
from chalicelib.sources.cost_explorer.record_types import charge_category, is_discount

LABELS = ("TAG", "COST_CATEGORY")
"""Types of grouping whose values come with their key."""


def read_as_plain_json(client: Any) -> None:
    """Let a boto3 client hand on Cost Explorer's answers as JSON holds them.

    botocore walks through an answer member by member to convert what needs it; nothing here does,
    and with a thousand groups a page that took more CPU than anything else of ours. Retries and
    errors stay botocore's, as does every answer that is not a whole JSON object. An SDK that does
    not know this event reads as it always did.
    """
    client.meta.events.register(
        "before-parse.cost-explorer.GetCostAndUsage", _take_over, unique_id="cct-plain-json"
    )


def _take_over(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    with suppress(ValueError):
        body = json.loads(response_dict["body"])
        if response_dict["status_code"] == 200 and isinstance(body, dict):
            customized_response_dict.update(body)
            response_dict["body"] = b"{}"


def period_of(result: Any) -> Period:
    """The period of one result; raises KeyError, TypeError, ValueError or `PeriodError`."""
    bounds = result["TimePeriod"]
    return Period(date.fromisoformat(bounds["Start"][:10]), date.fromisoformat(bounds["End"][:10]))


def charges_of(
    page: Any, group_by: tuple[Dimension, ...], estimated: set[date]
) -> Iterator[Charge]:
    """The charges on one page; adds the periods that are marked as estimated.

    Raises KeyError, TypeError, ValueError or decimal.InvalidOperation where the page does not have
    the documented form.
    """
    prefix = _label_prefix(page) if "label" in group_by else ""
    for result in page["ResultsByTime"]:
        day = date.fromisoformat(result["TimePeriod"]["Start"][:10])
        if result.get("Estimated"):
            estimated.add(day)
        if not group_by:
            yield _charge(Key(day), result["Total"], False)
            continue
        for group in result["Groups"]:
            names = dict(zip(group_by, group["Keys"], strict=True))
            yield _charge(
                _key(day, names, prefix), group["Metrics"], is_discount(names.get("category", ""))
            )


def _label_prefix(page: Any) -> str:
    """What stands before each value of a tag or cost category: its key, which may hold a `$`, and `$`."""
    for each in page.get("GroupDefinitions") or ():
        if each.get("Type") in LABELS:
            return f"{each['Key']}$"
    return ""


def _key(day: date, names: dict[Dimension, str], prefix: str) -> Key:
    category, label = names.get("category"), names.get("label")
    # A name stands on every day: kept once, it takes a third off the table's memory.
    return Key(
        day,
        intern(names.get("service", "")),
        intern(names.get("account", "")),
        "" if category is None else charge_category(category),
        # Tags and cost categories come back as `Key$Value`, untagged ones as `Key$`.
        "" if label is None else intern(_value(label, prefix)) or UNTAGGED,
    )


def _value(label: str, prefix: str) -> str:
    if prefix and label.startswith(prefix):
        return label.removeprefix(prefix)
    return label.partition("$")[2]


def _charge(key: Key, metrics: Any, discount: bool) -> Charge:
    billed, effective, listed = metrics[METRICS[0]], metrics[METRICS[1]], metrics[METRICS[2]]
    text = billed["Amount"]
    amount = Decimal(text)
    # Where measures agree they share one Decimal: it halves the table's memory.
    return Charge(
        key,
        Amounts(
            amount,
            amount if effective["Amount"] == text else Decimal(effective["Amount"]),
            ZERO if discount else amount if listed["Amount"] == text else Decimal(listed["Amount"]),
        ),
        billed["Unit"],
    )
