"""A small ledger, written out, and a real boto3 client of an emulator that answers from it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.config import Config

from simulation.emulator import CostExplorerEmulator
from simulation.ledger import Entry, Ledger

TODAY = date(2026, 11, 23)
ONE_ATTEMPT = {"mode": "standard", "total_max_attempts": 1}


def entry(
    day: str,
    service: str,
    account: str,
    record_type: str,
    amount: str,
    **labels: str,
) -> Entry:
    """An entry that costs 10 % less net, half as much amortized, and a twentieth of both."""
    whole = Decimal(amount)
    named = {name.replace("_", ":", 1): value for name, value in labels.items()}
    tenth, half, twentieth = whole * 9 / 10, whole / 2, whole / 20
    return Entry(
        date.fromisoformat(day), service, account, record_type, whole, tenth, half, twentieth, named
    )


@pytest.fixture
def small() -> Ledger:
    """Two accounts, two services, two months."""
    return Ledger(
        [
            entry("2026-10-30", "Compute", "111", "Usage", "10", tag_team="web"),
            entry("2026-10-31", "Compute", "111", "Usage", "20", tag_team="web"),
            entry("2026-10-31", "Storage", "222", "Usage", "0.0000001", tag_team="data"),
            entry("2026-11-01", "Tax", "111", "Tax", "3"),
            entry("2026-11-02", "Compute", "222", "Usage", "40", category_Env="Test"),
            entry("2026-11-02", "Compute", "111", "Credit", "-5", tag_team="web"),
        ],
        {"111": "production", "222": "staging"},
    )


@pytest.fixture
def connect() -> Iterator[Callable[..., tuple[CostExplorerEmulator, Any]]]:
    """Starts an emulator over a ledger; gives it and a client that tries once."""
    with ExitStack() as stack:

        def start(ledger: Ledger, **settings: Any) -> tuple[CostExplorerEmulator, Any]:
            attempts = settings.pop("retries", ONE_ATTEMPT)
            patience = settings.pop("read_timeout", 20)
            emulator = stack.enter_context(
                CostExplorerEmulator(ledger, **({"today": TODAY} | settings))
            )
            client = boto3.client(
                "ce",
                endpoint_url=emulator.url,
                config=Config(retries=attempts, read_timeout=patience),
            )
            stack.callback(client.close)
            return emulator, client

        yield start


@pytest.fixture
def ask(small: Ledger, connect: Callable[..., Any]) -> Callable[..., Any]:
    """Asks for costs of October and November; arguments replace parts of the request."""
    _, client = connect(small)

    def get(start: str = "2026-10-30", end: str = "2026-11-03", **parameters: Any) -> Any:
        request = {
            "TimePeriod": {"Start": start, "End": end},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
        }
        return client.get_cost_and_usage(**(request | parameters))

    return get


def by(*keys: str, kind: str = "DIMENSION") -> list[dict[str, str]]:
    """A GroupBy."""
    return [{"Type": kind, "Key": key} for key in keys]


def one_of(key: str, *values: str) -> dict[str, Any]:
    """A filter on a dimension."""
    return {"Dimensions": {"Key": key, "Values": list(values)}}


def sums(answer: Any, metric: str = "UnblendedCost") -> dict[tuple[str, ...], Decimal]:
    """The amounts of an answer by first day and keys."""
    found: dict[tuple[str, ...], Decimal] = {}
    for result in answer["ResultsByTime"]:
        start = result["TimePeriod"]["Start"]
        if result["Total"]:
            found[start,] = Decimal(result["Total"][metric]["Amount"])
        for group in result["Groups"]:
            found[start, *group["Keys"]] = Decimal(group["Metrics"][metric]["Amount"])
    return found
