"""Why a cost changed: the usage types behind it, more of each or another price."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import NO_UNIT, ZERO, Coverage, Period, Place, UsageRow
from chalicelib.insights.quantities import Side, effects
from chalicelib.insights.turning_points import began, ended, turned
from chalicelib.money import CENT
from chalicelib.usage_types import Region, read

MOST_DRIVERS = 6
SMALL = Decimal("0.03")
"""Share of all movement below which a usage type is not listed by itself."""
MOSTLY = Decimal("0.8")
"""Share of a change that is called all of it."""
COVER = Decimal("0.25")
"""Share of a change that must have moved in or out of commitments: they lower prices by up to three
quarters, and what they cover costs nothing by billed cost."""
BASELINE_DAYS = 7


class DriverKind(StrEnum):
    """How a usage type moved its service's cost.

    CHANGED is a change that cannot be split. UNCOVERED is usage that a Savings Plan or reservation
    no longer covers, COVERED the other way round. OTHERS sums usage types too small to list; REST
    is what usage types leave unexplained.
    """

    USAGE = "usage"
    PRICE = "price"
    BOTH = "usage and price"
    NEW = "new"
    ENDED = "ended"
    UNCOVERED = "no longer covered"
    COVERED = "covered"
    CHARGED = "no longer free"
    CHANGED = "changed"
    OTHERS = "others"
    REST = "not explained"


MAY_END = frozenset({DriverKind.USAGE, DriverKind.BOTH, DriverKind.CHANGED})
"""Kinds that the sums of a period show even where nothing is left at its end."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One usage type's part in a finding.

    `before` and `now` are billed costs over days that match each other, `quantity_before` and
    `quantity_now` what was used of it (None where that cannot be said in one unit). The change is
    `usage_effect`, more of it at the old price, plus `price_effect`, today's quantity at another
    price; both are None where a split would be false. `since` is the day it began, None where no
    day stands out. `course` is its cost on each day of `days`. `new_region` says that its service
    was not used in its Region before. `count` is how many usage types it stands for.
    """

    kind: DriverKind
    usage_type: str
    before: Decimal
    now: Decimal
    quantity_before: Decimal | None = None
    quantity_now: Decimal | None = None
    unit: str = ""
    usage_effect: Decimal | None = None
    price_effect: Decimal | None = None
    since: date | None = None
    days: Period | None = None
    course: tuple[Decimal, ...] = ()
    region: str = ""
    new_region: bool = False
    count: int = 1

    @property
    def change(self) -> Decimal:
        """What it adds to the cost, negative where it costs less."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a change, and how often each earlier day counts on the other side of it."""

    period: Period
    weights: Mapping[date, int]

    @classmethod
    def of(cls, period: Period, against: Period | None) -> "Window":
        """Against an earlier period, or, without one, the same weekdays of the week before."""
        if against is not None:
            return cls(period, dict.fromkeys(against, 1))
        weights: dict[date, int] = {}
        for day in period:
            weeks = (day - period.start).days // BASELINE_DAYS + 1
            before = day - timedelta(weeks=weeks)
            weights[before] = weights.get(before, 0) + 1
        return cls(period, weights)

    @property
    def days(self) -> Period:
        """All days that are looked at."""
        first = min(*self.weights, self.period.start)
        week_before = self.period.start - timedelta(days=BASELINE_DAYS)
        return Period(min(first, week_before), self.period.end)

    def covered_by(self, covered: Coverage) -> bool:
        """Whether every day on both sides is known."""
        return covered.covers(self.period) and all(day in covered for day in self.weights)


def drivers_of(
    rows: Iterable[UsageRow], place: Place, window: Window, amount: Decimal
) -> tuple[Driver, ...]:
    """The usage types behind a change of `amount` in one place, largest first; they add up to it.

    Usage types that moved little are one driver, OTHERS. What the usage types do not add up to is
    the last one, REST: above all where `amount` is held against an expectation, not against days.
    The caller makes sure that the window's days are known (`Window.covered_by`).
    """
    kinds: dict[str, _Kind] = {}
    days = window.days
    for row in rows:
        if row.place == place and row.day in days:
            if row.usage_type not in kinds:
                kinds[row.usage_type] = _Kind(row.usage_type, place, window)
            kinds[row.usage_type].add(row)
    areas = {each.area for each in kinds.values() if each.before.cost or each.before.quantity}
    listed = [
        _detailed(each, kinds[each.usage_type], days, areas) if each.usage_type in kinds else each
        for each in _listed([each.driver() for each in kinds.values()])
    ]
    rest = amount - sum((each.change for each in listed), ZERO)
    if abs(rest) >= CENT:
        listed.append(Driver(DriverKind.REST, "", ZERO, rest))
    return tuple(listed)


class _Kind:
    """One usage type's costs and quantities, added up."""

    def __init__(self, usage_type: str, place: Place, window: Window) -> None:
        self.usage_type = usage_type
        self.before, self.now = Side(), Side()
        self.costs: dict[date, Decimal] = {}
        self.units: set[str] = set()
        self.area = ""
        self._place = place
        self._window = window

    def add(self, row: UsageRow) -> None:
        self.costs[row.day] = self.costs.get(row.day, ZERO) + row.billed
        if row.quantity or row.unit:
            self.units.add(row.unit or NO_UNIT)
        self.area = (
            self.area or row.region or _area(read(self._place.service, row.usage_type).region)
        )
        if row.day in self._window.period:
            self.now.add(row, 1)
        elif weight := self._window.weights.get(row.day):
            self.before.add(row, weight)

    def driver(self) -> Driver:
        before, now = self.before, self.now
        measured = len(self.units) == 1 and NO_UNIT not in self.units
        split = effects(before, now) if measured else None
        kind = _kind(before, now, split)
        return Driver(
            kind=kind,
            usage_type=self.usage_type,
            before=before.cost,
            now=now.cost,
            quantity_before=before.quantity if measured else None,
            quantity_now=now.quantity if measured else None,
            unit=next(iter(self.units)) if measured else "",
            usage_effect=split[0] if split else None,
            price_effect=split[1] if split else None,
            region=self.area,
        )

    def over(self, since: date) -> bool:
        """Whether it cost nothing from that day on."""
        return not any(self.costs.get(day) for day in self._window.period if day >= since)

    def since(self, kind: DriverKind) -> date | None:
        if kind is DriverKind.NEW:
            return began(self.costs, self._window.period)
        if kind is DriverKind.ENDED:
            return ended(self.costs, self._window.period)
        return turned(self.costs, self._window.period, list(self._window.weights))


def _area(region: Region | None) -> str:
    return region.place if region else ""


def _kind(before: Side, now: Side, split: tuple[Decimal, Decimal] | None) -> DriverKind:
    change = now.cost - before.cost
    uncovered = before.covered - now.covered
    if max(before.covered, now.covered) > 0 and uncovered * change >= COVER * change * change > 0:
        return DriverKind.UNCOVERED if change > 0 else DriverKind.COVERED
    if not before.cost and now.cost > 0:
        return DriverKind.CHARGED if before.quantity > 0 else DriverKind.NEW
    if not now.cost and not now.quantity and before.cost > 0:
        return DriverKind.ENDED
    if split is None:
        return DriverKind.CHANGED
    usage, price = split
    if usage * change > 0 and abs(price) <= (1 - MOSTLY) * abs(change):
        return DriverKind.USAGE
    if price * change > 0 and abs(usage) <= (1 - MOSTLY) * abs(change):
        return DriverKind.PRICE
    return DriverKind.BOTH


def _listed(found: Sequence[Driver]) -> list[Driver]:
    """The drivers worth a line of their own, and the others as one."""
    moved = sum((abs(each.change) for each in found), ZERO)
    ranked = sorted(found, key=lambda each: (-abs(each.change), each.usage_type))
    large = [each for each in ranked if abs(each.change) >= max(SMALL * moved, CENT)]
    listed = large[:MOST_DRIVERS]
    others = [each for each in ranked[len(listed) :] if each.change]
    if len(others) == 1 and len(listed) < MOST_DRIVERS:
        return [*listed, *others]
    if others:
        listed.append(
            Driver(
                kind=DriverKind.OTHERS,
                usage_type="",
                before=sum((each.before for each in others), ZERO),
                now=sum((each.now for each in others), ZERO),
                count=len(others),
            )
        )
    return listed


def _detailed(driver: Driver, kind: "_Kind", days: Period, areas: Collection[str]) -> Driver:
    """The driver with its day, its daily course and what its Region says: only those told need it."""
    if driver.kind is DriverKind.OTHERS:
        return driver
    fresh = driver.kind is DriverKind.NEW and bool(driver.region and areas)
    since = kind.since(driver.kind)
    over = since is not None and driver.kind in MAY_END and kind.over(since)
    return replace(
        driver,
        kind=DriverKind.ENDED if over else driver.kind,
        since=since,
        days=days,
        course=tuple(kind.costs.get(day, ZERO) for day in days),
        new_region=fresh and driver.region not in areas,
    )
