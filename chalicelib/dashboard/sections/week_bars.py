"""The seven days as pairs of bars: each day, and the same weekday a week before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.dashboard.drawing import Scale, nice_steps
from chalicelib.dashboard.sections.week import WeekSection

LEAST_GUTTER, GUTTER_A_CHARACTER = 9, 1.9
"""Percent of the width left to the amounts of the grid."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in percent of the board; `known` is False for a day that nobody answered for."""

    x: str
    y: str
    width: str
    height: str
    known: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One day: its bar, the one of a week before, and where its label stands."""

    day: date
    now: Decimal | None
    before: Decimal | None
    bar: Bar
    bar_before: Bar
    middle: str


@dataclass(frozen=True, slots=True)
class WeekBars:
    """The picture of the week; `grid` is heights in percent and what they are called."""

    pairs: tuple[Pair, ...]
    grid: tuple[tuple[str, str], ...]


def week_bars(week: WeekSection, tick: Callable[[Decimal], str]) -> WeekBars | None:
    """The picture, its heights called by `tick`; None where nothing is known of the two weeks."""
    amounts = [each for day in week.days for each in (day.now, day.before)]
    if not any(amounts):
        return None
    scale = Scale.of(amounts)
    grid = tuple((f"{scale.down(each):.2f}", tick(each)) for each in nice_steps(scale))
    widest = max((len(text) for _, text in grid), default=0)
    gutter = max(LEAST_GUTTER, GUTTER_A_CHARACTER * widest)
    room = (100 - gutter) / len(week.days)
    pairs = tuple(
        Pair(
            day=each.charge_period_start,
            now=each.now,
            before=each.before,
            bar=_bar(each.now, scale, gutter + (n + 0.46) * room, 0.40 * room),
            bar_before=_bar(each.before, scale, gutter + (n + 0.14) * room, 0.28 * room),
            middle=f"{gutter + (n + 0.5) * room:.2f}",
        )
        for n, each in enumerate(week.days)
    )
    return WeekBars(pairs, grid)


def _bar(amount: Decimal | None, scale: Scale, x: float, width: float) -> Bar:
    zero = scale.down(Decimal(0))
    at = zero if amount is None else scale.down(amount)
    top, height = (0.0, zero) if amount is None else (min(at, zero), abs(zero - at))
    return Bar(f"{x:.2f}%", f"{top:.2f}%", f"{width:.2f}%", f"{height:.2f}%", amount is not None)
