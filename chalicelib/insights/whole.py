"""A change of all usage together, while no row of it stands out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Period
from chalicelib.insights.anomalies import Anomaly, AnomalyKind
from chalicelib.insights.comparison import Comparison

LEAST_SHARE = Decimal("0.02")
"""Share by which all usage must change."""
BEYOND = Decimal("1.5")
"""How many times the largest change from any earlier week to the next it must be."""
EARLIER = 8
"""Weeks before, at most, whose changes are looked at; three changes are the least."""
LEAST_EARLIER = 3
BROAD = Decimal("0.8")
"""Share of all usage that must have moved the same way."""
LARGEST = Decimal("0.5")
"""Share of the change above which one service is the cause, and not all of them."""
LEAST_SERVICES = 3
MOST_MOVERS = 3
"""Rows that are named as the largest part of it."""
TOGETHER_DAYS = 2
NEARLY = Decimal("2.5")
"""How many times more, or less, than the middle one a row may move that moves with the others."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All usage moving together: over a week against the one before, or since a day (`against` None).

    `parts` are the anomalies that are only their row's share of it.
    """

    period: Period
    against: Period | None
    before: Decimal
    after: Decimal
    parts: frozenset[Anomaly] = frozenset()

    @property
    def amount(self) -> Decimal:
        """The difference, positive when usage rose."""
        return self.after - self.before


def whole_account(
    usage: Costs, week: Comparison | None, unusual: Iterable[Anomaly], *, floor: Decimal
) -> Whole | None:
    """Whether usage moved as a whole, which is then told once instead of row by row.

    It did when rows that hold four fifths of all usage, three at least and none with half of the
    change, left their course the same way, within two days of each other and by about the same
    share. Or, while rows keep within their course, when the last seven days differ from the seven
    before by `floor` in money, by 2 %, and by half more than any week from the next in the eight
    before, with services that hold four fifths of all usage going the same way, none by much more.
    What is new or ended is told by its own name and is no part of either.
    """
    found = tuple(
        each for each in unusual if each.kind not in (AnomalyKind.NEW, AnomalyKind.STOPPED)
    )
    return _since_a_day(usage, found) or _in_a_week(usage, week, found, floor)


def _since_a_day(usage: Costs, unusual: Sequence[Anomaly]) -> Whole | None:
    for first in unusual:
        parts = [
            each
            for each in unusual
            if each.expected > 0
            and each.excess * first.excess > 0
            and abs((each.since - first.since).days) <= TOGETHER_DAYS
        ]
        shares = sorted(abs(each.excess / each.expected) for each in parts)
        if len(parts) < LEAST_SERVICES:
            continue
        middle = shares[len(shares) // 2]
        parts = [each for each in parts if _about(abs(each.excess / each.expected), middle)]
        period = Period(
            min(each.since for each in parts), max(each.until for each in parts) + timedelta(days=1)
        )
        expected = sum((each.expected for each in parts), ZERO)
        actual = sum((each.actual for each in parts), ZERO)
        all_usage = usage.gross().during(period).total().billed - (actual - expected)
        most = max((abs(each.excess) for each in parts), default=ZERO)
        broad = len(parts) >= LEAST_SERVICES and most < LARGEST * abs(actual - expected)
        if broad and expected >= BROAD * all_usage:
            return Whole(period, None, expected, actual, frozenset(parts))
    return None


def _about(share: Decimal, middle: Decimal) -> bool:
    return share <= middle * NEARLY and middle <= share * NEARLY


def _in_a_week(
    usage: Costs, week: Comparison | None, unusual: Iterable[Anomaly], floor: Decimal
) -> Whole | None:
    if week is None or week.usage.before <= 0:
        return None
    amount, share = week.usage.amount, abs(week.usage.amount / week.usage.before)
    if abs(amount) < floor or share < LEAST_SHARE:
        return None
    earlier = _earlier(usage, week.against)
    if len(earlier) < LEAST_EARLIER or share < BEYOND * max(earlier):
        return None
    if not _broad(usage, week, amount):
        return None
    parts = frozenset(
        each
        for each in unusual
        if each.until in week.period
        and each.expected > 0
        and each.excess * amount > 0
        and abs(each.excess / each.expected) <= share * NEARLY
    )
    return Whole(week.period, week.against, week.usage.before, week.usage.after, parts)


def _earlier(usage: Costs, last: Period) -> list[Decimal]:
    """The shares by which earlier weeks differed from the week before each."""
    first = min((key.day for key, each in usage.cells.items() if each.billed), default=None)
    weeks = [Period.ending(last.last_day - timedelta(days=7 * n), 7) for n in range(EARLIER + 1)]
    known = [week for week in weeks if first and first <= week.start and usage.covers(week)]
    sums = dict.fromkeys(known, ZERO)
    start = weeks[-1].start
    for key, each in usage.gross().cells.items():
        if start <= key.day < last.end:
            week = weeks[(last.last_day - key.day).days // 7]
            if week in sums:
                sums[week] += each.billed
    pairs = [
        (sums[week], sums[before])
        for week in known
        if (before := Period.ending(week.start - timedelta(days=1), 7)) in sums
    ]
    return [abs(after - before) / before for after, before in pairs if before > 0]


def _broad(usage: Costs, week: Comparison, amount: Decimal) -> bool:
    gross = usage.gross()
    before, after = (_by_service(gross, each) for each in (week.against, week.period))
    moved = {name: after.get(name, ZERO) - before.get(name, ZERO) for name in before | after}
    share = abs(amount) / week.usage.before
    together = [
        name
        for name, each in moved.items()
        if each * amount > 0
        and after.get(name)
        and before.get(name, ZERO) > 0
        and abs(each) <= before[name] * share * NEARLY
    ]
    largest = max((abs(each) for each in moved.values()), default=ZERO)
    held = sum((before[name] for name in together), ZERO)
    return (
        len(together) >= LEAST_SERVICES
        and largest < LARGEST * abs(amount)
        and held >= BROAD * week.usage.before
    )


def _by_service(costs: Costs, period: Period) -> dict[str, Decimal]:
    return {name: each.billed for name, each in costs.during(period).by("service").items()}
