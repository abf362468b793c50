"""Speed, size and price of an answered alarm, side by side with the least such a program can be.

python -m benchmarks.alarm        writes its tables into docs/reliability.md
"""

import argparse
import json
import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from unittest.mock import patch

from benchmarks.document import put
from benchmarks.processes import MEMORY, ROOT, python, take_turns
from benchmarks.weekly_report import FLOOR, TOPIC, questions, stand_ins
from deployment.bytecode import compile_modules
from simulation.demo import stored_event
from simulation.functions import functions
from simulation.ledger import Ledger
from simulation.sample import large_ledger, sample_ledger

CONTEXT = "C = type('C', (), {'get_remaining_time_in_millis': lambda self: 120000})()"
OURS = (
    f"import json, os, app; {CONTEXT}; app.explain_alarm(json.loads(os.environ['EVENT']), C)"
    + MEMORY
)
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
        ("30 accounts x 40 services", lambda: large(30, 40), 0.0, "alarm_formula"),
    ]
    for name, ledger, latency, event in cases:
        with stand_ins(ledger(), 5000, latency) as aws:
            aws.emulator.requests.clear()
            warm(event, 1)
            requests = len(aws.emulator.billed)
            environment = {
                "EVENT": json.dumps(stored_event(event)),
                "QUESTIONS": json.dumps(questions(aws)),
            }
            programs = {"floor": python(FLOOR, "answer", TOPIC), "ours": python(OURS)}
            measured = take_turns(programs, runs, environment)
            milliseconds = warm(event, runs)
        floor, ours = measured["floor"], measured["ours"]
        rows.append(
            f"| {name} | {requests} | {floor.wall:.2f} / {ours.wall:.2f} "
            f"| {floor.cpu:.2f} / {ours.cpu:.2f} | {ours.cpu / floor.cpu:.2f} "
            f"| {floor.memory:.0f} / {ours.memory:.0f} | {milliseconds:.0f} |"
        )
    head = (
        "| event | requests | cold, wall s: floor / ours | cold, CPU s: floor / ours "
        "| CPU, x floor | peak MB: floor / ours | warm, ms |\n|---|---|---|---|---|---|---|"
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
    compile_modules()  # as they are packed
    tables = (requests_per_signal(), from_event_to_mail(runs), imports(runs), modules())
    put("docs/reliability.md", "alarm", "\n\n".join(tables))


if __name__ == "__main__":
    main()
