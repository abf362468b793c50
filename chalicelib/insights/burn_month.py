"""Where the month ends if it goes on as it does now, by the billing metric."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from chalicelib.costs import ZERO, month_start
from chalicelib.insights.burn_course import hour_of, hour_of_day
from chalicelib.insights.burn_rate import Burn
from chalicelib.insights.burn_usual import DAY
from chalicelib.insights.burn_watched import Watched, cents


@dataclass(frozen=True, slots=True)
class MonthSoFar:
    """What AWS says the month has cost (`so_far`, `at`), what a day costs now, and where that ends.

    `month` is the month's first day. For some hours after midnight of the 1st the metric still tells
    last month's total; `so_far` is None then, and the end is made of days alone.
    """

    currency: str
    month: date
    so_far: Decimal | None
    at: datetime
    day: Decimal
    end: Decimal


def month_so_far(watch: Watched, burns: Iterable[Burn]) -> MonthSoFar:
    """The month of a currency while these go on to burn.

    A day costs its usual and what burns beyond it; no fee of the 1st is in either.
    """
    day = cents(watch.usual_day) + _beyond(list(burns))
    month = month_start(watch.at.date())
    begun = hour_of_day(month) <= watch.total.first or hour_of_day(month) in watch.total.restarts
    so_far = watch.so_far if begun else None
    hours = hour_of_day(month_start(month, 1)) - (
        hour_of(watch.at) if begun else hour_of_day(month)
    )
    end = (so_far or ZERO) + day * hours / DAY
    return MonthSoFar(watch.currency, month, so_far, watch.at, day, end)


def _beyond(burns: list[Burn]) -> Decimal:
    """What burns beyond the usual: of the services, else of the accounts, else of the total."""
    services = [burn for burn in burns if burn.name.service and not burn.name.account]
    accounts = [burn for burn in burns if burn.name.account and not burn.name.service]
    counted = services or accounts or burns
    return sum((burn.day - burn.usual for burn in counted), ZERO)
