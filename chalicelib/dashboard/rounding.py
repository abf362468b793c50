"""How exact figures become the figures of the view."""

from decimal import ROUND_HALF_EVEN, Decimal

from chalicelib.money import CENT

TEN_THOUSANDTH = Decimal("0.0001")


def cents(amount: Decimal) -> Decimal:
    """The amount to the cent, never a negative zero."""
    return amount.quantize(CENT, ROUND_HALF_EVEN) + 0


def share(ratio: Decimal | None) -> Decimal | None:
    """A ratio to a hundredth of a per cent; None stays None."""
    return None if ratio is None else ratio.quantize(TEN_THOUSANDTH, ROUND_HALF_EVEN) + 0
