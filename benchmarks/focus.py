"""Reports from generated FOCUS exports: time, memory, and what Athena and Cost Explorer would charge.

    python -m benchmarks.focus 1 10 50        sizes in millions of rows; files stay in build/focus/

An export holds 24 months in AWS's layout, 13 rows for each day, service and account, as an export by
the day with resources does. A report needs the last 13 months. Each figure is the median of the runs,
each in a process of its own; `x bare` compares CPU seconds, which other work on the machine
disturbs least.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import duckdb

from chalicelib.report import build_report
from chalicelib.settings import Settings
from chalicelib.sources.focus.athena import price_of
from chalicelib.sources.focus.sql import FocusQuery
from desk.focus_files import FocusFiles
from desk.focus_files.source import MEMORY_LIMIT

FOLDER = Path("build/focus")
TODAY = date(2026, 11, 23)
FIRST_MONTH, DAYS = date(2024, 12, 1), 722
SERVICES_EACH, ROWS_A_GROUP = 12, 13
CELLS_A_PAGE = (1000, 5000)
"""Groups on a page of Cost Explorer: AWS does not say; what others observed lies between these."""

READ = (
    *(
        "BilledCost",
        "EffectiveCost",
        "ListCost",
        "BillingCurrency",
        "ProviderName",
        "ChargeCategory",
    ),
    *("ChargeClass", "ChargePeriodStart", "ServiceName", "SubAccountId", "SubAccountName"),
    "BillingAccountId",
)
"""The columns that the query names; Athena bills no others."""

GENERATE = """
COPY (
    SELECT
        SubAccountId, 'Team ' || account AS SubAccountName, '100000000000' AS BillingAccountId,
        'Example Ltd' AS BillingAccountName, 'USD' AS BillingCurrency, 'AWS' AS ProviderName,
        'Amazon Web Services, Inc.' AS PublisherName, 'Amazon Web Services, Inc.' AS InvoiceIssuerName,
        ChargeCategory, NULL::VARCHAR AS ChargeClass, 'Usage-Based' AS ChargeFrequency,
        'Standard' AS PricingCategory, 'Hrs' AS PricingUnit, 'Hrs' AS ConsumedUnit,
        'Service ' || service AS ServiceName, 'Category ' || service % 9 AS ServiceCategory,
        'region-' || noise % 6 AS RegionId, 'Region ' || noise % 6 AS RegionName,
        'sku-' || service * 100 + noise % 97 AS SkuId, '$0.0' || noise % 97 || ' per hour' AS ChargeDescription,
        'arn:aws:service:' || account || ':resource/' || noise % 100003 AS ResourceId,
        day AS ChargePeriodStart, day + INTERVAL 1 DAY AS ChargePeriodEnd,
        date_trunc('month', day) AS BillingPeriodStart,
        date_trunc('month', day) + INTERVAL 1 MONTH AS BillingPeriodEnd,
        cost AS BilledCost, cost AS EffectiveCost, round(cost * 1.08, 10) AS ListCost, cost AS ContractedCost,
        round(cost * 20, 6) AS PricingQuantity, round(cost * 20, 6) AS ConsumedQuantity,
        MAP {{'team': 'team-' || account % 40}} AS Tags,
        strftime(day, '%Y-%m') AS BILLING_PERIOD
    FROM (
        SELECT
            TIMESTAMP '{first}' + INTERVAL 1 DAY * (n // {a_day}) AS day,
            n % {accounts} AS account,
            lpad((100000000001 + n % {accounts})::VARCHAR, 12, '0') AS SubAccountId,
            (n % {accounts} * 7 + n // {accounts} % {services}) % 60 AS service,
            hash(n + {seed}) AS noise,
            round((hash(n + {seed}) >> 40) / 1e7, 10)::DOUBLE AS cost,
            CASE WHEN n % 97 = 0 THEN 'Credit' WHEN n % 89 = 0 THEN 'Tax' ELSE 'Usage' END AS ChargeCategory
        FROM range({from_row}, {to_row}) t(n)
    )
) TO '{folder}/data' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (BILLING_PERIOD), APPEND)
"""

BARE = """
SELECT CAST(ChargePeriodStart AS DATE) AS day, ServiceName, SubAccountId, ChargeCategory,
    SUM(BilledCost), SUM(EffectiveCost), SUM(ListCost)
FROM read_parquet('{folder}/data/*/*.parquet')
WHERE ChargePeriodStart >= TIMESTAMP '2025-10-01' AND ChargePeriodStart < TIMESTAMP '2026-11-23'
GROUP BY 1, 2, 3, 4
"""


def main() -> None:
    """Measure the sizes named on the command line, or one part in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("millions", nargs="*", type=int, default=[1, 10])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=PARTS, help="measure one part here and print it as JSON")
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(_measured(PARTS[chosen.only], _folder(chosen.millions[0]))))
        return
    print(
        "| million rows | MB | part | seconds | CPU seconds | x bare | peak MB |\n|---|---|---|---|---|---|---|"
    )
    for millions in chosen.millions:
        _generate(millions)
        _print_times(millions, chosen.runs)
    print(
        "\n| million rows | accounts | question to Athena | MB read | US$ a run |\n|---|---|---|---|---|"
    )
    for millions in chosen.millions:
        _print_bytes(millions)
    print("\n| accounts | Cost Explorer cells | pages | US$ a run |\n|---|---|---|---|")
    for accounts in (1, 10, 30, 100, 180, 443, 1000):
        _print_pages(accounts)


def bare(folder: Path) -> int:
    """DuckDB's own aggregate over the same rows and measures, its answer left inside the engine."""
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT}) as engine:
        engine.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        engine.execute(f"CREATE TEMP TABLE answer AS {BARE.format(folder=folder)}")
        rows = engine.execute("SELECT COUNT(*) FROM answer").fetchone()
    return int(rows[0]) if rows else 0


def facts(folder: Path) -> int:
    """The facts of a report made on a given day."""
    return len(FocusFiles(str(folder)).facts(TODAY).services)


def report(folder: Path) -> int:
    """Everything that `cli.py preview --focus` does: find the last day, read, work out, render."""
    from chalicelib.dashboard.page import render_page

    made = build_report(FocusFiles(str(folder)).facts(), Settings(), datetime.now(UTC))
    return len(render_page(made))


PARTS: dict[str, Callable[[Path], int]] = {"bare": bare, "facts": facts, "report": report}


def _measured(part: Callable[[Path], int], folder: Path) -> dict[str, float]:
    started, worked = time.perf_counter(), time.process_time()
    result = part(folder)
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - worked,
        "peak": _peak_megabytes(),
        "result": result,
    }


def _peak_megabytes() -> float:
    """The most memory this process has had; unlike getrusage's, it is not inherited by a child."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s*(\d+)", status)[0]) / 1024


def _print_times(millions: int, runs: int) -> None:
    size = sum(path.stat().st_size for path in _folder(millions).rglob("*.parquet")) / 1e6
    base = 0.0
    for name in PARTS:
        command = [sys.executable, "-m", "benchmarks.focus", str(millions), "--only", name]
        answers = [
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            for _ in range(runs)
        ]
        seconds, cpu = (median(each[key] for each in answers) for key in ("seconds", "cpu"))
        base = base or cpu
        peak = max(each["peak"] for each in answers)
        print(
            f"| {millions} | {size:,.0f} | {name} | {seconds:.2f} | {cpu:.2f} | {cpu / base:.1f} | {peak:.0f} |"
        )


def _print_bytes(millions: int) -> None:
    folder, query = _folder(millions), FocusQuery(TODAY)
    since = f"BILLING_PERIOD={query.months.start:%Y-%m}"
    names = ", ".join(f"'{name}'" for name in READ)
    questions = {
        "the report's": f"path_in_schema IN ({names}) AND split_part(file_name, '/', -2) >= '{since}'",
        "without the billing period": f"path_in_schema IN ({names})",
        "without choosing columns": "TRUE",
    }
    for question, condition in questions.items():
        answer = duckdb.execute(
            f"SELECT SUM(total_compressed_size) FROM parquet_metadata('{folder}/data/*/*.parquet')"
            f" WHERE {condition}"
        ).fetchone()
        read = int(answer[0]) if answer else 0
        price = price_of(read).amount
        print(
            f"| {millions} | {_accounts(millions)} | {question} | {read / 1e6:,.0f} | {price:.6f} |"
        )


def _print_pages(accounts: int) -> None:
    """What a report takes in Cost Explorer at least: 12 services an account, 60 in all, each charged
    in one category a day, and a credit or a tax for each account and month."""
    query = FocusQuery(TODAY)
    questions = [
        len(query.days) * min(60, SERVICES_EACH * accounts),
        14 * accounts * 2,
        *([len(query.recent) * accounts * SERVICES_EACH] if accounts > 1 else []),
    ]
    few, many = (sum(-(-cells // size) for cells in questions) for size in reversed(CELLS_A_PAGE))
    print(
        f"| {accounts} | {sum(questions):,} | {few} to {many} | {few / 100:.2f} to {many / 100:.2f} |"
    )


def _generate(millions: int) -> None:
    folder = _folder(millions)
    if folder.exists():
        return
    accounts, rows = _accounts(millions), millions * 1_000_000
    a_day = -(-rows // DAYS)
    with duckdb.connect(config={"memory_limit": "4GB"}) as engine:
        engine.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        folder.mkdir(parents=True)
        step = 10_000_000
        for start in range(0, rows, step):
            engine.execute(
                GENERATE.format(
                    first=FIRST_MONTH,
                    a_day=a_day,
                    accounts=accounts,
                    services=SERVICES_EACH,
                    seed=millions,
                    from_row=start,
                    to_row=min(start + step, rows),
                    folder=folder,
                )
            )


def _accounts(millions: int) -> int:
    return max(1, millions * 1_000_000 // (DAYS * SERVICES_EACH * ROWS_A_GROUP))


def _folder(millions: int) -> Path:
    return FOLDER / f"{millions}-million"


if __name__ == "__main__":
    main()
