-- From FOCUS rows to the tables of CostFacts, in one scan, and a narrow one for the days that the export
-- holds. Athena (Trino), DuckDB and DataFusion run this text unchanged; chalicelib/sources/focus/sql.py
-- fills in what stands in braces and reads the answer.
--
-- Costs become exact decimals before they are added up: AWS delivers them as doubles, whose sum
-- would depend on the order of the rows.
WITH charge AS (
    SELECT
        CAST(ChargePeriodStart AS DATE) AS charge_day,
        COALESCE(NULLIF(ServiceName, ''), {no_service}) AS service,
        COALESCE(SubAccountId, BillingAccountId, '') AS account,
        SubAccountName AS account_name,
        CASE
            WHEN ChargeClass = 'Correction' THEN 'Adjustment'
            WHEN ChargeCategory IN ('Usage', 'Purchase') AND ServiceName LIKE 'AWS Support%' THEN 'Support'
            ELSE COALESCE(ChargeCategory, '')
        END AS category,
        {label} AS label,
        {label_kinds} AS label_kinds,
        COALESCE(BillingCurrency, '') AS currency,
        COALESCE(ProviderName, '') AS provider,
        CAST(BilledCost AS DECIMAL(38, {scale})) AS billed,
        CAST(EffectiveCost AS DECIMAL(38, {scale})) AS effective,
        -- What a commitment covers is listed at its on-demand price, and what it was bought for is listed
        -- too; and no list price is not a discount.
        CASE
            WHEN ChargeCategory = 'Usage' AND BilledCost = 0 THEN CAST(0 AS DECIMAL(38, {scale}))
            WHEN BilledCost > 0 AND COALESCE(ListCost, 0) = 0 THEN CAST(BilledCost AS DECIMAL(38, {scale}))
            ELSE CAST(ListCost AS DECIMAL(38, {scale}))
        END AS listed
    FROM {table}
    WHERE (ChargePeriodStart >= TIMESTAMP '{months_from} 00:00:00' OR ChargePeriodStart IS NULL)
        AND {narrowed}
),
-- Nothing is shown by day or by service that is older than the table of services; merging it first
-- leaves little to sort into the tables.
merged AS (
    SELECT
        CASE WHEN charge_day >= DATE '{services_from}' THEN charge_day
            ELSE CAST(date_trunc('month', charge_day) AS DATE) END AS merged_day,
        CASE WHEN charge_day >= DATE '{services_from}' THEN service END AS service,
        account, account_name, category, label, label_kinds, currency, provider,
        SUM(billed) AS billed,
        SUM(effective) AS effective,
        SUM(listed) AS listed,
        -- Of charges without a day, all are counted.
        COUNT(*) - COUNT(CASE WHEN charge_day IS NOT NULL THEN billed END) AS unpriced
    FROM charge
    GROUP BY 1, 2, account, account_name, category, label, label_kinds, currency, provider
),
-- Where a charge stands in each table; no day means that it is not in that table. What is dated ahead,
-- or not at all, is in none of them, and is told apart.
placed AS (
    SELECT
        *,
        CASE
            WHEN merged_day IS NULL THEN 'undated'
            WHEN merged_day >= DATE '{today}' THEN 'ahead'
            ELSE 'totals'
        END AS standing,
        CASE WHEN merged_day < DATE '{today}' THEN CAST(date_trunc('month', merged_day) AS DATE) END AS month,
        CASE
            WHEN merged_day >= DATE '{services_from}' AND merged_day < DATE '{today}' THEN merged_day
        END AS service_day,
        CASE
            WHEN merged_day >= DATE '{recent_from}' AND merged_day < DATE '{today}'
                AND category NOT IN ({reductions}) THEN merged_day
        END AS recent_day,
        CASE WHEN merged_day >= DATE '{today}' THEN merged_day END AS ahead_day,
        CASE WHEN merged_day >= DATE '{today}' THEN service END AS ahead_service
    FROM merged
),
summed AS (
    SELECT
        CASE GROUPING(service_day, month, account, currency)
            WHEN 7 THEN 'services'
            WHEN 9 THEN 'months'
            WHEN 13 THEN 'accounts'
            WHEN 15 THEN 'labels'
            ELSE standing
        END AS part,
        COALESCE(service_day, month, recent_day, ahead_day) AS day,
        COALESCE(service, ahead_service) AS service, account, account_name, category, {label_shown} AS label, currency, provider,
        SUM(billed) AS billed,
        SUM(effective) AS effective,
        SUM(listed) AS listed,
        SUM(unpriced) AS unpriced
    FROM placed
    GROUP BY GROUPING SETS (
        (service_day, service, category),
        (month, account, account_name, category),
        (recent_day, account, service),
        {label_set}
        (standing, ahead_day, ahead_service, currency, provider, label_kinds)
    )
),
-- Ten thousand accounts would give millions of rows, which no reader sees. The largest stand alone;
-- the others are added up, so that every total stays what it is.
weighed AS (
    SELECT
        *,
        SUM(CASE WHEN part IN ('accounts', 'labels') THEN CAST(ABS(billed) + ABS(effective) AS DOUBLE) END)
            OVER (PARTITION BY account, label) AS name_weight,
        SUM(CAST(ABS(billed) + ABS(effective) AS DOUBLE))
            OVER (PARTITION BY part, account, label, service) AS pair_weight
    FROM summed
    WHERE day IS NOT NULL OR part IN ('totals', 'undated')
),
ranked AS (
    SELECT
        *,
        part IN ('months', 'accounts', 'labels')
            AND DENSE_RANK() OVER (
                PARTITION BY part = 'labels' ORDER BY name_weight DESC NULLS LAST, account, label
            ) > {most_names} AS small_name,
        part IN ('accounts', 'labels')
            AND DENSE_RANK() OVER (
                PARTITION BY part ORDER BY pair_weight DESC NULLS LAST, account, label, service
            ) > {most_pairs} AS small_pair
    FROM weighed
),
shown AS (
    SELECT
        part, day,
        CASE WHEN small_pair THEN {others} ELSE service END AS service,
        CASE WHEN small_name AND part <> 'labels' THEN {others} ELSE account END AS account,
        CASE WHEN small_name THEN NULL ELSE account_name END AS account_name,
        category,
        CASE WHEN small_name AND part = 'labels' THEN {others} ELSE label END AS label,
        currency, provider, billed, effective, listed, unpriced
    FROM ranked
)
SELECT
    part, day, service, account, account_name, category, label, currency, provider,
    CAST(SUM(billed) AS VARCHAR) AS billed,
    CAST(SUM(effective) AS VARCHAR) AS effective,
    CAST(SUM(listed) AS VARCHAR) AS listed,
    SUM(unpriced) AS unpriced
FROM shown
GROUP BY part, day, service, account, account_name, category, label, currency, provider
UNION ALL
SELECT
    'days' AS part, CAST(ChargePeriodStart AS DATE) AS day, NULL AS service, NULL AS account,
    NULL AS account_name, NULL AS category, NULL AS label, NULL AS currency, NULL AS provider,
    NULL AS billed, NULL AS effective, NULL AS listed, 0 AS unpriced
FROM {table}
WHERE ChargePeriodStart >= TIMESTAMP '{months_from} 00:00:00'
    AND ChargePeriodStart < TIMESTAMP '{today} 00:00:00'
    AND {narrowed}
GROUP BY 2
