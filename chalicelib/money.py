"""The one place where amounts become text. Rounding happens here and nowhere else."""

from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")
SYMBOLS = {"USD": "$"}
UNKNOWN = "-"


def money(amount: Decimal | None, currency: str, *, cents: bool = True) -> str:
    """An amount as people write it: `$1,234.56`, `-$3.00`, `EUR 12.00`; a dash when it is unknown.

    Rounds half to even, as Decimal does by default; never shows a negative zero.
    """
    if amount is None:
        return UNKNOWN
    rounded = amount.quantize(CENT if cents else Decimal(1), ROUND_HALF_EVEN)
    sign = "-" if rounded < 0 else ""
    symbol = SYMBOLS.get(currency) or (f"{currency} " if currency else "")
    return f"{sign}{symbol}{abs(rounded):,}"


def signed_money(amount: Decimal, currency: str, *, cents: bool = True) -> str:
    """A difference: like `money`, with a plus sign when it is positive."""
    text = money(amount, currency, cents=cents)
    return f"+{text}" if amount > 0 and text != money(Decimal(0), currency, cents=cents) else text


def percent(ratio: Decimal | None, *, signed: bool = False) -> str:
    """A ratio as a percentage: `12 %`, one decimal below ten per cent, a dash when it is unknown."""
    if ratio is None:
        return UNKNOWN
    value = ratio * 100
    rounded = value.quantize(Decimal("0.1") if abs(value) < 10 else Decimal(1), ROUND_HALF_EVEN)
    sign = "-" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,} %"
