"""Speed, memory and price of a look at the billing metric, beside the least such a program can be.

python -m benchmarks.watch        writes its table into docs/performance.md
"""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.document import put
from benchmarks.processes import MEMORY, python, take_turns
from deployment.bytecode import compile_modules
from simulation.aws import local_aws
from simulation.billing_metric import CALM, BillingMetric, Part
from simulation.demo import scheduled_event
from simulation.functions import functions
from simulation.ledger import Ledger
from simulation.sample_metric import sample_metric

LOOKS_A_MONTH = 120
PRICE = 0.01 / 1000
"""Dollars for a metric asked."""
OURS = (
    "import json, os, app;"
    "C = type('C', (), {'get_remaining_time_in_millis': lambda self: 180000})();"
    "app.watch_charges(json.loads(os.environ['EVENT']), C)" + MEMORY
)
# The same calls, their values put into lists, and one message where ours sends one.
FLOOR = (
    """
import json, os, boto3
from datetime import datetime, timedelta
now = datetime.fromisoformat(json.loads(os.environ['EVENT'])['time'])
cloudwatch = boto3.client('cloudwatch')
known, token = [], {}
while True:
    page = cloudwatch.list_metrics(Namespace='AWS/Billing', MetricName='EstimatedCharges', **token)
    known += page['Metrics']
    if not page.get('NextToken'):
        break
    token = {'NextToken': page['NextToken']}
try:
    boto3.client('ssm').get_parameter(Name='/cloud-cost-tracker/dev/burning')
except Exception:
    pass
wanted = [m for m in known if len({d['Name'] for d in m['Dimensions']} & {'ServiceName', 'LinkedAccount'}) < 2]
values = {}
for first in range(0, len(wanted), 500):
    queries = [
        {'Id': f'm{n}', 'MetricStat': {'Metric': m, 'Period': 3600, 'Stat': 'Maximum'}}
        for n, m in enumerate(wanted[first:first + 500])
    ]
    page = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(days=63), EndTime=now
    )
    for each in page['MetricDataResults']:
        values[first, each['Id']] = list(zip(each['Timestamps'], each['Values']))
"""
    + MEMORY
)


def organisation(accounts: int, services: int) -> BillingMetric:
    """Quiet accounts that each use three services, by the hour since September."""
    rows = {
        Part(f"{100_000_000_000 + account}", f"Amazon{(account * 3 + n) % services:03}"): [
            0.1 + n / 10
        ]
        * 24
        * 86
        for account in range(accounts)
        for n in range(3)
    }
    return BillingMetric(datetime(2026, 9, 1, tzinfo=UTC), rows, habits=CALM)


def table(runs: int) -> str:
    """Cold: a fresh process until it ends."""
    quiet, burns = (datetime(2026, 11, day, 12, 15, tzinfo=UTC) for day in (24, 25))
    cases: list[tuple[str, Callable[[], BillingMetric], datetime]] = [
        ("sample, quiet", sample_metric, quiet),
        ("sample, a runaway is told", sample_metric, burns),
        ("10 accounts, 30 services", lambda: organisation(10, 30), quiet),
        ("100 accounts, 30 services", lambda: organisation(100, 30), quiet),
        ("1,000 accounts, 100 services", lambda: organisation(1000, 100), quiet),
    ]
    rows = []
    for name, metric, moment in cases:
        event = scheduled_event(moment, "watch_charges")
        with local_aws(Ledger([], {}), moment, metric=metric()) as aws:
            with functions() as client:
                client.lambda_.invoke("watch_charges", event)
            asked = aws.cloudwatch.asked if aws.cloudwatch else 0
            programs = {"floor": python(FLOOR), "ours": python(OURS)}
            measured = take_turns(programs, runs, {"EVENT": json.dumps(event)})
        floor, ours = measured["floor"], measured["ours"]
        rows.append(
            f"| {name} | {asked} | ${asked * LOOKS_A_MONTH * PRICE:.2f} "
            f"| {floor.cpu:.2f} / {ours.cpu:.2f} | {ours.cpu / floor.cpu:.2f} "
            f"| {floor.memory:.0f} / {ours.memory:.0f} |"
        )
    head = (
        "| look | metrics asked | a month at 120 such looks | cold, CPU s: floor / ours "
        "| x floor | peak MB: floor / ours |\n|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    compile_modules()  # as they are packed
    put("docs/performance.md", "watch", table(given.runs))


if __name__ == "__main__":
    main()
