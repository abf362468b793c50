"""Finds charges that two files hold both."""

OVERLAP_SHARE = 0.5
"""Two files overlap when this share of one's costs in a month has an exact double in the other: groups
of service, accounts, category, currency and the first and last resource with the same sum on a day, or
in the month. How many rows make up a sum does not matter: a file may be by the day or by the hour."""

SHARING = """
WITH span AS (
    SELECT file_name, MIN(stats_min_value) AS first, MAX(stats_max_value) AS last
    FROM parquet_metadata({files}) WHERE path_in_schema = '{column}' GROUP BY file_name
)
SELECT DISTINCT a.file_name FROM span AS a JOIN span AS b ON a.file_name <> b.file_name
    AND COALESCE(a.first <= b.last AND b.first <= a.last, TRUE)
"""

OVERLAPS = """
WITH grouped AS (
    SELECT
        filename, date_trunc('month', BillingPeriodStart) AS month, CAST(ChargePeriodStart AS DATE) AS day,
        GROUPING(CAST(ChargePeriodStart AS DATE)) AS grain,
        ServiceName, BillingAccountId, SubAccountId, ChargeCategory, ChargeClass, BillingCurrency,
        MIN(ResourceId) AS first_resource, MAX(ResourceId) AS last_resource,
        SUM(CAST(BilledCost AS DECIMAL(38, 10))) AS billed, ABS(billed) + 1e-9 AS weight
    FROM probed WHERE {days}
    GROUP BY GROUPING SETS (
        (filename, date_trunc('month', BillingPeriodStart), CAST(ChargePeriodStart AS DATE),
            ServiceName, BillingAccountId, SubAccountId, ChargeCategory, ChargeClass, BillingCurrency),
        (filename, date_trunc('month', BillingPeriodStart),
            ServiceName, BillingAccountId, SubAccountId, ChargeCategory, ChargeClass, BillingCurrency)
    )
),
whole AS (SELECT filename, month, grain, SUM(weight) AS weight FROM grouped GROUP BY ALL),
doubled AS (
    SELECT a.filename AS one, b.filename AS other, a.month, a.grain, SUM(a.weight) AS weight
    FROM grouped AS a JOIN grouped AS b
        ON a.filename < b.filename AND a.month = b.month AND a.grain = b.grain
        AND a.day IS NOT DISTINCT FROM b.day AND a.billed = b.billed
        AND a.ServiceName IS NOT DISTINCT FROM b.ServiceName
        AND a.BillingAccountId IS NOT DISTINCT FROM b.BillingAccountId
        AND a.SubAccountId IS NOT DISTINCT FROM b.SubAccountId
        AND a.ChargeCategory IS NOT DISTINCT FROM b.ChargeCategory
        AND a.ChargeClass IS NOT DISTINCT FROM b.ChargeClass
        AND a.BillingCurrency IS NOT DISTINCT FROM b.BillingCurrency
        AND (a.first_resource IS NULL OR b.first_resource IS NULL OR
            (a.first_resource = b.first_resource AND a.last_resource = b.last_resource))
    GROUP BY ALL
)
SELECT one, other, month
FROM doubled JOIN whole USING (month, grain)
WHERE whole.filename IN (one, other) AND doubled.weight >= {share} * whole.weight
ORDER BY doubled.weight DESC LIMIT 1
"""
