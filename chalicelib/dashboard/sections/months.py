"""Month by month: each bill from usage to what is to be paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.dashboard.rounding import cents
from chalicelib.dashboard.stretches import Stretch, stretches
from chalicelib.insights.reconciliation import MonthBill
from chalicelib.report import Report


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A charge category that only the source has a name for."""

    charge_category: str
    billed_cost: Decimal


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month from usage to what is to be paid; of a month known in part, without its `unknown` days."""

    billing_period_start: date
    billing_period_end: date
    usage: Decimal
    commitments: Decimal
    support: Decimal
    tax: Decimal
    discounts: Decimal
    other: Decimal
    other_lines: tuple[OtherLine, ...]
    gross: Decimal
    refunds: Decimal
    credits: Decimal
    net: Decimal
    closed: bool
    known_in_part: bool
    unknown: tuple[Stretch, ...]


def months_of(report: Report) -> tuple[MonthRow, ...]:
    """The months since the first with any cost, oldest first."""
    return tuple(map(_month, _since_first_cost(report.months)))


def _since_first_cost(bills: Sequence[MonthBill]) -> Sequence[MonthBill]:
    """The months from the first with any cost, and at least the current one."""
    first = next((n for n, bill in enumerate(bills) if bill.gross or bill.net), len(bills) - 1)
    return bills[first:]


def _month(bill: MonthBill) -> MonthRow:
    return MonthRow(
        billing_period_start=bill.month.start,
        billing_period_end=bill.month.end,
        usage=cents(bill.usage),
        commitments=cents(bill.commitments),
        support=cents(bill.support),
        tax=cents(bill.tax),
        discounts=cents(bill.discounts),
        other=cents(sum((amount for _, amount in bill.other), ZERO)),
        other_lines=tuple(OtherLine(name, cents(amount)) for name, amount in bill.other),
        gross=cents(bill.gross),
        refunds=cents(bill.refunds),
        credits=cents(bill.credits),
        net=cents(bill.net),
        closed=bill.closed,
        known_in_part=bool(bill.unknown),
        unknown=stretches(bill.unknown),
    )
