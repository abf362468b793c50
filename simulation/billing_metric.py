"""CloudWatch's billing metric as users see it, made from hourly charges: late, irregular, standing still.

`AWS/Billing EstimatedCharges` says what a month has cost so far. What AWS documents is little ("several
times a day", us-east-1, Maximum); the rest is what users report, and what `Habits` lets a test change:

* values come every four to six hours, at no fixed minute, and lag behind usage;
* now and then all of them, or one service's, stand still for hours up to three days, then catch up;
* the month restarts some hours after midnight UTC of the 1st, and its last hours are never seen;
* refunds and credits lower a value inside a month.

The same seed gives the same metric. A total is the sum of its parts at every moment, as in AWS.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from chalicelib.costs import month_start

NAMESPACE, METRIC = "AWS/Billing", "EstimatedCharges"
HOUR = timedelta(hours=1)


class Part(NamedTuple):
    """One service in one account; `currency` as in the metric's dimension."""

    account: str
    service: str
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Habits:
    """How the metric behaves, in hours; chances are a day's.

    `interval` between two values; `lag` behind usage, drawn anew for each value; `own_lag` that a
    service has for good; `still` how long a standstill takes, of everything (`chance_still`) or of
    one service (`chance_own_still`); `restart` after midnight UTC of the 1st.
    """

    interval: tuple[float, float] = (4.0, 6.0)
    lag: tuple[float, float] = (4.0, 7.0)
    own_lag: tuple[float, float] = (0.0, 6.0)
    still: tuple[float, float] = (8.0, 72.0)
    chance_still: float = 0.02
    chance_own_still: float = 0.004
    restart: tuple[float, float] = (1.0, 20.0)


CALM = Habits(chance_still=0.0, chance_own_still=0.0)
"""Without standstills."""


class Value(NamedTuple):
    """One value of the metric: when it was published, and the month's charges up to then."""

    time: datetime
    amount: float


@dataclass(frozen=True, slots=True)
class _Look:
    """One publication: its time, the month it speaks of, and how far usage is known by then (hours)."""

    time: datetime
    month: int
    known: float


class BillingMetric:
    """The metric of an account or organisation; `hourly` holds what each part costs in each hour.

    Hours count from `start`, which is a first of month, 00:00 UTC. Fees and refunds are hours with a
    lot in them, or with less than nothing.
    """

    def __init__(
        self,
        start: datetime,
        hourly: Mapping[Part, Sequence[float]],
        *,
        seed: int = 0,
        habits: Habits = Habits(),
    ) -> None:
        if start != datetime(start.year, start.month, 1, tzinfo=UTC):
            raise ValueError("The metric starts with a month, in UTC", start)
        self.start = start
        self.hourly = hourly
        self._seed = seed
        self._habits = habits
        self._values: dict[Part, list[float]] = {}

    @property
    def hours(self) -> int:
        """How many hours of usage there are."""
        return max(map(len, self.hourly.values()), default=0)

    def values(self, *, currency: str = "USD", account: str = "", service: str = "") -> list[Value]:
        """The values of one set of dimensions, oldest first; empty names stand for all."""
        parts = [
            part
            for part in self.hourly
            if part.currency == currency
            and account in ("", part.account)
            and service in ("", part.service)
        ]
        rows = [self._row(part) for part in parts]
        sums = [round(sum(column), 2) for column in zip(*rows, strict=True)]
        found: list[Value] = []
        for look, amount in zip(self._looks, sums, strict=False):
            if amount or (
                found and found[-1].amount
            ):  # a service has no value before its first charge
                found.append(Value(look.time, amount))
        return found

    def dimension_sets(self, *, organisation: bool) -> Iterator[dict[str, str]]:
        """All sets that AWS publishes; those by account only to the paying account of an organisation."""
        for currency in sorted({part.currency for part in self.hourly}):
            parts = [part for part in self.hourly if part.currency == currency]
            yield {"Currency": currency}
            for service in sorted({part.service for part in parts}):
                yield {"Currency": currency, "ServiceName": service}
            if organisation:
                for account in sorted({part.account for part in parts}):
                    yield {"Currency": currency, "LinkedAccount": account}
                for part in sorted(parts):
                    yield {
                        "Currency": currency,
                        "LinkedAccount": part.account,
                        "ServiceName": part.service,
                    }

    def put(
        self,
        client: Any,
        *,
        since: datetime,
        until: datetime,
        organisation: bool = False,
    ) -> None:
        """Write what was published from `since` on and before `until` into a stand-in for CloudWatch."""
        data = [
            {
                "MetricName": METRIC,
                "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
                "Timestamp": value.time,
                "Value": value.amount,
                "Unit": "None",
            }
            for names in self.dimension_sets(organisation=organisation)
            for value in self.values(
                currency=names["Currency"],
                account=names.get("LinkedAccount", ""),
                service=names.get("ServiceName", ""),
            )
            if since <= value.time < until
        ]
        for first in range(0, len(data), 1000):  # the most that one call takes
            client.put_metric_data(Namespace=NAMESPACE, MetricData=data[first : first + 1000])

    # How it comes about

    @cached_property
    def _looks(self) -> list[_Look]:
        random, habits = Random(f"{self._seed} looks"), self._habits
        still = _standstills(random, self.hours, habits.chance_still, habits.still)
        restarts: dict[int, float] = {}
        looks, at, known = [], random.uniform(*habits.interval), 0.0
        while at < self.hours:
            if not any(begin <= at < end for begin, end in still):
                known = max(known, at - random.uniform(*habits.lag))
            month = self._month_of(at)
            delay = restarts.setdefault(month, random.uniform(*habits.restart))
            if month and at < month + delay:
                month = self._month_of(
                    month - 1
                )  # last month's values are repeated until the restart
            looks.append(_Look(self.start + at * HOUR, month, known))
            at += random.uniform(*habits.interval)
        return looks

    def _row(self, part: Part) -> list[float]:
        """What each publication says about one part."""
        if part not in self._values:
            random, habits = Random(f"{self._seed} {part}"), self._habits
            own = random.uniform(*habits.own_lag)
            still = _standstills(random, self.hours, habits.chance_own_still, habits.still)
            so_far = [0.0, *accumulate(self.hourly[part])]
            row, known = [], 0.0
            for look in self._looks:
                at = (look.time - self.start) / HOUR
                if not any(begin <= at < end for begin, end in still):
                    known = max(known, look.known - own)
                end = min(known, self._end_of(look.month))
                row.append(_at(so_far, end) - _at(so_far, look.month) if end > look.month else 0.0)
            self._values[part] = row
        return self._values[part]

    @cached_property
    def _months(self) -> list[int]:
        """The hour at which each month begins, and one beyond the end."""
        months, day = [0], self.start.date()
        while months[-1] <= self.hours:
            day = month_start(day, 1)
            begin = datetime(day.year, day.month, 1, tzinfo=UTC)
            months.append((begin - self.start) // HOUR)
        return months

    def _month_of(self, hour: float) -> int:
        return max(begin for begin in self._months if begin <= hour)

    def _end_of(self, month: int) -> int:
        return self._months[self._months.index(month) + 1]


def _standstills(
    random: Random, hours: int, chance: float, length: tuple[float, float]
) -> list[tuple[float, float]]:
    """Stretches in which nothing moves."""
    found = []
    for day in range(hours // 24):
        if random.random() < chance:
            begin = day * 24 + random.uniform(0, 24)
            found.append((begin, begin + random.uniform(*length)))
    return found


def _at(so_far: Sequence[float], hour: float) -> float:
    """The sum of the hours before a moment; an hour's charge comes about evenly."""
    whole = min(int(hour), len(so_far) - 1)
    after = so_far[min(whole + 1, len(so_far) - 1)]
    return so_far[whole] + (after - so_far[whole]) * (hour - int(hour))


def by_day(
    amounts: Sequence[float], shape: Callable[[int], float] = lambda hour: 1.0
) -> list[float]:
    """Daily amounts spread over their hours; `shape` weighs the hours of a day."""
    weights = [shape(hour) for hour in range(24)]
    whole = sum(weights)
    return [amount * weight / whole for amount in amounts for weight in weights]
