"""What accounts of `benchmarks/kinds.py` are made of: an account, and the rows that are billed to it."""

import math
import random
from dataclasses import dataclass, field
from decimal import Decimal

from chalicelib.costs import Amounts, Charge, ChargeCategory, Costs, Key, Period

DAYS = 365
CENT = Decimal("0.0001")

type Name = tuple[str, str]
type Row = list[float]


@dataclass
class Account:
    """A year of one account's daily costs by service and category.

    `watch` names the services that are charged daily and can carry an injected event.
    """

    kind: str
    period: Period
    rows: dict[Name, Row] = field(default_factory=dict)

    def costs(self) -> Costs:
        """The charges as a source would give them, to a hundredth of a cent."""
        charges = (
            Charge(Key(day, service, "", category), Amounts(exact, exact, exact), "USD")
            for (service, category), row in self.rows.items()
            for day, amount in zip(self.period, row, strict=True)
            if (exact := Decimal(amount).quantize(CENT))
        )
        return Costs.of(charges, period=self.period, known={"service", "category"})

    def daily(self) -> list[Name]:
        """The usage rows that are charged on nearly every day, which can carry an event."""
        return [
            name
            for name, row in self.rows.items()
            if name[1] == ChargeCategory.USAGE and sum(map(bool, row)) > 0.97 * len(row)
        ]


def add(account: Account, service: str, row: Row, category: str = ChargeCategory.USAGE) -> None:
    """A service that costs so much each day."""
    account.rows[service, category] = row


def machines(account: Account, rng: random.Random, size: float, busy: float = 0.9) -> Row:
    """So many machines, each of which runs a day or does not."""
    count = rng.randrange(20, 120)
    price = size / count / busy
    return [price * sum(rng.random() < busy for _ in range(count)) for _ in account.period]


def requests(account: Account, rng: random.Random, size: float, noise: float) -> Row:
    """Gamma: never negative, skewed upward; `noise` is deviation over mean."""
    shape = 1 / noise**2
    return [size * rng.gammavariate(shape, 1 / shape) for _ in account.period]


def storage(account: Account, rng: random.Random, size: float) -> Row:
    """Grows a little by a random walk; hardly any noise."""
    level, row = size, []
    for _ in account.period:
        level *= 1 + rng.gauss(0.0002, 0.001)
        row.append(level)
    return row


def weekly(account: Account, row: Row, saturday: float, sunday: float) -> Row:
    """Less, or more, on Saturdays and Sundays."""
    factors = {5: saturday, 6: sunday}
    return [
        amount * factors.get(day.weekday(), 1.0)
        for day, amount in zip(account.period, row, strict=True)
    ]


def some_size(rng: random.Random) -> float:
    """Dollars a day: from 8 to 400, the small ones more often."""
    return 8 * math.exp(math.log(50) * rng.random() ** 1.5)


def base(account: Account, rng: random.Random, *, noise: tuple[float, float]) -> None:
    """Five daily services of three natures."""
    for number in range(5):
        nature, row = _service(account, rng, number, noise)
        weekend = rng.uniform(0.85, 1.0)
        add(account, f"{nature}-{number}", weekly(account, row, weekend, weekend))


def _service(
    account: Account, rng: random.Random, number: int, noise: tuple[float, float]
) -> tuple[str, Row]:
    size = some_size(rng)
    if number < 2:
        return "machines", machines(account, rng, size, rng.uniform(0.8, 0.97))
    if number < 4:
        return "requests", requests(account, rng, size, rng.uniform(*noise))
    return "storage", storage(account, rng, size)
