"""Whether a figure that arrived can be right, measured against what Cost Explorer counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import REDUCTIONS, ZERO, ChargeCategory, Costs, Period

SHARE = Decimal("0.25")
"""Two figures for one thing may differ by so much of the larger: they are made at different hours."""
USUAL_DAYS = 5
"""... and by what so many usual days cost: Cost Explorer may lag by two days, fees come at once."""
RECENT_DAYS = 28
LIKE = Decimal("0.05")
"""So near, a figure of a month's first days is taken for the month before's total."""
FIRST_DAYS = 3
MOST_TAX = Decimal("0.3")
"""Share of a bill beyond which no tax explains a difference."""


class Excuse(StrEnum):
    """What may explain a difference."""

    CURRENCY = "currency"
    LAST_MONTH = "last month"
    AGE = "age"
    CREDITS = "credits"
    TAX = "tax"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that arrived: what a period cost so far, as of the end of the day `until`.

    With `at_most` it may be of a part only, so that only too much of it can be wrong.
    """

    amount: Decimal
    currency: str
    period: Period
    until: date
    at_most: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A claim that Cost Explorer does not bear out: `counted` is what it has for the same days."""

    claim: Claim
    counted: Decimal
    currency: str
    excuses: tuple[Excuse, ...]

    @property
    def wild(self) -> bool:
        """Whether the two are not even of one order of magnitude, and nothing explains it."""
        return Excuse.LAST_MONTH not in self.excuses and self.claim.amount > 10 * max(
            self.counted, Decimal(1)
        )


def doubt(claim: Claim, services: Costs) -> Doubt | None:
    """Doubt a claim that is apart from what the table counts by more than a stated measure.

    What counts is the nearer of net and gross, of the days up to the claim's day and of those
    before it, because nobody knows which hour was read. The measure is a quarter of the larger
    figure and what five usual days cost, whichever is more. Without any cost, or in two
    currencies, there is nothing to measure with.
    """
    measured = _measured(claim, services)
    if measured is None or not measured.apart or (claim.at_most and measured.off < 0):
        return None
    return Doubt(
        claim, measured.nearest, services.currency, tuple(_excuses(claim, services, measured))
    )


def covers_a_part(claim: Claim, services: Costs) -> bool:
    """Whether a figure is so far below what is counted that it must be of a part only."""
    measured = _measured(claim, services)
    return measured is not None and measured.apart and measured.off < 0


@dataclass(frozen=True, slots=True)
class _Measured:
    """A claim beside the least and the most that may be counted for the same days."""

    low: Decimal
    high: Decimal
    nearest: Decimal
    off: Decimal
    apart: bool


def _measured(claim: Claim, services: Costs) -> _Measured | None:
    if not len(services) or claim.currency != services.currency:
        return None
    known = services.period.intersection(claim.period)
    if known is None and claim.period.start < services.period.start:
        return None
    sums = [ZERO]  # of a month that has no day yet
    if known is not None:
        during = services.during(known)
        ends = _ends(claim, known)
        sums = [_sum(during, day, gross=gross) for gross in (True, False) for day in ends]
    low, high = min(sums), max(sums)
    nearest = high if claim.amount > high else low if claim.amount < low else claim.amount
    slack = max(SHARE * max(abs(claim.amount), abs(nearest)), USUAL_DAYS * usual_day(services))
    off = claim.amount - nearest
    return _Measured(low, high, nearest, off, abs(off) > slack)


def usual_day(services: Costs) -> Decimal:
    """What a day cost on average of late, since there are costs, before credits and refunds."""
    first = min((key.day for key in services.cells), default=services.period.start)
    last = services.period.last_day
    recent = Period(max(first, last - timedelta(days=RECENT_DAYS - 1)), last + timedelta(days=1))
    return services.gross().during(recent).total().billed / len(recent)


def _ends(claim: Claim, known: Period) -> list[date]:
    """Days up to which to count: all of them, and those before the claim's own day."""
    return [min(claim.until, known.last_day), claim.until - timedelta(days=1)]


def _sum(costs: Costs, last: date, *, gross: bool) -> Decimal:
    cells = costs.cells.items()
    return sum(
        (
            each.billed
            for key, each in cells
            if key.day <= last and not (gross and key.category in REDUCTIONS)
        ),
        ZERO,
    )


def _excuses(claim: Claim, services: Costs, measured: _Measured) -> list[Excuse]:
    found: list[Excuse] = []
    off, low, high = measured.off, measured.low, measured.high
    if _is_last_months(claim, services):
        found.append(Excuse.LAST_MONTH)
    if off < 0 and (services.period.last_day - claim.until).days > 1:
        found.append(Excuse.AGE)
    if off < 0 and low != high:
        found.append(Excuse.CREDITS)
    taxed = any(key.category == ChargeCategory.TAX for key in services.cells)
    if off > 0 and not taxed and off < MOST_TAX * high:
        found.append(Excuse.TAX)
    if not found and off > 0 and claim.amount > 10 * max(high, Decimal(1)):
        found += [Excuse.SIZE, Excuse.CURRENCY]
    return found


def _is_last_months(claim: Claim, services: Costs) -> bool:
    if claim.period.start.day != 1 or (claim.until - claim.period.start).days >= FIRST_DAYS:
        return False
    before = services.period.intersection(Period.month_of(claim.period.start - timedelta(days=1)))
    total = services.during(before).total().billed if before else ZERO
    return total > 0 and abs(claim.amount - total) <= LIKE * total
