"""The course a daily cost takes: its weekday rhythm, its level, its trend, and how far days stray.

Robust estimators throughout (medians and the median absolute deviation, Hampel 1974), because one
enormous day must not move what the others say. Statistics are floats; nothing here is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt

from chalicelib.costs import Period, month_start

WEEK = 7
RHYTHM_WEEKS = 8
"""Weeks that show a weekday rhythm."""
SIDE = 14
"""Days on each side of a level shift that are compared."""
LEAST_SIDE = 4
"""Days after which a level shift can be seen."""
SHIFT_SPREADS = 6.0
"""How many times their own uncertainty two levels must lie apart."""
AT_ONCE = 0.6
"""Share of the way between two levels that a shift goes within a few days; a trend does not."""
SHIFT_SHARE = 0.1
"""Share of the level that a shift must be."""
TREND_DAYS = 21
"""Days below which no trend is read from a level."""
EMPTY = 0.15
"""Share of days without a cost from which on a cost is irregular."""
NORMAL = 1.4826
"""Median absolute deviation to standard deviation, for normally distributed days."""


def median(values: Sequence[float]) -> float:
    """The middle value; 0 for none. (The `statistics` module takes longer to import than to use.)"""
    ordered, half = sorted(values), len(values) // 2
    if not ordered:
        return 0.0
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(values: Sequence[float]) -> float:
    """The standard deviation that the median absolute deviation stands for."""
    middle = median(values)
    return NORMAL * median([abs(value - middle) for value in values])


def level_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation of the values, those beyond three spreads brought back to there.

    Winsorized (Tukey 1962): nearly as precise as mean and deviation where nothing is out of line,
    and nearly as robust as median and median absolute deviation where something is.
    """
    middle, reach = median(values), 3 * spread(values)
    kept = [min(max(value, middle - reach), middle + reach) for value in values]
    mean = sum(kept) / len(kept)
    return mean, (sum((value - mean) ** 2 for value in kept) / max(1, len(kept) - 1)) ** 0.5


def memory(values: Sequence[float]) -> float:
    """How much of a day's distance from the level is left the next day: 0 to 0.6.

    The autocorrelation at one day, of values brought back to within three spreads.
    """
    middle, reach = median(values), 3 * spread(values)
    off = [min(max(value - middle, -reach), reach) for value in values]
    squares = sum(value * value for value in off)
    together = sum(value * later for value, later in pairwise(off))
    return min(max(together / squares, 0.0), 0.6) if squares else 0.0


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie, between neighbours by straight line."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    lower = int(position)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (position - lower)


def silence(values: Sequence[float], least: int) -> int:
    """How many days ago a cost ended; 0 while it goes on.

    It has ended when it has paused for `least` days, and twice as long as ever before.
    """
    longest = pause = 0
    for value in values:
        if value:
            longest, pause = max(longest, pause), 0
        else:
            pause += 1
    return pause if pause >= max(least, 2 * longest) else 0


def monthly_fee(values: Sequence[float], start: date, day: date, months: int) -> float:
    """What stood out on the same day of each of the `months` months before `day`, 0 if nothing did.

    `start` is the day of the first value. To stand out, a day must lie above the three days on
    either side by half of their median and by four times what days usually differ from the same
    weekday a week later; the least of the months counts.
    """
    strays = 4 * spread(
        [later - value for value, later in zip(values, values[WEEK:], strict=False)]
    )
    extras = []
    for month in range(1, months + 1):
        first = month_start(day, -month)
        position = (first - start).days + day.day - 1
        in_month = day.day <= len(Period.month_of(first))
        if not in_month or not 0 <= position < len(values) - 1:
            return 0.0
        around = median(
            [*values[max(0, position - 3) : position], *values[position + 1 : position + 4]]
        )
        extras.append(values[position] - around)
        if extras[-1] <= max(strays, abs(around) / 2):
            return 0.0
    return min(extras, default=0.0)


def irregular(values: Sequence[float]) -> bool:
    """Whether so many days are zero (15 %) that level and spread say little."""
    return sum(map(bool, values)) < (1 - EMPTY) * len(values)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seven factors, one for each day of the week, that average one; `first` is day 0's weekday."""

    factors: tuple[float, ...]
    first: int

    def at(self, day: int) -> float:
        """The factor of the day at this position (positions may lie beyond the series)."""
        return self.factors[(day + self.first) % WEEK]

    def without(self, values: Sequence[float], start: int = 0) -> list[float]:
        """The values freed from the rhythm; `start` is the position of the first of them."""
        return [value / self.at(start + n) for n, value in enumerate(values)]


FLAT = (1.0,) * WEEK


def rhythm(values: Sequence[float], first: int) -> Rhythm:
    """The weekday rhythm of the last eight weeks, or none where it would explain too little.

    Each day is divided by the mean of the seven days around it; a weekday's factor is the median
    of its quotients (classical decomposition with medians in place of means). The rhythm counts
    only when the days stray at least a tenth less with it than without it: seven factors explain
    some of any noise.
    """
    ratios: list[list[float]] = [[] for _ in range(WEEK)]
    for day in range(max(3, len(values) - RHYTHM_WEEKS * WEEK), len(values) - 3):
        around = sum(values[day - 3 : day + 4]) / WEEK
        if around > 0:
            ratios[(day + first) % WEEK].append(values[day] / around)
    if min(map(len, ratios)) < 3:
        return Rhythm(FLAT, first)
    factors = [median(each) for each in ratios]
    mean = sum(factors) / WEEK
    if mean <= 0 or min(factors) < 0.02 * mean:
        return Rhythm(FLAT, first)
    found = tuple(factor / mean for factor in factors)
    quotients = [ratio for each in ratios for ratio in each]
    rest = [ratio / found[n] for n, each in enumerate(ratios) for ratio in each]
    return Rhythm(found if _stray(rest) < 0.9 * _stray(quotients) else FLAT, first)


def _stray(values: Sequence[float]) -> float:
    middle = median(values)
    return sum(abs(value - middle) for value in values)


def trend(values: Sequence[float]) -> float:
    """The usual change per day: the median change over 14 days, by day.

    After Theil and Sen, with one distance in place of all: a shift touches 14 of the differences
    and growth all of them, which is what tells the two apart.
    """
    return (
        median([later - value for value, later in zip(values, values[SIDE:], strict=False)]) / SIDE
    )


def last_shift(values: Sequence[float], share: float = 1.0) -> int:
    """Position of the first day of the present level; 0 when the level never shifted.

    Each day is tried as the first of a new level. The medians of up to 14 days on both sides,
    freed from the trend, must lie apart by six times the uncertainty of their difference and by a
    tenth of the level, and most of that way must happen within a few days. Of neighbouring days
    that qualify, the one with the largest jump counts; of several shifts the last.
    """
    slope = trend(values)
    level = [value - slope * day for day, value in enumerate(values)]
    typical = spread([later - value for value, later in pairwise(level)]) / 2**0.5
    least = share * SHIFT_SHARE * abs(median(values[-2 * SIDE :]))
    best, highest, previous = 0, 0.0, 0
    for day in range(LEAST_SIDE, len(level) - LEAST_SIDE + 1):
        jump = abs(sum(level[day : day + LEAST_SIDE]) - sum(level[day - LEAST_SIDE : day]))
        jump /= LEAST_SIDE
        if not _shifts(level, day, jump / AT_ONCE, typical, least):
            continue
        if day - previous > WEEK:
            highest = 0.0
        previous = day
        if jump > highest:
            best, highest = day, jump
    return best


def _shifts(level: Sequence[float], day: int, most: float, typical: float, least: float) -> bool:
    """Whether the levels on both sides lie apart, but by no more than `most`."""
    before, after = level[max(0, day - SIDE) : day], level[day : day + SIDE]
    uncertainty = 1.25 * typical * sqrt(1 / len(before) + 1 / len(after))
    needed = max(SHIFT_SPREADS * uncertainty, least)
    # The medians are the slow part, and on most days nothing jumps.
    return most > needed and needed < abs(median(after) - median(before)) < most


def certain_slope(values: Sequence[float], certainty: float) -> float:
    """The slope of the least-squares line, or 0 where it is not certain, or the days are too few.

    Certain is a slope of `certainty` times its standard error, which is widened by half because a
    day resembles the one before it.
    """
    count = len(values)
    if count < TREND_DAYS:
        return 0.0
    mean, middle = sum(values) / count, (count - 1) / 2
    days = sum((day - middle) ** 2 for day in range(count))
    slope = sum((day - middle) * value for day, value in enumerate(values)) / days
    rest = sum((v - mean - slope * (day - middle)) ** 2 for day, v in enumerate(values))
    error = 1.5 * (rest / (count - 2) / days) ** 0.5
    return slope if abs(slope) > certainty * error else 0.0


def without_peaks(values: Sequence[float]) -> list[float]:
    """The values with the few that stand far off their trend brought back to the usual distance.

    Usual is what 90 % of the days keep and what lies within four spreads: one enormous day must
    not move a mean, but a job that runs every few days is part of it. The trend here is the line
    through the medians of the two halves, so that the end of a growing series is no peak.
    """
    half = len(values) // 2
    if half < LEAST_SIDE:
        return list(values)
    slope = (median(values[-half:]) - median(values[:half])) / (len(values) - half)
    off = [value - slope * day for day, value in enumerate(values)]
    middle, usual = median(off), 4 * spread(off)
    low = min(middle - usual, quantile(off, 0.05))
    high = max(middle + usual, quantile(off, 0.95))
    return [min(max(value, low), high) + slope * day for day, value in enumerate(off)]
