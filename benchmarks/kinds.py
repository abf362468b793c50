"""A second family of generated accounts: seventeen kinds, a year each, the same ones in every run.

Made in another way than `benchmarks/accounts.py`, so that no rule is right by knowing its twin.
There, services are lognormal noise with a memory. Here, each service is something that is billed:
machines that run or do not (binomial), requests (gamma, or with the heavy tails of Student's t),
storage that hardly moves, jobs that run on some days, fees with a calendar of their own.

Rules are tried on accounts of `TRAIN_SEED` only. The printed table uses `REPORT_SEED` only; no
constant was ever chosen by looking at it.
"""

import math
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from benchmarks.billed import DAYS, Account, Row, add, base, requests, some_size, weekly
from chalicelib.costs import ChargeCategory, Period

TRAIN_SEED, REPORT_SEED = 5501, 9173


def accounts(per_kind: int, seed: int, *, kinds: tuple[str, ...] = ()) -> Iterator[Account]:
    """So many accounts of each kind, kind by kind."""
    for kind in kinds or KINDS:
        for number in range(per_kind):
            rng = random.Random(f"{seed} {kind} {number}")
            start = date(2024, 1, 1) + timedelta(days=rng.randrange(365))
            account = Account(kind, Period(start, start + timedelta(days=DAYS)))
            KINDS[kind](account, rng)
            yield account


# The kinds.


def _flat(account: Account, rng: random.Random) -> None:
    base(account, rng, noise=(0.02, 0.06))


def _office(account: Account, rng: random.Random) -> None:
    """Little at weekends and on a few holidays."""
    base(account, rng, noise=(0.04, 0.12))
    holidays = {day for day in account.period if rng.random() < 0.02}
    for name, row in account.rows.items():
        closed, half = rng.uniform(0.1, 0.5), rng.uniform(0.9, 1.3)
        row[:] = [
            amount * (closed if day in holidays and day.weekday() < 5 else 1.0)
            for day, amount in zip(account.period, row, strict=True)
        ]
        account.rows[name] = weekly(account, row, closed * half, closed)


def _noisy(account: Account, rng: random.Random) -> None:
    """A fifth to a half up and down, some with heavy tails, some with a memory."""
    for number in range(5):
        size, noise = some_size(rng), rng.uniform(0.2, 0.5)
        if number % 2:
            keep, state, row = rng.uniform(0.2, 0.7), 0.0, []
            for _ in account.period:
                tail = rng.gauss(0, 1) / math.sqrt(rng.gammavariate(2.5, 1 / 2.5))
                state = keep * state + math.sqrt(1 - keep**2) * noise * tail / 1.3
                row.append(size * max(0.02, 1 + state))
        else:
            row = requests(account, rng, size, noise)
        add(account, f"noisy-{number}", row)


def _growing(account: Account, rng: random.Random) -> None:
    """1 to 12 % a month, straight or compound."""
    base(account, rng, noise=(0.03, 0.1))
    for row in account.rows.values():
        rate = rng.uniform(0.01, 0.12) / 30
        straight = rng.random() < 0.5
        row[:] = [
            amount * (1 + rate * n if straight else math.exp(rate * n))
            for n, amount in enumerate(row)
        ]


def _seasonal(account: Account, rng: random.Random) -> None:
    """Summer and winter, 15 to 40 % up and down, some with a second wave."""
    base(account, rng, noise=(0.03, 0.1))
    phase = rng.uniform(0, 2 * math.pi)
    for row in account.rows.values():
        yearly, second = rng.uniform(0.15, 0.4), rng.uniform(0, 0.06)
        row[:] = [
            amount
            * (1 + yearly * math.sin(phase + 2 * math.pi * n / 365))
            * (1 + second * math.sin(2 * phase + 6 * math.pi * n / 365))
            for n, amount in enumerate(row)
        ]


def _on(
    account: Account, due: Callable[[date], bool], rng: random.Random, amount: float, move: float
) -> Row:
    """A fee on the days it is due, up to a share `move` more or less each time."""
    return [amount * rng.uniform(1 - move, 1 + move) if due(day) else 0.0 for day in account.period]


def _day_of_month(number: int) -> Callable[[date], bool]:
    """On that day, or on the last of a month that has no such day."""
    return lambda day: day.day == min(number, len(Period.month_of(day)))


def _fees(account: Account, rng: random.Random) -> None:
    """Tax, support, a plan and a marketplace subscription, as what they are, on the 1st."""
    base(account, rng, noise=(0.03, 0.08))
    month = 30 * sum(sum(row) for row in account.rows.values()) / DAYS
    first = _day_of_month(1)
    for service, category, share, move in (
        ("Tax", ChargeCategory.TAX, 0.15, 0.1),
        ("Support", ChargeCategory.SUPPORT, 0.1, 0.08),
        ("Plan", ChargeCategory.PURCHASE, 0.3, 0.0),
    ):
        amount = month * share * rng.uniform(0.5, 1.5)
        row = _on(account, first, rng, amount, move)
        add(account, service, row, category)


def _usage_fees_first(account: Account, rng: random.Random) -> None:
    """Fees billed as usage on the 1st: on a service of their own, and on top of daily usage."""
    base(account, rng, noise=(0.03, 0.08))
    month = 30 * sum(sum(row) for row in account.rows.values()) / DAYS
    amount = month * rng.uniform(0.05, 0.3)
    add(account, "Subscription", _on(account, _day_of_month(1), rng, amount, 0.0))
    row = account.rows[account.daily()[0]]
    extra = _on(account, _day_of_month(1), rng, 6 * row[0], 0.05)
    row[:] = [amount + fee for amount, fee in zip(row, extra, strict=True)]


def _usage_fees_other(account: Account, rng: random.Random) -> None:
    """The same on other days: a fixed day, a weekday of the month, every week."""
    base(account, rng, noise=(0.03, 0.08))
    month = 30 * sum(sum(row) for row in account.rows.values()) / DAYS
    fixed, weekday = rng.randrange(2, 29), rng.randrange(5)
    dues: dict[str, Callable[[date], bool]] = {
        "Fixed day": _day_of_month(fixed),
        "Second weekday": lambda day: day.weekday() == weekday and 8 <= day.day <= 14,
        "Every week": lambda day: day.weekday() == weekday,
    }
    for service, due in dues.items():
        amount = month * rng.uniform(0.02, 0.15)
        add(account, service, _on(account, due, rng, amount, 0.03))
    row = account.rows[account.daily()[1]]
    extra = _on(account, _day_of_month(fixed), rng, 4 * row[0], 0.3)
    row[:] = [amount + fee for amount, fee in zip(row, extra, strict=True)]


def _closing(account: Account, rng: random.Random) -> None:
    """Books are closed on the last days of each month: two services cost a multiple then."""
    base(account, rng, noise=(0.03, 0.1))
    days = rng.choice((2, 3, 4))
    for name in rng.sample(account.daily(), 2):
        times, row = rng.uniform(2, 6), account.rows[name]
        row[:] = [
            amount * (times if day + timedelta(days=days) >= Period.month_of(day).end else 1.0)
            for day, amount in zip(account.period, row, strict=True)
        ]


def _batch(account: Account, rng: random.Random) -> None:
    """Two services run jobs on a third of the days, of very different size."""
    base(account, rng, noise=(0.03, 0.1))
    for number in range(2):
        size, share = 2 * some_size(rng), rng.uniform(0.2, 0.5)
        row = [
            size * math.exp(rng.gauss(0, 0.6)) if rng.random() < share else 0.0
            for _ in account.period
        ]
        add(account, f"Jobs {number}", row)


def _sporadic(account: Account, rng: random.Random) -> None:
    """Two services are used a few days a month, in bursts."""
    base(account, rng, noise=(0.03, 0.1))
    for number in range(2):
        size, row = 3 * some_size(rng), [0.0] * DAYS
        day = rng.randrange(10)
        while day < DAYS:
            for n in range(day, min(DAYS, day + rng.randrange(1, 5))):
                row[n] = size * rng.uniform(0.3, 1.7)
            day += rng.randrange(8, 28)
        add(account, f"Now and then {number}", row)


def _credits(account: Account, rng: random.Random) -> None:
    """Promotional credit pays everything until it runs out; a new grant may follow."""
    base(account, rng, noise=(0.03, 0.1))
    total = [sum(each) for each in zip(*account.rows.values(), strict=True)]
    balance = sum(total) * rng.uniform(0.3, 0.9)
    share = rng.choice((1.0, 1.0, rng.uniform(0.3, 0.8)))
    paid = []
    for amount in total:
        used = min(balance, share * amount)
        balance -= used
        paid.append(-used if used else 0.0)
    add(account, "Credits", paid, ChargeCategory.CREDIT)


def _free_tier(account: Account, rng: random.Random) -> None:
    """Two services cost nothing until the month's free allowance is used up."""
    base(account, rng, noise=(0.03, 0.1))
    for number in range(2):
        size, free = some_size(rng), rng.uniform(4, 18)
        row, left = [], free
        for day in account.period:
            if day.day == 1:
                left = free
            used = rng.gammavariate(30, 1 / 30)
            billed = max(0.0, used - left)
            left = max(0.0, left - used)
            row.append(size * billed)
        add(account, f"Allowance {number}", row)


def _refunds(account: Account, rng: random.Random) -> None:
    """Now and then money comes back, some of it as an adjustment of weeks."""
    base(account, rng, noise=(0.03, 0.1))
    total = sum(sum(row) for row in account.rows.values()) / DAYS
    row = [-total * rng.uniform(0.3, 3) if rng.random() < 0.03 else 0.0 for _ in account.period]
    add(account, "machines-0", row, ChargeCategory.ADJUSTMENT)


def _tiny(account: Account, rng: random.Random) -> None:
    """Cents a day."""
    base(account, rng, noise=(0.05, 0.3))
    for row in account.rows.values():
        row[:] = [amount / 400 for amount in row]


def _holes(account: Account, rng: random.Random) -> None:
    """Two services are switched off on some days; whole days are missing now and then."""
    base(account, rng, noise=(0.03, 0.1))
    for name in rng.sample(account.daily(), 2):
        off = rng.uniform(0.02, 0.12)
        row = account.rows[name]
        row[:] = [0.0 if rng.random() < off else amount for amount in row]
    missing = {n for n in range(DAYS) if rng.random() < 0.004}
    for row in account.rows.values():
        row[:] = [0.0 if n in missing else amount for n, amount in enumerate(row)]


def _renamed(account: Account, rng: random.Random) -> None:
    """Two services get another name during the year, one of them with an overlap of a day."""
    base(account, rng, noise=(0.03, 0.1))
    for overlap, name in enumerate(rng.sample(account.daily(), 2)):
        at, row = rng.randrange(150, 270), account.rows[name]
        later = [0.0] * at + row[at:]
        if overlap:
            later[at] = row[at] * 0.4
            row[at] *= 0.6
        row[at + overlap :] = [0.0] * (DAYS - at - overlap)
        add(account, f"{name} (renamed)", later)


KINDS: dict[str, Callable[[Account, random.Random], None]] = {
    "flat": _flat,
    "office": _office,
    "noisy": _noisy,
    "growing": _growing,
    "seasonal": _seasonal,
    "fees": _fees,
    "usage fees, 1st": _usage_fees_first,
    "usage fees, other": _usage_fees_other,
    "closing": _closing,
    "batch": _batch,
    "sporadic": _sporadic,
    "credits": _credits,
    "free tier": _free_tier,
    "refunds": _refunds,
    "tiny": _tiny,
    "holes": _holes,
    "renamed": _renamed,
}
