"""Amounts in every currency AWS bills in, by code and by sign, in any notation."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.signals.amounts import SIGNS, amount_of, comma_is_decimal


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("$0.16", "0.16", "USD"),
        ("> $1,600.00 (80.0% of your budget)", "1600.00", "USD"),
        ("US$ 9", "9", "USD"),
        ("EUR 12.50", "12.50", "EUR"),
        ("12.50 EUR", "12.50", "EUR"),
        ("€1,234.56", "1234.56", "EUR"),
        ("1.234,56 €", "1234.56", "EUR"),
        ("1\u202f234,56\u00a0€", "1234.56", "EUR"),
        ("R$ 2.500,00", "2500.00", "BRL"),
        ("R$2,500.00", "2500.00", "BRL"),
        ("CA$1,234.56", "1234.56", "CAD"),
        ("A$12", "12", "AUD"),
        ("NZ$12.00", "12.00", "NZD"),
        ("HK$1,000.00", "1000.00", "HKD"),
        ("NT$3,000", "3000", "TWD"),
        ("S$20.00", "20.00", "SGD"),
        ("¥123,456", "123456", "JPY"),
        ("\uffe5\uff11\uff12\uff13\uff0c\uff14\uff15\uff16", "123456", "JPY"),
        ("CN¥300.00", "300.00", "CNY"),
        ("RMB 300.00", "300.00", "CNY"),
        ("£1,000", "1000", "GBP"),
        ("₹1,23,456.00", "123456.00", "INR"),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("CHF 1\u2019234.50", "1234.50", "CHF"),
        ("₩1,234,567", "1234567", "KRW"),
        ("500.00 SEK", "500.00", "SEK"),
        ("1 234,50 kr", "1234.50", "kr"),
        ("R 12,000.00", "12000.00", "ZAR"),
        ("-$3.00", "-3.00", "USD"),
        ("$183,965,812,157.00", "183965812157.00", "USD"),
        ("62.5%", "62.5", "%"),
        ("83.2 GB-Month", "83.2", ""),
        ("100 Hrs", "100", ""),
        ("0.590 USD", "0.590", "USD"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(written: str, value: str, unit: str) -> None:
    found = amount_of(written, comma=comma_is_decimal([written]))
    assert found is not None
    assert (found.value, found.unit) == (Decimal(value), unit)


def test_three_digits_behind_a_point_are_thousands_where_commas_divide_cents() -> None:
    written = ["500,00 €", "1.234 €"]
    assert comma_is_decimal(written)
    found = amount_of(written[1], comma=True)
    assert found is not None
    assert found.value == 1234


@pytest.mark.parametrize("text", ["", "none", "%", "$", "9" * 5000, "1," * 3000])
def test_what_is_no_amount_is_none_and_takes_no_time(text: str) -> None:
    found = amount_of(text, comma=comma_is_decimal([text]))
    assert found is None or found.value < 10**16


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    amount_of(text, comma=comma_is_decimal([text]))


@given(
    st.sampled_from(sorted(set(SIGNS) - {"R", "C$", "元", "円"})),
    st.decimals(0, 10**9, places=2, allow_nan=False),
)
def test_every_sign_leads_to_its_currency(sign: str, value: Decimal) -> None:
    found = amount_of(f"{sign}{value:,}")
    assert found is not None
    assert (found.value, found.unit) == (value, SIGNS[sign])
