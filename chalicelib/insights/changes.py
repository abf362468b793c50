"""What changed about a row of days: the few pulses, steps and bends that explain it best.

Each day is given as its distance from expectation in spreads. A pulse lasts some days, a step goes
on to the end, a bend grows by the same amount each day from its first. The one that explains most
is taken first (the generalized likelihood ratio: the least squares that it saves), then what is
left is looked at again, as in matching pursuit (Mallat and Zhang 1993).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import sqrt

LONGEST_PULSE = 21
"""Days beyond which what came and went is a step up and a step down."""
LEAST_BEND = 8
"""Days without which no slope is read from what changed."""
AT_MOST = 4
"""Changes looked for in five weeks."""
SHARPER = 1.0
"""Squares by which a change must explain more than a smooth curve does."""
CURVE = 3
"""Degree of that curve."""
TINY = 1e-9
SECOND_DATE = 3.6
"""Squares that a change must save to be told to have ended, in place of going on."""
WEEK = 7
LOOK, LET_PASS, FAR = 3.2, 0.5, 3.0
"""A cumulative sum (Page 1954) and a single day from which on it is worth looking closer."""


class Shape(Enum):
    """The shapes a change can have."""

    PULSE = 1
    STEP = 2
    BEND = 3


@dataclass(frozen=True, slots=True)
class Change:
    """Days (positions, both inclusive) that lie apart, by how much, and how certain that is.

    `size` is the distance of each day in spreads, for a bend the growth of each day. `score` is the
    size in its own standard errors, with a straight line under it fitted anew; `saved` the squares saved.
    """

    shape: Shape
    since: int
    until: int
    size: float
    score: float
    saved: float

    @property
    def reach(self) -> float:
        """How far it moves the day that it moves most, whichever way, in spreads."""
        return abs(self.at(self.until))

    def at(self, day: int) -> float:
        """How far this change moves the day, in spreads."""
        if not self.since <= day <= self.until:
            return 0.0
        return self.size * (day - self.since + 1) if self.shape is Shape.BEND else self.size


@dataclass(frozen=True, slots=True)
class Distances:
    """How far days lie from expectation, in spreads; None for a day that is not known.

    `past` are the days of the history, `watched` those that may hold a change. `together` is that of
    `Expectation`: how much more the sum of a week strays than seven independent days.
    """

    past: Sequence[float]
    watched: Sequence[float | None]
    together: float

    def less(self, found: Iterable[Change]) -> "Distances":
        """The distances without what these changes explain."""
        found = tuple(found)
        left = [
            None if each is None else each - sum(change.at(day) for change in found)
            for day, each in enumerate(self.watched)
        ]
        return replace(self, watched=left)

    def line(self) -> tuple[float, float]:
        """The straight line through all days: its value on the first watched day, and its slope."""
        base = _Baseline(self)
        return base.line(*base.whole)


@dataclass(frozen=True, slots=True)
class Limits:
    """Scores from which on a change counts: of a single day, and of several days together."""

    day: float
    days: float


def quiet(off: Sequence[float | None]) -> bool:
    """Whether nothing in a row can be a change; most rows are, and need no closer look."""
    up = down = 0.0
    for each in off:
        if each is not None:
            up = max(0.0, up + each - LET_PASS)
            down = max(0.0, down - each - LET_PASS)
            if up > LOOK or down > LOOK or each > FAR:
                return False
    return True


def changes(off: Distances, limits: Limits) -> list[Change]:
    """The changes of a row of distances from expectation."""
    left = off
    found: list[Change] = []
    for _ in range(AT_MOST):
        ways = list(candidates(left))
        best = max((each for each in ways if _counts(each, limits)), key=_worth, default=None)
        if best is None:
            break
        found.append(_going_on(best, ways))
        left = left.less(found[-1:])
    return found


def _going_on(found: Change, ways: Sequence[Change]) -> Change:
    """What seems to be over goes on where the days since do not clearly say otherwise."""
    for each in ways if found.shape is Shape.PULSE else ():
        if each.shape is Shape.STEP and each.since == found.since:
            same_way = each.size * found.size > 0
            return each if same_way and each.saved > _worth(found) else found
    return found


def _worth(found: Change) -> float:
    """What it explains, less the price of a pulse's second date (Schwarz 1978: the logarithm of 35)."""
    return found.saved - (SECOND_DATE if found.shape is Shape.PULSE else 0.0)


def _counts(found: Change, limits: Limits) -> bool:
    single = found.since == found.until
    return abs(found.score) > (limits.day if single else limits.days)


class _Baseline:
    """Sums over all days, from which a change is fitted together with a straight line under it."""

    def __init__(self, off: Distances) -> None:
        self.off = off
        known = [(day, each) for day, each in enumerate(off.watched) if each is not None]
        past = list(enumerate(off.past, start=-len(off.past)))
        self.count = len(past) + len(known)
        self.days = float(sum(day for day, _ in past) + sum(day for day, _ in known))
        self.squares = float(sum(d * d for d, _ in past) + sum(d * d for d, _ in known))
        self.whole = (
            sum(each for _, each in past) + sum(each for _, each in known),
            sum(d * each for d, each in past) + sum(d * each for d, each in known),
        )
        self.determinant = self.count * self.squares - self.days**2

    def line(self, total: float, moment: float) -> tuple[float, float]:
        """Level at day 0 and slope of the line whose days have this sum and this first moment."""
        level = (self.squares * total - self.days * moment) / self.determinant
        return level, (self.count * moment - self.days * total) / self.determinant

    def change(
        self, shape: Shape, since: int, sums: tuple[float, float, float, float, int], until: int
    ) -> Change | None:
        """The change whose days sum up to `sums`: weights, moments, squares, products, and count."""
        weights, moments, squares, product, count = sums
        level, slope = self.line(weights, moments)
        own = squares - level * weights - slope * moments
        if own < TINY * squares:
            return None
        product -= level * self.whole[0] + slope * self.whole[1]
        size = product / own
        inflated = 1 + (self.off.together - 1) * min(1.0, (count - 1) / (WEEK - 1))
        score = product / sqrt(own * inflated)
        return Change(shape, since, until, size, score, product * size)


def candidates(off: Distances) -> Iterator[Change]:
    """Every pulse, step and bend, each with the size that fits best."""
    base, days = _Baseline(off), len(off.watched)
    for since in range(days):
        if off.watched[since] is None:
            continue
        count, moments, product = 0, 0.0, 0.0
        for until in range(since, days):
            value = off.watched[until]
            if value is None:
                continue
            count, moments, product = count + 1, moments + until, product + value
            last = until == days - 1
            if last or until - since < LONGEST_PULSE:
                shape = Shape.STEP if last else Shape.PULSE
                sums = float(count), moments, float(count), product, count
                found = base.change(shape, since, sums, until)
                if found:
                    yield found
    yield from _bends(off, base)


def _bends(off: Distances, base: _Baseline) -> Iterator[Change]:
    days = len(off.watched)
    for since in range(days - LEAST_BEND + 1):
        weights = moments = squares = product = 0.0
        count = 0
        for day in range(since, days):
            value = off.watched[day]
            if value is not None:
                weight = day - since + 1
                count += 1
                weights += weight
                moments += weight * day
                squares += weight * weight
                product += weight * value
        if count:
            sums = weights, moments, squares, product, count
            found = base.change(Shape.BEND, since, sums, days - 1)
            if found:
                yield found


def sharper(found: Change, off: Distances) -> bool:
    """Whether a change explains the days clearly better than a smooth curve through all of them.

    The seasons bend a cost too. A line with a change has four parameters, like the curve it is held
    against, a polynomial of the third degree.
    """
    every = enumerate([*off.past, *off.watched], start=-len(off.past))
    days = [(day, each) for day, each in every if each is not None]
    at = [day for day, _ in days]
    curve = _squares_left(at, [each for _, each in days], degree=CURVE)
    line = _squares_left(at, [each - found.at(day) for day, each in days], degree=1)
    return curve - line > SHARPER * off.together


def _squares_left(days: Sequence[int], values: Sequence[float], degree: int) -> float:
    """What is left of the squares after the best polynomial, by orthogonal ones (Forsythe 1957)."""
    half = (days[-1] - days[0]) / 2 or 1.0
    at = [(day - days[0]) / half - 1 for day in days]
    left, before = list(values), [0.0] * len(at)
    now, norm_before = [1.0] * len(at), 1.0
    for step in range(degree + 1):
        norm = sum(p * p for p in now)
        if norm < TINY:
            break
        share = sum(p * v for p, v in zip(now, left, strict=True)) / norm
        left = [v - share * p for p, v in zip(now, left, strict=True)]
        shift = sum(x * p * p for x, p in zip(at, now, strict=True)) / norm
        ratio = norm / norm_before if step else 0.0
        now, before = (
            [(x - shift) * p - ratio * q for x, p, q in zip(at, now, before, strict=True)],
            now,
        )
        norm_before = norm
    return sum(v * v for v in left)
