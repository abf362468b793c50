"""Where the month ends."""

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import Period


@dataclass(frozen=True, slots=True)
class Projection:
    """Expected cost of the whole month with an 80 % interval, billed cost.

    `so_far` is what the complete days of the month have cost.
    """

    month: Period
    so_far: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Projections:
    """The month end, net and gross; both None, and `reason` a sentence, when history is too short."""

    net: Projection | None
    gross: Projection | None
    reason: str = ""
