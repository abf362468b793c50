"""Sums of the last 30 complete days, by whatever name; the tables rank them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chalicelib.costs import REDUCTIONS, ZERO, Costs, Key, Period
from chalicelib.dashboard.rounding import share

DAYS = 30
WEEK = 7
UNKNOWN_CHANGE = "unknown"
"""The kind of a change between weeks of which a day is unknown."""


@dataclass(slots=True)
class Sums:
    """What one name cost: billed on each of the table's days, and in all of them by other measures."""

    recent: list[Decimal]
    effective: Decimal = ZERO
    reductions: Decimal = ZERO
    services: dict[str, Decimal] = field(default_factory=dict)

    @property
    def billed(self) -> Decimal:
        """All days together."""
        return sum(self.recent, ZERO)

    @property
    def week(self) -> Decimal:
        """The last seven days."""
        return sum(self.recent[-WEEK:], ZERO)

    @property
    def week_before(self) -> Decimal:
        """The seven days before those."""
        return sum(self.recent[-2 * WEEK : -WEEK], ZERO)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Whether the last seven complete days, and the seven before, are known to the last day."""

    last: bool
    before: bool

    @classmethod
    def of(cls, costs: Costs, through: date) -> "Weeks":
        """The weeks of a table."""
        last = Period.ending(through, WEEK)
        both = Period.ending(through, 2 * WEEK)
        return cls(costs.covers(last), costs.covers(Period(both.start, last.start)))

    @property
    def comparable(self) -> bool:
        """Whether the one can be compared with the other."""
        return self.last and self.before


def table_days(costs: Costs, through: date) -> Period:
    """The last 30 complete days, or as many of them as the facts know."""
    days = Period.ending(through, DAYS)
    return costs.period.intersection(days) or days


def sums_by(costs: Costs, days: Period, name: Callable[[Key], str]) -> dict[str, Sums]:
    """What each name cost on those days."""
    sums: dict[str, Sums] = {}
    position = {day: n for n, day in enumerate(days)}
    for key, amounts in costs.cells.items():
        day = position.get(key.day)
        if day is None:
            continue
        who = name(key)
        each = sums.get(who)
        if each is None:
            each = sums[who] = Sums([ZERO] * len(position))
        if key.category in REDUCTIONS:
            each.reductions += amounts.billed
            continue
        each.recent[day] += amounts.billed
        each.effective += amounts.effective
        each.services[key.service] = each.services.get(key.service, ZERO) + amounts.billed
    return sums


def ranked_names(sums: Mapping[str, Sums], limit: int) -> tuple[list[str], list[str]]:
    """The names to list, largest first, and those that are only added up; names that cost nothing
    in any period are left out."""
    named = [
        name for name, each in sums.items() if any(each.recent) or each.effective or each.reductions
    ]
    ranked = sorted(named, key=lambda name: (-sums[name].billed, name))
    return ranked[:limit], ranked[limit:]


def share_of(amount: Decimal, total: Decimal) -> Decimal | None:
    """The share of the total; None where there is none: of nothing, or among amounts below zero."""
    return share(amount / total) if 0 <= amount <= total and total else None
