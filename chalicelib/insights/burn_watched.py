"""What is watched: one course for each service, account and pair, and for the total without its fees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.costs.charges_so_far import ChargesSoFar, SoFar
from chalicelib.costs.charges_so_far import Name as Name
from chalicelib.insights.burn_course import Course, course_of, hour_of
from chalicelib.insights.burn_usual import DAY, usual_day

STOPPED = 24
"""Hours without news of a part, while the total had some, after which it costs nothing."""
FEES = ("support", "tax", "registrar", "savingsplan")
"""What the codes of services contain that are charged by the month or by order, not by use."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The courses of one currency; `usual_day` is the total's, fees taken out.

    `so_far` is the last value of the total as AWS said it, `at` when.
    """

    currency: str
    so_far: Decimal
    at: datetime
    total: Course
    usual_day: float
    parts: Mapping[Name, Course]

    def course(self, name: Name) -> Course | None:
        """The course of a part, or of the total."""
        return self.parts.get(name) if name.account or name.service else self.total

    def day_now(self) -> Decimal:
        """What a day of the whole costs at present; zero where the metric does not say."""
        return cents(rate(self.total, self.total.last - DAY + 1) or 0.0)


def is_fee(service: str) -> bool:
    """Whether a service's code stands for something that is not used day by day."""
    return any(word in service.lower() for word in FEES)


def watched(series: Iterable[ChargesSoFar]) -> list[Watched]:
    """One course for each series, by currency; a currency without a total is left out."""
    given = list(series)
    found = []
    for whole in given:
        if whole.account or whole.service or not whole.values:
            continue
        same = [each for each in given if each.currency == whole.currency and each is not whole]
        fees = [each for each in same if is_fee(each.service) and not each.account]
        total = course_of(_without(whole.values, fees))
        if total is None:
            continue
        parts = {}
        for each in same:
            course = course_of(each.values, total.first, total.changes)
            if course is None or is_fee(each.service):
                continue
            if total.last - course.last >= STOPPED:
                course.still_until(total.last)
            parts[Name(each.currency, each.account, each.service)] = course
        last = whole.values[-1]
        day = usual_day(total)
        found.append(Watched(whole.currency, cents(last.amount), last.time, total, day, parts))
    return found


def rate(course: Course, since: int) -> float | None:
    """What a day has cost since the last news not after an hour; None where that is unknown."""
    start = course.change_before(since)
    if start is None or start >= course.last:
        return None
    amount = course.between(start, course.last)
    return None if amount is None else amount / (course.last - start) * DAY


def cents(amount: float) -> Decimal:
    """An amount of the metric, which is good for cents."""
    return Decimal(f"{amount:.2f}")


def _without(values: Iterable[SoFar], fees: Iterable[ChargesSoFar]) -> list[SoFar]:
    """The total's values less what fees had come to at that moment."""
    less: dict[int, float] = {}
    for fee in fees:
        for value in fee.values:
            hour = hour_of(value.time)
            less[hour] = less.get(hour, 0.0) + value.amount
    found, kept, at = [], 0.0, 0
    for value in values:
        hour = hour_of(value.time)
        if hour in less:
            kept, at = less[hour], hour
        elif hour - at > STOPPED:
            kept = 0.0
        found.append(SoFar(value.time, value.amount - min(kept, value.amount)))
    return found
