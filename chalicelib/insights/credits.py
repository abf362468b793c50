"""What credits cover, and whether they are about to stop."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from chalicelib.costs import ZERO, ChargeCategory, Costs, Period
from chalicelib.insights.reconciliation import MonthBill
from chalicelib.money import money

WEEKS = 4
"""How many complete weeks show a trend."""
HORIZON_DAYS = 60
"""A trend is not followed further than this."""
RECENT_DAYS = 62
"""Credits that stopped longer ago than this are no news."""


class CreditState(StrEnum):
    """What credits are doing, from their own trend."""

    NONE = "none"
    STEADY = "steady"
    ENDING = "ending"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Credits:
    """Credits by month (negative amounts), what they cover, and a warning when there is one.

    `covered` names the services that credits paid for in the last 30 complete days, largest first,
    with what they paid (positive amounts). `warning` is a sentence, "" when there is nothing to
    warn of.
    """

    state: CreditState
    by_month: tuple[tuple[Period, Decimal], ...]
    covered: tuple[tuple[str, Decimal], ...]
    warning: str


def credits_of(
    services: Costs, bills: tuple[MonthBill, ...], complete_through: date, currency: str
) -> Credits:
    """Read from the credits of the last 90 complete days whether they go on.

    Stopped: none for longer than a week, and for more than twice the longest pause between them so
    far. Ending: the share of gross cost that they cover has fallen from week to week over the last
    four complete weeks, and the straight line through it reaches zero within 60 days. Cost
    Explorer knows no balance, so the trend is all there is to read.
    """
    credits = services.where("category", {ChargeCategory.CREDIT})
    paid = _series(credits, complete_through)
    by_month = tuple((bill.month, bill.credits) for bill in bills)
    state, warning = CreditState.NONE, ""
    if any(paid.values()):
        gross = _series(services.gross(), complete_through)
        state, warning = _judge(paid, gross, complete_through, currency)
    return Credits(state, by_month, _covered(credits, complete_through), warning)


def _series(costs: Costs, complete_through: date) -> dict[date, Decimal]:
    """The amounts of the known days."""
    return {
        day: amount
        for day, amount in zip(costs.period, costs.series(), strict=True)
        if day <= complete_through and amount is not None
    }


def _covered(credits: Costs, complete_through: date) -> tuple[tuple[str, Decimal], ...]:
    recent = credits.period.intersection(Period.ending(complete_through, 30))
    if recent is None:
        return ()
    paid = {name: -each.billed for name, each in credits.during(recent).by("service").items()}
    ranked = sorted(paid.items(), key=lambda item: (-item[1], item[0]))
    return tuple((name, amount) for name, amount in ranked if amount > 0)


def _judge(
    paid: dict[date, Decimal], gross: dict[date, Decimal], complete_through: date, currency: str
) -> tuple[CreditState, str]:
    days = [day for day, amount in paid.items() if amount]
    pause = max(((b - a).days for a, b in pairwise(days)), default=31)
    silent = (complete_through - days[-1]).days
    if silent >= max(7, 2 * pause):
        return CreditState.STOPPED, _stopped(paid, days, silent, currency)
    shares = _weekly_shares(paid, gross, complete_through)
    left = _days_left(shares)
    if left is None:
        return CreditState.STEADY, ""
    return CreditState.ENDING, _ending(shares, complete_through + timedelta(days=left))


def _stopped(paid: dict[date, Decimal], days: list[date], silent: int, currency: str) -> str:
    if silent > RECENT_DAYS:
        return ""
    last = days[-1]
    month = [amount for day, amount in paid.items() if last - timedelta(days=30) < day <= last]
    return (
        f"Credits stopped after {last.day} {last:%B}. In the 30 days up to then they paid "
        f"{money(-sum(month, ZERO), currency)}; that is now part of the bill."
    )


def _weekly_shares(
    paid: dict[date, Decimal], gross: dict[date, Decimal], complete_through: date
) -> list[Decimal]:
    weeks = [
        Period.ending(complete_through - timedelta(days=7 * n), 7) for n in reversed(range(WEEKS))
    ]
    shares = []
    for week in weeks:
        cost = sum((gross.get(day, ZERO) for day in week), ZERO)
        if week.start not in gross or cost <= 0:
            return []
        shares.append(-sum((paid.get(day, ZERO) for day in week), ZERO) / cost)
    return shares


def _days_left(shares: list[Decimal]) -> int | None:
    """Days until the straight line through the weekly shares reaches zero, None if it will not soon."""
    falling = len(shares) == WEEKS and all(later < earlier for earlier, later in pairwise(shares))
    if not falling:
        return None
    fall_per_day = (shares[0] - shares[-1]) / (7 * (WEEKS - 1))
    # A week's share stands for its middle day, three days before its last.
    left = int(max(shares[-1], ZERO) / fall_per_day) - 3
    return max(left, 1) if left <= HORIZON_DAYS else None


def _ending(shares: list[Decimal], end: date) -> str:
    return (
        f"Credits are running out: they covered {shares[0]:.0%} of the cost four weeks ago and "
        f"{shares[-1]:.0%} in the last seven complete days. At this pace they end around "
        f"{end.day} {end:%B}."
    )
