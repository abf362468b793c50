"""The columns of FOCUS, whatever the files make of them."""

from chalicelib.sources.focus.sql import DECIMAL_SCALE

MAPS = ("Tags", "x_CostCategories")
TIMES = ("ChargePeriodStart", "BillingPeriodStart")
COSTS = ("BilledCost", "EffectiveCost", "ListCost")
REQUIRED = (
    "BilledCost",
    "BillingCurrency",
    "ChargeCategory",
    "ChargePeriodStart",
    "EffectiveCost",
    "ServiceName",
)
TEXTS = (
    "BillingCurrency",
    "ChargeCategory",
    "ServiceName",
    "ChargeClass",
    "SubAccountName",
    "SubAccountId",
    "BillingAccountId",
    "ProviderName",
)
"""What every report reads."""
PROBED_TEXTS = (*TEXTS, "ResourceId")
"""What files are compared by."""
USAGE_TEXTS = (
    "RegionId",
    "RegionName",
    "ConsumedUnit",
    "PricingUnit",
    "SkuMeter",
    "x_UsageType",
)
QUANTITIES = ("ConsumedQuantity", "PricingQuantity")
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
"""Columns of FOCUS 1.0 to 1.3, and the folder that AWS sorts its files into."""


MOMENT, AMOUNT = "TIMESTAMP WITH TIME ZONE", f"DECIMAL(38, {DECIMAL_SCALE})"
FIRST_YEAR = 1990
"""No charge of any cloud is older."""
UNREADABLE = """
SELECT filename, COUNT(*) OVER (PARTITION BY filename), CAST({column} AS VARCHAR) FROM {source}
WHERE {column} IS NOT NULL AND TRY_CAST({column} AS {kind}) IS NULL LIMIT 1
"""

REPORT = frozenset(
    {
        "lineitem/unblendedcost",
        "lineitem/lineitemtype",
        "line_item_unblended_cost",
        "line_item_line_item_type",
        "lineitem_unblendedcost",
    }
)
"""Columns of a Cost and Usage Report, the older kind and CUR 2.0, in small letters."""


def time_of(column: str, kind: str) -> str:
    """A moment in UTC; one without a zone is taken as UTC, which FOCUS demands."""
    if kind == "TIMESTAMP":
        return column
    zoned = f"CAST(CAST({column} AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP)"
    if kind != "VARCHAR":
        return zoned
    # Reading a zone is slow, and nearly all text is in UTC.
    utc = f"ends_with({column}, 'Z') OR length({column}) IN (10, 19)"
    return f"CASE WHEN {utc} THEN CAST({column} AS TIMESTAMP) ELSE {zoned} END"


def cost_of(column: str, kind: str) -> str:
    """A cost; one written as text keeps all its digits."""
    return f"CAST({column} AS DECIMAL(38, {DECIMAL_SCALE}))" if kind == "VARCHAR" else column
