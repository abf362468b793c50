"""Amounts of money as AWS writes them, in any currency it bills in: by code, by sign, in any notation."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.signals.reading import number

SIGNS = {
    **{"US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD"},
    **{"HK$": "HKD", "S$": "SGD", "SG$": "SGD", "NT$": "TWD", "TW$": "TWD", "MX$": "MXN"},
    **{"R$": "BRL", "BR$": "BRL", "CLP$": "CLP", "COL$": "COP", "AR$": "ARS", "$U": "UYU"},
    **{
        "CN¥": "CNY",
        "JP¥": "JPY",
        "RMB": "CNY",
        "元": "CNY",
        "円": "JPY",
        "¥": "JPY",
        "\uffe5": "JPY",
    },
    **{"€": "EUR", "£": "GBP", "₹": "INR", "Rs.": "INR", "₩": "KRW", "₪": "ILS", "₫": "VND"},
    **{"₱": "PHP", "฿": "THB", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₦": "NGN", "Rp": "IDR"},
    **{"RM": "MYR", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "Fr.": "CHF", "S/": "PEN", "lei": "RON"},
    **{"kr": "kr", "R": "ZAR", "$": "USD"},
}
"""The currency of each sign (Unicode CLDR's English signs, and local ones); a lone `kr` stays a
sign, because three currencies have it."""

_SPACES = "\u00a0\u202f\u2009 "
CODES = sorted(
    {code for code in SIGNS.values() if code != "kr"}
    | {"AED", "DKK", "NOK", "SEK", "SAR", "QAR", "KWD", "BHD", "OMR", "EGP", "CRC", "BGN", "KES"}
)
_CODE = rf"\b(?:{'|'.join(CODES)})\b"
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_BEFORE = rf"(?P<before>(?:{_CODE}|{_SIGN})\s?|)"
_AFTER = rf"(?:[{_SPACES}]?(?P<after>%|{_CODE}|(?:{_SIGN})(?!\w)|))"
_DIGITS = rf"(?P<digits>\d+(?:[.,'\u2019{_SPACES}]\d+)*)"
_AMOUNT = re.compile(rf"(?P<minus>[-\u2212]?)\s?{_BEFORE}(?P<minus2>[-\u2212]?){_DIGITS}{_AFTER}")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount and what it counts: a currency, `%`, or "" for anything else."""

    value: Decimal
    unit: str


def plain_signs(text: str) -> str:
    """The same text with ordinary digits and signs for the wide ones of East Asian writing."""
    return unicodedata.normalize("NFKC", text)


def comma_is_decimal(texts: Iterable[str]) -> bool:
    """Whether a notice writes 1.234,56: one of its amounts can be read in no other way."""
    return any(
        re.search(r"(?:\d[.\s'\u2019\u00a0\u202f]\d{3})?,\d{2}(?!\d)", digits)
        and not re.search(r",\d{3}(?!\d)", digits)
        and not re.search(r"\.\d{1,2}$", digits)
        for text in texts
        for digits in re.findall(_DIGITS.replace("?P<digits>", ""), text)
    )


def amount_of(text: str, *, comma: bool = False) -> Amount | None:
    """The first amount in a text, `comma` telling whether a comma divides off its cents.

    `$0.16`, `> $1,600.00 (80.0%)`, `EUR 12.50`, `12.50 EUR`, `R$ 2.500,00`, `¥123,456`, `62.5%`.
    """
    found = _AMOUNT.search(plain_signs(text))
    if found is None:
        return None
    value = number(_digits(found["digits"], comma))
    if value is None:
        return None
    before, after = found["before"].strip(), found["after"]
    unit = after if after == "%" else _currency(before or after)
    return Amount(-value if found["minus"] in ("-", "\u2212") or found["minus2"] else value, unit)


def _currency(sign: str) -> str:
    return SIGNS.get(sign, sign)


def _digits(written: str, comma: bool) -> str:
    """Digits with a point before the cents and nothing else between them."""
    last = max(written.rfind(","), written.rfind("."))
    if last < 0 or _is_grouping(written, last, comma):
        return re.sub(r"\D", "", written)
    return re.sub(r"\D", "", written[:last]) + "." + written[last + 1 :]


def _is_grouping(written: str, last: int, comma: bool) -> bool:
    """Whether the last separator of a number groups thousands."""
    sign, other = written[last], "." if written[last] == "," else ","
    if other in written:
        return False
    if written.count(sign) > 1:
        return True
    if len(written) - last - 1 != 3:
        return False
    return (sign == ".") == comma and not written.startswith("0")
