"""The day on which a cost began to differ, where one day stands out."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import ZERO, Period

CLEARLY = Decimal("0.25")
"""Share of the change of an average day by which a day must differ to count."""
STEADILY = Decimal("0.8")
"""Share of the days from then on that must differ as well."""


def began(costs: Mapping[date, Decimal], period: Period) -> date | None:
    """The first day of a period that cost anything."""
    return next((day for day in period if costs.get(day)), None)


def ended(costs: Mapping[date, Decimal], period: Period) -> date:
    """The day after the last one that cost anything."""
    last = max((day for day, cost in costs.items() if cost), default=period.start)
    return last + timedelta(days=1)


def turned(costs: Mapping[date, Decimal], period: Period, before: Collection[date]) -> date | None:
    """The first day from which on costs differ from the same weekday before, the way they do on the whole.

    A rise that had begun before the period, or that comes and goes, has no such day.
    """
    usual: dict[int, Decimal] = {day.weekday(): costs.get(day, ZERO) for day in sorted(before)}
    average = sum(usual.values(), ZERO) / max(len(usual), 1)
    away = [costs.get(day, ZERO) - usual.get(day.weekday(), average) for day in period]
    total = sum(away, ZERO)
    enough = CLEARLY * abs(total) / len(away)
    differs = [each * total > 0 and abs(each) >= enough for each in away]
    for n, day in enumerate(period):
        if differs[n] and sum(differs[n:]) >= STEADILY * (len(differs) - n):
            return day
    return None
