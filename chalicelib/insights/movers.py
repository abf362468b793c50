"""What changed most between two periods, ranked by money."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Key, Period
from chalicelib.insights.comparison import Change, ChangeKind, Comparison, change

type Who = tuple[str, str]
"""A service and an account, "" where not told apart."""

RARELY = 5
"""A cost charged on fewer than one in this many days comes and goes."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One service, account, or service in an account ("" where not told apart) and its change."""

    service: str
    account: str
    change: Change


@dataclass(frozen=True, slots=True)
class Movers:
    """The movers between two periods (gross billed cost), largest change first; ups and downs alike."""

    period: Period
    against: Period
    by_service: tuple[Mover, ...]
    by_account: tuple[Mover, ...]
    by_both: tuple[Mover, ...]


def movers(
    services: Costs,
    accounts: Costs | None,
    compared: Comparison,
    *,
    floor: Decimal,
    percent: Decimal,
) -> Movers:
    """The services, accounts and services in accounts whose gross billed cost changed.

    A mover changed by `floor` in money and by `percent` of what it was before, both at least; a
    change without a percentage (new, ended, from almost nothing, occasional) needs the money only.
    A percentage alone is noise on small services and silence on large ones, hence the two.
    Rises and falls are ranked together by size, so a fall that hides a rise in the total is beside
    it. With both limits at zero the movers' changes add up to the change of the total, exactly.
    """
    by_service = _courses(services.gross(), compared, lambda key: (key.service, ""))
    by_both = _courses(accounts, compared, _pair) if accounts else {}

    def ranked(courses: Mapping[Who, "_Course"]) -> tuple[Mover, ...]:
        changes = ((who, course.change(compared)) for who, course in courses.items())
        found = [Mover(*who, moved) for who, moved in changes if _counts(moved, floor, percent)]
        return tuple(sorted(found, key=lambda m: (-abs(m.change.amount), m.service, m.account)))

    return Movers(
        period=compared.period,
        against=compared.against,
        by_service=ranked(by_service),
        by_account=ranked(_by_account(by_both)),
        by_both=ranked(by_both),
    )


def _counts(moved: Change, floor: Decimal, percent: Decimal) -> bool:
    if moved.kind is ChangeKind.UNCHANGED or abs(moved.amount) < floor:
        return False
    return moved.ratio is None or abs(moved.ratio) * 100 >= percent


@dataclass(slots=True)
class _Course:
    """What one row cost in the two periods, and the days on which it was charged."""

    before: Decimal = ZERO
    after: Decimal = ZERO
    charged: set[date] = field(default_factory=set)

    def add(self, other: "_Course") -> None:
        self.before += other.before
        self.after += other.after
        self.charged |= other.charged

    def change(self, compared: Comparison) -> Change:
        """From the one period to the other; occasional where earlier days show that it comes and goes.

        What seems new is not when it was charged earlier; what seems ended is not when it was
        charged on fewer than one in five days.
        """
        moved = change(self.before, self.after)
        first = min(self.charged)
        back = moved.kind is ChangeKind.NEW and first < compared.against.start
        rare = len(self.charged) * RARELY < (compared.period.end - first).days
        if back or (moved.kind is ChangeKind.ENDED and rare):
            return replace(moved, kind=ChangeKind.OCCASIONAL)
        return moved


def _pair(key: Key) -> Who:
    return key.service, key.account


def _courses(costs: Costs, compared: Comparison, name: Callable[[Key], Who]) -> dict[Who, _Course]:
    courses: defaultdict[Who, _Course] = defaultdict(_Course)
    start, end = compared.period.start, compared.period.end
    earlier, until = compared.against.start, compared.against.end
    for key, amounts in costs.cells.items():
        day, billed = key.day, amounts.billed
        if day >= end or not billed:
            continue
        course = courses[name(key)]
        course.charged.add(day)
        if day >= start:
            course.after += billed
        elif earlier <= day < until:
            course.before += billed
    return courses


def _by_account(courses: Mapping[Who, _Course]) -> dict[Who, _Course]:
    accounts: defaultdict[Who, _Course] = defaultdict(_Course)
    for (_, account), course in courses.items():
        accounts["", account].add(course)
    return accounts
