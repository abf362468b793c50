"""The report as JSON and CSV; the page's own downloads are the same."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.view import View

TABLES = ("services", "accounts", "labels", "fees", "months", "daily")
"""What can be had as CSV; accounts, labels and fees where the report has them."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001
"""What makes a spreadsheet take a text for a formula (OWASP ASVS 1.2.10, CWE-1236)."""

type Record = dict[str, Any]


def write_json(view: View) -> str:
    """Everything the page shows, as docs/report.schema.json describes it."""
    return json.dumps(as_json(view), indent=2, ensure_ascii=False) + "\n"


def write_csv(view: View, table: str = "services") -> str:
    """One table of the page, RFC 4180; "" when the report has no such table.

    Each row carries the period and the currency of its amounts. Text that a spreadsheet would run
    as a formula gets a single quote in front; numbers stay numbers.
    """
    records = _records(as_json(view), table)
    if not records:
        return ""
    columns = [name for name, value in records[0].items() if not isinstance(value, list)]
    lines = [columns, *([record[name] for name in columns] for record in records)]
    return "".join(",".join(map(_field, line)) + "\r\n" for line in lines)


def _records(view: Record, table: str) -> list[Record]:
    currency = {"BillingCurrency": view["BillingCurrency"]}
    if table == "daily":
        return _daily(view["Daily"], currency)
    if table in ("fees", "months"):
        return [row | currency for row in view[table.capitalize()]]
    found = view[table.capitalize()] or {"Rows": ()}
    period = {
        name: found[name] for name in ("ChargePeriodStart", "ChargePeriodEnd") if found["Rows"]
    }
    return [period | row | currency for row in found["Rows"]]


def _daily(daily: Record, currency: Record) -> list[Record]:
    """One record for each series and day, before credits and refunds."""
    first = date.fromisoformat(daily["ChargePeriodStart"])
    billed, effective = (
        _stack(daily["Stacks"], cost)["Series"] for cost in ("billed", "effective")
    )
    return [
        {
            "ChargePeriodStart": (first + timedelta(days=n)).isoformat(),
            "ChargePeriodEnd": (first + timedelta(days=n + 1)).isoformat(),
            "ServiceName": series["Name"],
            "Rest": series["Rest"],
            "BilledCost": series["Amounts"][n],
            "EffectiveCost": spread["Amounts"][n],
        }
        | currency
        for series, spread in zip(billed, effective, strict=True)
        for n in range(len(series["Amounts"]))
    ]


def _stack(stacks: Iterable[Record], cost: str) -> Record:
    return next(
        stack
        for stack in stacks
        if (stack["By"], stack["Cost"], stack["Credits"]) == ("service", cost, "before")
    )


def _field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    text = f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text
