"""Positions of the small pictures that are drawn without a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import ZERO

SPARK_WIDTH = 96
SPARK_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on a line of 100, from its left end."""

    start: str
    length: str


def sparkline(amounts: Sequence[Decimal]) -> str:
    """The points of a line through the amounts, in a box of 96 by 22; zero is always in the box."""
    low, high = min((ZERO, *amounts)), max((ZERO, *amounts))
    span = float(high - low) or 1.0
    step = SPARK_WIDTH / max(len(amounts) - 1, 1)
    inner = SPARK_HEIGHT - 2
    return " ".join(
        f"{n * step:.0f},{SPARK_HEIGHT - 1 - float(amount - low) / span * inner:.1f}"
        for n, amount in enumerate(amounts)
    )


def percent_of(ratio: Decimal) -> str:
    """A ratio as a length in SVG."""
    return f"{ratio * 100:.2f}%"
