"""Organisations of any size under the default limit: requests, names told apart, memory, and the sum.

    python -m benchmarks.any_size        writes its table into docs/performance.md; `--quick` only looks

Every run is a fresh process that reads Cost Explorer as the weekly report does and builds the report;
what it read is held against the ledger to the last digit. Ends with an error at the first difference.
"""

import argparse
import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from typing import Any

from benchmarks.document import put
from benchmarks.processes import MEMORY, ROOT
from chalicelib.costs import OTHERS, CostFacts
from chalicelib.settings import Settings
from simulation.emulator import CostExplorerEmulator
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW, large_ledger

TODAY = SAMPLE_NOW.date()
OFFLINE = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}
DEFAULT_LIMIT = Settings().max_requests
READ = (
    """
import os, pickle, sys
import boto3
from botocore.config import Config
from chalicelib.report import build_report
from chalicelib.settings import Settings
from chalicelib.sources.cost_explorer import CostExplorer
from simulation.sample import SAMPLE_NOW
client = boto3.client("ce", endpoint_url=os.environ["URL"], config=Config(read_timeout=600))
source = CostExplorer(client, max_requests=int(os.environ["LIMIT"]))
facts = source.facts(SAMPLE_NOW.date())
build_report(facts, Settings(), SAMPLE_NOW)
"""
    + MEMORY
    + "\npickle.dump(facts, sys.stdout.buffer)"
)


@dataclass(frozen=True)
class Shape:
    """An organisation and the size of Cost Explorer's pages."""

    accounts: int
    services: int
    page_size: int
    limit: int = DEFAULT_LIMIT


SHAPES = [
    *(Shape(1, services, 500) for services in (1, 300)),
    *(Shape(30, 40, page_size) for page_size in (500, 700, 1000, 5000)),
    *(Shape(*each) for each in product((300, 1000), (40, 100), (700, 5000))),
    *(Shape(*each) for each in product((5000, 10_000), (100,), (1000, 5000))),
    Shape(60, 300, 500),
    Shape(1000, 100, 5000, limit=1000),
    Shape(600, 160, 5000, limit=1000),
]
QUICK_ACCOUNTS = 1000


def row_of(shape: Shape) -> str:
    """One row of the table; raises ArithmeticError where a sum is not the ledger's."""
    ledger = large_ledger(shape.accounts, shape.services, 420, today=TODAY)
    with CostExplorerEmulator(ledger, today=TODAY, page_size=shape.page_size) as emulator:
        facts, megabytes = read(emulator.url, shape.limit)
        requests = len(emulator.billed)
    compare(facts, ledger)
    if requests > shape.limit:
        raise ArithmeticError(f"{requests} requests for {shape}")
    apart, share = told_apart(facts)
    limit = "" if shape.limit == DEFAULT_LIMIT else f" (limit {shape.limit:,})"
    return (
        f"| {shape.accounts:,} x {shape.services} | {shape.page_size:,} | {requests}{limit} "
        f"| {len(facts.services.by('service')):,} | {apart} | {share} | {megabytes:.0f} |"
    )


def read(url: str, limit: int) -> tuple[CostFacts, float]:
    """The facts that a fresh process reads, and the most memory it took in MB."""
    environment = {**os.environ, **OFFLINE, "URL": url, "LIMIT": str(limit)}
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return pickle.loads(done.stdout), float(done.stderr) / 1024  # noqa: S301 - our own process


def compare(facts: CostFacts, ledger: Ledger) -> None:
    """Hold every total of the facts against the ledger; raises ArithmeticError."""
    truth = ledger.facts(TODAY)
    days = facts.services.period
    pairs: list[tuple[Any, Any]] = [
        (facts.services.by_day(), truth.services.during(days).by_day()),
        (facts.months.by_day(), truth.months.by_day()),
    ]
    if facts.accounts is not None:
        gross = truth.services.gross().during(facts.accounts.period)
        pairs.append((facts.accounts.by_day(), gross.by_day()))
    for told, true in pairs:
        if told != true:
            raise ArithmeticError(f"A sum is not the ledger's: {told} instead of {true}")


def told_apart(facts: CostFacts) -> tuple[str, str]:
    """How many accounts are told apart by day, and the share of the costs that they have."""
    if facts.accounts is None:
        return "none", "0 %" if len(facts.account_names) > 1 else "100 %"
    by_account = facts.accounts.by("account")
    total = sum(each.billed for each in by_account.values())
    others = by_account[OTHERS].billed if OTHERS in by_account else 0
    return f"{len(set(by_account) - {OTHERS}):,}", f"{(total - others) / total:.0%}".replace(
        "%", " %"
    )


HEAD = (
    "| accounts x services | groups a page | requests | services | accounts by day | their share "
    "| peak MB |\n|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Read every shape and write the table down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="leave the largest out; write nothing")
    if parser.parse_args().quick:
        for shape in SHAPES:
            if shape.accounts < QUICK_ACCOUNTS:
                print(row_of(shape), flush=True)
    else:
        put("docs/performance.md", "any size", "\n".join([HEAD, *map(row_of, SHAPES)]))


if __name__ == "__main__":
    main()
