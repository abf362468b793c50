"""How a month's usage becomes its bill, and whether two independent queries agree on it."""

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import Period


@dataclass(frozen=True, slots=True)
class MonthBill:
    """One month from usage to net, billed cost; the lines up to gross add up to gross.

    `other` holds charge categories that only the source has a name for. gross + refunds + credits
    is net, exactly.
    """

    month: Period
    usage: Decimal
    commitments: Decimal
    support: Decimal
    tax: Decimal
    discounts: Decimal
    other: tuple[tuple[str, Decimal], ...]
    gross: Decimal
    refunds: Decimal
    credits: Decimal
    net: Decimal
    closed: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the daily and the monthly query say a closed month cost, net."""

    month: Period
    daily: Decimal
    monthly: Decimal

    @property
    def difference(self) -> Decimal:
        """Daily minus monthly; anything from a cent up is shown to the reader."""
        return self.daily - self.monthly
