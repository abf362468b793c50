"""Fees taken out of the table by account and service, which does not tell them apart."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import ZERO, Amounts, Costs, Key
from chalicelib.insights.due_dates import Charges

type Row = tuple[str, str]


def without(accounts: Costs, rows: Mapping[Row, Charges]) -> Costs:
    """The table by account and service less the fees, which it does not tell apart.

    On a day of a fee, what an account paid above its usual takes its share of the fee; exact in all.
    """
    due: dict[tuple[str, date], Decimal] = {}
    for (service, _), charges in rows.items():
        for day, amount in charges.items():
            due[service, day] = due.get((service, day), ZERO) + amount
    cells = dict(accounts.cells)
    on_day: dict[tuple[str, date], list[Key]] = {}
    for key in cells:
        if (key.service, key.day) in due:
            on_day.setdefault((key.service, key.day), []).append(key)
    for where, keys in ((where, sorted(keys)) for where, keys in on_day.items()):
        surplus = [max(ZERO, cells[key].billed - _usual(accounts, key)) for key in keys]
        weights = surplus if any(surplus) else [cells[key].billed for key in keys]
        left, whole = due[where], sum(weights, ZERO)
        for key, weight in zip(keys, weights, strict=True):
            part = left if key is keys[-1] else due[where] * weight / whole if whole else ZERO
            each, left = cells[key], left - part
            cells[key] = Amounts(each.billed - part, each.effective, each.listed)
    return replace(accounts, cells=cells)


def _usual(accounts: Costs, key: Key) -> Decimal:
    """The middle amount of the three days on either side."""
    days = [key.day + timedelta(days=n) for n in (-3, -2, -1, 1, 2, 3)]
    known = sorted(
        accounts.cells[near].billed
        for near in (key._replace(day=day) for day in days)
        if near in accounts.cells
    )
    return known[len(known) // 2] if known else ZERO
