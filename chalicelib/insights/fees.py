"""Fees: charges that fall due on a date, told apart from usage and held against their own last time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import ZERO, ChargeCategory, Costs, Period
from chalicelib.insights.due_dates import (
    APART,
    Charges,
    LongAgo,
    due,
    last_month,
    last_time,
    next_month,
)
from chalicelib.insights.fees_of_accounts import without

FEE_CATEGORIES = frozenset({ChargeCategory.TAX, ChargeCategory.SUPPORT, ChargeCategory.PURCHASE})
"""Categories that are fees wherever they are not charged day by day."""
FOLLOWS_USAGE = frozenset({ChargeCategory.TAX, ChargeCategory.SUPPORT})
"""Fees that are a share of the other charges."""
RARELY = 4
"""A fee is charged on at most one in this many days; what is charged more often is charged by the day."""
TOLD_DAYS = 14
"""What was due longer ago than this many complete days is no longer news."""
KNOWN_DAYS = 31 + APART
"""Days of history without which nobody can say that a fee is new."""
MONTH_DAYS = 30
"""Days of usage that tax and support are held against."""
BY_THE_YEAR = frozenset({"Amazon Registrar"})
"""Services whose every charge is a fee by the year, whatever its category."""

PERCENT = Decimal(10)
"""Per cent by which a fee may change without being news, where nobody says otherwise."""
YEAR = 12
LEAST_ALIKE = Decimal("0.1")
"""Share by which a fee may differ from its last time and be found again by its amount."""

type Row = tuple[str, str]


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
class DueFee:
    """A fee that is to be expected, or that came on a day still settling.

    Where only a month is known, `day` is its last and `service` is "". `sure` is whether it came
    more than once before, or has come.
    """

    day: date
    service: str
    category: str
    amount: Decimal
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Fees:
    """The fees of a table, and the tables without them (gross and reductions otherwise as given)."""

    all: tuple[Fee, ...]
    usage: Costs
    accounts: Costs | None
    coming: tuple[DueFee, ...] = ()

    def within(self, period: Period) -> tuple[Fee, ...]:
        """The fees that fell due on the days of a period."""
        return tuple(fee for fee in self.all if fee.day in period)

    def due(self, period: Period) -> tuple[DueFee, ...]:
        """What is to come on the days of a period, of the days that are not complete."""
        return tuple(each for each in self.coming if each.day in period)

    @property
    def news(self) -> tuple[Fee, ...]:
        """The fees that are new, changed or gone."""
        return tuple(fee for fee in self.all if fee.news)


def total_of(fees: Iterable[DueFee]) -> Decimal:
    """What fees that are due come to."""
    return sum((each.amount for each in fees), ZERO)


def fees_of(
    services: Costs,
    accounts: Costs | None,
    complete_through: date,
    *,
    floor: Decimal = ZERO,
    percent: Decimal = PERCENT,
    months: Costs | None = None,
) -> Fees:
    """Tell fees from usage.

    A fee is a charge of tax, support or a purchase that is not charged day by day; or, whatever its
    category, a row that is charged on the same day of the month, months in a row, and else not at
    all. Its last time is the charge of the same row one, two or three months earlier, up to four
    days off (due dates move over weekends, and some months have no 31st); or, in the table by
    month, what stands out of its category three, six or twelve months earlier and is alike. News,
    for 14 days, is a fee without a last time (once the history is long enough to know), one that
    was due by the month and did not come after two times in a row, and one that changed by `floor`
    in money and by `percent`; by less than that for each day of the month, or in step with usage
    (tax, support), is no change. A last time that falls on days nobody knows makes no news.

    A fee is due again that came twice a month apart (tax and support: once), or by the quarter or
    half-year twice, or by the year once.
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
    judge = _Judge(services, usage, complete_through, floor, percent, LongAgo.of(months))
    found = [fee for row, charges in rows.items() for fee in judge.fees(row, charges)]
    return Fees(
        all=tuple(sorted(found, key=lambda fee: (fee.day, fee.service, fee.category))),
        usage=usage,
        accounts=without(accounts, rows) if accounts is not None else None,
        coming=tuple(
            sorted(judge.coming(rows), key=lambda fee: (fee.day, fee.service, fee.category))
        ),
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
    if row[1] in FEE_CATEGORIES or row[0] in BY_THE_YEAR:
        return True
    return len(charges) * 7 <= days and all(
        last_month(charges, day) or next_month(charges, day) for day in charges
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    services: Costs
    usage: Costs
    through: date
    floor: Decimal
    percent: Decimal
    long_ago: LongAgo

    def fees(self, row: Row, charges: Charges) -> Iterator[Fee]:
        for day, amount in charges.items():
            if day > self.through:
                continue
            fee = self._with_last_time(Fee(*row, day, amount, None, ZERO), charges)
            yield replace(fee, news=self._news(fee))
            expected = due(day, 1)
            over = expected + timedelta(days=APART)
            twice = last_month(charges, day) and not next_month(charges, day)
            if twice and over <= self.through and self._recent(over) and self._known(expected):
                yield Fee(*row, expected, ZERO, day, amount, FeeNews.GONE)

    def coming(self, rows: Mapping[Row, Charges]) -> Iterator[DueFee]:
        """What has come on settling days, and what is expected after the complete ones."""
        for (service, category), charges in rows.items():
            for day, amount in charges.items():
                if day > self.through:
                    yield DueFee(day, service, category, amount)
                elif self._by_the_month(category, charges, day):
                    expected = max(due(day, 1), self.through + timedelta(days=1))
                    yield DueFee(expected, service, category, self._amount(charges, day))
        yield from self._by_longer_cycles(rows)

    def _by_the_month(self, category: str, charges: Charges, day: date) -> bool:
        regular = category in FOLLOWS_USAGE or last_month(charges, day)
        over = due(day, 1) + timedelta(days=APART)
        return bool(regular and over > self.through and not next_month(charges, day))

    def _amount(self, charges: Charges, day: date) -> Decimal:
        """What the next time is expected to come to: the same, or the same for each day of a month."""
        amount, last = charges[day], last_month(charges, day)
        days = len(Period.month_of(day))
        before = charges[last] * days / len(Period.month_of(last)) if last else amount
        if not last or charges[last] == amount or abs(before - amount) * 1000 > abs(amount):
            return amount
        return amount * len(Period.month_of(due(day, 1))) / days

    def _by_longer_cycles(self, rows: Mapping[Row, Charges]) -> Iterator[DueFee]:
        month = Period.month_of(self.through + timedelta(days=1))
        for cycle, amount in self.long_ago.expected(ChargeCategory.PURCHASE, month):
            last = Period.month_of(due(month.start, -cycle))
            seen = [
                (row[0], charges, day)
                for row, charges in rows.items()
                if row[1] == ChargeCategory.PURCHASE
                for day in charges
            ]
            if any(day in month and _alike(charges[day], amount) for _, charges, day in seen):
                continue
            at = [each for each in seen if each[2] in last and _alike(each[1][each[2]], amount)]
            service, day = (at[0][0], due(at[0][2], cycle)) if at else ("", month.last_day)
            if day + timedelta(days=APART) > self.through:
                day = max(day, self.through + timedelta(days=1))
                sure = cycle != YEAR
                yield DueFee(day, service, ChargeCategory.PURCHASE, amount, sure)

    def _with_last_time(self, fee: Fee, charges: Charges) -> Fee:
        last = last_time(charges, fee.day)
        if last:
            return replace(fee, last_day=last, last_amount=charges[last])
        within = max(self.percent / 100, LEAST_ALIKE)
        before = self.long_ago.alike(fee.category, fee.amount, fee.day, within)
        if before is None:
            return fee
        amount = self.long_ago.nearest(fee.category, fee.amount, before)
        return replace(fee, last_day=before, last_amount=amount)

    def _recent(self, day: date) -> bool:
        return (self.through - day).days < TOLD_DAYS

    def _known(self, day: date) -> bool:
        """Whether nobody missed a day around a due date."""
        around = Period(day - timedelta(days=APART), day + timedelta(days=APART + 1))
        known = self.services.period.intersection(around)
        return known is None or self.services.covers(known)

    def _news(self, fee: Fee) -> FeeNews:
        if not self._recent(fee.day) or abs(fee.amount - fee.last_amount) < self.floor:
            return FeeNews.NONE
        if fee.last_day is None:
            known = (fee.day - self._first).days >= KNOWN_DAYS and self._known(due(fee.day, -1))
            return FeeNews.NEW if known and fee.service not in BY_THE_YEAR else FeeNews.NONE
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


def _alike(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) < LEAST_ALIKE * abs(other)
