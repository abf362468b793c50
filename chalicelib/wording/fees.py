"""Fees in words: what fell due, and how that compares with its own last time."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, Period
from chalicelib.insights.comparison import change
from chalicelib.insights.fees import Fee, Fees
from chalicelib.money import money, percent, signed_money
from chalicelib.wording.lines import listed


def fees_line(fees: Fees, period: Period, currency: str) -> str:
    """What fell due in a period: `$755.00 fees of the 1st, as in February`; "" when nothing did."""
    due = [fee for fee in fees.within(period) if fee.amount > 0]
    if not due:
        return ""
    dates = sorted({fee.day.day for fee in due})
    on = f" of the {listed([ordinal(day) for day in dates])}" if len(dates) <= MOST_DATES else ""
    total = sum((fee.amount for fee in due), ZERO)
    return f"{money(total, currency)} fees{on}{_than_last_time(due, total, currency)}"


LONG_AGO = 200
"""Days after which a month needs its year."""
MOST_DATES = 3
"""More due dates than this are not listed."""


def ordinal(day: int) -> str:
    """A day of the month as people say it: `1st`, `22nd`, `13th`."""
    last = 0 if day in (11, 12, 13) else day % 10
    return str(day) + {1: "st", 2: "nd", 3: "rd"}.get(last, "th")


def when(last: date, day: date) -> str:
    """The month of a fee's last time, with its year where it is long ago."""
    return f"{last:%B %Y}" if (day - last).days > LONG_AGO else f"{last:%B}"


def fee_change(fee: Fee, currency: str) -> str:
    """How one fee compares with its own last time: `+$27.95 (4.2 %)`, `the same`, `new`."""
    if not fee.amount:
        return "did not come again"
    if fee.last_day is None:
        return str(fee.news) or "no earlier time known"
    moved = change(fee.last_amount, fee.amount)
    if not moved.amount:
        return "the same"
    share = f" ({percent(abs(moved.ratio))})" if moved.ratio is not None else ""
    return f"{signed_money(moved.amount, currency)}{share}"


def _than_last_time(due: Sequence[Fee], total: Decimal, currency: str) -> str:
    before = [fee.last_day for fee in due if fee.last_day]
    if not before:
        return ""
    months = sorted({(day.year, day.month) for day in before})
    month = when(max(before), due[-1].day) if len(months) == 1 else "the month before"
    last = sum((fee.last_amount for fee in due), ZERO)
    if last == total:
        return f", as in {month}"
    if all(not fee.news for fee in due):
        return f", much as in {month} ({money(last, currency)})"
    return f", {money(last, currency)} in {month}"
