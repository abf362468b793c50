"""The one place where amounts become text. Rounding happens here and nowhere else."""

from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")
SYMBOLS = {"USD": "$"}
UNKNOWN = "-"
MINOR_UNITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0
    ),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of a currency's amounts, where they are not two (ISO 4217)."""
WHOLE_FROM = Decimal(10)
"""From here on, a sentence needs no cents."""


def money(amount: Decimal | None, currency: str, *, cents: bool = True) -> str:
    """An amount as people write it: `$1,234.56`, `-$3.00`, `EUR 12.00`, `JPY 1,235`; a dash when it
    is unknown.

    Rounds half to even, as Decimal does by default; never shows a negative zero.
    """
    if amount is None:
        return UNKNOWN
    digits = MINOR_UNITS.get(currency, 2) if cents else 0
    rounded = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    sign = "-" if rounded < 0 else ""
    symbol = SYMBOLS.get(currency) or (f"{currency} " if currency else "")
    return f"{sign}{symbol}{abs(rounded):,}"


def signed_money(amount: Decimal, currency: str, *, cents: bool = True) -> str:
    """A difference: like `money`, with a plus sign when it is positive."""
    text = money(amount, currency, cents=cents)
    return f"+{text}" if amount > 0 and text != money(Decimal(0), currency, cents=cents) else text


def rough_money(amount: Decimal, currency: str) -> str:
    """An amount for a sentence: whole units from 10 on, to the cent below."""
    return money(amount, currency, cents=abs(amount) < WHOLE_FROM)


def percent(ratio: Decimal | None, *, signed: bool = False) -> str:
    """A ratio as a percentage: `12 %`, one decimal below ten per cent, a dash when it is unknown."""
    if ratio is None:
        return UNKNOWN
    value = ratio * 100
    rounded = value.quantize(Decimal("0.1") if abs(value) < 10 else Decimal(1), ROUND_HALF_EVEN)
    sign = "-" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,} %"
