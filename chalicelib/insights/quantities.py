"""A change of cost, split into more usage and another price."""

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import ZERO, UsageRow

FARTHEST = 1000
"""An effect this many times the costs themselves comes from a quantity that is next to nothing."""


@dataclass(slots=True)
class Side:
    """One side of a comparison: what it cost, how much was used, how much of it commitments paid."""

    cost: Decimal = ZERO
    quantity: Decimal = ZERO
    covered: Decimal = ZERO

    def add(self, row: UsageRow, weight: int) -> None:
        """Count a row as often as its day counts."""
        self.cost += weight * row.billed
        self.quantity += weight * row.quantity
        # What a commitment covers is billed at nothing, and costs its share of the commitment.
        self.covered += weight * (row.effective - row.billed)


def effects(before: Side, now: Side) -> tuple[Decimal, Decimal] | None:
    """The usage effect (q1 - q0) * p0 and the price effect q1 * (p1 - p0); they add up to the change.

    None where there is no price on one of the sides: nothing was used, or quantities or costs are
    negative, as those of corrections are.
    """
    measured = before.quantity > 0 and now.quantity > 0
    if not measured or before.cost < 0 or now.cost < 0:
        return None
    usage = before.cost * (now.quantity - before.quantity) / before.quantity
    if abs(usage) > FARTHEST * (before.cost + now.cost):
        return None
    return usage, now.cost - before.cost - usage
