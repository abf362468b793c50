"""Where the month ends, and what of it a budget allows, in words."""

from decimal import Decimal

from chalicelib.costs import ZERO, Period
from chalicelib.insights.projection import Projection, Projections
from chalicelib.money import money, rough_money
from chalicelib.report import Report
from chalicelib.wording.lines import listed
from chalicelib.wording.periods import days
from chalicelib.wording.to_pay import billed

FIRST_DAYS = 10
"""Until this day of a month people ask what the last one cost."""


def month_end(projections: Projections, currency: str, budget: Decimal = ZERO) -> str:
    """Where the month ends, against the budget if there is one, or why nobody can say yet."""
    net, gross = projections.net, projections.gross
    if net is None or gross is None:
        return projections.reason
    name = f"{net.month.start:%B}"
    if rough_money(net.expected, currency) == rough_money(gross.expected, currency):
        return f"{name} will end near {near(net, currency)}{_against(net, budget, currency)}."
    if net.expected < 1 <= gross.expected:
        before = f"before credits and refunds near {near(gross, currency)}"
        return f"{name} will end with nothing to pay; {before}."
    ending = f"{name} will end near {near(net, currency)}{_against(net, budget, currency)}."
    return f"{ending} Before credits and refunds: {rough_money(gross.expected, currency)}."


def near(projection: Projection, currency: str) -> str:
    """The expected cost, and its range where that is wider than what is shown."""
    expected, low, high = (
        rough_money(amount, currency)
        for amount in (projection.expected, projection.low, projection.high)
    )
    return f"{expected} (80 % sure: {low} to {high})" if low != high else expected


def _against(projection: Projection, budget: Decimal, currency: str) -> str:
    if not budget:
        return ""
    over = projection.expected - budget
    side = "over" if over > 0 else "under"
    away, allowed = (money(amount, currency, cents=False) for amount in (abs(over), budget))
    return f", {away} {side} the budget of {allowed}"


def bill_line(report: Report) -> str:
    """What the month just ended costs, in the first days of the next, beside the one before it."""
    if report.facts.today.day > FIRST_DAYS:
        return ""
    this = Period.month_of(report.facts.today)
    bills = {bill.month.end: bill for bill in report.months if bill.gross or bill.net}
    last, currency = bills.get(this.start), report.facts.currency
    if last is None:
        return ""
    before = bills.get(last.month.start)
    if before and before.unknown:
        before = None
    filling = last.month.last_day > report.completeness.complete_through
    so_far = "" if last.closed else ", still filling in" if filling else ", not yet final"
    if last.unknown:
        so_far = f", without {listed([days(each) for each in last.unknown])}, which are unknown"
    beside = f"; {before.month.start:%B} {billed(before, currency, 'was')}" if before else ""
    return f"{last.month.start:%B} {billed(last, currency, 'came to')}{so_far}{beside}."
