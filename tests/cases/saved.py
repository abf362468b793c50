"""Writes answers as `aws ce get-cost-and-usage` saves them, with whatever is to be wrong with them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from chalicelib.costs import Period
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from desk.saved_answers import saved_facts

METRICS = ("NetUnblendedCost", "NetAmortizedCost", "UnblendedCost")
BY_SERVICE = ("SERVICE", "RECORD_TYPE")

type Charges = Mapping[tuple[str, ...], object]
"""Amounts of one day by group."""


def level(day: date) -> Charges:
    """A level account: three services, $61 a day less or more a few cents, nothing on the side."""
    stray = Decimal(day.toordinal() % 5) / 100
    return {
        ("Amazon DynamoDB", "Usage"): 37 + stray,
        ("AWS Fargate", "Usage"): 19 - stray,
        ("Amazon SQS", "Usage"): 5,
    }


def nothing(_: date) -> Charges:
    """A day that holds no group."""
    return {}


def answer(
    days: Iterable[date],
    charges: Callable[[date], Charges],
    *,
    keys: Sequence[str] = BY_SERVICE,
    metrics: Sequence[str] = METRICS,
    estimated_from: date = date.max,
    token: str = "",
) -> dict[str, Any]:
    """One page of an answer for these days."""
    page: dict[str, Any] = {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": key} for key in keys],
        "ResultsByTime": [
            {
                "TimePeriod": {"Start": f"{day}", "End": f"{day + timedelta(days=1)}"},
                "Total": {},
                "Groups": [
                    {
                        "Keys": list(group),
                        "Metrics": {
                            name: {"Amount": f"{amount}", "Unit": "USD"} for name in metrics
                        },
                    }
                    for group, amount in charges(day).items()
                ],
                "Estimated": day >= estimated_from,
            }
            for day in days
        ],
        "DimensionValueAttributes": [],
    }
    return page | ({"NextPageToken": token} if token else {})


def save(folder: Path, name: str, *pages: object) -> Path:
    """The pages in a file, one after the other."""
    path = folder / f"{name}.json"
    path.write_text("\n".join(json.dumps(page) for page in pages), encoding="utf-8")
    return path


def span(start: str, end: str) -> Period:
    """The days from one to before the other."""
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def report_on(*paths: Path) -> Report:
    """What `preview --from-file` makes of the files."""
    facts = saved_facts(paths)
    return build_report(facts, Settings(), datetime.combine(facts.today, time(7), UTC))
