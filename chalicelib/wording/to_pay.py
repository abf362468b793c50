"""What is left to pay once credits and refunds are taken off, in words: never less than nothing."""

from decimal import Decimal

from chalicelib.costs import Costs
from chalicelib.insights.comparison import Comparison
from chalicelib.insights.reconciliation import MonthBill
from chalicelib.money import money

LEAST = Decimal("0.005")
"""What rounds to a cent."""


def left_to_pay(net: Decimal, gross: Decimal, currency: str) -> str:
    """An amount after credits and refunds, with that before them where they took all of it."""
    if net >= LEAST or (abs(net) < LEAST and gross < LEAST):
        return money(max(net, Decimal(0)), currency)
    if gross < LEAST:
        return f"nothing to pay ({money(-net, currency)} came back)"
    return f"nothing to pay ({money(gross, currency)} before credits and refunds)"


def to_pay_of(costs: Costs) -> str:
    """What all charges of a table leave to pay."""
    return left_to_pay(costs.total().billed, costs.gross().total().billed, costs.currency)


def to_pay(comparison: Comparison, currency: str) -> str:
    """What a period leaves to pay."""
    return left_to_pay(comparison.net.after, before_reductions(comparison), currency)


def paid_by_credits(comparison: Comparison) -> bool:
    """Whether credits and refunds took all that a period cost, or more."""
    return comparison.net.after < LEAST <= before_reductions(comparison)


def before_reductions(comparison: Comparison) -> Decimal:
    """What a period cost before credits and refunds, those among the fees included."""
    return max(comparison.gross.after, comparison.usage.after)


def billed(bill: MonthBill, currency: str, verb: str) -> str:
    """What a month came to: `came to $2,243.11`, or that it left nothing to pay."""
    net = f"{verb} {money(bill.net, currency)}" if bill.net >= LEAST else "left nothing to pay"
    if bill.gross == bill.net:
        return net
    return f"{net} ({money(bill.gross, currency)} before credits and refunds)"
