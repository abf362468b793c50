"""Positions of the small pictures that are drawn without a script: bars, ranges, sparklines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.dashboard.view import MonthEnd, MoverList

SPARK_WIDTH = 96
SPARK_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on a line of 100, from its left end."""

    start: str
    length: str


@dataclass(frozen=True, slots=True)
class Range:
    """Where the projection's marks lie on a line of 100; `budget` is None where there is none."""

    so_far: str
    low: str
    span: str
    expected: str
    budget: str | None


def sparkline(amounts: Sequence[Decimal]) -> str:
    """The points of a line through the amounts, in a box of 96 by 22; zero is always in the box."""
    low, high = min((ZERO, *amounts)), max((ZERO, *amounts))
    span = float(high - low) or 1.0
    step = SPARK_WIDTH / max(len(amounts) - 1, 1)
    inner = SPARK_HEIGHT - 2
    return " ".join(
        f"{n * step:.0f},{SPARK_HEIGHT - 1 - float(amount - low) / span * inner:.1f}"
        for n, amount in enumerate(amounts)
    )


def bars(movers: MoverList) -> tuple[Bar, ...]:
    """One bar for each row and one for the rest, on one scale, to both sides of a common zero."""
    changes = [*(row.change for row in movers.rows), movers.rest]
    low, high = min((ZERO, *changes)), max((ZERO, *changes))
    span = (high - low) or Decimal(1)
    return tuple(
        Bar(_percent((min(each, ZERO) - low) / span), _percent(abs(each) / span))
        for each in changes
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
        so_far=_percent(max(net.so_far, ZERO) / end),
        low=_percent(net.low / end),
        span=_percent((net.high - net.low) / end),
        expected=_percent(net.expected / end),
        budget=None if month_end.budget is None else _percent(month_end.budget / end),
    )


def _percent(ratio: Decimal) -> str:
    return f"{ratio * 100:.2f}%"
