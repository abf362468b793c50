"""What comes again each month: charges on top of a daily cost that have a calendar of their own."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from chalicelib.costs import Period, month_start
from chalicelib.insights.course import NORMAL, WEEK, median

SHARE = 1.15
"""How many times the same weekday before and after a day must cost to stand out."""
CLEAR = 3.0
"""Spreads of the difference between a day and its weekday before, by which it must stand out."""

VARIES = 1.5
"""How many times what it was the other time a recurring charge may be."""


def without_recurring(row: Sequence[float], start: date) -> list[float]:
    """The row less what stood out both on a day and a month before or after it.

    Months are counted by the day from either end (fees; closing the books) and by the weekday in the
    month. Where it stood out by far more than the other time, only as much as then is taken off:
    what is new on top of it stays.
    """
    high = _standing_out(row)
    less: dict[int, float] = {}
    for day in high:
        for ago in _month_ago(start + timedelta(days=day)):
            before = (ago - start).days
            if before in high:
                for one, other in ((day, before), (before, day)):
                    again = high[one] if high[one] <= VARIES * high[other] else high[other]
                    less[one] = max(less.get(one, 0.0), again)
    return [amount - less.get(day, 0.0) for day, amount in enumerate(row)] if less else list(row)


def _standing_out(row: Sequence[float]) -> dict[int, float]:
    """By how much days cost more than the same weekday before and after, if they clearly do."""
    high: dict[int, float] = {}
    last = len(row) - 1
    for day, amount in enumerate(row):
        before = row[day - WEEK] if day >= WEEK else 0.0
        after = row[day + WEEK] if day + WEEK <= last else 0.0
        usual = max(before, after)
        if amount > SHARE * usual and usual:
            high[day] = amount - usual
    if len(high) < 2:
        return {}
    moves = [abs(late - early) for early, late in zip(row, row[WEEK:], strict=False)]
    least = CLEAR * NORMAL * median(moves)
    return {day: excess for day, excess in high.items() if excess > least}


def _month_ago(day: date) -> Iterator[date]:
    month, before = Period.month_of(day), Period.month_of(month_start(day, -1))
    yield min(before.start + timedelta(days=day.day - 1), before.last_day)
    yield max(before.end - (month.end - day), before.start)
    nearest = day - timedelta(days=4 * WEEK)
    same_count = (nearest.day - 1) // WEEK == (day.day - 1) // WEEK
    yield nearest if same_count else nearest - timedelta(days=WEEK)
