"""Where the month ends."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import hypot

from chalicelib.costs import REDUCTIONS, ZERO, ChargeCategory, Costs, Key, Period, month_start
from chalicelib.insights.course import (
    TREND_DAYS,
    Rhythm,
    certain_slope,
    irregular,
    last_shift,
    monthly_fee,
    quantile,
    rhythm,
    silence,
    without_peaks,
)
from chalicelib.insights.fees import Fees, fees_of, total_of

LEAST_DAYS = 14
"""Complete days of history below which there is no projection."""
HALF_LIFE = 10.0
"""Days after which a day counts half as much for the level."""
SILENT_DAYS = 2
"""Days without a charge after which a daily cost may have ended."""
TREND_CERTAINTY = 3.0
"""How many times its own uncertainty a trend must be to be followed."""
FASTEST = 0.02
"""Largest growth a day that is followed: it doubles a cost in five weeks."""
RARE = 0.2
"""Share of days below which a cost is charged now and then, not daily."""
NOT_USAGE = frozenset(ChargeCategory) - {ChargeCategory.USAGE}
LEAST_CHARGES = 3
"""Charges that make a cost a daily one; usage needs fewer where the settling days have it too."""
YOUNG_DAYS = 14
"""Days after which a level is trusted in full."""
APART = 24
"""How many of the largest costs are projected one by one; the others are projected together."""
WIDEN, WIDEN_AHEAD = 1.1, 0.5
"""How much wider than the errors of the trials the interval is: at once, and for 30 days ahead."""
TRIALS = 8
"""Past days from which the method is tried on what is known by now."""

type Name = tuple[str, str]
type Rows = Mapping[Name, list[float]]


@dataclass(frozen=True, slots=True)
class Projection:
    """Expected cost of the whole month with an 80 % interval, billed cost.

    `so_far` is what the complete days of the month have cost.
    """

    month: Period
    so_far: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Projections:
    """The month end, net and gross; both None, and `reason` a sentence, when history is too short."""

    net: Projection | None
    gross: Projection | None
    reason: str = ""


def projections(
    services: Costs, today: date, complete_through: date, fees: Fees | None = None
) -> Projections:
    """Project the month of `today` from the complete days since the start of the third month back.

    Expected is what the complete days of the month cost plus, for each service and charge category:

    * charged daily: the level of the last weeks, in which a day counts half as much as one ten
      days later (simple exponential smoothing, Brown 1956), since the last level shift, without
      single peaks, carried on along its trend where that is beyond doubt, times the weekday's
      factor. What stood out on the same day of both earlier months is expected again. A cost that
      has paused for longer than ever before is taken to have ended.
    * fees: those that are due by their own calendar and have not come (`Fees.due`). What came
      once, a year ago, is a doubt as well. A single purchase or refund is not expected again.
    * charged on a few days of a month: what an ordinary month costs, less what this month already
      has. One or two charges of the last days are single, too, unless it is usage that goes on.
    * charged rarely on any day: its average day.

    The interval comes from the account's own past (split conformal prediction, after Vovk and
    others 2005): the method is tried from up to eight earlier days on what followed them, and the
    errors' 80 % quantile is the half width. A few overlapping trials know less than they seem to,
    the less the further the month end, so it is widened by a factor of 1.1 at the end of a month
    to 1.6 at its start. A level younger than two weeks may go as quickly as it came: half of its
    difference from what was before is added as a doubt of its own, less with each day that it
    holds. docs/accuracy.md has the measured coverage.
    """
    first = min((key.day for key, each in services.cells.items() if each.billed), default=None)
    if first is None or (complete_through - first).days + 1 < LEAST_DAYS:
        return Projections(None, None, _too_little(first, complete_through))
    window = Period(first, complete_through + timedelta(days=1))
    month = Period.month_of(today)
    fees = fees or fees_of(services, None, complete_through)
    rows = _rows(fees.usage, window)
    before_reductions = {name: row for name, row in rows.items() if name[1] not in REDUCTIONS}
    return Projections(
        net=_projection(services, rows, window, month, fees),
        gross=_projection(services.gross(), before_reductions, window, month, fees),
    )


def _too_little(first: date | None, complete_through: date) -> str:
    if first is None:
        return "There is no cost to project from yet."
    known = max(0, (complete_through - first).days + 1)
    days = "1 complete day is" if known == 1 else f"{known} complete days are"
    return (
        f"Too little history to project the month: the first cost is of {first.day} {first:%B}, "
        f"so {days} known, and {LEAST_DAYS} are needed."
    )


def _rows(services: Costs, window: Period) -> dict[Name, list[float]]:
    """Daily rows by service and category; credits in one row, for they end together."""
    rows: dict[Name, list[float]] = {}
    days = len(window)
    for key, amounts in services.cells.items():
        position = (key.day - window.start).days
        if 0 <= position < days and amounts.billed:
            row = rows.setdefault(_name(key), [0.0] * days)
            row[position] += float(amounts.billed)
    # Credits of two services may cancel each other out, and then there is nothing to project.
    return {name: row for name, row in rows.items() if any(row)}


def _name(key: Key) -> Name:
    return "" if key.category == ChargeCategory.CREDIT else key.service, key.category


def _projection(costs: Costs, rows: Rows, window: Period, month: Period, fees: Fees) -> Projection:
    so_far = ZERO
    if window.end > month.start:
        complete = costs.period.intersection(Period(month.start, window.end))
        so_far = costs.during(complete).total().billed if complete else ZERO
    ahead = [day for day in month if day >= window.end]
    going_on = _going_on(costs, rows, window)
    daily = {name: row for name, row in rows.items() if _is_daily(row, name in going_on)}
    rare = [
        _rare(row, name[1], window, month, len(ahead))
        for name, row in rows.items()
        if name not in daily
    ]
    parts = rare + [_daily(row, window, ahead) for row in _largest_apart(daily.values())]
    errors = _half_width(_together(daily.values()), window, len(ahead))
    due = fees.due(Period(max(month.start, window.end), month.end))
    unsure = [float(each.amount) for each in due if not each.sure]
    expected = so_far + Decimal(sum(amount for amount, _ in parts)) + total_of(due)
    half = Decimal(hypot(errors, *(doubt for _, doubt in parts), *unsure))
    low = expected - half
    if so_far >= 0 and expected >= 0:
        low = max(low, ZERO)  # what has cost something so far does not end as a gift
    return Projection(month, so_far, expected, low, expected + half)


def _going_on(costs: Costs, rows: Rows, window: Period) -> Collection[Name]:
    """What is not single, however few its charges: usage that the settling days have too, if any."""
    usage = {name for name in rows if name[1] not in NOT_USAGE}
    settling = {
        _name(key) for key, each in costs.cells.items() if key.day >= window.end and each.billed
    }
    return usage & settling if costs.period.end > window.end else usage


def _is_daily(row: Sequence[float], going_on: bool) -> bool:
    own = row[_start(row) :]
    charged = sum(map(bool, own))
    return charged >= RARE * len(own) and (going_on or charged >= LEAST_CHARGES)


def _start(row: Sequence[float]) -> int:
    return next(day for day, amount in enumerate(row) if amount)


def _largest_apart(rows: Iterable[list[float]]) -> list[list[float]]:
    ranked = sorted(rows, key=lambda row: (-abs(sum(row)), row))
    rest = _together(ranked[APART:])
    return [*ranked[:APART], rest] if any(rest) else ranked[:APART]


def _together(rows: Iterable[list[float]]) -> list[float]:
    return [sum(amounts) for amounts in zip(*rows, strict=True)]


def _daily(row: Sequence[float], window: Period, ahead: Sequence[date]) -> tuple[float, float]:
    """What a cost charged daily adds up to on the days ahead, and how far a young level may be off."""
    if not ahead:
        return 0.0, 0.0
    start = _start(row)
    habit = _habit(row[start:], (window.start.weekday() + start) % 7, began=start > 0)
    fees = sum(monthly_fee(row, window.start, day, 2) for day in ahead)
    gap = (ahead[0] - window.end).days
    return habit.total(gap, len(ahead)) + fees, habit.doubt * len(ahead)


@dataclass(frozen=True, slots=True)
class _Habit:
    """What a daily cost does: its level on the last known day, its growth, its weekdays.

    `doubt` is how far, per day, the level may be off because it is young: half of its difference
    from what was before, less the older it is, nothing after two weeks.
    """

    level: float
    growth: float
    rhythm: Rhythm
    known: int
    doubt: float

    def total(self, gap: int, days: int) -> float:
        """What `days` days are expected to add up to, `gap` days after the last known one."""
        return sum(
            self.level * self.growth ** (n + 1) * self.rhythm.at(self.known + n)
            for n in range(gap, gap + days)
        )


def _habit(own: Sequence[float], first_weekday: int, *, began: bool = False) -> _Habit:
    """The habit of a row that begins with its first charge; `began` when that is no mere edge."""
    beat = rhythm(own, first_weekday)
    level = beat.without(own)
    silent = silence(own, SILENT_DAYS)
    shift = len(own) - silent if silent else 0 if irregular(own) else last_shift(level)
    now, growth = (0.0, 1.0) if silent else _level_and_growth(without_peaks(level[shift:]))
    before = level[max(0, shift - YOUNG_DAYS) : shift]
    old = len(own) - shift >= YOUNG_DAYS or not (shift or began)
    jump = 0.0 if old else abs(now - sum(before) / max(1, len(before)))
    return _Habit(now, growth, beat, len(own), jump / 2 * (1 - (len(own) - shift) / YOUNG_DAYS))


def _level_and_growth(values: Sequence[float]) -> tuple[float, float]:
    """The level on the last day, and the factor by which it grows each day (1 for no trend).

    Growth is a share of the level, so it compounds as growing services do.
    """
    count = len(values)
    weights = [0.5 ** (age / HALF_LIFE) for age in range(count - 1, -1, -1)]
    whole = sum(weights)
    level = sum(weight * value for weight, value in zip(weights, values, strict=True)) / whole
    mean, slope = sum(values) / count, certain_slope(values, TREND_CERTAINTY)
    if not slope or not mean:
        return level, 1.0
    growth = 1 + max(-FASTEST, min(FASTEST, slope / mean))
    age = sum(weight * (count - 1 - day) for day, weight in enumerate(weights)) / whole
    return level * growth**age, growth


def _rare(
    row: Sequence[float], category: str, window: Period, month: Period, ahead: int
) -> tuple[float, float]:
    """What a cost charged now and then still adds to the month, and how far that may be off."""
    if category == ChargeCategory.ADJUSTMENT:
        return 0.0, 0.0
    totals: dict[date, float] = {}
    charges: dict[date, int] = {}
    for day, amount in zip(window, row, strict=True):
        first = month_start(day)
        totals[first] = totals.get(first, 0.0) + amount
        charges[first] = charges.get(first, 0) + bool(amount)
    if category == ChargeCategory.USAGE and max(charges.values()) > 2:
        return sum(row) / len(row) * ahead, 0.0
    so_far = totals.pop(month.start, 0.0)
    past = sorted(list(totals.values())[-3:])
    if not past:
        return 0.0, 0.0
    typical = past[(len(past) - 1) // 2]
    missing = typical - so_far
    if abs(so_far) >= abs(typical):
        return 0.0, 0.0
    return missing, (past[-1] - past[0]) / 2


def _half_width(total: Sequence[float], window: Period, ahead: int) -> float:
    """The 80 % quantile of the method's own errors on earlier days, widened."""
    if not ahead or not any(total):
        return 0.0
    own = total[_start(total) :]
    weekday = (window.start.weekday() + len(total) - len(own)) % 7
    days = max(1, min(ahead, len(own) // 3))
    latest = len(own) - days
    earliest = max(1, min(TREND_DAYS, latest))
    step = max(3, (latest - earliest) // TRIALS)
    errors = [
        abs(sum(own[day : day + days]) - _habit(own[:day], weekday).total(0, days)) / days
        for day in range(latest, earliest - 1, -step)
    ]
    wider = WIDEN + WIDEN_AHEAD * ahead / 30
    return wider * ahead * quantile(errors, 0.8) if errors else 0.0
