"""Which days an export holds. AWS does not say; the days that have charges do."""

from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

from chalicelib.costs import Coverage, Period, month_start

SHORTEST_HOLE = 3
"""Days without any charge that may be a hole; fewer are a weekend, or are judged by each service."""
BESIDE_DAYS = 14
"""How many days on either side of a stretch say whether days without a charge are usual."""
NEARLY_EVERY = 0.9
"""Share of the days beside a hole that have a charge."""
USUAL_TIMES = 3
"""How often days without a charge must have come in a row before that is usual."""

DAY = timedelta(days=1)


def held_days(charged: Collection[date], today: date) -> Coverage:
    """The days that an export answers for, from the days before `today` on which it has charges.

    It begins with its first charge and ends with its last one, unless so many days without a charge
    came before, three times. Not held are whole months without a charge between others, and three
    days or more in a row without one where nine in ten of the fourteen days on either side have some.
    """
    days = sorted(charged)
    if not days:
        return Coverage()
    gaps = [Period(before + DAY, after) for before, after in pairwise(days) if after - before > DAY]
    usual = sorted(map(len, gaps), reverse=True)[USUAL_TIMES - 1 :][:1]
    end = days[-1] + DAY
    if end < today and usual and (today - end).days <= usual[0]:
        end = today
    whole = Coverage((Period(days[0], end),))
    missing = [part for gap in gaps for part in _missing(gap, frozenset(days))]
    return whole.without(missing)


def _missing(gap: Period, charged: frozenset[date]) -> list[Period]:
    """What of a stretch without any charge the export does not hold."""
    if len(gap) >= SHORTEST_HOLE and _is_hole(gap, charged):
        return [gap]
    months = [month_start(gap.start)]
    while months[-1] < gap.end:
        months.append(month_start(months[-1], 1))
    periods = [Period.month_of(month) for month in months]
    return [each for each in periods if gap.start <= each.start and each.end <= gap.end]


def _is_hole(gap: Period, charged: frozenset[date]) -> bool:
    first, last = min(charged), max(charged)
    for beside in (
        Period(max(first, gap.start - BESIDE_DAYS * DAY), gap.start),
        Period(gap.end, min(last + DAY, gap.end + BESIDE_DAYS * DAY)),
    ):
        if len(beside) < SHORTEST_HOLE or _share(beside, charged) < NEARLY_EVERY:
            return False
    return True


def _share(period: Period, charged: frozenset[date]) -> float:
    return sum(day in charged for day in period) / len(period)
