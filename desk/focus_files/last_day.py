"""The last day that an export has delivered, whatever single charges are dated after it."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

DAY = timedelta(days=1)
RECENT_DAYS = 28
NEARLY_EVERY = 0.75
"""Share of the days before a gap with a charge, where days without one are not usual."""
FAR_DAYS, FAR_ANYWHERE_DAYS = 7, 62
"""Days without any charge after which one or two days stand alone, where charges come nearly every
day, and where they do not."""
FEW_DAYS = 2
LEAST_GROUPS = 3
"""Stretches of days with charges that must have come before, where they do not come every day."""


def last_delivered(charges: Mapping[date, int]) -> date:
    """The last day of the export, by the number of charges on each day that has any.

    A fee may be dated months ahead; a report as of that day would know nothing. So days at the end
    that come after days without a charge are left aside, where charges come nearly every day before:
    if none of them has more than half as many charges as is usual, or if they are one or two days
    after a week or more of nothing. Anywhere else one or two days after two months of nothing are.
    """
    groups: list[list[date]] = []
    for day in sorted(charges):
        if groups and day - groups[-1][-1] == DAY:
            groups[-1].append(day)
        else:
            groups.append([day])
    usual = median(charges.values())
    while len(groups) > 1 and _ahead(groups, charges, usual):
        groups.pop()
    return groups[-1][-1]


def _ahead(groups: list[list[date]], charges: Mapping[date, int], usual: float) -> bool:
    *earlier, last = groups
    gap = (last[0] - earlier[-1][-1]).days - 1
    few = len(last) <= FEW_DAYS
    if not _nearly_every_day(earlier, charges):
        far = gap >= FAR_ANYWHERE_DAYS and gap > 3 * _longest_gap(earlier)
        return few and far and len(earlier) >= LEAST_GROUPS
    small = all(charges[day] * 2 <= usual for day in last) and len(last) <= max(gap, FEW_DAYS)
    return small or (few and gap >= FAR_DAYS)


def _nearly_every_day(groups: list[list[date]], charges: Mapping[date, int]) -> bool:
    """Whether there were weeks in which charges came nearly every day."""
    first = groups[0][0]
    for last in (group[-1] for group in groups):
        days = min(RECENT_DAYS, (last - first).days + 1)
        charged = sum(last - n * DAY in charges for n in range(days))
        if days >= FAR_DAYS and charged >= NEARLY_EVERY * days:
            return True
    return False


def _longest_gap(groups: list[list[date]]) -> int:
    return max(((after[0] - before[-1]).days for before, after in pairwise(groups)), default=1)
