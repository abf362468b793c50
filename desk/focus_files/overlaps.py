"""Finds charges that two files hold both."""

OVERLAP_SHARE = 0.5
"""Two files overlap when this share of one's costs has an exact double in the other: its groups of
day, service, account and category have the same number of rows and the same sum."""

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
        ServiceName, SubAccountId, ChargeCategory, COUNT(*) AS charges,
        SUM(CAST(BilledCost AS DECIMAL(38, 10))) AS billed, ABS(billed) + COUNT(*) * 1e-9 AS weight
    FROM probed WHERE {days} GROUP BY 1, 2, 3, 4, 5, 6
),
whole AS (SELECT filename, month, SUM(weight) AS weight FROM grouped GROUP BY ALL),
doubled AS (
    SELECT a.filename AS one, b.filename AS other, a.month, SUM(a.weight) AS weight
    FROM grouped AS a JOIN grouped AS b
        ON a.filename < b.filename AND a.month = b.month AND a.day = b.day
        AND a.ServiceName IS NOT DISTINCT FROM b.ServiceName
        AND a.SubAccountId IS NOT DISTINCT FROM b.SubAccountId
        AND a.ChargeCategory IS NOT DISTINCT FROM b.ChargeCategory
        AND a.charges = b.charges AND a.billed = b.billed
    GROUP BY ALL
)
SELECT one, other, month
FROM doubled JOIN whole USING (month)
WHERE whole.filename IN (one, other) AND doubled.weight >= {share} * whole.weight
ORDER BY doubled.weight DESC LIMIT 1
"""
