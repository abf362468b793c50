"""How exact figures become the figures of the view."""

from decimal import ROUND_HALF_EVEN, Decimal

from chalicelib.money import CENT

MILLIONTH = Decimal("0.000001")


def cents(amount: Decimal) -> Decimal:
    """The amount to the cent, never a negative zero."""
    return amount.quantize(CENT, ROUND_HALF_EVEN) + 0


def share(ratio: Decimal | None) -> Decimal | None:
    """A ratio far finer than its text, which is rounded again: to a millionth; None stays None."""
    return None if ratio is None else ratio.quantize(MILLIONTH, ROUND_HALF_EVEN) + 0
