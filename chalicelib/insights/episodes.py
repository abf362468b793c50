"""Days of one row of costs that the row's own history does not explain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import exp, log, sqrt

from chalicelib.insights.course import (
    WEEK,
    certain_slope,
    irregular,
    last_shift,
    level_and_spread,
    median,
    memory,
    monthly_fee,
    rhythm,
    silence,
    without_peaks,
)

WATCHED_DAYS = 28
"""The last complete days, which are judged by the days before them."""
HISTORY_DAYS = 56
"""Days of history that a day is judged by."""
LEAST_HISTORY = 21
"""Days of history without which nothing is called unusual."""
FAR = 3.2
"""Spreads above expectation that make one day unusual."""
SLACK, ENOUGH = 1.25, 7.0
"""Cumulative sum: spreads a day that are let pass, and the sum that makes a run of days unusual."""
DRIFTED = 2.25
"""Spreads by which the last week lies above the course of a month ago when a cost has drifted."""
UNCERTAIN = 1.1
"""How much further days stray from an expectation that is itself an estimate."""
LEAST_SPREAD = 0.02
"""A cost that hardly ever moves is taken to stray by this share of its level."""
PEAKS = 1.5
"""How far beyond a history's own peaks a day must lie."""
TWICE = 2.0
"""How many times the largest before it an irregular day or week must be."""
STOP_DAYS = 3
"""Days without a charge after which a cost has stopped."""
RUN = 4
"""Days that make a lasting change of what could be a spike."""


class AnomalyKind(StrEnum):
    """How a cost left its expected course."""

    SPIKE = "spike"
    STEP = "step"
    DRIFT = "drift"
    NEW = "new"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Episode:
    """Days of a row (positions, both inclusive) that are not as expected, and what was expected."""

    kind: AnomalyKind
    since: int
    until: int
    expected: float
    actual: float

    @property
    def excess(self) -> float:
        """How much above expectation the days were together."""
        return self.actual - self.expected


def episodes(row: Sequence[float], start: date) -> list[Episode]:
    """What is unusual about the last four weeks of one row of daily costs that begins on `start`.

    * New: the first charge lies in the watched weeks, after four weeks of nothing.
    * Stopped: no charge for three days and for twice as long as any pause before, after three
      weeks or more; a purchase that was made once does not stop.
    * Irregular (many days without a charge): a day or a week costs twice the largest before.
    * Otherwise each watched week is judged by the eight weeks before it: their level in the last
      four of them, since the last level shift, along their trend where it is beyond doubt, times
      the weekday's factor. A single day is unusual from 3.2 spreads above that (a Shewhart chart,
      of what is new since the day before, because a day resembles the one before it),
      a run of days when their sum, less 1.25 spreads a day, reaches 7 (a one-sided cumulative sum,
      Page 1954; both together: Lucas 1982). What stood out on the same day last month is a fee.
      Days found unusual are replaced by what was expected of them in the history of the next week.
    * Drift: the last seven days lie 2.25 spreads above the course of four weeks ago.
    """
    first = next((day for day, amount in enumerate(row) if amount), len(row))
    own = row[first:]
    if not own or sum(own) <= 0:
        return []
    return [
        replace(each, since=each.since + first, until=each.until + first)
        for each in _episodes(own, start + timedelta(days=first), first)
    ]


def _episodes(own: Sequence[float], start: date, empty_before: int) -> Iterable[Episode]:
    if len(own) <= WATCHED_DAYS:
        return [_new(own)] if empty_before >= WATCHED_DAYS else []
    silent = silence(own, STOP_DAYS)
    if silent:
        known = len(own) - silent >= LEAST_HISTORY and silent <= WATCHED_DAYS
        return [_stopped(own, start, silent)] if known else []
    if irregular(own):
        return _apart(_irregular(own))
    found = _runs(*_watch(own, start), own)
    if any(each.until >= len(own) - WEEK for each in found):
        return found
    return [*found, *_drift(own, start)]


def _new(own: Sequence[float]) -> Episode:
    last = max(day for day, amount in enumerate(own) if amount)
    return Episode(AnomalyKind.NEW, 0, last, 0.0, sum(own))


def _stopped(own: Sequence[float], start: date, silent: int) -> Episode:
    since = len(own) - silent
    course = Course(own[:since], start.weekday())
    expected = sum(map(course.at, range(since, len(own))))
    return Episode(AnomalyKind.STOPPED, since, len(own) - 1, expected, 0.0)


def _irregular(own: Sequence[float]) -> Iterator[Episode]:
    watched = len(own) - WATCHED_DAYS
    for days in (1, WEEK):
        sums = [sum(own[end - days : end]) for end in range(days, len(own) + 1)]
        largest = max(sums[: max(0, watched - days + 1)], default=0.0)
        for until in range(max(watched, days - 1), len(own)):
            total = sums[until - days + 1]
            if total > TWICE * largest:
                yield Episode(AnomalyKind.SPIKE, until - days + 1, until, largest, total)


def _apart(found: Iterable[Episode]) -> list[Episode]:
    """The largest of those that overlap."""
    kept: list[Episode] = []
    for each in sorted(found, key=lambda episode: -episode.excess):
        if all(each.until < other.since or each.since > other.until for other in kept):
            kept.append(each)
    return kept


class Course:
    """What the days after a history are expected to cost.

    Costs grow, and stray, in proportion to their size, so a cost that is never near zero is read
    by its logarithm; one with empty days as it is.
    """

    def __init__(self, history: Sequence[float], first_weekday: int) -> None:
        self._rhythm = rhythm(history, first_weekday)
        self._end = len(history)
        start = max(0, self._end - HISTORY_DAYS)
        days = self._rhythm.without(history[start:], start)
        self._by_log = min(days) > 0.05 * median(days)
        level = [log(day) for day in days] if self._by_log else days
        shift = last_shift(level)
        self._fit(level[:shift], level[shift:])

    def _fit(self, older: Sequence[float], present: Sequence[float]) -> None:
        self._slope = certain_slope(without_peaks(present), 2.5)
        last = len(present) - 1
        off = [value + self._slope * (last - day) for day, value in enumerate(present)]
        self._level, _ = level_and_spread(off[-WATCHED_DAYS:])
        strays = [value - self._level for value in off]
        peak = sorted(strays)[-2] if last else 0.0
        if older:
            middle, _ = level_and_spread(older)
            strays += [value - middle for value in older]
        self.memory = memory(off)
        usual = UNCERTAIN * level_and_spread(strays)[1]
        least = LEAST_SPREAD * (1.0 if self._by_log else abs(self._level))
        # A history with more than one peak of its own: only what lies well beyond them is unusual.
        peaks = PEAKS / FAR * peak if peak > FAR * usual else 0.0
        self._spread = max(usual, least, peaks)

    def at(self, day: int) -> float:
        """The expected amount of the day at this position."""
        return (exp(self._at(day)) if self._by_log else self._at(day)) * self._rhythm.at(day)

    def above(self, day: int, amount: float) -> float:
        """How far above expectation an amount on this day is, in spreads."""
        value = amount / self._rhythm.at(day)
        if self._by_log:
            value = log(max(value, exp(self._level) / 1000))
        return (value - self._at(day)) / self._spread if self._spread else 0.0

    def _at(self, day: int) -> float:
        return self._level + self._slope * (day - self._end + 1)


def _watch(own: Sequence[float], start: date) -> tuple[list[float], set[int]]:
    """What was expected of each day, and which of the watched days are unusual."""
    expected, unusual = list(own), set[int]()
    clean = list(own)  # the history as it would be without what was unusual
    total, run, before = 0.0, 0, 0.0
    for week in range(max(LEAST_HISTORY, len(own) - WATCHED_DAYS), len(own), WEEK):
        course = Course(clean[:week], start.weekday())
        for day in range(week, min(week + WEEK, len(own))):
            expected[day] = course.at(day)
            above = course.above(day, own[day])
            if above > FAR / 2:
                above, expected[day] = _less_fee(course, own, start, day)
            run = run if total else day
            # One enormous day is unusual by itself; it must not lend its excess to the days after it.
            total = max(0.0, min(total + min(above, FAR) - SLACK, 2 * ENOUGH))
            if above > SLACK and total > ENOUGH:
                unusual.update(range(run, day + 1))
            elif _surprise(above, before, course.memory) > FAR:
                unusual.add(day)
            before = 0.0 if day in unusual else above
        for day in unusual:
            clean[day] = expected[day]
    return expected, unusual


def _surprise(above: float, before: float, memory: float) -> float:
    """How far above expectation a day is, given how far the day before was."""
    return (above - memory * max(-2.0, min(2.0, before))) / sqrt(1 - memory**2)


def _less_fee(course: Course, own: Sequence[float], start: date, day: int) -> tuple[float, float]:
    """How far above expectation a day is when a monthly fee is expected too, and that expectation."""
    expected = course.at(day)
    due = monthly_fee(own, start, start + timedelta(days=day), 1)
    fee = min(due, max(0.0, own[day] - expected))
    return course.above(day, own[day] - fee), expected + fee


def _runs(expected: Sequence[float], unusual: set[int], own: Sequence[float]) -> list[Episode]:
    """The unusual days as episodes; a day in between does not end one."""
    spans: list[list[int]] = []
    for day in sorted(unusual):
        if spans and day - spans[-1][1] <= 2:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return [_run(expected, own, since, until) for since, until in spans]


def _run(expected: Sequence[float], own: Sequence[float], since: int, until: int) -> Episode:
    excess = [own[day] - expected[day] for day in range(since, until + 1)]
    kind = AnomalyKind.SPIKE
    if len(excess) >= RUN and until >= len(own) - 2:
        half = len(excess) // 2
        rising = sum(excess[-half:]) > 1.6 * sum(excess[:half]) and excess[0] < max(excess) / 2
        kind = AnomalyKind.DRIFT if rising else AnomalyKind.STEP
    span = slice(since, until + 1)
    return Episode(kind, since, until, sum(expected[span]), sum(own[span]))


def _drift(own: Sequence[float], start: date) -> Iterator[Episode]:
    watched = len(own) - WATCHED_DAYS
    if watched < 2 * LEAST_HISTORY:
        return
    course = Course(own[:watched], start.weekday())
    above = [course.above(day, own[day]) for day in range(watched, len(own))]
    if sum(above[-WEEK:]) < DRIFTED * WEEK:
        return
    since = len(own) - WEEK
    while since > watched and sum(above[since - watched - 1 : since - watched + 2]) > 0:
        since -= 1
    expected = sum(map(course.at, range(since, len(own))))
    yield Episode(AnomalyKind.DRIFT, since, len(own) - 1, expected, sum(own[since:]))
