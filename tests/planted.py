"""Ledgers with one planted cause each: what a service was used by before some day, and since."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.insights.drivers import DriverKind
from simulation.ledger import Entry
from tests.insights.ledgers import HISTORY

EC2, OTHER = "Amazon Elastic Compute Cloud - Compute", "EC2 - Other"
RDS, S3 = "Amazon Relational Database Service", "Amazon Simple Storage Service"


class Used(NamedTuple):
    """So much of a usage type a day, at a price; covered is what a commitment charges for it instead."""

    usage_type: str
    quantity: object
    price: object
    unit: str = "Hrs"
    covered_by: str = ""
    covered: object = 0


@dataclass(frozen=True)
class Cause:
    """What is used steadily, what until the day, what since; and how that has to be named."""

    name: str
    service: str
    usage_type: str
    kind: DriverKind
    words: str
    before: tuple[Used, ...] = ()
    since: tuple[Used, ...] = ()
    place: str = "in Ireland"
    note: str = ""
    falls: bool = False
    steady: tuple[Used, ...] = field(default=())

    def entries(self, day: date) -> Iterator[Entry]:
        """The ledger in which it happens on that day."""
        for each in HISTORY:
            changing = self.since if each >= day else self.before
            for used in (*self.steady, *changing):
                yield from _charged(each, self.service, used)


def _charged(day: date, service: str, used: Used) -> Iterator[Entry]:
    quantity = Decimal(str(used.quantity))
    cost = quantity * Decimal(str(used.price))
    effective = quantity * Decimal(str(used.covered))
    measures = {
        "": (cost,) * 4,
        "SavingsPlanCoveredUsage": (cost, cost, effective, effective),
        "DiscountedUsage": (Decimal(0), Decimal(0), effective, effective),
    }[used.covered_by]
    what = {}, used.usage_type, quantity, used.unit
    yield Entry(day, service, "1", used.covered_by or "Usage", *measures, *what)
    if used.covered_by == "SavingsPlanCoveredUsage":
        back = (-cost, -cost, Decimal(0), Decimal(0))
        yield Entry(day, service, "1", "SavingsPlanNegation", *back, {}, used.usage_type)


def _more(
    usage_type: str, price: object, unit: str = "GB", was: int = 100, now: int = 500
) -> dict[str, tuple[Used, ...]]:
    return {
        "before": (Used(usage_type, was, price, unit),),
        "since": (Used(usage_type, now, price, unit),),
    }


def _new(
    usage_type: str, quantity: object, price: object, unit: str = "Hrs"
) -> dict[str, tuple[Used, ...]]:
    return {"since": (Used(usage_type, quantity, price, unit),)}


_SERVERS = (Used("EU-BoxUsage:m6i.xlarge", 240, "0.214"),)
_DATABASES = (Used("EU-InstanceUsage:db.r6g.large", 96, "0.25"),)
_PLAN = "EU-BoxUsage:m6i.xlarge", 480, "0.214", "Hrs"
_RESERVED = "EU-InstanceUsage:db.r6g.large", 240, "0.25", "Hrs"

CAUSES = (
    Cause(
        "a higher price",
        "AmazonCloudWatch",
        "EU-DataProcessing-Bytes",
        DriverKind.PRICE,
        "log ingestion",
        before=(Used("EU-DataProcessing-Bytes", 100, "0.57", "GB"),),
        since=(Used("EU-DataProcessing-Bytes", 100, "0.95", "GB"),),
        note="at a 67 % higher price",
    ),
    Cause(
        "more log ingestion",
        "AmazonCloudWatch",
        "EU-DataProcessing-Bytes",
        DriverKind.USAGE,
        "log ingestion",
        **_more("EU-DataProcessing-Bytes", "0.57"),
        note="5 times as much",
    ),
    Cause(
        "a new Region",
        EC2,
        "APN1-BoxUsage:m6i.xlarge",
        DriverKind.NEW,
        "m6i.xlarge instances",
        steady=_SERVERS,
        **_new("APN1-BoxUsage:m6i.xlarge", 240, "0.248"),
        place="in Tokyo",
        note="nothing of it was used in Tokyo before",
    ),
    Cause(
        "Extended Support of a database",
        RDS,
        "EU-ExtendedSupport:Yr1-Yr2:MySQL8.0",
        DriverKind.NEW,
        "Extended Support",
        steady=_DATABASES,
        **_new("EU-ExtendedSupport:Yr1-Yr2:MySQL8.0", 384, "0.112", "vCPU-Hours"),
        note="out of standard support",
    ),
    Cause(
        "extended support of a cluster",
        "Amazon Elastic Container Service for Kubernetes",
        "EU-AmazonEKS-Hours:extendedSupport",
        DriverKind.NEW,
        "extended support",
        before=(Used("EU-AmazonEKS-Hours:perCluster", 72, "0.1", "Hours"),),
        since=(
            Used("EU-AmazonEKS-Hours:perCluster", 72, "0.1", "Hours"),
            Used("EU-AmazonEKS-Hours:extendedSupport", 72, "0.5", "Hours"),
        ),
        note="this Kubernetes version is out of standard support",
    ),
    Cause(
        "traffic between zones",
        OTHER,
        "EU-DataTransfer-Regional-Bytes",
        DriverKind.USAGE,
        "traffic between Availability Zones",
        **_more("EU-DataTransfer-Regional-Bytes", "0.01", was=1000, now=9000),
        note="charged in both directions",
    ),
    Cause(
        "public addresses",
        "Amazon Virtual Private Cloud",
        "EU-PublicIPv4:InUseAddress",
        DriverKind.USAGE,
        "public IPv4 addresses",
        **_more("EU-PublicIPv4:InUseAddress", "0.005", "Hrs", was=480, now=9600),
        note="charged since 2024",
    ),
    Cause(
        "a Savings Plan that ended",
        EC2,
        "EU-BoxUsage:m6i.xlarge",
        DriverKind.UNCOVERED,
        "m6i.xlarge instances",
        before=(Used(*_PLAN, "SavingsPlanCoveredUsage", "0.154"),),
        since=(Used(*_PLAN),),
        steady=(Used("EU-BoxUsage:c6i.large", 240, "0.0912"),),
        note="a Savings Plan or reservation paid before",
    ),
    Cause(
        "a Savings Plan that began",
        EC2,
        "EU-BoxUsage:m6i.xlarge",
        DriverKind.COVERED,
        "m6i.xlarge instances",
        before=(Used(*_PLAN),),
        since=(Used(*_PLAN, "SavingsPlanCoveredUsage", "0.154"),),
        steady=(Used("EU-BoxUsage:c6i.large", 240, "0.0912"),),
        note="a Savings Plan or reservation pays now",
        falls=True,
    ),
    Cause(
        "reserved databases that expired",
        RDS,
        "EU-InstanceUsage:db.r6g.large",
        DriverKind.UNCOVERED,
        "db.r6g.large databases",
        before=(Used(*_RESERVED, "DiscountedUsage", "0.16"),),
        since=(Used(*_RESERVED),),
        steady=(Used("EU-RDS:GP3-Storage", 100, "0.127", "GB-Mo"),),
        note="now the on-demand price is due",
    ),
    Cause(
        "a free tier used up",
        "AWS Lambda",
        "EU-Lambda-GB-Second",
        DriverKind.CHARGED,
        "run time of functions",
        before=(Used("EU-Lambda-GB-Second", 900_000, 0, "Lambda-GB-Second"),),
        since=(Used("EU-Lambda-GB-Second", 900_000, "0.0000166667", "Lambda-GB-Second"),),
        steady=(Used("EU-Request", 10_000_000, "0.0000002", "Request"),),
        note="the free tier is used up",
    ),
    Cause(
        "volumes of another type",
        OTHER,
        "EU-EBS:VolumeUsage.gp2",
        DriverKind.ENDED,
        "gp2 volumes",
        before=(Used("EU-EBS:VolumeUsage.gp2", 400, "0.11", "GB-Mo"),),
        since=(Used("EU-EBS:VolumeUsage.gp3", 400, "0.088", "GB-Mo"),),
        note="at the same time gp3 volumes in Ireland, new",
        falls=True,
    ),
    Cause(
        "tokens of a new model",
        "Amazon Bedrock",
        "USE1-NovaPro-output-tokens",
        DriverKind.NEW,
        "output tokens (NovaPro)",
        steady=(Used("USE1-NovaLite-output-tokens", 50_000, "0.00024", "1K tokens"),),
        **_new("USE1-NovaPro-output-tokens", 20_000, "0.0032", "1K tokens"),
        place="in Virginia",
    ),
    Cause(
        "traffic through a NAT gateway",
        OTHER,
        "EU-NatGateway-Bytes",
        DriverKind.USAGE,
        "traffic through NAT gateways",
        **_more("EU-NatGateway-Bytes", "0.048", was=200, now=2400),
        note="traffic to AWS's own services is charged as well",
    ),
    Cause(
        "bots kept out",
        "AWS WAF",
        "Global-ShieldProtected-AMR-BotControl-Targeted-Request",
        DriverKind.NEW,
        "targeted bot control requests",
        steady=(Used("Global-WebACLV2", 10, "0.5", "ACL-Month"),),
        **_new(
            "Global-ShieldProtected-AMR-BotControl-Targeted-Request",
            6_800_000,
            "0.00001",
            "Requests",
        ),
        place="",
        note="charged by the request, beside the requests themselves",
    ),
    Cause(
        "an idle cache",
        "Amazon API Gateway",
        "USW2-ApiGatewayCacheUsage:0.5GB",
        DriverKind.NEW,
        "cache",
        steady=(Used("USW2-ApiGatewayRequest", 5_000_000, "0.0000035", "Requests"),),
        **_new("USW2-ApiGatewayCacheUsage:0.5GB", 1200, "0.02"),
        place="in Oregon",
        note="used or not",
    ),
    Cause(
        "metrics read by a tool",
        "AmazonCloudWatch",
        "CW:GMD-Metrics",
        DriverKind.USAGE,
        "metrics read through the API",
        **_more("CW:GMD-Metrics", "0.00001", "Metrics", was=100_000, now=6_000_000),
        place="in Virginia",
        note="monitoring tools are the usual reader",
    ),
    Cause(
        "objects deleted early",
        S3,
        "EU-EarlyDelete-SIA",
        DriverKind.NEW,
        "",
        steady=(Used("EU-TimedStorage-ByteHrs", 1000, "0.023", "GB-Mo"),),
        **_new("EU-EarlyDelete-SIA", 5000, "0.0125", "GB-Mo"),
        note="before their storage class's minimum time",
    ),
    Cause(
        "a second trail",
        "AWS CloudTrail",
        "EU-PaidEventsRecorded",
        DriverKind.NEW,
        "management events recorded more than once",
        steady=(Used("EU-DataEventsRecorded", 1_000_000, "0.000001", "Events"),),
        **_new("EU-PaidEventsRecorded", 3_000_000, "0.00002", "Events"),
        note="only the first trail of management events is free",
    ),
    Cause(
        "resources that change all the time",
        "AWS Config",
        "EU-ConfigurationItemRecorded",
        DriverKind.USAGE,
        "configuration items recorded",
        **_more(
            "EU-ConfigurationItemRecorded",
            "0.003",
            "ConfigurationItemRecorded",
            was=300,
            now=20_000,
        ),
        note="each change of a resource is one item",
    ),
    Cause(
        "addresses that nothing uses",
        "Amazon Virtual Private Cloud",
        "EU-PublicIPv4:IdleAddress",
        DriverKind.NEW,
        "idle public IPv4 addresses",
        steady=(Used("EU-VpcEndpoint-Hours", 240, "0.011"),),
        **_new("EU-PublicIPv4:IdleAddress", 9600, "0.005"),
        note="paid for, but not used",
    ),
    Cause(
        "a service that is no more",
        "Amazon OpenSearch Service",
        "USE2-ESInstance:m6g.large",
        DriverKind.ENDED,
        "m6g.large nodes",
        before=(Used("USE2-ESInstance:m6g.large", 240, "0.128"),),
        place="in Ohio",
        falls=True,
    ),
    Cause(
        "what nobody has words for",
        "Amazon Braket",
        "EUW2-Quantum-Shots:v7",
        DriverKind.USAGE,
        "EUW2-Quantum-Shots:v7",
        **_more("EUW2-Quantum-Shots:v7", "0.3", "Shots"),
        place="in London",
        note="at the same price",
    ),
    Cause(
        "traffic to another Region",
        OTHER,
        "USE2-APS3-AWS-Out-Bytes",
        DriverKind.USAGE,
        "traffic to another Region",
        **_more("USE2-APS3-AWS-Out-Bytes", "0.01", was=1000, now=9000),
        place="from Ohio to Mumbai",
    ),
)
