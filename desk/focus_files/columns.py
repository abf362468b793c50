"""The columns of FOCUS, whatever the files make of them."""

from chalicelib.sources.focus.sql import DECIMAL_SCALE

MAPS = ("Tags", "x_CostCategories")
COSTS = ("BilledCost", "EffectiveCost", "ListCost")
REQUIRED = (
    "BilledCost",
    "BillingCurrency",
    "ChargeCategory",
    "ChargePeriodStart",
    "EffectiveCost",
    "ServiceName",
)
STAND_INS = {
    "BillingPeriodStart": "ChargePeriodStart",
    "ListCost": "BilledCost",
    "ProviderName": "ServiceProviderName",  # its name from FOCUS 1.3 on
    "SubAccountId": "BillingAccountId",
}
OPTIONAL = ("ChargeClass", "SubAccountName", "BillingAccountId", *STAND_INS)
KNOWN = frozenset(
    name.casefold()
    for name in (
        *REQUIRED,
        *OPTIONAL,
        *("AvailabilityZone", "BillingAccountName", "BillingAccountType", "BillingPeriodEnd"),
        *("CapacityReservationId", "CapacityReservationStatus", "ChargeDescription"),
        *("ChargeFrequency", "ChargePeriodEnd", "CommitmentDiscountCategory"),
        *("CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity"),
        *("CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit"),
        *("ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice"),
        *("InvoiceId", "InvoiceIssuerName", "ListUnitPrice", "PricingCategory"),
        *("PricingCurrency", "PricingCurrencyContractedUnitPrice"),
        *("PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice", "PricingQuantity"),
        *("PricingUnit", "Provider", "PublisherName", "Region", "RegionId", "RegionName"),
        *("ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceSubcategory"),
        *("SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountType", "Tags"),
        *("ServiceProviderName", "HostProviderName", "BILLING_PERIOD"),
    )
)
"""Columns of FOCUS 1.0 to 1.2, what 1.3 renamed, and the folder that AWS sorts its files into."""


def time_of(column: str, kind: str) -> str:
    """A moment in UTC; one without a zone is taken as UTC, which FOCUS demands."""
    if kind == "TIMESTAMP":
        return column
    return f"CAST(CAST({column} AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP)"


def cost_of(column: str, kind: str) -> str:
    """A cost; one written as text keeps all its digits."""
    return f"CAST({column} AS DECIMAL(38, {DECIMAL_SCALE}))" if kind == "VARCHAR" else column
