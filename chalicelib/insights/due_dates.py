"""Due dates: when a charge that comes by the month, the quarter or the year came last, and comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import ZERO, ChargeCategory, Costs, Period, month_start

APART = 4
"""Days by which a due date may move: a weekend, or a month without a 31st."""
CYCLES = (1, 2, 3)
"""Months between two charges of one fee that a table of three months shows."""
LONG_CYCLES = (3, 6, 12)
"""Months between two charges that only the table by month shows."""
STANDS_OUT = Decimal("0.2")
"""Share of an ordinary month's charges that a fee comes to, to be seen in the table by month."""
RAISED = Decimal("0.5")
"""Share by which the price of a year may change from one to the next."""

type Charges = Mapping[date, Decimal]


def due(day: date, months: int) -> date:
    """The same day of another month, or its last where it is shorter."""
    month = Period.month_of(month_start(day, months))
    return min(month.start + timedelta(days=day.day - 1), month.last_day)


def near(charges: Charges, day: date) -> date | None:
    """The charge that is nearest to a due date, up to four days off."""
    found = [each for each in charges if abs((each - day).days) <= APART]
    return min(found, key=lambda each: (abs((each - day).days), each), default=None)


def last_month(charges: Charges, day: date) -> date | None:
    """The charge about a month earlier."""
    return near(charges, due(day, -1))


def next_month(charges: Charges, day: date) -> date | None:
    """The charge about a month later."""
    return near(charges, due(day, 1))


def last_time(charges: Charges, day: date) -> date | None:
    """The charge about one, two or three months earlier, the latest of them."""
    found = (near(charges, due(day, -months)) for months in CYCLES)
    return next((each for each in found if each), None)


@dataclass(frozen=True, slots=True)
class LongAgo:
    """What a category of charges came to in each month, above an ordinary month: quarterly, yearly fees.

    The table by month has no services and no days: a fee is found in it by its amount. What was
    refunded, in its month or in the next, does not come again.
    """

    above: Mapping[tuple[str, str], Mapping[date, Decimal]]

    @classmethod
    def of(cls, months: Costs | None) -> "LongAgo":
        """From the table by account and category; nothing where there is none."""
        if months is None:
            return cls({})
        sums: dict[tuple[str, str], dict[date, Decimal]] = {}
        for key, each in months.cells.items():
            refund = key.category == ChargeCategory.ADJUSTMENT
            category = ChargeCategory.PURCHASE if refund else key.category
            if category != ChargeCategory.CREDIT:
                row = sums.setdefault((key.account, category), {})
                first = month_start(key.day)
                row[first] = row.get(first, ZERO) + each.billed
        current = months.period.last_day
        full = [
            first
            for n in range(1, 14)
            if months.covers(Period.month_of(first := month_start(current, -n)))
        ]
        return cls({name: _above(row, full) for name, row in sums.items()})

    def alike(self, category: str, amount: Decimal, day: date, within: Decimal) -> date | None:
        """The due date, three, six or twelve months before `day`, of a charge alike in amount.

        Alike is less than the share `within` apart; by the year, a price that was raised or lowered
        is found too.
        """
        by_the_year = (LONG_CYCLES[-1], RAISED)
        for months, apart in (*((cycle, within) for cycle in LONG_CYCLES), by_the_year):
            before = due(day, -months)
            nearest = self.nearest(category, amount, before)
            if nearest and abs(nearest - amount) < apart * nearest:
                return before
        return None

    def expected(self, category: str, month: Period) -> Iterator[tuple[int, Decimal]]:
        """Months since, and amount, of what should come in a month by its quarter, half-year or year.

        By the quarter or half-year after two times, by the year after one.
        """
        for (_, kind), above in self.above.items():
            if kind != category:
                continue
            for months in LONG_CYCLES:
                last = above.get(month_start(month.start, -months), ZERO)
                before = above.get(month_start(month.start, -2 * months), ZERO)
                twice = last and before and abs(last - before) * 10 < last
                if last and (twice or months == LONG_CYCLES[-1]):
                    yield months, last
                    break

    def nearest(self, category: str, amount: Decimal, day: date) -> Decimal:
        """What the month of `day` holds that is nearest to `amount`."""
        first = month_start(day)
        held = [
            above[first]
            for (_, kind), above in self.above.items()
            if kind == category and first in above
        ]
        return min(held, key=lambda each: abs(each - amount), default=ZERO)


def _above(row: Mapping[date, Decimal], full: list[date]) -> dict[date, Decimal]:
    """What each full month of a row has above the row's ordinary month, where that stands out."""
    amounts = sorted(row.get(first, ZERO) for first in full)
    if not amounts:
        return {}
    ordinary = amounts[(len(amounts) - 1) // 2]
    above = {first: row.get(first, ZERO) - ordinary for first in full}
    return {
        first: each
        for first, each in above.items()
        if each > STANDS_OUT * abs(ordinary) and above.get(month_start(first, 1), ZERO) > -each
    }
