"""Writes a ledger as the FOCUS export that AWS would deliver for it."""

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from chalicelib.costs import ChargeCategory, month_start
from chalicelib.sources.cost_explorer.record_types import charge_category, is_discount
from chalicelib.usage_types import read
from simulation.ledger import Entry, Ledger

COLUMNS = {
    "BilledCost": "DOUBLE",
    "BillingAccountId": "VARCHAR",
    "BillingCurrency": "VARCHAR",
    "BillingPeriodEnd": "TIMESTAMP",
    "BillingPeriodStart": "TIMESTAMP",
    "ChargeCategory": "VARCHAR",
    "ChargeClass": "VARCHAR",
    "ChargePeriodEnd": "TIMESTAMP",
    "ChargePeriodStart": "TIMESTAMP",
    "CommitmentDiscountStatus": "VARCHAR",
    "ConsumedQuantity": "DOUBLE",
    "ConsumedUnit": "VARCHAR",
    "ContractedCost": "DOUBLE",
    "ContractedUnitPrice": "DOUBLE",
    "EffectiveCost": "DOUBLE",
    "ListCost": "DOUBLE",
    "ListUnitPrice": "DOUBLE",
    "PricingQuantity": "DOUBLE",
    "PricingUnit": "VARCHAR",
    "ProviderName": "VARCHAR",
    "RegionId": "VARCHAR",
    "RegionName": "VARCHAR",
    "ResourceId": "VARCHAR",
    "ResourceName": "VARCHAR",
    "ServiceName": "VARCHAR",
    "SubAccountId": "VARCHAR",
    "SubAccountName": "VARCHAR",
    "Tags": "MAP(VARCHAR, VARCHAR)",
    "x_CostCategories": "MAP(VARCHAR, VARCHAR)",
    "x_UsageType": "VARCHAR",
}
"""Columns and their types in an AWS export, as far as a report can make use of them."""


def write_csv(ledger: Ledger, path: Path) -> None:
    """Write one CSV file with every cost in full."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS))
        writer.writeheader()
        writer.writerows(_rows(ledger))


def write_export(ledger: Ledger, folder: Path) -> None:
    """Write Parquet files below `folder`, one billing period each, laid out and typed like AWS's."""
    text = folder / "charges.csv"
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(ledger, text)
    columns = ", ".join(
        f"CAST(CAST({name} AS JSON) AS {kind}) AS {name}"
        if kind.startswith("MAP")
        else f"CAST({name} AS {kind}) AS {name}"
        for name, kind in COLUMNS.items()
    )
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (SELECT {columns}, strftime(CAST(BillingPeriodStart AS TIMESTAMP), '%Y-%m') AS BILLING_PERIOD"
            f" FROM read_csv('{text}', all_varchar = true))"
            f" TO '{folder / 'data'}' (FORMAT parquet, PARTITION_BY (BILLING_PERIOD))"
        )
    text.unlink()


def _rows(ledger: Ledger) -> Iterator[dict[str, object]]:
    for entry in ledger.entries:
        category, charge_class = _category(entry.record_type)
        yield {
            "BilledCost": f"{entry.net_unblended:f}",
            "BillingAccountId": "100000000000",
            "BillingCurrency": ledger.currency,
            "BillingPeriodEnd": _time(month_start(entry.day, 1)),
            "BillingPeriodStart": _time(month_start(entry.day)),
            "ChargeCategory": category,
            "ChargeClass": charge_class,
            "ChargePeriodEnd": _time(entry.day + timedelta(days=1)),
            "ChargePeriodStart": _time(entry.day),
            "ContractedCost": f"{entry.net_unblended:f}",
            **_what_was_used(entry),
            "EffectiveCost": f"{entry.net_amortized:f}",
            # What a discount takes off belongs to no list price.
            "ListCost": "0" if is_discount(entry.record_type) else f"{entry.unblended:f}",
            "ProviderName": "AWS",
            "ServiceName": entry.service,
            "SubAccountId": entry.account,
            "SubAccountName": ledger.account_names.get(entry.account, ""),
            "Tags": _labels(entry, "tag"),
            "x_CostCategories": _labels(entry, "category"),
        }


def _what_was_used(entry: Entry) -> dict[str, object]:
    region = read(entry.service, entry.usage_type).region
    used = f"{entry.quantity:f}" if entry.quantity else ""
    return {
        "CommitmentDiscountStatus": "Used" if entry.record_type in _COVERED else "",
        "ConsumedQuantity": used,
        "ConsumedUnit": entry.unit,
        "ContractedUnitPrice": _price(entry.net_unblended, entry.quantity),
        "ListUnitPrice": _price(entry.unblended, entry.quantity),
        "PricingQuantity": used,
        "PricingUnit": entry.unit,
        "RegionId": region.id if region else "",
        "RegionName": region.place if region else "",
        "ResourceId": entry.resource,
        "ResourceName": "",
        "x_UsageType": entry.usage_type,
    }


def _price(amount: Decimal, quantity: Decimal) -> str:
    return f"{amount / quantity:f}" if quantity else ""


_COVERED = ("SavingsPlanCoveredUsage", "DiscountedUsage")


def _category(record_type: str) -> tuple[str, str]:
    match charge_category(record_type):
        case ChargeCategory.SUPPORT:  # FOCUS has no category of its own for it
            return ChargeCategory.PURCHASE, ""
        case ChargeCategory.ADJUSTMENT:  # a refund corrects usage of an invoiced period
            return ChargeCategory.USAGE, "Correction"
        case category:
            return category, ""


def _labels(entry: Entry, kind: str) -> str:
    labels = (name.partition(":") for name in entry.labels)
    return json.dumps(
        {key: entry.labels[f"{kind}:{key}"] for each, _, key in labels if each == kind}
    )


def _time(day: date) -> str:
    return f"{day}T00:00:00Z"
