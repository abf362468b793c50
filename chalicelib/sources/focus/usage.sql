-- What was used of a few services, day by day and usage type, before credits and refunds and without
-- fees. Athena (Trino), DuckDB and DataFusion run this text unchanged; usage.py fills in what stands in
-- braces and reads the answer.
WITH used AS (
    SELECT
        CAST(ChargePeriodStart AS DATE) AS charge_day,
        COALESCE(NULLIF(ServiceName, ''), {no_service}) AS service,
        COALESCE({usage_type}, '') AS usage_type,
        COALESCE(RegionId, '') AS region_id,
        COALESCE(RegionName, '') AS region_name,
        COALESCE(CASE WHEN ConsumedQuantity IS NULL THEN PricingUnit ELSE ConsumedUnit END, '') AS unit,
        CAST(COALESCE(ConsumedQuantity, PricingQuantity) AS DECIMAL(38, {scale})) AS quantity,
        CAST(BilledCost AS DECIMAL(38, {scale})) AS billed,
        CAST(EffectiveCost AS DECIMAL(38, {scale})) AS effective
    FROM {table}
    WHERE ChargePeriodStart >= TIMESTAMP '{start} 00:00:00'
        AND ChargePeriodStart < TIMESTAMP '{end} 00:00:00'
        AND ChargeCategory = 'Usage'
        AND (ChargeClass IS NULL OR ChargeClass <> 'Correction')
        AND ({places})
        AND {narrowed}
),
summed AS (
    SELECT
        charge_day, service, usage_type, region_id, region_name, unit,
        SUM(billed) AS billed, SUM(effective) AS effective, SUM(quantity) AS quantity
    FROM used
    GROUP BY charge_day, service, usage_type, region_id, region_name, unit
),
weighed AS (
    SELECT
        *,
        SUM(CAST(ABS(billed) + ABS(effective) AS DOUBLE)) OVER (PARTITION BY service, usage_type) AS weight
    FROM summed
),
ranked AS (
    SELECT
        *,
        DENSE_RANK() OVER (PARTITION BY service ORDER BY weight DESC NULLS LAST, usage_type) > {most} AS small
    FROM weighed
),
shown AS (
    SELECT
        charge_day, service,
        CASE WHEN small THEN {others} ELSE usage_type END AS usage_type,
        CASE WHEN small THEN '' ELSE region_id END AS region_id,
        CASE WHEN small THEN '' ELSE region_name END AS region_name,
        CASE WHEN small THEN {no_unit} ELSE unit END AS unit,
        billed, effective,
        CASE WHEN small THEN NULL ELSE quantity END AS quantity
    FROM ranked
)
SELECT
    charge_day, service, usage_type, region_id, region_name, unit,
    CAST(SUM(billed) AS VARCHAR) AS billed,
    CAST(SUM(effective) AS VARCHAR) AS effective,
    CAST(SUM(quantity) AS VARCHAR) AS quantity
FROM shown
GROUP BY charge_day, service, usage_type, region_id, region_name, unit
