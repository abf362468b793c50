"""Fees: charges that fall due on a date, told apart from usage and held against their own last time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import ZERO, Amounts, ChargeCategory, Costs, Key, Period, month_start

FEE_CATEGORIES = frozenset({ChargeCategory.TAX, ChargeCategory.SUPPORT, ChargeCategory.PURCHASE})
"""Categories that are fees wherever they are not charged day by day."""
FOLLOWS_USAGE = frozenset({ChargeCategory.TAX, ChargeCategory.SUPPORT})
"""Fees that are a share of the other charges."""
RARELY = 4
"""A fee is charged on at most one in this many days; what is charged more often is charged by the day."""
APART = 4
"""Days by which a due date may move: a weekend, or a month without a 31st."""
TOLD_DAYS = 14
"""What was due longer ago than this many complete days is no longer news."""
KNOWN_DAYS = 31 + APART
"""Days of history without which nobody can say that a fee is new."""
MONTH_DAYS = 30
"""Days of usage that tax and support are held against."""

type Row = tuple[str, str]
type Charges = Mapping[date, Decimal]


class FeeNews(StrEnum):
    """What is worth telling about a fee; a regular one is no news."""

    NONE = ""
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee on the day it fell due (`amount` is zero when it is gone), and its own last time."""

    service: str
    category: str
    day: date
    amount: Decimal
    last_day: date | None
    last_amount: Decimal
    news: FeeNews = FeeNews.NONE


@dataclass(frozen=True, slots=True)
class Fees:
    """The fees of a table, and the tables without them (gross and reductions otherwise as given)."""

    all: tuple[Fee, ...]
    usage: Costs
    accounts: Costs | None

    def within(self, period: Period) -> tuple[Fee, ...]:
        """The fees that fell due on the days of a period."""
        return tuple(fee for fee in self.all if fee.day in period)

    @property
    def news(self) -> tuple[Fee, ...]:
        """The fees that are new, changed or gone."""
        return tuple(fee for fee in self.all if fee.news)


def fees_of(
    services: Costs,
    accounts: Costs | None,
    complete_through: date,
    *,
    floor: Decimal,
    percent: Decimal,
) -> Fees:
    """Tell fees from usage.

    A fee is a charge of tax, support or a purchase that is not charged day by day; or, whatever its
    category, a row that is charged on the same day of the month, months in a row, and else not at
    all. Its last time is the charge of the same row about a month earlier, up to four days off (due
    dates move over weekends, and some months have no 31st). News, for 14 days, is a fee without a
    last time (once the history is long enough to know), one that was due and did not come after
    two times in a row, and one that changed by `floor` in money and by `percent`; by less than that
    for each day of the month, or in step with usage (tax, support), is no change.
    """
    rows = {
        row: charges for row, charges in _rows(services).items() if _is_fee(row, charges, services)
    }
    cells = {
        key: each
        for key, each in services.cells.items()
        if (key.service, key.category) not in rows or key.day not in rows[key.service, key.category]
    }
    usage = replace(services, cells=cells)
    judge = _Judge(services, usage, complete_through, floor, percent)
    found = [fee for row, charges in rows.items() for fee in judge.fees(row, charges)]
    return Fees(
        all=tuple(sorted(found, key=lambda fee: (fee.day, fee.service, fee.category))),
        usage=usage,
        accounts=_without(accounts, rows) if accounts is not None else None,
    )


def _rows(services: Costs) -> dict[Row, dict[date, Decimal]]:
    rows: dict[Row, dict[date, Decimal]] = {}
    for key, each in services.gross().cells.items():
        if each.billed:
            row = rows.setdefault((key.service, key.category), {})
            row[key.day] = row.get(key.day, ZERO) + each.billed
    return rows


def _is_fee(row: Row, charges: Charges, services: Costs) -> bool:
    days = (services.period.end - min(charges)).days
    if len(charges) > 2 and len(charges) * RARELY > days:
        return False
    if row[1] in FEE_CATEGORIES:
        return True
    return len(charges) * 7 <= days and all(
        _last(charges, day) or _next(charges, day) for day in charges
    )


def _due(day: date, months: int) -> date:
    """The same day of another month, or its last where it is shorter."""
    month = Period.month_of(month_start(day, months))
    return min(month.start + timedelta(days=day.day - 1), month.last_day)


def _near(charges: Charges, due: date) -> date | None:
    near = [day for day in charges if abs((day - due).days) <= APART]
    return min(near, key=lambda day: (abs((day - due).days), day), default=None)


def _last(charges: Charges, day: date) -> date | None:
    return _near(charges, _due(day, -1))


def _next(charges: Charges, day: date) -> date | None:
    return _near(charges, _due(day, 1))


@dataclass(frozen=True, slots=True)
class _Judge:
    services: Costs
    usage: Costs
    through: date
    floor: Decimal
    percent: Decimal

    def fees(self, row: Row, charges: Charges) -> Iterator[Fee]:
        for day, amount in charges.items():
            if day > self.through:
                continue
            last = _last(charges, day)
            fee = Fee(*row, day, amount, last, charges[last] if last else ZERO)
            yield replace(fee, news=self._news(fee))
            due = _due(day, 1)
            over = due + timedelta(days=APART)
            if last and over <= self.through and not _next(charges, day) and self._recent(over):
                yield Fee(*row, due, ZERO, day, amount, FeeNews.GONE)

    def _recent(self, day: date) -> bool:
        return (self.through - day).days < TOLD_DAYS

    def _news(self, fee: Fee) -> FeeNews:
        if not self._recent(fee.day) or abs(fee.amount - fee.last_amount) < self.floor:
            return FeeNews.NONE
        if fee.last_day is None:
            known = (fee.day - self._first).days >= KNOWN_DAYS
            return FeeNews.NEW if known else FeeNews.NONE
        return FeeNews.NONE if self._as_before(fee, fee.last_day) else FeeNews.CHANGED

    @property
    def _first(self) -> date:
        return min(key.day for key, each in self.services.cells.items() if each.billed)

    def _as_before(self, fee: Fee, last: date) -> bool:
        days = Decimal(len(Period.month_of(fee.day))) / len(Period.month_of(last))
        expected = [fee.last_amount, fee.last_amount * days, fee.last_amount / days]
        if fee.category in FOLLOWS_USAGE:
            before, now = (self._used(day) for day in (last, fee.day))
            expected += [fee.last_amount * now / before] if before > 0 else []
        return any(abs(fee.amount - each) * 100 < self.percent * abs(each) for each in expected)

    def _used(self, day: date) -> Decimal:
        month = Period.ending(day - timedelta(days=1), MONTH_DAYS)
        gross = self.usage.gross().cells.items()
        return sum((each.billed for key, each in gross if key.day in month), ZERO)


def _without(accounts: Costs, rows: Mapping[Row, Charges]) -> Costs:
    """The table by account and service less the fees, which it does not tell apart.

    On a day of a fee, what an account paid above its usual takes its share of the fee; exact in all.
    """
    due: dict[tuple[str, date], Decimal] = {}
    for (service, _), charges in rows.items():
        for day, amount in charges.items():
            due[service, day] = due.get((service, day), ZERO) + amount
    cells = dict(accounts.cells)
    on_day: dict[tuple[str, date], list[Key]] = {}
    for key in cells:
        if (key.service, key.day) in due:
            on_day.setdefault((key.service, key.day), []).append(key)
    for where, keys in ((where, sorted(keys)) for where, keys in on_day.items()):
        surplus = [max(ZERO, cells[key].billed - _usual(accounts, key)) for key in keys]
        weights = surplus if any(surplus) else [cells[key].billed for key in keys]
        left, whole = due[where], sum(weights, ZERO)
        for key, weight in zip(keys, weights, strict=True):
            part = left if key is keys[-1] else due[where] * weight / whole if whole else ZERO
            each, left = cells[key], left - part
            cells[key] = Amounts(each.billed - part, each.effective, each.listed)
    return replace(accounts, cells=cells)


def _usual(accounts: Costs, key: Key) -> Decimal:
    """The middle amount of the three days on either side."""
    days = [key.day + timedelta(days=n) for n in (-3, -2, -1, 1, 2, 3)]
    known = sorted(
        accounts.cells[near].billed
        for near in (key._replace(day=day) for day in days)
        if near in accounts.cells
    )
    return known[len(known) // 2] if known else ZERO
