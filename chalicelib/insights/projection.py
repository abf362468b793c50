"""Where the month ends."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import REDUCTIONS, ZERO, ChargeCategory, Costs, Period, month_start
from chalicelib.insights.course import (
    last_shift,
    median,
    quantile,
    rhythm,
    spread,
    without_peaks,
)

LEAST_DAYS = 14
"""Complete days of history below which there is no projection."""
HALF_LIFE = 10.0
"""Days after which a day counts half as much for the level."""
RARE = 0.2
"""Share of days below which a cost is charged now and then, not daily."""
TREND_CERTAINTY = 1.5
"""How many times its own uncertainty a trend must be to be followed."""
APART = 20
"""Series that are projected one by one, the largest; the others together."""


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


def projections(services: Costs, today: date, complete_through: date) -> Projections:
    """Project the month of `today` from the complete days of the last three months and this one."""
    known = (
        services.period.intersection(
            Period(services.period.start, complete_through + timedelta(days=1))
        )
        if complete_through >= services.period.start
        else None
    )
    first = min(
        (key.day for key, amounts in services.cells.items() if amounts.billed), default=None
    )
    if known is None or first is None or (complete_through - first).days + 1 < LEAST_DAYS:
        return Projections(None, None, _too_little(first, complete_through))
    window = Period(max(first, known.start), known.end)
    rows = _rows(services, window)
    month = Period.month_of(today)
    gross = [row for (_, category), row in rows.items() if category not in REDUCTIONS]
    return Projections(
        net=_project(rows, window, month),
        gross=_project({k: v for k, v in rows.items() if k[1] not in REDUCTIONS}, window, month),
    )


def _too_little(first, complete_through):
    return "too little"


def _rows(services: Costs, window: Period) -> dict[tuple[str, str], list[float]]:
    rows: dict[tuple[str, str], list[float]] = {}
    start, days = window.start, len(window)
    for key, amounts in services.cells.items():
        position = (key.day - start).days
        if 0 <= position < days and amounts.billed:
            name = (
                ("", key.category)
                if key.category == ChargeCategory.CREDIT
                else (key.service, key.category)
            )
            row = rows.setdefault(name, [0.0] * days)
            row[position] += float(amounts.billed)
    return rows


def _project(rows, window: Period, month: Period) -> Projection:
    remaining = Period(window.end, month.end)
    split = max(0, (month.start - window.start).days)
    so_far = sum(sum(row[split:]) for row in rows.values())
    ahead = 0.0
    daily = [0.0] * len(window)
    for (_, category), row in rows.items():
        expected, isdaily = _ahead(category, row, window, remaining, month)
        ahead += expected
        if isdaily:
            for n, v in enumerate(row):
                daily[n] += v
    half = _half_width(daily, window, len(remaining))
    e = so_far + ahead
    D = lambda x: Decimal(repr(x))
    return Projection(month, D(so_far), D(e), D(e - half), D(e + half))


def _ahead(category, row, window, remaining, month):
    start = next(n for n, v in enumerate(row) if v)
    own = row[start:]
    charged = sum(1 for v in own if v)
    if (
        category not in (ChargeCategory.USAGE, ChargeCategory.CREDIT)
        and charged < RARE * len(own)
        or charged == 1
    ):
        if category == ChargeCategory.ADJUSTMENT:
            return 0.0, False
        return _monthly(row, window, month), False
    return _daily(row, start, window, remaining, month), True


def _monthly(row, window, month) -> float:
    totals = defaultdict(float)
    m = month_start(window.start)
    while m < window.end:
        totals[m] = 0.0
        m = month_start(m, 1)
    for day, v in zip(window, row):
        totals[month_start(day)] += v
    so_far = totals.pop(month.start, 0.0)
    if window.start.day != 1 and len(totals) > 1:
        totals.pop(month_start(window.start))
    past = list(totals.values())[-3:]
    if not past:
        return 0.0
    ordered = sorted(past)
    typical = ordered[(len(ordered) - 1) // 2]
    return max(0.0, typical - so_far) if typical else 0.0


def _daily(row, start, window, remaining, month) -> float:
    own = row[start:]
    if len(own) < 3:
        return own[-1] * len(remaining) if own else 0
    first = (window.start.weekday() + start) % 7
    beat = rhythm(own, first)
    level = beat.without(own)
    shift = last_shift(level)
    kept = without_peaks(level[shift:])
    now, slope = _line(kept)
    total = 0.0
    for n, day in enumerate(remaining):
        total += (
            max(0, (now + slope * (n + 1))) * beat.at(len(own) + n)
            if now >= 0
            else min(0, (now + slope * (n + 1))) * beat.at(len(own) + n)
        )
    return total


def _line(values: Sequence[float]) -> tuple[float, float]:
    n = len(values)
    w = [0.5 ** ((n - 1 - i) / HALF_LIFE) for i in range(n)]
    sw = sum(w)
    flat = sum(a * b for a, b in zip(w, values)) / sw
    if n < 21:
        return flat, 0.0
    # least squares over all
    mx = (n - 1) / 2
    my = sum(values) / n
    sxx = sum((i - mx) ** 2 for i in range(n))
    slope = sum((i - mx) * (v - my) for i, v in enumerate(values)) / sxx
    res = [v - my - slope * (i - mx) for i, v in enumerate(values)]
    s2 = sum(r * r for r in res) / (n - 2)
    se = (2.3 * s2 / sxx) ** 0.5
    if abs(slope) <= TREND_CERTAINTY * se:
        return flat, 0.0
    # level at end: flat + slope * mean age
    age = sum(wi * (n - 1 - i) for i, wi in enumerate(w)) / sw
    return flat + slope * age, slope


def _half_width(daily, window, ahead) -> float:
    n = len(daily)
    if ahead == 0:
        return 0.0
    beat = rhythm(daily, window.start.weekday())
    level = beat.without(daily)
    errors = []
    num = den = 0.0
    decay = 0.5 ** (1 / HALF_LIFE)
    prefix = [0.0]
    for v in level:
        prefix.append(prefix[-1] + v)
    h = min(ahead, n // 3)
    for o in range(n):
        num = num * decay + level[o]
        den = den * decay + 1
        if o >= 13 and o + h < n:
            errors.append(abs((prefix[o + 1 + h] - prefix[o + 1]) / h - num / den))
    return ahead * quantile(errors, 0.8) if errors else 0.0
