"""The month as a burn-up: running totals of this month and the last, and where this one is heading."""

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.dashboard.drawing import Scale, line, nice_steps
from chalicelib.dashboard.sections.month import MonthSection


@dataclass(frozen=True, slots=True)
class BurnUp:
    """Paths on a board of 100 by 100; "" where there is nothing to draw.

    `so_far` is solid, `filling_in` dashed (days that are not complete). `expected` runs from the
    last complete day, in a month without one from the last known, to the month's end, inside
    `likely`. `grid` and `budget` are heights in percent.
    """

    so_far: str
    filling_in: str
    last: str
    expected: str
    likely: str
    budget: str
    grid: tuple[tuple[str, Decimal], ...]
    ticks: tuple[tuple[str, int], ...]
    expected_at: str


def burn_up(month: MonthSection) -> BurnUp | None:
    """The picture; None where nothing is known of this month and the last."""
    net = month.gross if month.course_before_credits else month.net
    length = (month.billing_period_end - month.billing_period_start).days
    known = [*month.course, *month.last_course]
    if not any(known):
        return None
    ahead = [net.low, net.high, net.expected] if net else []
    scale = Scale.of([*known, *ahead, month.budget])
    done = len(month.course) - month.filling_in
    longest = max(length, len(month.last_course))
    last_known = done or len([each for each in month.course if each is not None])
    start = last_known / longest * 100, scale.down(_at(month, last_known))
    end = length / longest * 100
    return BurnUp(
        so_far=line(month.course[:done], scale, longest),
        filling_in=_rest(month, done, scale, longest),
        last=line(month.last_course, scale, longest),
        expected=_to(start, end, scale.down(net.expected)) if net else "",
        likely=_wedge(start, end, scale.down(net.low), scale.down(net.high)) if net else "",
        budget=f"{scale.down(month.budget):.2f}" if month.budget is not None else "",
        grid=tuple((f"{scale.down(each):.2f}", each) for each in nice_steps(scale)),
        ticks=tuple((f"{(day - 0.5) / longest * 100:.2f}", day) for day in (1, 8, 15, 22, 29)),
        expected_at=f"{scale.down(net.expected):.2f}" if net else "",
    )


def _at(month: MonthSection, done: int) -> Decimal:
    return (month.course[done - 1] or ZERO) if done else ZERO


def _rest(month: MonthSection, done: int, scale: Scale, longest: int) -> str:
    """The days that are still filling in, joined to the last complete one."""
    points = [f"M{done / longest * 100:.2f} {scale.down(_at(month, done)):.2f}"]
    for n, amount in enumerate(month.course[done:], done + 1):
        if amount is None:
            break
        points.append(f"L{n / longest * 100:.2f} {scale.down(amount):.2f}")
    return "".join(points) if len(points) > 1 else ""


def _to(start: tuple[float, float], end: float, height: float) -> str:
    return f"M{start[0]:.2f} {start[1]:.2f}L{end:.2f} {height:.2f}"


def _wedge(start: tuple[float, float], end: float, low: float, high: float) -> str:
    return f"M{start[0]:.2f} {start[1]:.2f}L{end:.2f} {high:.2f}L{end:.2f} {low:.2f}Z"
