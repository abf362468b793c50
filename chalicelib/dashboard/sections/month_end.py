"""Where the month ends: expected cost, its range, the budget."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, Period
from chalicelib.dashboard.drawing import percent_of
from chalicelib.dashboard.rounding import cents, share
from chalicelib.insights.projection import Projection
from chalicelib.report import Report


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the month ends: expected cost, and the range that holds it four times in five."""

    so_far: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The projection of one month; `reason` says why there is none."""

    billing_period_start: date
    billing_period_end: date
    gross: Estimate | None
    net: Estimate | None
    budget: Decimal | None
    budget_ratio: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Range:
    """Where the projection's marks lie on a line of 100; `budget` is None where there is none."""

    so_far: str
    low: str
    span: str
    expected: str
    budget: str | None


def month_end_of(report: Report) -> MonthEnd:
    """The projection of the current month."""
    projected = report.projections
    known = projected.net or projected.gross
    month = known.month if known else Period.month_of(report.facts.today)
    budget = report.monthly_budget
    ratio = projected.net.expected / budget if projected.net and budget else None
    return MonthEnd(
        billing_period_start=month.start,
        billing_period_end=month.end,
        gross=_estimate(projected.gross),
        net=_estimate(projected.net),
        budget=cents(budget) if budget else None,
        budget_ratio=share(ratio),
        reason=projected.reason,
    )


def month_range(month_end: MonthEnd) -> Range | None:
    """The net projection, what was spent so far and the budget on one scale from zero."""
    net = month_end.net
    if net is None or net.low < 0:
        return None
    end = max(net.high, net.expected, net.so_far, month_end.budget or ZERO) * Decimal("1.04")
    if end <= 0:
        return None
    return Range(
        so_far=percent_of(max(net.so_far, ZERO) / end),
        low=percent_of(net.low / end),
        span=percent_of((net.high - net.low) / end),
        expected=percent_of(net.expected / end),
        budget=None if month_end.budget is None else percent_of(month_end.budget / end),
    )


def _estimate(projection: Projection | None) -> Estimate | None:
    if projection is None:
        return None
    return Estimate(
        so_far=cents(projection.so_far),
        expected=cents(projection.expected),
        low=cents(projection.low),
        high=cents(projection.high),
    )
