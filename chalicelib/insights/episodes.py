"""Days of one row of costs that the row's own history does not explain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.insights.changes import (
    Change,
    Distances,
    Limits,
    Shape,
    candidates,
    changes,
    quiet,
    sharper,
)
from chalicelib.insights.course import WEEK, irregular, median, rhythm, silence
from chalicelib.insights.expectation import Expectation, expectation
from chalicelib.insights.recurring import without_recurring

WATCHED_DAYS = 35
"""The last complete days, which are judged by the days before them."""
HISTORY_DAYS = 63
"""Days of history that a day is judged by."""
LEAST_HISTORY = 21
"""Days of history without which nothing is called unusual."""
LEAST_WATCHED = 7
NEW_DAYS = 28
"""Days within which a first charge is news, and days of nothing before it that make it one."""
LIMITS = Limits(day=3.8, days=4.0)
"""Scores that make one day, and several together, unusual."""
PEAKS = 1.25
"""How far beyond its history's second highest peak a single day must lie."""
NEAR = 4.0
"""Spreads to which a day of the history is brought back."""
YOUNG = 7
"""Days below which a change that goes on is neither called a step nor a slow rise."""
CLEARLY = 4.0
"""Squares, in spreads, by which a step must fit better than a bend, or the other way round."""
RIPPLE = 0.5
"""Share of a greater change on the same days that a change must have to be told on its own."""
CLEAR, PART = 3.0, 0.3
"""Spreads from which on the first day of a change must show it, and the share of it that it must show."""
LEAST_FALL = 4
"""Days after which a cost that is lower counts as having fallen."""
TWICE = 2.0
"""How many times the largest before it an irregular day or week must be."""
STOP_DAYS = 3
"""Days without a charge after which a cost has stopped."""

type Row = Sequence[float | None]


class AnomalyKind(StrEnum):
    """How a cost left its expected course.

    HIGHER goes on and is too young, or too unclear, to be called a step or a drift (a slow rise);
    LOWER fell and stays down.
    """

    SPIKE = "spike"
    HIGHER = "higher"
    STEP = "step"
    DRIFT = "drift"
    LOWER = "lower"
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


def episodes(row: Row, start: date) -> list[Episode]:
    """What is unusual about the last five weeks of one row of daily costs that begins on `start`.

    None is a day that nobody knows; it is neither zero nor as expected.

    * New: the first charge lies in the last four weeks, after four weeks of nothing.
    * Stopped: no charge for three days and for twice as long as any pause before, after three
      weeks or more; a purchase that was made once does not stop.
    * Irregular (many days without a charge), after three weeks: a day or a week costs twice the
      largest before.
    * Otherwise the watched weeks are held against a straight line through the cube roots of the nine
      weeks before them (`expectation`), less what came on the same day of the month before too. Of
      the pulses, steps and bends that explain the distances (`changes`) those are told that are
      beyond doubt: what is over is a spike; what goes on is "higher" for a week, and then a step or
      a drift, whichever fits clearly better. What fell is told once it has lasted four days and
      goes on.
    """
    first = next((day for day, amount in enumerate(row) if amount), len(row))
    last = max((day for day, amount in enumerate(row) if amount is not None), default=-1)
    own = row[first : last + 1]
    if sum(filter(None, own)) <= 0:
        return []
    return [
        replace(each, since=each.since + first, until=each.until + first)
        for each in _episodes(own, start + timedelta(days=first), first)
    ]


def _episodes(own: Row, start: date, empty_before: int) -> Iterable[Episode]:
    if len(own) <= NEW_DAYS:
        return [_new(own)] if empty_before >= NEW_DAYS else []
    known = [amount for amount in own if amount is not None]
    silent = silence(known, STOP_DAYS)
    if silent:
        return _stopped(own, start)
    if irregular(known):
        return _apart(_irregular([amount or 0.0 for amount in own]))
    return _watched(own, start)


def _new(own: Row) -> Episode:
    last = max(day for day, amount in enumerate(own) if amount)
    return Episode(AnomalyKind.NEW, 0, last, 0.0, sum(filter(None, own)))


def _stopped(own: Row, start: date) -> list[Episode]:
    since = max(day for day, amount in enumerate(own) if amount) + 1
    if since < LEAST_HISTORY or len(own) - since > NEW_DAYS:
        return []
    history = filled(own[max(0, since - HISTORY_DAYS) : since])
    usual = expectation(history, since - len(history), rhythm(filled(own[:since]), start.weekday()))
    if usual is None:
        return []
    expected = sum(map(usual.at, range(since, len(own))))
    return [Episode(AnomalyKind.STOPPED, since, len(own) - 1, expected, 0.0)]


def _irregular(own: Sequence[float]) -> Iterator[Episode]:
    watched = len(own) - NEW_DAYS
    if watched < LEAST_HISTORY:
        return
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


def filled(own: Row) -> list[float]:
    """The row with days that are unknown or empty as the same weekday was before, or else usual.

    In a cost that is charged on nearly every day, an empty day says nothing about the others.
    """
    usual = median([amount for amount in own if amount])
    whole: list[float] = []
    for day, amount in enumerate(own):
        whole.append(amount or (whole[day - WEEK] if day >= WEEK else usual))
    return whole


def _watched(own: Row, start: date) -> list[Episode]:
    watched = min(WATCHED_DAYS, len(own) - LEAST_HISTORY)
    if watched < LEAST_WATCHED:
        return []
    turn = len(own) - watched
    whole = without_recurring(filled(own), start)
    before = max(0, turn - HISTORY_DAYS)
    usual = expectation(whole[before:turn], before, rhythm(whole[:turn], start.weekday()))
    if usual is None:
        return []
    off = [usual.off(day, whole[day]) if own[day] else None for day in range(turn, len(own))]
    if quiet(off):
        return []
    past = [max(-NEAR, min(NEAR, usual.off(day, whole[day]))) for day in range(usual.first, turn)]
    distances = Distances(past, off, usual.together)
    limits = replace(LIMITS, day=max(LIMITS.day, PEAKS * usual.peak))
    found = _without_ripples(changes(distances, limits))
    extra = [(amount or 0.0) - each for amount, each in zip(own, whole, strict=True)]
    money = _Money(own, usual, turn, extra, distances.less(found).line())
    return list(_told(found, distances, money))


@dataclass(frozen=True, slots=True)
class _Money:
    """Turns changes of watched days into episodes with amounts; `line` is what they leave over."""

    own: Row
    usual: Expectation
    turn: int
    recurring: Sequence[float]
    line: tuple[float, float]

    def episode(
        self, kind: AnomalyKind, since: int, until: int, others: Sequence[Change]
    ) -> Episode:
        expected = actual = 0.0
        level, slope = self.line
        for day in range(since, until + 1):
            amount = self.own[self.turn + day]
            if amount is not None:
                shift = level + slope * day + sum(each.at(day) for each in others)
                expected += self.usual.at(self.turn + day, shift)
                expected += max(0.0, self.recurring[self.turn + day])
                actual += amount
        return Episode(kind, self.turn + since, self.turn + until, expected, actual)


def _told(found: Sequence[Change], off: Distances, money: _Money) -> Iterator[Episode]:
    last = len(off.watched) - 1
    for rise in (True, False):
        same = [each for each in found if (each.size > 0) is rise]
        lasting = [each for each in same if each.until == last]
        others = [each for each in found if each not in lasting]
        if lasting:
            since, kind = _lasting(off.less(others), rise=rise)
            if kind and (since or kind is AnomalyKind.DRIFT):
                yield money.episode(kind, since, last, others)
        if rise:
            for since, until in _spans(each for each in same if each.until < last):
                inside = [each for each in found if each.until > until or each.since < since]
                yield money.episode(AnomalyKind.SPIKE, since, until, inside)


def _without_ripples(found: Iterable[Change]) -> list[Change]:
    """Without what is small beside a greater change on the same days: more noise there, or a curve."""
    kept: list[Change] = []
    for each in found:
        around = [
            other for other in kept if other.since <= each.until and each.since <= other.until
        ]
        if each.reach > RIPPLE * max((other.reach for other in around), default=0.0):
            kept.append(each)
    return kept


def _spans(pulses: Iterable[Change]) -> list[tuple[int, int]]:
    """Pulses as days; a day in between does not part them."""
    spans: list[tuple[int, int]] = []
    for each in sorted(pulses, key=lambda each: each.since):
        if spans and each.since - spans[-1][1] <= 2:
            spans[-1] = spans[-1][0], max(each.until, spans[-1][1])
        else:
            spans.append((each.since, each.until))
    return spans


def _lasting(left: Distances, *, rise: bool) -> tuple[int, AnomalyKind | None]:
    """Since when a change goes on, and what it is: by least squares between a step and a bend."""
    days = len(left.watched)
    ways = [each for each in candidates(left) if each.until == days - 1 and (each.size > 0) is rise]
    best = {
        shape: max(
            (each for each in ways if each.shape is shape),
            key=lambda each: each.saved,
            default=None,
        )
        for shape in (Shape.STEP, Shape.BEND)
    }
    step, bend = best[Shape.STEP], best[Shape.BEND]
    chosen = max((each for each in (step, bend) if each), key=lambda each: each.saved, default=None)
    if chosen is None:
        return 0, None
    if not sharper(chosen, left):
        return chosen.since, None
    better = (bend.saved if bend else 0.0) - (step.saved if step else 0.0)
    since = _shown_since(chosen, left)
    age = sum(each is not None for each in left.watched[since:])
    if not rise:
        return since, AnomalyKind.LOWER if age >= LEAST_FALL else None
    if age < YOUNG or abs(better) < CLEARLY:
        return since, AnomalyKind.HIGHER
    return since, AnomalyKind.DRIFT if better > 0 else AnomalyKind.STEP


def _shown_since(found: Change, off: Distances) -> int:
    """The first day that shows a change which is too large to be hidden by noise."""
    for day in range(found.since, found.until):
        moved, seen = found.at(day), off.watched[day]
        if abs(moved) < CLEAR or (seen is not None and seen / moved >= PART):
            return day
    return found.until
