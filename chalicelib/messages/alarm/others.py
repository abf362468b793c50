"""Messages that are no cost signal: passed on whole, with one line on what is known of them."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.messages.alarm.places import NAME_LENGTH
from chalicelib.signals import Unknown
from chalicelib.wording.lines import one_line

SENDERS = {
    "aws.ce": "AWS Cost Explorer",
    "aws.budgets": "AWS Budgets",
    "aws.cost-optimization-hub": "AWS Cost Optimization Hub",
    "aws.savingsplans": "AWS Savings Plans",
    "aws.compute-optimizer": "AWS Compute Optimizer",
    "aws.trustedadvisor": "AWS Trusted Advisor",
    "aws.health": "AWS Health",
    "aws.freetier": "AWS Free Tier",
    "aws.billingconductor": "AWS Billing Conductor",
    "aws.bcm-data-exports": "AWS Data Exports",
    "aws.invoicing": "AWS Invoicing",
    "aws.cloudwatch": "Amazon CloudWatch",
}
DEEPEST = 12
INDENT = "  "


def subject(found: Unknown) -> str:
    """What sent it and what it is about."""
    known = ": ".join(filter(None, (_sender(found), one_line(found.about, NAME_LENGTH))))
    return known or "A message that is no cost signal"


def headline(found: Unknown) -> str:
    """The one line on what is known of a message."""
    account = f" for account {one_line(found.account, 40)}" if found.account else ""
    about = f' "{one_line(found.about, NAME_LENGTH)}"' if found.about else ""
    if sender := _sender(found):
        return f"{sender} sent{about or ' this'}{account}. It is no cost alarm, so it is passed on as it is:"
    if found.body is not None:
        return f"A JSON message came{account} that is no cost signal known here; it is passed on as it is:"
    return "A message came that is no cost signal known here; it is passed on as it is:"


def _sender(found: Unknown) -> str:
    name = one_line(found.sender, 60)
    return SENDERS.get(name, name)


def readable(body: Mapping[str, Any]) -> str:
    """A JSON object as lines of `name: value`, what is inside something else below it and indented."""
    return "\n".join(_lines(body, 0))


def _lines(value: Any, depth: int) -> Iterator[str]:
    if depth >= DEEPEST:
        yield INDENT * depth + one_line(_plain(value))
        return
    named = value.items() if isinstance(value, dict) else (("-", each) for each in value)
    for name, each in named:
        key = f"{INDENT * depth}{one_line(str(name), NAME_LENGTH)}"
        mark = ":" if isinstance(value, dict) else ""
        if isinstance(each, (dict, list)) and each:
            yield f"{key}{mark}"
            yield from _lines(each, depth + 1)
        else:
            yield f"{key}{mark} {_plain(each)}"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, Decimal) else json.dumps(value, default=str)
