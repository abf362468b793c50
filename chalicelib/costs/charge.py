"""Charges: an amount by three measures, and what it is for, in the words of FOCUS."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

ZERO = Decimal(0)
OTHERS = "(all others)"
"""The account, service or label of charges that were added up, because there are too many names."""
ALL_SERVICES = "(all services)"
"""The service of charges whose services were not told apart."""
UNTAGGED = "(untagged)"
"""The label of charges that do not carry the tag, or fall into no cost category."""

type Metric = Literal["billed", "effective", "listed"]
type Dimension = Literal["service", "account", "category", "label"]

DIMENSIONS: tuple[Dimension, ...] = ("service", "account", "category", "label")


class ChargeCategory(StrEnum):
    """FOCUS charge categories, with support kept apart from the other purchases.

    A category that a source reports and that is not listed here keeps its own name: it is shown,
    counted as gross, and never dropped.
    """

    USAGE = "Usage"
    PURCHASE = "Purchase"
    SUPPORT = "Support"
    TAX = "Tax"
    CREDIT = "Credit"
    ADJUSTMENT = "Adjustment"


REDUCTIONS: frozenset[str] = frozenset({ChargeCategory.CREDIT, ChargeCategory.ADJUSTMENT})
"""What lies between gross and net: credits, and adjustments such as refunds."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What the same charges cost by three measures, in one currency.

    `billed` is FOCUS BilledCost: what the invoice says, after negotiated discounts (Cost Explorer
    NetUnblendedCost). `effective` is FOCUS EffectiveCost: commitments spread over the time they
    cover (NetAmortizedCost). `listed` is the billed cost before negotiated discounts (FOCUS
    ListCost, Cost Explorer UnblendedCost).
    """

    billed: Decimal = ZERO
    effective: Decimal = ZERO
    listed: Decimal = ZERO

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.billed + other.billed, self.effective + other.effective, self.listed + other.listed
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.billed - other.billed, self.effective - other.effective, self.listed - other.listed
        )

    def of(self, metric: Metric) -> Decimal:
        """The amount by one measure."""
        match metric:
            case "billed":
                return self.billed
            case "effective":
                return self.effective
            case "listed":
                return self.listed


NOTHING = Amounts()


class Key(NamedTuple):
    """What a charge is for. A dimension that its source was not asked about is the empty string.

    `day` is the first day of the charge period: the day itself, or the first of the month in a
    table by month. `label` is the value of the one tag or cost category that was asked for.
    """

    day: date
    service: str = ""
    account: str = ""
    category: str = ""
    label: str = ""


class Charge(NamedTuple):
    """One amount with everything that is known about what it is for."""

    key: Key
    amounts: Amounts
    currency: str
