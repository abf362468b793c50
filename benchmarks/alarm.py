"""Speed, size and price of an answered alarm, side by side with the least such a program can be.

.venv/bin/python -m benchmarks.alarm        writes the last part of docs/reliability.md
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from unittest.mock import patch

from benchmarks.processes import ROOT, python, take_turns
from benchmarks.weekly_report import stand_ins
from simulation.aws import LocalAws
from simulation.demo import stored_event
from simulation.functions import functions
from simulation.ledger import Ledger
from simulation.sample import large_ledger, sample_ledger

TODAY = "2026-11-23"
BEGIN, END = "<!-- made by benchmarks/alarm.py -->\n", "<!-- end of measurements -->\n"

CONTEXT = "C = type('C', (), {'get_remaining_time_in_millis': lambda self: 120000})()"
OURS = f"import json, os, app; {CONTEXT}; app.explain_alarm(json.loads(os.environ['EVENT']), C)"
FLOOR = f"""
import boto3
from collections import defaultdict
page = boto3.client("ce").get_cost_and_usage(
    TimePeriod={{"Start": "2026-10-01", "End": "{TODAY}"}}, Granularity="DAILY",
    Metrics=["NetUnblendedCost"], GroupBy=[
        {{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}}, {{"Type": "DIMENSION", "Key": "SERVICE"}}])
sums = defaultdict(float)
for result in page["ResultsByTime"]:
    for group in result["Groups"]:
        sums[group["Keys"][1]] += float(group["Metrics"]["NetUnblendedCost"]["Amount"])
boto3.client("sns").publish(
    TopicArn="arn:aws:sns:us-east-1:123456789012:cloud-cost-tracker-dev-notify",
    Message="\\n".join(f"{{name}}: {{amount:.2f}}" for name, amount in sums.items()))
"""
IMPORTS = {
    "bare python": "pass",
    "app": "import app",
    "app and the alarm path": "import app, chalicelib.wiring, chalicelib.jobs.explain_alarm",
    "the same, boto3 and clients' modules": (
        "import app, boto3, chalicelib.jobs.explain_alarm, chalicelib.sources.cost_explorer,"
        " chalicelib.delivery.links, chalicelib.delivery.channel"
    ),
    "what the report needs": "import app, boto3, chalicelib.jobs.weekly_report",
}


def requests_per_signal() -> str:
    """How many requests each kind of signal costs, one page each."""
    rows = []
    with stand_ins(sample_ledger(), 5000) as aws:
        for name, event in {
            "alarm on the bill, several accounts": "alarm_bill",
            "alarm on one service": "alarm_one_service",
            "alarm on one account": "alarm_account",
            "budget notice": "budget_forecast",
            "anomaly": "anomaly",
            "alarm that is OK again": "alarm_ok",
            "message that is no cost signal": "not_a_cost_signal",
        }.items():
            aws.emulator.requests.clear()
            warm(event, 1)
            rows.append(f"| {name} | {len(aws.emulator.requests)} |")
    return "\n".join(["| signal | requests |", "|---|---|", *rows])


def from_event_to_mail(runs: int) -> str:
    """Cold: a fresh process until it ends. Warm: one more event in the same process."""
    rows = []
    cases: list[tuple[str, Callable[[], Ledger], float, str]] = [
        ("sample", sample_ledger, 0.0, "alarm_formula"),
        ("sample, 500 ms a request", sample_ledger, 0.5, "alarm_formula"),
        ("sample, OK again", sample_ledger, 0.0, "alarm_ok"),
        ("20 accounts x 40 services", lambda: large(20, 40), 0.0, "alarm_formula"),
    ]
    for name, ledger, latency, event in cases:
        with stand_ins(ledger(), 5000, latency) as aws:
            environment = {"EVENT": json.dumps(stored_event(event))}
            programs = {"floor": python(FLOOR), "ours": python(OURS)}
            measured = take_turns(programs, runs, environment)
            milliseconds, requests = warm(event, runs), billed(aws, event)
        floor, ours = measured["floor"], measured["ours"]
        rows.append(
            f"| {name} | {requests} | {floor.wall:.2f} / {ours.wall:.2f} "
            f"| {floor.cpu:.2f} / {ours.cpu:.2f} | {ours.cpu / floor.cpu:.2f} "
            f"| {milliseconds:.0f} |"
        )
    head = (
        "| event | requests | cold, wall s: floor / ours | cold, CPU s: floor / ours "
        "| CPU, x floor | warm, ms |\n|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def large(accounts: int, services: int) -> Ledger:
    """An organisation of that size, with two months of days."""
    from simulation.sample import SAMPLE_NOW

    return large_ledger(accounts, services, 62, today=SAMPLE_NOW.date())


def warm(event: str, runs: int) -> float:
    """Milliseconds from event to mail in a process that has answered before, the median."""
    with functions() as client:
        times = []
        for number in range(runs + 1):
            started = time.perf_counter()
            client.lambda_.invoke("explain_alarm", stored_event(event))
            if number or runs == 1:
                times.append((time.perf_counter() - started) * 1000)
            if runs == 1:
                break
    return statistics.median(times)


def billed(aws: LocalAws, event: str) -> int:
    """Paid requests of one event."""
    aws.emulator.requests.clear()
    warm(event, 1)
    return len(aws.emulator.billed)


def imports(runs: int) -> str:
    """What importing costs, in fresh processes."""
    measured = take_turns({name: python(code) for name, code in IMPORTS.items()}, runs * 2, {})
    bare = measured["bare python"]
    rows = [
        f"| {name} | {each.cpu * 1000:.0f} | {each.cpu / bare.cpu:.1f} |"
        for name, each in measured.items()
    ]
    return "\n".join(["| import | CPU ms | x bare |", "|---|---|---|", *rows])


def modules() -> str:
    """Which of the heavy modules an alarm that needs no answer, and one that does, load."""
    heavy = ["jinja2", "chalicelib.dashboard.page", "boto3", "cryptography", "chalicelib.report"]
    rows = []
    for name, event in {"OK again": "alarm_ok", "answered": "alarm_formula"}.items():
        with stand_ins(sample_ledger(), 5000), ExitStack() as stack:
            stack.enter_context(
                patch.dict("os.environ", {"EVENT": json.dumps(stored_event(event))})
            )
            code = f"{OURS}; import sys; print(*[m for m in {heavy} if m in sys.modules], sep=', ')"
            found = subprocess.run(
                python(code), cwd=ROOT, capture_output=True, check=True, text=True
            )
            rows.append(f"| {name} | {found.stdout.strip() or 'none'} |")
    return "\n".join([f"| alarm | loads, of {', '.join(heavy)} |", "|---|---|", *rows])


def main() -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    text = TEMPLATE.format(
        runs=runs,
        requests=requests_per_signal(),
        times=from_event_to_mail(runs),
        imports=imports(runs),
        modules=modules(),
    )
    document = ROOT / "docs" / "reliability.md"
    head, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    document.write_text(f"{head}{BEGIN}{text}{END}{tail}", encoding="utf-8")
    sys.stdout.write(text)


TEMPLATE = """Medians of {runs} runs on two shared cores, over loopback and without TLS: compare ratios. The floor
is the least that could be called an answer: boto3, one request folded into a dict of floats, one
message. Pages hold 5,000 groups here (how many AWS's hold is not documented); each page is a request.

{requests}

{times}

{imports}

{modules}
"""

if __name__ == "__main__":
    main()
