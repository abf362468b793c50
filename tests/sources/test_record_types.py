"""Record types become charge categories however they are spelled, and none is dropped."""

import pytest

from chalicelib.sources.cost_explorer.record_types import charge_category, is_discount


@pytest.mark.parametrize(
    ("record_type", "category"),
    [
        ("Usage", "Usage"),
        ("DiscountedUsage", "Usage"),
        ("Reservation applied usage", "Usage"),
        ("SavingsPlanCoveredUsage", "Usage"),
        ("Savings Plan covered usage", "Usage"),
        ("SavingsPlanNegation", "Usage"),
        ("Savings Plan Negation", "Usage"),
        ("Enterprise Discount Program Discount", "Usage"),
        ("Private Rate Card Discount", "Usage"),
        ("Bundled Discount", "Usage"),
        ("Solution Provider Program Discount", "Usage"),
        ("RI Volume Discount", "Usage"),
        ("RIFee", "Purchase"),
        ("Recurring reservation fee", "Purchase"),
        ("Fee", "Purchase"),
        ("Upfront reservation fee", "Purchase"),
        ("SavingsPlanRecurringFee", "Purchase"),
        ("Savings Plan upfront fee", "Purchase"),
        ("Other out-of-cycle charges", "Purchase"),
        ("Support fee", "Support"),
        ("Tax", "Tax"),
        ("Credit", "Credit"),
        ("Refund", "Adjustment"),
    ],
)
def test_a_record_type_has_a_charge_category(record_type: str, category: str) -> None:
    assert charge_category(record_type) == category


def test_an_unknown_record_type_keeps_its_name() -> None:
    assert charge_category("Carbon Levy") == "Carbon Levy"


@pytest.mark.parametrize(
    "record_type", ["EdpDiscount", "Bundled Discount", "private rate card discount"]
)
def test_discounts_are_known_by_their_name(record_type: str) -> None:
    assert is_discount(record_type)


@pytest.mark.parametrize("record_type", ["DiscountedUsage", "Usage", "Credit", "Refund"])
def test_discounted_usage_and_credits_are_no_discounts(record_type: str) -> None:
    assert not is_discount(record_type)
