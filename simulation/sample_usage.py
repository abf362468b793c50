"""What the sample organisation's money is spent on, service by service: usage types and prices.

The organisation lives in Ireland (billing code EU); its data platform in Ohio (USE2), its models in
Virginia (USE1). Prices are about AWS's list prices, for quantities that look right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

_TENTH_DECIMAL = Decimal(1).scaleb(-10)


@dataclass(frozen=True, slots=True)
class Usage:
    """One usage type of a service: its share of the service's cost, its unit and a unit's price."""

    usage_type: str
    share: Decimal
    unit: str
    price: Decimal
    resource: str = ""

    def quantity(self, amount: Decimal) -> Decimal:
        """How much of it that amount of money buys."""
        return (amount / self.price).quantize(_TENTH_DECIMAL)


def _usage(usage_type: str, share: str, unit: str, price: str, resource: str = "") -> Usage:
    return Usage(usage_type, Decimal(share), unit, Decimal(price), resource)


_LOGS = "arn:aws:logs:eu-west-1:{account}:log-group:/ecs/checkout"

LOG_INGESTION = _usage("EU-DataProcessing-Bytes", "0.34", "GB", "0.57", _LOGS)
COVERED = _usage("EU-BoxUsage:m6i.xlarge", "1", "Hrs", "0.214", "i-0a1b2c3d4e5f60718")

LARGE = _usage("Requests", "1", "Requests", "0.0001")
"""What the services of the large ledger are used by."""

USAGE: Mapping[str, tuple[Usage, ...]] = {
    "Amazon Elastic Compute Cloud - Compute": (
        _usage("EU-BoxUsage:m6i.xlarge", "0.55", "Hrs", "0.214", "i-0a1b2c3d4e5f60718"),
        _usage("EU-BoxUsage:c6i.large", "0.3", "Hrs", "0.0912", "i-0f9e8d7c6b5a43210"),
        _usage("EU-SpotUsage:m5.large", "0.15", "Hrs", "0.041", "i-0c0ffee0c0ffee001"),
    ),
    "EC2 - Other": (
        _usage("EU-NatGateway-Bytes", "0.31", "GB", "0.048", "nat-0123456789abcdef0"),
        _usage("EU-NatGateway-Hours", "0.09", "Hrs", "0.048", "nat-0123456789abcdef0"),
        _usage("EU-DataTransfer-Regional-Bytes", "0.16", "GB", "0.01"),
        _usage("EU-EBS:VolumeUsage.gp3", "0.32", "GB-Mo", "0.088", "vol-0fedcba9876543210"),
        _usage("EU-EBS:SnapshotUsage", "0.12", "GB-Mo", "0.05"),
    ),
    "Amazon Relational Database Service": (
        _usage("EU-InstanceUsage:db.r6g.large", "0.62", "Hrs", "0.25", "orders"),
        _usage("EU-RDS:GP3-Storage", "0.16", "GB-Mo", "0.127", "orders"),
        _usage("EU-RDS:ChargedBackupUsage", "0.06", "GB-Mo", "0.095", "orders"),
        _usage("EU-ExtendedSupport:Yr1-Yr2:MySQL5.7", "0.16", "vCPU-Hours", "0.112", "invoices"),
    ),
    "Amazon Simple Storage Service": (
        _usage("EU-TimedStorage-ByteHrs", "0.72", "GB-Mo", "0.023", "shop-images"),
        _usage("EU-Requests-Tier1", "0.18", "Requests", "0.000005", "shop-images"),
        _usage("EU-TimedStorage-GlacierByteHrs", "0.1", "GB-Mo", "0.0036", "shop-archive"),
    ),
    "Amazon CloudFront": (
        _usage("EU-DataTransfer-Out-Bytes", "0.8", "GB", "0.085", "E2EXAMPLE1SHOP"),
        _usage("EU-Requests-Tier2-HTTPS", "0.2", "Requests", "0.0000012", "E2EXAMPLE1SHOP"),
    ),
    "Amazon ElastiCache": (_usage("EU-NodeUsage:cache.r6g.large", "1", "Hrs", "0.226"),),
    "Amazon DynamoDB": (
        _usage("EU-WriteRequestUnits", "0.6", "WriteRequestUnits", "0.000000705", "carts"),
        _usage("EU-ReadRequestUnits", "0.25", "ReadRequestUnits", "0.0000001415", "carts"),
        _usage("EU-TimedStorage-ByteHrs", "0.15", "GB-Mo", "0.283", "carts"),
    ),
    "Amazon OpenSearch Service": (
        _usage("USE2-ESInstance:m6g.large", "0.8", "Hrs", "0.128", "search"),
        _usage("USE2-ES:GP3-Storage", "0.2", "GB-Mo", "0.122", "search"),
    ),
    "AWS Lambda": (
        _usage("EU-Lambda-GB-Second", "0.82", "Lambda-GB-Second", "0.0000166667", "checkout"),
        _usage("EU-Request", "0.18", "Request", "0.0000002", "checkout"),
    ),
    "AmazonCloudWatch": (
        LOG_INGESTION,
        _usage("EU-CW:MetricMonitorUsage", "0.4", "Metrics", "0.3"),
        _usage("EU-CW:GMD-Metrics", "0.14", "Metrics", "0.00001"),
        _usage("EU-TimedStorage-ByteHrs", "0.12", "GB-Mo", "0.03"),
    ),
    "AWS Glue": (_usage("USE2-ETL-DPU-Hour", "1", "DPU-Hour", "0.44", "nightly-orders"),),
    "Amazon Athena": (_usage("USE2-DataScannedInTB", "1", "Terabytes", "5"),),
    "Amazon Elastic Load Balancing": (
        _usage("EU-LoadBalancerUsage", "0.45", "Hrs", "0.0252", "app/shop/50dc6c495c0c9188"),
        _usage("EU-LCUUsage", "0.55", "LCU-Hrs", "0.008", "app/shop/50dc6c495c0c9188"),
    ),
    "Amazon Elastic Container Service for Kubernetes": (
        _usage("EU-AmazonEKS-Hours:perCluster", "1", "Hours", "0.1", "shop"),
    ),
    "Amazon Virtual Private Cloud": (
        _usage("EU-PublicIPv4:InUseAddress", "0.7", "Hrs", "0.005"),
        _usage("EU-VpcEndpoint-Hours", "0.3", "Hrs", "0.011"),
    ),
    "Amazon Kinesis": (_usage("USE2-Storage-ShardHour", "1", "ShardHour", "0.015", "clicks"),),
    "AWS Secrets Manager": (_usage("EU-AWSSecretsManager-Secrets", "1", "Secrets", "0.4"),),
    "Amazon Route 53": (_usage("DNS-Queries", "1", "Queries", "0.0000004"),),
    "AWS Key Management Service": (_usage("EU-KMS-Requests", "1", "Requests", "0.000003"),),
    "Amazon Simple Queue Service": (_usage("EU-Requests-RBP", "1", "Requests", "0.0000004"),),
    "AWS CloudTrail": (_usage("EU-FreeEventsRecorded", "1", "Events", "0.00002"),),
    "Amazon Bedrock": (
        _usage("USE1-NovaPro-input-tokens", "0.7", "1K tokens", "0.0008"),
        _usage("USE1-NovaPro-output-tokens", "0.3", "1K tokens", "0.0032"),
    ),
}
"""By Cost Explorer's names of services; each service's shares add up to one."""

FEES = {
    "RIFee": "EU-HeavyUsage:db.r6g.large",
    "SavingsPlanRecurringFee": "ComputeSP:1yrNoUpfront",
    "DiscountedUsage": "EU-InstanceUsage:db.r6g.large",
    "Support fee": "Dollar",
    "Other out-of-cycle charges": "DomainRenewal",
}
"""Usage types by record type, of what is charged once."""


def parts(service: str, amount: Decimal, more_logs: Decimal) -> Iterator[tuple[Usage, Decimal]]:
    """The amount by usage type, adding up to it exactly; `more_logs` of it is log ingestion alone."""
    kinds = USAGE[service]
    left, spread = amount, amount - more_logs
    for kind in kinds[1:]:
        part = (spread * kind.share).quantize(_TENTH_DECIMAL)
        left -= part
        yield kind, part
    yield kinds[0], left
