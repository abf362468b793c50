"""Generated AWS accounts of different character, the same ones in every run.

What they have in common: a handful of services whose daily costs are lognormal in size, noisy from
day to day with some memory (an autoregressive process), and a little lower at weekends; every
second one pays tax on the first of the month. What sets them apart is their character.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chalicelib.costs import Amounts, Charge, ChargeCategory, Costs, Key, Period, month_start

CHARACTERS = (
    "steady",
    "growing",
    "weekday-heavy",
    "batchy",
    "step change",
    "new service",
    "ending credit",
    "fees on the first",
)
CENT = Decimal("0.01")


@dataclass
class Account:
    """One account's daily costs by service and category, over `period`.

    `month` is the last month of the period: the one to project. `changed` names the service that
    changes by the account's own character, "" when none does.
    """

    character: str
    month: Period
    period: Period
    changed: str = ""
    rows: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def costs(self, until: date, since: date | None = None) -> Costs:
        """The charges before `until` as a source would give them, to the cent."""
        period = Period(since or self.period.start, until)
        skip = (period.start - self.period.start).days
        charges = (
            Charge(Key(day, service, "", category), Amounts(cents, cents, cents), "USD")
            for (service, category), row in self.rows.items()
            for day, cents in zip(period, map(_cents, row[skip:]), strict=False)
            if cents
        )
        return Costs.of(charges, period=period, known={"service", "category"})


def accounts(count: int, seed: int, months: int) -> Iterator[Account]:
    """`count` accounts of `months` months each, the characters in turn."""
    for number in range(count):
        # Each account has a generator of its own: one more draw in one leaves the others alone.
        rng = random.Random(f"{seed}-{number}")
        yield _account(CHARACTERS[number % len(CHARACTERS)], months, rng)


def _account(character: str, months: int, rng: random.Random) -> Account:
    first = month_start(date(2024, 1, 1), rng.randrange(24))
    month = Period.month_of(month_start(first, months - 1))
    account = Account(character, month, Period(first, month.end))
    for number in range(rng.randint(5, 12)):
        size = 20 * math.exp(rng.gauss(0, 1.2))
        account.rows[f"Service {number + 1}", ChargeCategory.USAGE] = _usage(account, size, rng)
    _SHAPES[character](account, rng)
    if character == "fees on the first" or rng.random() < 0.5:
        _tax(account, rng.uniform(0.05, 0.2))
    return account


def _usage(account: Account, size: float, rng: random.Random) -> list[float]:
    """Size x weekend factor x noise that remembers 40 % of yesterday's."""
    weekend, noise = rng.uniform(0.8, 1.02), rng.uniform(0.03, 0.12)
    state, row = 0.0, []
    for day in account.period:
        state = 0.4 * state + rng.gauss(0, noise) * math.sqrt(1 - 0.4**2)
        row.append(size * (weekend if day.weekday() >= 5 else 1.0) * math.exp(state))
    return row


def _steady(account: Account, rng: random.Random) -> None:
    """Nothing but noise and a mild weekend."""


def _growing(account: Account, rng: random.Random) -> None:
    for row in account.rows.values():
        per_day = rng.uniform(0.03, 0.25) / 30
        row[:] = [amount * (1 + per_day) ** n for n, amount in enumerate(row)]


def _weekday_heavy(account: Account, rng: random.Random) -> None:
    for row in account.rows.values():
        weekend = rng.uniform(0.2, 0.6)
        row[:] = [
            amount * (weekend if day.weekday() >= 5 else 1.0)
            for day, amount in zip(account.period, row, strict=True)
        ]


def _batchy(account: Account, rng: random.Random) -> None:
    """Three services run jobs on days that nobody can foresee."""
    for name in rng.sample(list(account.rows), 3):
        share = rng.uniform(0.15, 0.4)
        row = account.rows[name]
        row[:] = [
            amount * rng.uniform(0.7, 1.3) / share if rng.random() < share else 0.0
            for amount in row
        ]


def _step_change(account: Account, rng: random.Random) -> None:
    """The largest service changes its level, some time from three weeks before the month."""
    name, row = max(account.rows.items(), key=lambda item: sum(item[1]))
    account.changed = name[0]
    factor = rng.choice((rng.uniform(1.4, 2.5), rng.uniform(0.3, 0.7)))
    for n in range(_turning_point(account, rng), len(row)):
        row[n] *= factor


def _new_service(account: Account, rng: random.Random) -> None:
    total = sum(sum(row) for row in account.rows.values()) / len(account.period)
    row = _usage(account, total * rng.uniform(0.1, 0.4), rng)
    start = _turning_point(account, rng)
    account.changed = "New service"
    account.rows[account.changed, ChargeCategory.USAGE] = [0.0] * start + row[start:]


def _ending_credit(account: Account, rng: random.Random) -> None:
    """Credits pay a share of every usage charge until they are used up."""
    share, end = rng.uniform(0.3, 1.0), _turning_point(account, rng)
    for (service, _), row in list(account.rows.items()):
        paid = [-amount * share if n < end else 0.0 for n, amount in enumerate(row)]
        account.rows[service, ChargeCategory.CREDIT] = paid


def _fees_on_the_first(account: Account, rng: random.Random) -> None:
    """A support plan and a recurring commitment fee, both on the first of the month."""
    usage = 30 * sum(sum(row) for row in account.rows.values()) / len(account.period)
    fees = {
        ("AWS Support (Business)", ChargeCategory.SUPPORT): usage * rng.uniform(0.03, 0.1),
        ("Service 1", ChargeCategory.PURCHASE): usage * rng.uniform(0.1, 0.4),
    }
    for name, fee in fees.items():
        account.rows[name] = [fee if day.day == 1 else 0.0 for day in account.period]


def _tax(account: Account, rate: float) -> None:
    """Tax on the first of the month, on what the month before cost."""
    before, month_so_far = sum(sum(each[:30]) for each in account.rows.values()), 0.0
    row = []
    for n, day in enumerate(account.period):
        if day.day == 1 and n:
            before, month_so_far = month_so_far, 0.0
        row.append(max(before, 0.0) * rate if day.day == 1 else 0.0)
        month_so_far += sum(each[n] for each in account.rows.values())
    account.rows["Tax", ChargeCategory.TAX] = row


def _turning_point(account: Account, rng: random.Random) -> int:
    """Position of a day from three weeks before the last month to its end."""
    latest = len(account.period)
    return rng.randrange(latest - len(account.month) - 21, latest)


def _cents(amount: float) -> Decimal:
    return Decimal(amount).quantize(CENT)


_SHAPES: dict[str, Callable[[Account, random.Random], None]] = {
    "steady": _steady,
    "growing": _growing,
    "weekday-heavy": _weekday_heavy,
    "batchy": _batchy,
    "step change": _step_change,
    "new service": _new_service,
    "ending credit": _ending_credit,
    "fees on the first": _fees_on_the_first,
}
