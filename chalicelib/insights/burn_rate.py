"""What burns: where the billing metric rises far faster than it usually does, and it matters in money.

A finding needs all of this, for the hours since the last news at least 5, 11, 23, 47 or 71 hours back:

* more than usual by the least amount worth telling, already charged and not extrapolated. That amount
  grows with the account, as the square root of its usual day: $5 at $20 a day, $79 at $5,000;
* more than usual by twice what such hours differ from it when nothing is special (`burn_usual`);
* several times the usual, or a fifth of the account's usual day on top of it (of the total: half);
* not all in one step of a few hours: a purchase is no rate.

Support, tax, plans and domains are never judged, and are taken out of the totals.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.insights.burn_course import Course, hour_of, moment_of
from chalicelib.insights.burn_usual import DAY, LEAST_DAYS, Usual, usual_of
from chalicelib.insights.burn_watched import Name, Watched, cents

WINDOWS = (5, 11, 23, 47, 71)
"""Hours, at least, over which a rate is taken."""
WINDOWS_OF_WHOLE = (23, 47, 71)
"""The same for the total: many services that do well at once for some hours are no news."""
SPECIAL = 2.0
"""How many times the highest of the usual hours an excess must be."""
SHARE_OF_DAY = 0.2
"""Share of the account's usual day that matters whatever the service's own usual is."""
SHARE_OF_WHOLE = 0.5
"""The same for the total, which many services together move by a fifth for no reason."""
SHARE_OF_NEW = 0.1
"""The same for what usually costs nothing, however many times nothing it is."""
SMALL_DAY = 20.0
"""A usual day up to which the least amount worth telling is the setting itself."""
ONE_STEP, STEP_HOURS = 0.9, 12
"""An excess that came by more than this share in one step shorter than this is a purchase."""
LONGEST_CATCH_UP = 96
"""Hours before a window in which a standstill may have begun that it makes up for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is worth telling: the least amount, in the metric's currency, and the factor over the usual."""

    floor: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Burn:
    """Something that burns: what a day of it costs now and usually, and since when (UTC).

    `gone` is what it has cost beyond the usual since then. `until` is when the metric last said so.
    """

    name: Name
    since: datetime
    until: datetime
    day: Decimal
    usual: Decimal
    gone: Decimal


def burning(watch: Watched, rule: Rule) -> list[Burn]:
    """What burns now, the largest first; nothing in an account's first week.

    The total is named only where no single service makes up half of it: a service is judged by its own
    values, which know when it stood still or was bought.
    """
    if watch.total.last - watch.total.first < LEAST_DAYS * DAY:
        return []
    found = [
        burn
        for name, course in watch.parts.items()
        if (burn := _burn(name, course, watch.usual_day, rule))
    ]
    whole = _burn(Name(watch.currency), watch.total, watch.usual_day, rule)
    if whole and not _by_one_service(watch, whole):
        found.append(whole)
    return sorted(found, key=lambda burn: (burn.usual - burn.day, burn.name))


def _by_one_service(watch: Watched, whole: Burn) -> bool:
    start, end = hour_of(whole.since), hour_of(whole.until)
    for name, course in watch.parts.items():
        if name.service and not name.account:
            amount, usual = course.between(start, course.last), usual_of(course, start, end)
            if (
                amount is not None
                and amount - (usual.middle if usual else 0.0) >= float(whole.gone) / 2
            ):
                return True
    return False


def least_worth_telling(usual: float, floor: Decimal) -> float:
    """The least amount beyond the usual that is told, for an account with this usual day."""
    return float(floor) * math.sqrt(max(1.0, usual / SMALL_DAY))


def _burn(name: Name, course: Course, account_day: float, rule: Rule) -> Burn | None:
    part = name.account or name.service
    for hours in reversed(WINDOWS if part else WINDOWS_OF_WHOLE):
        start = course.change_before(course.last - hours)
        usual = (
            None
            if start is None
            else _far_above(
                course, start, account_day, rule, SHARE_OF_DAY if part else SHARE_OF_WHOLE
            )
        )
        if start is not None and usual is not None:
            return _described(name, course, start, usual)
    return None


def _far_above(
    course: Course, start: int, account_day: float, rule: Rule, matters: float
) -> Usual | None:
    """What the hours since `start` usually cost, where they cost so much more that it is told."""
    end, least = course.last, least_worth_telling(account_day, rule.floor)
    amount = course.between(start, end)
    if amount is None or amount < least:
        return None
    usual = usual_of(course, start, end)
    if usual is None:
        return None
    excess = amount - usual.middle
    if not _beyond(amount, usual, least) or _was_to_come(course, start, least):
        return None
    share = excess / (end - start) * DAY / max(account_day, least)
    far = amount >= float(rule.factor) * max(usual.middle, usual.mean)
    far = far and (usual.middle > 0 or share >= SHARE_OF_NEW)
    return (
        usual if (far or share >= matters) and not _one_step(course, start, usual.middle) else None
    )


def _beyond(amount: float, usual: Usual, least: float) -> bool:
    return amount - usual.middle >= max(least, SPECIAL * (usual.high - usual.middle))


def _was_to_come(course: Course, start: int, least: float) -> bool:
    """Whether nothing is beyond the usual any more once the standstill before `start` is counted in.

    What stood still is sometimes caught up with in two steps.
    """
    back = start
    while (before := course.change_before(back - 1)) is not None and (
        back - before >= STEP_HOURS and start - before <= LONGEST_CATCH_UP
    ):
        back = before
    amount = course.between(back, course.last)
    usual = None if amount is None or back == start else usual_of(course, back, course.last)
    return usual is not None and amount is not None and not _beyond(amount, usual, least)


def _one_step(course: Course, start: int, usual: float) -> bool:
    """Whether nearly all beyond the usual came between two values a few hours apart."""
    hour = usual / (course.last - start)
    excess = (course.between(start, course.last) or 0.0) - usual
    before = start
    for change in course.changes_after(start):
        step = (course.between(before, change) or 0.0) - hour * (change - before)
        if change - before < STEP_HOURS and step > ONE_STEP * excess:
            return True
        before = change
    return False


def _described(name: Name, course: Course, start: int, usual: Usual) -> Burn:
    end = course.last
    hour = usual.middle / (end - start)
    since = _begin(course, start, hour)
    amount, hours = course.between(since, end) or 0.0, max(1, end - since)
    return Burn(
        name,
        since=moment_of(since),
        until=moment_of(end),
        day=cents(amount / hours * DAY),
        usual=cents(hour * DAY),
        gone=cents(amount - hour * hours),
    )


def _begin(course: Course, start: int, usual: float) -> int:
    """The hour with which the unbroken run of fast hours began that goes on until now.

    Fast is nearer to the rate since `start` than to the usual. One value that came early makes a slow
    stretch after a fast one, so two stretches together may be fast as well.
    """
    end = course.last
    fast = (usual + (course.between(start, end) or 0.0) / (end - start)) / 2
    changes = [hour for hour in course.changes if hour <= end]
    begin = end
    for position in range(len(changes) - 2, -1, -1):
        before = changes[max(0, position - 1)]
        if _hourly(course, changes[position], begin) >= fast and (
            _hourly(course, changes[position], changes[position + 1]) >= fast
            or _hourly(course, before, changes[position + 1]) >= fast
        ):
            begin = changes[position]
        else:
            break
    return begin if begin < end else start


def _hourly(course: Course, start: int, end: int) -> float:
    amount = course.between(start, end)
    return -1.0 if amount is None or end <= start else amount / (end - start)
