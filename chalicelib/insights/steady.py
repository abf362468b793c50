"""What an account is charged for day by day, so that its absence says something."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from chalicelib.costs import REDUCTIONS, ZERO, Costs, Period

STEADY = Decimal("0.9")
"""Share of the known days of a period on which a steady row is charged."""
LEAST_DAYS = 5
"""A row with fewer charges is not known well enough."""
FAR_TOO_SMALL = Decimal("0.5")
"""Share of its lowest like weekday below which a row's day is unfinished."""

type Row = tuple[dict[int, Decimal], Decimal, dict[date, Decimal]]
"""Its lowest amount on each weekday, its ordinary day, and its amounts by day."""


def steady_rows(costs: Costs, before: Period) -> dict[tuple[str, str], Row]:
    """The rows by service and category that were charged on nearly every known day of a period."""
    known = [day for day in before if day in costs.covered]
    amounts: dict[tuple[str, str], dict[date, Decimal]] = {}
    for key, each in costs.cells.items():
        if each.billed > 0 and key.category not in REDUCTIONS and key.day >= before.start:
            row = amounts.setdefault((key.service, key.category), {})
            row[key.day] = row.get(key.day, ZERO) + each.billed
    rows = {}
    for name, row in amounts.items():
        own = [day for day in known if day in row]
        # A row that began inside the period is judged from its first day on.
        possible = [day for day in known if own and day >= own[0]]
        if len(own) >= LEAST_DAYS and len(own) >= STEADY * len(possible):
            rows[name] = _row(row, own)
    return rows


def _row(amounts: dict[date, Decimal], own: list[date]) -> Row:
    lowest: dict[int, Decimal] = {}
    for day in own:
        weekday = day.weekday()
        lowest[weekday] = min(lowest.get(weekday, amounts[day]), amounts[day])
    ordinary = sum((amounts[day] for day in own), ZERO) / len(own)
    return lowest, ordinary, amounts


def missing_share(rows: Iterable[Row], day: date) -> tuple[Decimal, Decimal]:
    """Which share of the rows, by number and by money, a day lacks or has far too little of."""
    number = missing = 0
    money = lost = ZERO
    for lowest, ordinary, amounts in rows:
        least = lowest.get(day.weekday(), min(lowest.values()))
        number += 1
        money += ordinary
        if amounts.get(day, ZERO) < least * FAR_TOO_SMALL:
            missing += 1
            lost += ordinary
    if not number or not money:
        return ZERO, ZERO
    return Decimal(missing) / number, lost / money
