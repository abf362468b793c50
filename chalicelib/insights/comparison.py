"""One amount against an earlier one, and the periods worth comparing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import REDUCTIONS, ZERO, ChargeCategory, Costs, Period, month_start

ALMOST_NOTHING = Decimal("0.01")
"""Share of the later amount below which the earlier one gives no meaningful percentage."""


class ChangeKind(StrEnum):
    """How to speak of a change; only CHANGED has a percentage that means anything.

    OCCASIONAL is a cost that one of the two periods lacks, but that comes and goes: a fee on the
    first of the month is neither new in its week nor ended in the next.
    """

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NEW = "new"
    ENDED = "ended"
    FROM_ALMOST_NOTHING = "from almost nothing"
    OCCASIONAL = "occasional"


@dataclass(frozen=True, slots=True)
class Change:
    """What an amount was before and is now."""

    before: Decimal
    after: Decimal
    kind: ChangeKind

    @property
    def amount(self) -> Decimal:
        """The difference, positive when costs rose."""
        return self.after - self.before

    @property
    def ratio(self) -> Decimal | None:
        """The difference as a share of the amount before; None where that would mislead.

        It misleads unless the change is an ordinary one, and where a credit turned into a charge
        or the other way round.
        """
        if self.kind is not ChangeKind.CHANGED or self.before * self.after < 0:
            return None
        return self.amount / abs(self.before)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same question asked of two periods, gross and net (billed cost).

    `usage` and `fees` (what falls due on a date) are the two parts of gross and add up to it; with
    `credits` and `refunds` they add up to net. Only usage is like against like, so where anything
    else stands in a period a percentage is usage's. `note` is a sentence for the reader about what
    the two periods do not have in common, or "".
    """

    name: str
    period: Period
    against: Period
    gross: Change
    net: Change
    note: str = ""
    usage: Change = Change(ZERO, ZERO, ChangeKind.UNCHANGED)
    fees: Change = Change(ZERO, ZERO, ChangeKind.UNCHANGED)
    credits: Change = Change(ZERO, ZERO, ChangeKind.UNCHANGED)
    refunds: Change = Change(ZERO, ZERO, ChangeKind.UNCHANGED)


def change(before: Decimal, after: Decimal) -> Change:
    """Name the change between two amounts.

    Against zero there is no percentage: the cost is new, or has ended. Where the earlier amount is
    less than a hundredth of the later one, a percentage has four digits and no meaning, and the
    change is "from almost nothing".
    """
    if before == after:
        kind = ChangeKind.UNCHANGED
    elif not before:
        kind = ChangeKind.NEW
    elif not after:
        kind = ChangeKind.ENDED
    elif abs(before) < abs(after) * ALMOST_NOTHING:
        kind = ChangeKind.FROM_ALMOST_NOTHING
    else:
        kind = ChangeKind.CHANGED
    return Change(before, after, kind)


def last_week(
    services: Costs, complete_through: date, usage: Costs | None = None
) -> Comparison | None:
    """The last seven complete days against the seven before: every weekday meets itself."""
    period = Period.ending(complete_through, 7)
    return _compare("last seven days", services, usage, period, _days_before(period))


def month_to_date(
    services: Costs, today: date, complete_through: date, usage: Costs | None = None
) -> Comparison | None:
    """The complete days of the current month against the same days of last month.

    None while no day of the month is complete. Where last month is shorter than the days to
    compare (30 days of March, 28 of February), both sides stop at its length, so that the numbers
    of days stay equal; the note says so. Weekdays shift between months: when one side has more
    weekend days than the other, the note says that too.
    """
    start = month_start(today)
    if complete_through < start:
        return None
    last = Period(month_start(today, -1), start)
    days = min((complete_through - start).days + 1, len(last))
    period = Period(start, start + timedelta(days=days))
    against = Period(last.start, last.start + timedelta(days=days))
    notes = [_shortened(period, complete_through), _weekends(period, against)]
    return _compare(
        "month to date", services, usage, period, against, " ".join(filter(None, notes))
    )


def last_month(
    services: Costs, today: date, complete_through: date, usage: Costs | None = None
) -> Comparison | None:
    """The last month whose every day is complete against the month before it.

    None where neither holds a charge: there the account or the export had not begun, and an
    amount of zero would say that somebody looked.
    """
    period = _last_complete_month(complete_through)
    against = Period.month_of(period.start - timedelta(days=1))
    settling = Period.month_of(month_start(today, -1))
    note = (
        f"{settling.start:%B} is still settling, so the month before it is shown."
        if period != settling
        else _lengths(period, against)
    )
    both = Period(against.start, period.end)
    if not any(each.billed for key, each in services.cells.items() if key.day in both):
        return None
    return _compare("last full month", services, usage, period, against, note)


def _compare(
    name: str, services: Costs, usage: Costs | None, period: Period, against: Period, note: str = ""
) -> Comparison | None:
    if not (services.covers(period) and services.covers(against)):
        return None
    before, after = _sums(services, against), _sums(services, period)
    used = services if usage is None else usage
    used_before, used_after = _sums(used, against).gross, _sums(used, period).gross
    return Comparison(
        name=name,
        period=period,
        against=against,
        gross=change(before.gross, after.gross),
        net=change(before.net, after.net),
        note=note,
        usage=change(used_before, used_after),
        fees=change(before.gross - used_before, after.gross - used_after),
        credits=change(before.credits, after.credits),
        refunds=change(before.refunds, after.refunds),
    )


@dataclass(frozen=True, slots=True)
class _Sums:
    gross: Decimal
    credits: Decimal
    refunds: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross + self.credits + self.refunds


def _sums(costs: Costs, period: Period) -> _Sums:
    sums = dict.fromkeys(("", *REDUCTIONS), ZERO)
    for key, each in costs.cells.items():
        if key.day in period:
            sums[key.category if key.category in REDUCTIONS else ""] += each.billed
    return _Sums(sums[""], sums[ChargeCategory.CREDIT], sums[ChargeCategory.ADJUSTMENT])


def _days_before(period: Period) -> Period:
    return Period(period.start - timedelta(days=len(period)), period.start)


def _last_complete_month(complete_through: date) -> Period:
    end = month_start(complete_through + timedelta(days=1))
    return Period(month_start(end, -1), end)


def _shortened(period: Period, complete_through: date) -> str:
    if period.last_day == complete_through:
        return ""
    return (
        f"Last month has {len(period)} days, so only the first {len(period)} days of this month "
        "are compared."
    )


def _weekends(period: Period, against: Period) -> str:
    now, then = _weekend_days(period), _weekend_days(against)
    return f"{now} of these days fall on a weekend, {then} of last month's." if now != then else ""


def _weekend_days(period: Period) -> int:
    return sum(day.weekday() >= 5 for day in period)


def _lengths(period: Period, against: Period) -> str:
    if len(period) == len(against):
        return ""
    return f"{period.start:%B} has {len(period)} days, {against.start:%B} {len(against)}."


def whole_month(services: Costs, month: Period, usage: Costs | None = None) -> Comparison | None:
    """A month that is over, as far as its days are known, against the whole month before it.

    None where the table does not hold both months. The note tells where their lengths differ.
    """
    before = Period.month_of(month.start - timedelta(days=1))
    return _compare("whole month", services, usage, month, before, _lengths(month, before))
