"""Where the month ends, and what of it a budget allows, in words."""

from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.insights.projection import Projection, Projections
from chalicelib.money import money


def month_end(projections: Projections, currency: str, budget: Decimal = ZERO) -> str:
    """Where the month ends, against the budget if there is one, or why nobody can say yet."""
    net, gross = projections.net, projections.gross
    if net is None:
        return projections.reason
    ending = f"{net.month.start:%B} will end near {_near(net, currency)}{_against(net, budget, currency)}."
    if gross is None or abs(gross.expected - net.expected) < 1:
        return ending
    return f"{ending} Before credits and refunds: {money(gross.expected, currency, cents=False)}."


def over_budget(projection: Projection, budget: Decimal, currency: str) -> str:
    """That a month goes past its budget, as surely as the projection is sure of it."""
    over = money(projection.expected - budget, currency, cents=False)
    certainty = "is heading" if projection.low > budget else "may end up"
    allowed = money(budget, currency, cents=False)
    return f"{projection.month.start:%B} {certainty} {over} over the budget of {allowed}."


def _against(projection: Projection, budget: Decimal, currency: str) -> str:
    if not budget:
        return ""
    over = projection.expected - budget
    side = "over" if over > 0 else "under"
    away, allowed = (money(amount, currency, cents=False) for amount in (abs(over), budget))
    return f", {away} {side} the budget of {allowed}"


def _near(projection: Projection, currency: str) -> str:
    cents = projection.expected < 100
    expected, low, high = (
        money(amount, currency, cents=cents)
        for amount in (projection.expected, projection.low, projection.high)
    )
    return f"{expected} (80 % sure: {low} to {high})"
