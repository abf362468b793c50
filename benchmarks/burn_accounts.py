"""Accounts of four sizes for a year, by the hour: what they usually do, and what a runaway adds.

What is usual is made hard to tell from a runaway: noise that remembers yesterday, hours of the day,
weekends, nightly, weekly and monthly jobs, fees of the 1st inside and beside usage, growth, changes
of level, new and ended services, purchases, refunds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from simulation.billing_metric import Part

START = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = 24 * 365
HOUR = timedelta(hours=1)
ACCOUNT = "111111111111"
CODES = (
    *("AmazonEC2", "AmazonRDS", "AmazonS3", "AmazonCloudWatch", "AWSDataTransfer", "AmazonVPC"),
    *("AWSLambda", "AmazonDynamoDB", "awskms", "AmazonECR", "AmazonEKS", "AWSELB", "AmazonRoute53"),
    *("AmazonBedrock", "AmazonSageMaker", "AmazonES", "AmazonElastiCache", "AmazonRedshift"),
    *("AWSGlue", "AmazonAthena", "AmazonKinesis", "AWSConfig", "AmazonGuardDuty", "AWSCloudTrail"),
    *("AmazonApiGateway", "AmazonSNS", "AWSQueueService", "AmazonEFS", "AmazonCloudFront"),
    "AWSSecretsManager",
)


@dataclass(frozen=True, slots=True)
class Size:
    """A size of account: what a day of it costs, and how many services it uses."""

    name: str
    day: float
    services: int


SIZES = (
    Size("$10 a day", 10.0, 7),
    Size("$300 a day", 300.0, 14),
    Size("$5,000 a day", 5_000.0, 22),
    Size("$100,000 a day", 100_000.0, 30),
)


@dataclass(frozen=True, slots=True)
class BurnAccount:
    """Hourly amounts of each service, without a runaway; `level` is what a day of it costs as a rule."""

    size: Size
    number: int
    hourly: dict[Part, list[float]]
    level: dict[Part, float]


@dataclass(frozen=True, slots=True)
class Runaway:
    """So much a day on top of a service, from an hour on, for so many hours."""

    part: Part
    begin: int
    hours: int
    day: float

    def on(self, hourly: dict[Part, list[float]]) -> dict[Part, list[float]]:
        """The account with it."""
        row = list(hourly[self.part])
        for hour in range(self.begin, min(self.begin + self.hours, len(row))):
            row[hour] += self.day / 24
        return hourly | {self.part: row}


def account(size: Size, number: int, seed: int) -> BurnAccount:
    """One account; the same one for the same numbers."""
    random = Random(f"{seed} {size.name} {number}")
    weights = [math.exp(random.gauss(0, 1.3)) for _ in range(size.services)]
    days = [size.day * weight / sum(weights) for weight in weights]
    parts = [Part(ACCOUNT, code) for code in CODES[: size.services]]
    hourly = {part: _usage(day, random) for part, day in zip(parts, days, strict=True)}
    for part in parts:
        random.choice(_HABITS)(hourly[part], size.day, random)
    _fees(hourly, size.day, random)
    return BurnAccount(size, number, hourly, dict(zip(parts, days, strict=True)))


def runaways(account: BurnAccount, count: int, seed: int) -> list[Runaway]:
    """Services at five times their usual, and 30 % of the account's usual day on top, in turn."""
    random = Random(f"{seed} {account.size.name} {account.number} runaways")
    found: list[Runaway] = []
    while len(found) < count:
        part = random.choice(list(account.level))
        begin = random.randrange(24 * 70, HOURS - 24 * 8)
        if len(found) % 2:
            day = 0.3 * account.size.day
        else:
            before = account.hourly[part][begin - 24 * 28 : begin]
            day = 4.0 * sum(before) / 28
        if day > 0:
            found.append(Runaway(part, begin, random.randint(36, 120), day))
    return found


def _usage(day: float, random: Random) -> list[float]:
    """Noise that remembers 40 % of yesterday's, a weekend, hours of the day, growth."""
    weekend, noise = random.uniform(0.5, 1.05), random.uniform(0.02, 0.12)
    night, growth = random.uniform(0.4, 1.0), random.gauss(0.0, 0.0012)
    shape = [
        1.0 - (1.0 - night) * (1 + math.cos(hour / 24 * 2 * math.pi)) / 2 for hour in range(24)
    ]
    whole, memory = sum(shape), 0.0
    found: list[float] = []
    for number in range(HOURS // 24):
        memory = 0.4 * memory + random.gauss(0.0, noise)
        at = START + timedelta(days=number)
        amount = day * math.exp(memory + growth * number) * (weekend if at.weekday() > 4 else 1.0)
        found += [amount * weight / whole * math.exp(random.gauss(0.0, noise)) for weight in shape]
    return found


# What services do of their own


def _nothing(row: list[float], account_day: float, random: Random) -> None:
    """Goes on as it is."""


def _nightly(row: list[float], account_day: float, random: Random) -> None:
    """Most of a day comes in three hours of the night."""
    begin = random.randrange(22)
    for day in range(0, HOURS, 24):
        whole = sum(row[day : day + 24])
        for hour in range(24):
            row[day + hour] = whole * (0.25 if begin <= hour < begin + 3 else 0.25 / 21)


def _weekly(row: list[float], account_day: float, random: Random) -> None:
    """On one day of the week there is two to four times as much."""
    weekday, factor = random.randrange(7), random.uniform(2.0, 4.0)
    for hour in range(HOURS):
        if (START + hour * HOUR).weekday() == weekday:
            row[hour] *= factor


def _monthly(row: list[float], account_day: float, random: Random) -> None:
    """One or two days of each month cost two to three times as much."""
    first, factor = random.randint(1, 27), random.uniform(2.0, 3.0)
    length = random.randint(1, 2)
    for hour in range(HOURS):
        if first <= (START + hour * HOUR).day < first + length:
            row[hour] *= factor


def _step(row: list[float], account_day: float, random: Random) -> None:
    """From one day on there is more or less of it for good; never a tenth of the account's day."""
    begin = random.randrange(24 * 60, HOURS)
    level = sum(row) / HOURS * 24
    more = random.uniform(-0.6, min(0.6, 0.08 * account_day / level))
    row[begin:] = [amount * (1.0 + more) for amount in row[begin:]]


def _begins(row: list[float], account_day: float, random: Random) -> None:
    """It is new at some time of the year; small, or it would be news."""
    begin = random.randrange(24 * 30, HOURS)
    level = sum(row) / HOURS * 24
    small = min(1.0, 0.02 * account_day / level)
    row[:] = [0.0] * begin + [amount * small for amount in row[begin:]]


def _ends(row: list[float], account_day: float, random: Random) -> None:
    """It is used no more from some time on."""
    begin = random.randrange(24 * 30, HOURS)
    row[begin:] = [0.0] * (HOURS - begin)


def _fee_of_the_first(row: list[float], account_day: float, random: Random) -> None:
    """A reservation or subscription, charged on the 1st in the service itself."""
    fee = random.uniform(0.3, 3.0) * sum(row) / HOURS * 24
    for hour in range(HOURS):
        at = START + hour * HOUR
        if at.day == 1 and at.hour == 0:
            row[hour] += fee


def _refunded(row: list[float], account_day: float, random: Random) -> None:
    """Two refunds in the year."""
    for _ in range(2):
        row[random.randrange(HOURS)] -= random.uniform(0.2, 2.0) * sum(row) / HOURS * 24


_HABITS: tuple[Callable[[list[float], float, Random], None], ...] = (
    *(_nothing, _nothing, _nothing, _nightly, _weekly, _monthly, _step, _begins, _ends),
    *(_fee_of_the_first, _refunded),
)


def _fees(hourly: dict[Part, list[float]], account_day: float, random: Random) -> None:
    """Support and tax on the 1st, and a domain now and then."""
    support, tax, domains = ([0.0] * HOURS for _ in range(3))
    share = random.uniform(0.02, 0.1) * 30
    for hour in range(HOURS):
        at = START + hour * HOUR
        if at.day == 1 and at.hour == random.randrange(1, 3):
            support[hour] = share * account_day
            tax[hour] = 3.0 * account_day
    for _ in range(3):
        domains[random.randrange(HOURS)] += random.choice((12.0, 14.0, 38.0))
    hourly[Part(ACCOUNT, "AWSSupportBusiness")] = support
    hourly[Part(ACCOUNT, "Tax")] = tax
    hourly[Part(ACCOUNT, "AmazonRegistrar")] = domains
