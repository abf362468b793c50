"""How a month's usage becomes its bill, and whether two independent queries agree on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import (
    NOTHING,
    REDUCTIONS,
    ZERO,
    Amounts,
    ChargeCategory,
    Costs,
    Period,
    month_start,
)

OWN_LINES = frozenset(
    {ChargeCategory.USAGE, ChargeCategory.PURCHASE, ChargeCategory.SUPPORT, ChargeCategory.TAX}
)


@dataclass(frozen=True, slots=True)
class MonthBill:
    """One month from usage to net, billed cost; the lines up to gross add up to gross.

    `other` holds charge categories that only the source has a name for. gross + refunds + credits
    is net, exactly. `closed` means that every day is complete and the source calls none estimated.
    `unknown` are its days that nothing is known about: the amounts are those of the other days.
    """

    month: Period
    usage: Decimal
    commitments: Decimal
    support: Decimal
    tax: Decimal
    discounts: Decimal
    other: tuple[tuple[str, Decimal], ...]
    gross: Decimal
    refunds: Decimal
    credits: Decimal
    net: Decimal
    closed: bool
    unknown: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the daily and the monthly query say a closed month cost, net."""

    month: Period
    daily: Decimal
    monthly: Decimal

    @property
    def difference(self) -> Decimal:
        """Daily minus monthly; anything from a cent up is shown to the reader."""
        return self.daily - self.monthly


def month_bills(months: Costs, complete_through: date) -> tuple[MonthBill, ...]:
    """The bill of every month from the first that has a charge to the last of the table.

    Each line up to gross is what its category cost before negotiated discounts (FOCUS ListCost);
    `discounts` is what those discounts took off all of them together. Reductions are the billed
    amounts. A month of which the table holds only a part (the current one) is not closed. A month
    that nothing is known about has no bill.
    """
    cells: dict[date, dict[str, Amounts]] = {first: {} for first in _first_days(months.period)}
    for key, amounts in months.cells.items():
        by_category = cells[month_start(key.day)]
        by_category[key.category] = by_category.get(key.category, NOTHING) + amounts
    bills = [
        _bill(
            Period.month_of(first),
            by_category,
            _closed(months, first, complete_through),
            _unknown(months, first, complete_through),
        )
        for first, by_category in cells.items()
        if by_category or _is_known(months, first)
    ]
    while len(bills) > 1 and not (bills[0].gross or bills[0].refunds or bills[0].credits):
        del bills[0]
    return tuple(bills)


def agreements(services: Costs, months: Costs, complete_through: date) -> tuple[Agreement, ...]:
    """The two queries' net totals of each closed month that both cover in full.

    The daily query groups by service, the monthly one by account: a page that was lost or a charge
    that was left out of one of them shows here.
    """
    daily, monthly = _net_by_month(services), _net_by_month(months)
    return tuple(
        Agreement(Period.month_of(first), daily.get(first, ZERO), monthly.get(first, ZERO))
        for first in _first_days(months.period)
        if services.covers(Period.month_of(first)) and _closed(months, first, complete_through)
    )


def _net_by_month(costs: Costs) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = {}
    for day, amounts in costs.by_day().items():
        first = month_start(day)
        sums[first] = sums.get(first, ZERO) + amounts.billed
    return sums


def _first_days(period: Period) -> Iterable[date]:
    day = month_start(period.start)
    while day < period.end:
        yield day
        day = month_start(day, 1)


def _closed(months: Costs, first: date, complete_through: date) -> bool:
    end = month_start(first, 1)
    complete = end <= min(months.period.end, complete_through + timedelta(days=1))
    known = months.covers(Period(first, end))
    return complete and known and first not in months.estimated


def _is_known(months: Costs, first: date) -> bool:
    return bool(months.covered.within(Period.month_of(first)))


def _unknown(months: Costs, first: date, complete_through: date) -> tuple[Period, ...]:
    """The unknown days of a month up to the last complete one."""
    end = min(month_start(first, 1), complete_through + timedelta(days=1))
    return months.unknown(Period(first, end)) if first < end else ()


def _bill(
    month: Period, by_category: dict[str, Amounts], closed: bool, unknown: tuple[Period, ...]
) -> MonthBill:
    before_reductions = {
        category: amounts for category, amounts in by_category.items() if category not in REDUCTIONS
    }
    gross = sum((amounts.billed for amounts in before_reductions.values()), ZERO)
    listed = sum((amounts.listed for amounts in before_reductions.values()), ZERO)
    credits = by_category.get(ChargeCategory.CREDIT, NOTHING).billed
    refunds = by_category.get(ChargeCategory.ADJUSTMENT, NOTHING).billed

    def line(category: ChargeCategory) -> Decimal:
        return before_reductions.get(category, NOTHING).listed

    return MonthBill(
        month=month,
        usage=line(ChargeCategory.USAGE),
        commitments=line(ChargeCategory.PURCHASE),
        support=line(ChargeCategory.SUPPORT),
        tax=line(ChargeCategory.TAX),
        discounts=gross - listed,
        other=tuple(
            (category, amounts.listed)
            for category, amounts in sorted(before_reductions.items())
            if category not in OWN_LINES and amounts.listed
        ),
        gross=gross,
        refunds=refunds,
        credits=credits,
        net=gross + refunds + credits,
        closed=closed,
        unknown=unknown,
    )
