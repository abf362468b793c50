"""Positions of the pictures that are drawn without a script; in percent, or on a board of 100 by 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import ZERO

SPARK_WIDTH = 96
SPARK_HEIGHT = 22
ROOM = Decimal("1.06")
"""Room above the highest thing drawn."""


def sparkline(amounts: Sequence[Decimal | None]) -> str:
    """A path through the amounts, in a box of 96 by 22, broken at unknown days; zero is in the box."""
    known = [each for each in amounts if each is not None]
    low, high = min((ZERO, *known)), max((ZERO, *known))
    span = float(high - low) or 1.0
    step = SPARK_WIDTH / max(len(amounts) - 1, 1)
    inner = SPARK_HEIGHT - 2
    path, pen_up = [], True
    for n, amount in enumerate(amounts):
        if amount is None:
            pen_up = True
            continue
        y = SPARK_HEIGHT - 1 - float(amount - low) / span * inner
        path.append(f"{'M' if pen_up else 'L'}{n * step:.0f} {y:.1f}")
        pen_up = False
    return "".join(path)


@dataclass(frozen=True, slots=True)
class Scale:
    """From zero (or below) at the bottom to a little above the highest amount."""

    low: Decimal
    high: Decimal

    @classmethod
    def of(cls, amounts: Sequence[Decimal | None]) -> "Scale":
        """A scale that holds all amounts and zero."""
        known = [each for each in amounts if each is not None]
        low, high = min((ZERO, *known)), max((ZERO, *known)) * ROOM
        return cls(low, high if high > low else low + 1)

    def down(self, amount: Decimal) -> float:
        """How far from the top an amount lies, in percent."""
        return float((self.high - amount) / (self.high - self.low) * 100)


def line(amounts: Sequence[Decimal | None], scale: Scale, length: int) -> str:
    """A path of running totals on a board of 100 by 100, `length` days wide, from zero on."""
    points = [f"M0 {scale.down(ZERO):.2f}"]
    for n, amount in enumerate(amounts):
        if amount is None:
            break
        points.append(f"L{(n + 1) / length * 100:.2f} {scale.down(amount):.2f}")
    return "".join(points) if len(points) > 1 else ""


def nice_steps(scale: Scale) -> tuple[Decimal, ...]:
    """Two to four round amounts inside the scale, for its grid."""
    span = scale.high - scale.low
    unit = Decimal(10) ** (span.adjusted())
    for factor in ("0.2", "0.25", "0.5", "1", "2", "2.5", "5"):
        step = unit * Decimal(factor)
        if step * 4 >= scale.high:
            break
    return tuple(step * n for n in range(1, 5) if step * n < scale.high)
