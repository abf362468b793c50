"""Speed, size and price of the weekly report, side by side with the least such a program can be.

    python -m benchmarks.weekly_report        writes its tables into docs/performance.md

Every program runs as a fresh process against the same stand-ins for AWS on loopback, taking turns;
CPU and memory are the operating system's own figures of each process, and cells are medians.
"""

import argparse
import json
import pickle
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.document import put
from benchmarks.processes import MEMORY, ROOT, measure, python, take_turns
from chalicelib.costs import CostFacts
from chalicelib.report import build_report
from chalicelib.settings import Settings
from chalicelib.wiring import fact_source
from deployment.bytecode import compile_modules
from simulation.aws import ACCOUNT_ID, REGION, LocalAws, local_aws
from simulation.demo import scheduled_event
from simulation.emulator import Fault, FaultKind
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW, large_ledger, sample_ledger

TODAY = SAMPLE_NOW.date()
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:cloud-cost-tracker-dev-notify"
LIMIT = (
    100  # requests a run; costs by account and service of the largest organisation would need more
)

OURS = "import json, os, app; app.weekly_report(json.loads(os.environ['EVENT']), None)" + MEMORY
FLOOR = "import runpy; runpy.run_module('benchmarks.floor', run_name='__main__')" + MEMORY
RENDERING = """
import pickle, sys
from chalicelib.dashboard.page import render_page
from chalicelib.messages.digest import digest
from chalicelib.report import build_report
from chalicelib.settings import Settings
from simulation.sample import SAMPLE_NOW
report = build_report(pickle.load(sys.stdin.buffer), Settings(), SAMPLE_NOW)
render_page(report), digest(report, '')
"""
RENDERING_FLOOR = """
import pickle, sys
from jinja2 import Environment
from benchmarks.floor import PAGE
from simulation.sample import SAMPLE_NOW
facts = pickle.load(sys.stdin.buffer)
rows = [(name, each.billed) for name, each in facts.services.by('service').items()]
Environment(autoescape=True).from_string(PAGE).render(rows=rows)
"""
IMPORTS = {
    "bare python": "pass",
    "app, as it is": "import app",
    "app, and all that the weekly report needs": (
        "import app, boto3, chalicelib.jobs.weekly_report, chalicelib.delivery.links,"
        " chalicelib.sources.cost_explorer, cryptography.hazmat.primitives.asymmetric.ec"
    ),
}


@contextmanager
def stand_ins(ledger: Ledger, page_size: int, latency: float = 0) -> Iterator[LocalAws]:
    """The local AWS with this ledger."""
    environment = {"CCT_MAX_REQUESTS": str(LIMIT)}
    with local_aws(ledger, SAMPLE_NOW, page_size=page_size, environment=environment) as aws:
        aws.emulator.latency = latency
        yield aws


def questions(aws: LocalAws) -> list[tuple[dict[str, Any], int]]:
    """What was put to Cost Explorer so far, and how many pages of each answer were read."""
    pages: Counter[str] = Counter()
    for each in aws.emulator.billed:
        asked = {key: value for key, value in each.parameters.items() if key != "NextPageToken"}
        pages[json.dumps(asked)] += 1
    return [(json.loads(asked), read) for asked, read in pages.items()]


def runs_of_the_report(runs: int) -> str:
    """The whole cold run, beside the floor, at three sizes of organisation."""
    rows = []
    for name, ledger, page_size, latency in [
        ("sample: 3 accounts, 26 services", sample_ledger(), 1000, 0.0),
        ("30 accounts x 40 services", large_ledger(30, 40, 420, today=TODAY), 1000, 0.0),
        ("the same, 200 ms a request", large_ledger(30, 40, 420, today=TODAY), 1000, 0.2),
        ("1,000 accounts x 100 services", large_ledger(1000, 100, 420, today=TODAY), 5000, 0.0),
    ]:
        with stand_ins(ledger, page_size, latency) as aws:
            facts = fact_source(Settings(max_requests=LIMIT)).facts(TODAY)
            aws.emulator.requests.clear()
            environment = {"EVENT": json.dumps(scheduled_event())}
            measure(python(OURS), environment)
            billed, distinct = len(aws.emulator.billed), aws.emulator.distinct
            environment["QUESTIONS"] = json.dumps(questions(aws))
            programs = {
                "floor": python(FLOOR, "page", aws.bucket),
                "told": python(FLOOR, "page", aws.bucket, TOPIC),
                "ours": python(OURS),
            }
            measured = take_turns(programs, runs, environment)
            unsigned = take_turns({"ours": python(OURS)}, runs, environment | {"CCT_LINKS": "off"})
        added = cpu_of_rendering(facts, runs)
        floor, told, ours, bare = *measured.values(), unsigned["ours"]
        rows.append(
            f"| {name} | {billed} / {distinct} = ${billed / 100:.2f} "
            f"| {floor.wall:.2f} / {told.wall:.2f} / {ours.wall:.2f} "
            f"| {floor.cpu:.2f} / {told.cpu:.2f} / {ours.cpu:.2f} | {ours.cpu - bare.cpu:.2f} "
            f"| {added:.2f} | {ours.cpu / told.cpu:.2f} | {(bare.cpu - added) / told.cpu:.2f} "
            f"| {floor.memory:.0f} / {ours.memory:.0f} |"
        )
    return "\n".join([HEAD, "|---|---|---|---|---|---|---|---|---|", *rows])


HEAD = (
    "| organisation | requests billed / distinct | wall s: floor / + mail / ours "
    "| CPU s: floor / + mail / ours | of ours: signing links | of ours: insights, page, digest "
    "| all of it, x floor + mail | the rest, x floor + mail | peak MB: floor / ours |"
)


def cpu_of_rendering(facts: CostFacts, runs: int) -> float:
    """CPU seconds by which our insights, page and digest exceed the floor's page, imports included."""
    programs = {"ours": python(RENDERING), "floor": python(RENDERING_FLOOR)}
    with tempfile.TemporaryDirectory() as folder:
        pickled = Path(folder) / "facts"
        pickled.write_bytes(pickle.dumps(facts))
        measured = take_turns(programs, runs, {}, pickled)
    return measured["ours"].cpu - measured["floor"].cpu


def share_of_the_truth() -> str:
    """What part of the ledger's own sum arrives, at page sizes and under faults."""
    rows = []
    ledger = large_ledger(20, 40, 420, today=TODAY)
    truth = ledger.facts(TODAY)
    total = truth.services.total().billed + truth.months.total().billed
    throttled = {
        "no fault": [],
        "throttled twice at the start": [Fault(FaultKind.THROTTLED, times=2)],
        "every third request throttled": [Fault(FaultKind.THROTTLED, every=3)],
    }
    for page_size in (700, 1000, 5000):
        for name, faults in throttled.items():
            with stand_ins(ledger, page_size) as aws:
                aws.emulator.faults = [Fault(each.kind, each.times, each.every) for each in faults]
                facts = fact_source(Settings(max_requests=1000)).facts(TODAY)
                read = facts.services.total().billed + facts.months.total().billed
                rows.append(
                    f"| {page_size:,} | {name} | {read / total * 100:.10f} % "
                    f"| {len(aws.emulator.billed)} / {aws.emulator.distinct} |"
                )
                if read != total:
                    raise ArithmeticError(f"{read} is not {total}")
    head = "| groups a page | fault | share of the ledger's sum | billed / distinct |\n|---|---|---|---|"
    return "\n".join([head, *rows])


def growth(runs: int) -> str:
    """CPU and memory of the run as the number of groups grows."""
    rows = []
    for accounts in (25, 50, 100, 200):
        with stand_ins(large_ledger(accounts, 40, 420, today=TODAY), 5000):
            facts = fact_source(Settings(max_requests=LIMIT)).facts(TODAY)
            groups = len(facts.services) + len(facts.months) + len(facts.accounts or ())
            environment = {"EVENT": json.dumps(scheduled_event())}
            measured = take_turns({"ours": python(OURS)}, runs, environment)["ours"]
        rows.append(
            f"| {accounts:,} x 40 | {groups:,} | {measured.cpu:.2f} "
            f"| {measured.cpu / groups * 1e6:.1f} | {measured.memory:.0f} |"
        )
    head = (
        "| accounts x services | groups | CPU s | CPU us a group | peak MB |\n|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def imports(runs: int) -> str:
    """What importing costs, in fresh processes."""
    programs = {name: python(code + MEMORY) for name, code in IMPORTS.items()}
    measured = take_turns(programs, runs * 3, {})
    bare = measured["bare python"]
    rows = [
        f"| {name} | {each.wall * 1000:.0f} | {each.wall / bare.wall:.1f} | {each.memory:.0f} |"
        for name, each in measured.items()
    ]
    return "\n".join(["| import | wall ms | x bare | MB |", "|---|---|---|---|", *rows])


def package() -> str:
    """Bytes of the deployment package, by what they are for."""
    subprocess.run(["make", "-s", "package"], cwd=ROOT, check=True, capture_output=True)
    signing = {"cryptography", "cffi", "pycparser", "_cffi_backend"}
    sizes = {"signing links (cryptography)": 0, "everything else": 0}
    with zipfile.ZipFile(ROOT / "build/package/deployment.zip") as archive:
        for entry in archive.infolist():
            top = entry.filename.split("/")[0].split("-")[0].split(".")[0]
            kind = "signing links (cryptography)" if top in signing else "everything else"
            sizes[kind] += entry.compress_size
    rows = [f"| {name} | {Decimal(size) / 1_000_000:.2f} |" for name, size in sizes.items()]
    return "\n".join(["| in the zip | MB |", "|---|---|", *rows])


TABLES: dict[str, Callable[[int], str]] = {
    "whole run": runs_of_the_report,
    "nothing is lost": lambda _: share_of_the_truth(),
    "growth": lambda runs: growth(max(3, runs // 2)),
    "imports": imports,
    "package": lambda _: package(),
}


def main() -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], help="some of the tables only")
    chosen = parser.parse_args()
    build_report(sample_ledger().facts(TODAY), Settings(), SAMPLE_NOW)  # fails early if it fails
    compile_modules()  # as they are packed
    for name in chosen.tables or TABLES:
        put("docs/performance.md", name, TABLES[name](chosen.runs))


if __name__ == "__main__":
    main()
