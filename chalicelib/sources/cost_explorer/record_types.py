"""Cost Explorer's record types (console: "charge type") as FOCUS charge categories.

The API mixes raw values (`SavingsPlanRecurringFee`) with console labels ("Savings Plan recurring
fee"), so names are compared without case, spaces and hyphens. Reservation and Savings Plan usage
counts as usage; what the commitment itself costs is a purchase.
"""

from functools import cache

from chalicelib.costs import ChargeCategory


@cache
def charge_category(record_type: str) -> str:
    """The charge category of a record type; an unknown one stays what it is, never dropped."""
    name = _folded(record_type)
    return ChargeCategory.USAGE if is_discount(record_type) else _CATEGORIES.get(name, record_type)


@cache
def is_discount(record_type: str) -> bool:
    """Whether charges of this type are negotiated or programme discounts.

    Discounts are usage with a negative price, but they belong to no listed cost: how far AWS
    spreads them over the usage differs by metric.
    """
    return _folded(record_type).endswith("discount")


def _folded(record_type: str) -> str:
    return record_type.casefold().replace(" ", "").replace("-", "").replace("_", "")


_RECORD_TYPES = {
    ChargeCategory.USAGE: (
        "Usage",
        "DiscountedUsage",
        "Reservation applied usage",
        "SavingsPlanCoveredUsage",
        "SavingsPlanNegation",
    ),
    ChargeCategory.PURCHASE: (
        "Fee",
        "Upfront reservation fee",
        "RIFee",
        "Recurring reservation fee",
        "SavingsPlanRecurringFee",
        "SavingsPlanUpfrontFee",
        "Savings Plan recurring fee",
        "Savings Plan upfront fee",
        "Other out-of-cycle charges",
    ),
    ChargeCategory.SUPPORT: ("Support fee", "Support"),
    ChargeCategory.TAX: ("Tax", "Taxes"),
    ChargeCategory.CREDIT: ("Credit", "Credits"),
    ChargeCategory.ADJUSTMENT: ("Refund", "Refunds"),
}
_CATEGORIES = {
    _folded(name): str(category) for category, names in _RECORD_TYPES.items() for name in names
}

NO_USAGE = tuple(
    name
    for category, names in _RECORD_TYPES.items()
    if category != ChargeCategory.USAGE
    for name in names
)
"""What is known to be no usage; anything else counts as usage, also what nobody has heard of yet."""
