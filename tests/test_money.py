"""Amounts become text in one place: rounded half to even, never a negative zero."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.money import money, percent, signed_money

quick = settings(deadline=None, max_examples=100)
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=10)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.5", "USD", "$1,234.50"),
        ("-3", "USD", "-$3.00"),
        ("12", "EUR", "EUR 12.00"),
        ("-1234567.891", "CNY", "-CNY 1,234,567.89"),
        ("0", "", "0.00"),
        ("0.005", "USD", "$0.00"),  # half to even
        ("0.015", "USD", "$0.02"),
        ("-0.0000000001", "USD", "$0.00"),  # no negative zero
        ("1E-7", "USD", "$0.00"),
        ("1E+3", "USD", "$1,000.00"),
    ],
)
def test_money_is_written_as_people_write_it(amount: str, currency: str, text: str) -> None:
    assert money(Decimal(amount), currency) == text


def test_money_can_do_without_cents() -> None:
    assert money(Decimal("1234.50"), "USD", cents=False) == "$1,234"
    assert money(Decimal("-0.4"), "USD", cents=False) == "$0"


def test_an_unknown_amount_is_a_dash() -> None:
    assert money(None, "USD") == percent(None) == "-"


@pytest.mark.parametrize(
    ("amount", "text"),
    [("3", "+$3.00"), ("-3", "-$3.00"), ("0", "$0.00"), ("0.001", "$0.00"), ("-0.001", "$0.00")],
)
def test_a_difference_has_its_sign_unless_it_rounds_to_nothing(amount: str, text: str) -> None:
    assert signed_money(Decimal(amount), "USD") == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        ("0.123", "12 %"),
        ("0.0123", "1.2 %"),
        ("-0.5", "-50 %"),
        ("12.5", "1,250 %"),
        ("0", "0.0 %"),
        ("-0.0001", "0.0 %"),
    ],
)
def test_ratios_are_percentages_with_a_decimal_where_it_matters(ratio: str, text: str) -> None:
    assert percent(Decimal(ratio)) == text


def test_percentages_can_show_that_they_are_changes() -> None:
    assert percent(Decimal("0.25"), signed=True) == "+25 %"
    assert percent(Decimal("-0.25"), signed=True) == "-25 %"
    assert percent(Decimal("0.0001"), signed=True) == "0.0 %"


@given(amounts)
@quick
def test_the_text_is_the_amount_to_the_nearest_cent(amount: Decimal) -> None:
    text = money(amount, "USD").replace("$", "").replace(",", "")
    assert abs(Decimal(text) - amount) <= Decimal("0.005")
    assert not text.startswith("-0.00")


@given(amounts)
@quick
def test_a_gain_and_a_loss_differ_only_in_their_sign(amount: Decimal) -> None:
    assert signed_money(amount, "USD").lstrip("+-") == signed_money(-amount, "USD").lstrip("+-")
