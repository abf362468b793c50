"""Events of known shape, size and first day, put into rows that had none."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.billed import Account
from chalicelib.insights.course import median, spread

SIZES = (2.0, 3.0, 5.0, 10.0)
SHAPES = ("spike", "plateau", "step", "slow rise", "fall")
RISES = ("spike", "plateau", "step", "slow rise")
RAMP = 28
PLATEAU = 5
FLOOR = 10.0


@dataclass(frozen=True)
class Event:
    """A row with something put into it on the days from `first` to `last`.

    `size` is the excess a day in robust spreads: 1.4826 times the median absolute deviation of the
    eight weeks before from their own weekday medians. A spike lasts one to three days, a plateau
    five; a step and a fall stay; a slow rise reaches its size in four weeks and stays.
    """

    kind: str
    shape: str
    size: float
    row: list[float]
    first: int
    last: int


def events(account: Account, number: int) -> Iterator[Event]:
    """One event of each shape and size in a daily row of the account.

    Left out are events worth less than $10 while they are watched, and falls to below a tenth of
    what the row cost: a thing of no size, and a stop.
    """
    rng = random.Random(f"events {account.kind} {number} {account.period.start}")
    names = account.daily()
    for size in SIZES if names else ():
        for shape in SHAPES:
            row = list(account.rows[rng.choice(names)])
            first = rng.randrange(170, len(row) - 50)
            unit = size * robust_spread(row[first - 56 : first])
            last = first + {"spike": rng.randrange(3), "plateau": PLATEAU - 1}.get(shape, 34)
            if shape == "fall" and unit > 0.9 * median(row[first - 28 : first]):
                continue
            if unit * min(last - first + 1, 14) < FLOOR:
                continue
            for day in range(first, last + 1 if shape in ("spike", "plateau") else len(row)):
                row[day] = max(0.0, row[day] + _share(shape, day - first) * unit)
            yield Event(account.kind, shape, size, row, first, last)


def _share(shape: str, age: int) -> float:
    if shape == "slow rise":
        return min(1.0, (age + 1) / RAMP)
    return -1.0 if shape == "fall" else 1.0


def robust_spread(values: Sequence[float]) -> float:
    """How far days stray from the median of their weekday."""
    middles = [median(values[n::7]) for n in range(7)]
    return spread([value - middles[n % 7] for n, value in enumerate(values)])
