"""What a stretch of hours usually costs: the same hours on the days before, and a month ago.

Hours are compared with the same hours, so no daily profile is assumed; with the same weekday only where
that explains most of what days differ by. Robust estimators, because a past runaway must not become
the usual within days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.costs import month_start
from chalicelib.insights.burn_course import Course, hour_of_day, moment_of
from chalicelib.insights.course import median

DAY, WEEK = 24, 7
DAYS = 56
"""Days before that are looked at."""
LEAST_DAYS = 7
"""Known ones below which nothing can be said."""
MANY_DAYS = 28
"""From here on, what was reached on three days is usual; before, what was reached at all."""
OFTEN = 3
FIRST_DAYS = 5
"""Days of a month on which its fees come."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What such hours cost: as a rule, on average, and at the most that is nothing special."""

    middle: float
    mean: float
    high: float


def usual_of(course: Course, start: int, end: int) -> Usual | None:
    """What the hours from `start` to `end` usually cost; None where too little is known to say."""
    days = {
        day: amount
        for day in range(1, DAYS + 1)
        if (amount := course.between(start - DAY * day, end - DAY * day)) is not None
    }
    if len(days) < LEAST_DAYS:
        return None
    month_ago = _a_month_ago(course, start, end)
    if not month_ago and start < _month(end) + DAY:
        return None  # the fees of the 1st may be in it, and nobody knows them yet
    found = _same_weekday(days) or list(days.values())
    return Usual(median(found), sum(found) / len(found), max(_high(found), *month_ago, 0.0))


def usual_day(course: Course) -> float:
    """What a day of a course usually costs; 0 where nothing is known."""
    end = course.last
    days = [course.between(end - DAY * day, end - DAY * (day - 1)) for day in range(1, DAYS + 1)]
    return median([amount for amount in days if amount is not None])


def _high(amounts: Sequence[float]) -> float:
    ordered = sorted(amounts)
    return ordered[-OFTEN] if len(ordered) >= MANY_DAYS else ordered[-1]


def _same_weekday(days: dict[int, float]) -> list[float]:
    """The amounts of the same weekday, where weekdays explain at least half of the differences."""
    weekdays = [[each for day, each in days.items() if day % WEEK == n] for n in range(WEEK)]
    if min(map(len, weekdays)) < OFTEN:
        return []
    if sum(map(_stray, weekdays)) > _stray(list(days.values())) / 2:
        return []
    return weekdays[0]


def _stray(amounts: Sequence[float]) -> float:
    middle = median(amounts)
    return sum(abs(amount - middle) for amount in amounts)


def _a_month_ago(course: Course, start: int, end: int) -> list[float]:
    """As many hours around the same day of last month, from its start and from its end.

    In the first days of a month, all such stretches of last month's first days: a fee is not always
    told at the same hour.
    """
    this, last = _month(end), _month(_month(end) - 1)
    following = _month(this + 40 * DAY)
    shifts = {months + day for months in (this - last, following - this) for day in (-DAY, 0, DAY)}
    starts = [start - shift for shift in shifts]
    if start < this + FIRST_DAYS * DAY:
        starts += range(last - DAY, last + FIRST_DAYS * DAY, 6)
    found = [course.between(begin, begin + end - start) for begin in starts]
    return [amount for amount in found if amount is not None]


def _month(hour: int) -> int:
    day = month_start(moment_of(hour).date())
    return hour_of_day(day)
