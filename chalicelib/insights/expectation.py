"""What a daily cost is expected to be, from the weeks before: level, trend, weekday, usual spread.

Amounts are judged by their cube root, which makes skewed sums of many small things nearly normal
whatever their size and skewness (Wilson and Hilferty 1931): near zero it forgives as amounts do, far
up as their logarithm does. Nothing here depends on the unit that amounts are in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cbrt

from chalicelib.insights.course import (
    NORMAL,
    TREND_DAYS,
    WEEK,
    Rhythm,
    last_shift,
    median,
    without_peaks,
)

LEAST_SPREAD = 0.008
"""Share of its level by which a cost that hardly ever moves is taken to stray from day to day."""
ROOT = 3
"""A share of an amount is a third of that share of its cube root."""
UPPER, UPPER_SPREADS = 0.9, 1.2816
"""A quantile of the days, and the standard deviations above the mean where it lies if they are normal."""
DOUBT = 4.0
"""How far a slope is doubted: its squared error is so many times what independent days would have."""
UNKNOWN_MEMORY = 2.0
"""How much more than independent days a week strays where there are too few weeks to tell."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A straight line through the cube roots of a history, and how far days stray from it.

    `first` and `end` are the positions of its first and last day; on the last the line is at
    `level`. `together` is how much more the sum of a week strays than seven independent days would:
    1 where a day says nothing about the next. `peak` is the second farthest day above the line, in
    spreads.
    """

    rhythm: Rhythm
    level: float
    slope: float
    first: int
    end: int
    spread: float
    together: float
    peak: float

    def at(self, day: int, shift: float = 0.0) -> float:
        """The expected amount of a day, the line shifted by so many spreads."""
        line = self.level + self.slope * (day - self.end) + shift * self.spread
        return max(0.0, line) ** ROOT * self.rhythm.at(day)

    def off(self, day: int, amount: float) -> float:
        """How far an amount lies above the line, in spreads."""
        value = cbrt(amount / self.rhythm.at(day))
        return (value - self.level - self.slope * (day - self.end)) / self.spread


def expectation(history: Sequence[float], start: int, beat: Rhythm) -> Expectation | None:
    """What follows from a history whose first day is at position `start`; None where it is all zero."""
    values = [cbrt(amount / beat.at(start + n)) for n, amount in enumerate(history)]
    shift = last_shift(values, 1 / ROOT)
    kept = without_peaks(values[shift:])
    line = _line(kept)
    end = len(kept) - 1
    off = [value - line.level - line.slope * (n - end) for n, value in enumerate(values[shift:])]
    together_off = [value - line.level - line.slope * (n - end) for n, value in enumerate(kept)]
    if shift:  # days before a shift still show how far days stray
        middle = median(values[:shift])
        off = [value - middle for value in values[:shift]] + off
    spread = max(_usual(off), LEAST_SPREAD / ROOT * abs(line.level))
    if not spread:
        return None
    together = _together(together_off, spread)
    return Expectation(
        rhythm=beat,
        level=line.level,
        slope=line.slope,
        first=start + shift,
        end=start + len(history) - 1,
        spread=spread,
        together=together,
        peak=sorted(off)[-2] / spread,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    level: float
    slope: float


def _line(values: Sequence[float]) -> _Line:
    """Least squares, the slope shrunk by what it owes to chance (James and Stein 1961).

    Under three weeks there is no slope. Its error is doubled, for a day resembles the one before.
    """
    count = len(values)
    mean, middle = sum(values) / count, (count - 1) / 2
    squares = count * (count * count - 1) / 12
    if count < TREND_DAYS:
        return _Line(mean, 0.0)
    slope = sum((n - middle) * value for n, value in enumerate(values)) / squares
    if slope:
        rest = sum((value - mean - slope * (n - middle)) ** 2 for n, value in enumerate(values))
        slope *= max(0.0, 1 - DOUBT * rest / (count - 2) / squares / slope**2)
    return _Line(mean + slope * middle, slope)


def _usual(off: Sequence[float]) -> float:
    """The larger of two robust deviations: of all days, and of those above (skewness costs alarms)."""
    middle = median(off)
    around = NORMAL * median([abs(value - middle) for value in off])
    upper = sorted(off)[int(UPPER * (len(off) - 1))]
    return max(around, (upper - middle) / UPPER_SPREADS)


def _together(off: Sequence[float], spread: float) -> float:
    """Variance of the means of seven days in a row, by what it is where days are independent."""
    sums = list(accumulate(off, initial=0.0))
    weeks = [(late - early) ** 2 for early, late in zip(sums, sums[WEEK:], strict=False)]
    if len(weeks) <= WEEK:
        return UNKNOWN_MEMORY
    freedom = len(off) / max(WEEK, len(off) - 2 * WEEK)  # the line took two weeks' worth of it
    return max(1.0, freedom * sum(weeks) / len(weeks) / WEEK / spread**2)
